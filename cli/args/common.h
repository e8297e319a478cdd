/* The options that several verbs have. One table is used to parse them, to
   print the help, and to refuse them for Unix sockets. */
#ifndef CLI_ARGS_COMMON_H
#define CLI_ARGS_COMMON_H

#include <dgram.h>

#include "args/endpoint.h"
#include "args/options.h"
#include "session/session.h"

/* Groups of options; `common` of a struct usage is a set of them. */
enum common_group {
    COMMON_FAMILY = 1 << 0,    /* -4 -6 */
    COMMON_JSON = 1 << 1,      /* --json */
    COMMON_HEADERS = 1 << 2,   /* --ttl --tos --dscp --ecn --df --source
                                  --interface */
    COMMON_BIND = 1 << 3,      /* --bind */
    COMMON_BROADCAST = 1 << 4, /* --broadcast */
    COMMON_GROUPS = 1 << 5,    /* --join --source --reuse-addr */
    COMMON_PORT = 1 << 6,      /* --reuse-port --ipv6-only */
    COMMON_DEVICE = 1 << 7,    /* --device */
    COMMON_WORKERS = 1 << 8,   /* --workers */
    COMMON_OFFLOAD = 1 << 9,   /* --no-offload */
    COMMON_SEGMENTS = 1 << 10, /* --segments */
};

#define TOS_NONE 256 /* --tos was not given */

/* The values, of which a verb has those of its groups. */
struct common {
    struct family family;
    bool json;
    uint64_t ttl; /* 0: the system's */
    uint64_t tos;
    const char *dscp, *ecn;
    bool df;
    const char *source; /* send from it, or accept only it */
    const char *interface;
    const char *bind;
    struct endpoint from; /* that of --bind; without it the type only */
    bool broadcast;
    struct option_list groups;
    bool reuse_address, reuse_port, ipv6_only;
    const char *device;
    uint64_t workers; /* 0: this process */
    bool no_offload;
    uint64_t segments; /* 0: as many as the kernel accepts */
};

extern struct common common;

struct common_option {
    struct option option;
    unsigned groups; /* those that it belongs to */
};

extern const struct common_option common_options[];
extern const size_t common_option_count;

/* Checks the values against each other and against the endpoint of the verb.
   Returns 0, or prints an error and returns EXIT_USAGE. */
int common_check(const struct usage *usage, const struct endpoint *endpoint);

/* Notes them in the session that has begun. */
void common_begin(const struct usage *usage, const struct endpoint *endpoint,
                  struct session *session);

/* Sets the members of the options of a socket. */
void common_set(dgram_options *options, const struct endpoint *endpoint);

/* Call it when a verb that receives has bound its socket. Joins the groups and
   prints the address after `head`. Returns whether the verb begins. */
bool common_listen(struct session *session, const char *head);

/* Prints the table. */
void common_print(void);

#endif
