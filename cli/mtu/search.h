/* The search for the path MTU: which packet size to try next. Sizes are bytes
   of an IP packet. */
#ifndef CLI_MTU_SEARCH_H
#define CLI_MTU_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

enum mtu_limit {
    MTU_LIMIT_INTERFACE, /* of this host */
    MTU_LIMIT_ROUTER,    /* that reported it */
    MTU_LIMIT_SILENT,    /* no router reported the loss */
};

struct mtu_search {
    uint32_t floor; /* tried if nothing passed */
    uint32_t low;   /* passed; 0: nothing did yet */
    uint32_t high;  /* all above is too large */
    uint32_t size;  /* to try now */
    enum mtu_limit limit;
    uint32_t reported; /* `high` and `limit` before there was silence */
    enum mtu_limit reported_limit;
};

/* The first size to try is `high`. */
void mtu_search_begin(struct mtu_search *search, uint32_t floor, uint32_t high);

/* A packet of this size arrived. It may be one that silence seemed to rule
   out. */
void mtu_search_pass(struct mtu_search *search, uint32_t size);

/* No packet of the size tried gets an answer. */
void mtu_search_silence(struct mtu_search *search);

/* Somebody reports an MTU; 0: only that the packet is too large. Returns false
   if that contradicts what is known, as a late or forged report does. */
bool mtu_search_report(struct mtu_search *search, uint32_t mtu,
                       enum mtu_limit limit);

/* Whether the path MTU is `low`; if that is 0, no packet gets an answer. */
bool mtu_search_is_done(const struct mtu_search *search);

#endif
