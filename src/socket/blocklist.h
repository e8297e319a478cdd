/* Block lists: what sockets need of them beyond the public calls. */
#ifndef DGRAM_SOCKET_BLOCKLIST_H
#define DGRAM_SOCKET_BLOCKLIST_H

#include "namespace.h"
#include "dgram.h"

/* Takes one more reference. NULL is ignored. */
void blocklist_retain(dgram_blocklist *list);

/* dgram_blocklist_check() that takes NULL for an empty list. */
static inline bool blocklist_blocks(const dgram_blocklist *list,
                                    const dgram_address *address) {
    return list != NULL && dgram_blocklist_check(list, address);
}

#endif
