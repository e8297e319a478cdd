/* Block lists, as sockets use them. */
#ifndef DGRAM_SOCKET_BLOCKLIST_H
#define DGRAM_SOCKET_BLOCKLIST_H

#include "namespace.h"
#include "dgram.h"

/* Takes a reference. NULL is ignored. */
void blocklist_ref(dgram_blocklist *list);

/* The lists of a socket: references, or NULL. */
struct blocklists {
    dgram_blocklist *receive, *send;
};

void blocklists_init(struct blocklists *lists, const dgram_options *options);
void blocklists_release(struct blocklists *lists);

/* dgram_blocklist_check() that takes NULL for an empty list. */
static inline bool blocklist_blocks(const dgram_blocklist *list,
                                    const dgram_address *address) {
    return list != NULL && dgram_blocklist_check(list, address);
}

/* Whether there is a list for senders, or for destinations. */
static inline bool blocklists_filter_from(const struct blocklists *lists) {
    return lists->receive != NULL;
}

static inline bool blocklists_filter_to(const struct blocklists *lists) {
    return lists->send != NULL;
}

static inline bool blocklists_block_from(const struct blocklists *lists,
                                         const dgram_address *from) {
    return blocklist_blocks(lists->receive, from);
}

static inline bool blocklists_block_to(const struct blocklists *lists,
                                       const dgram_address *to) {
    return blocklist_blocks(lists->send, to);
}

#endif
