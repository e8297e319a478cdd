/* Messages that were read before the listeners were ready for them.

   The kernel says how a coalesced message is to be split only while it
   coalesces. So what is in the kernel's queue when coalescing ends is read
   first, and kept here until the socket would have read it. */
#ifndef DGRAM_SOCKET_READAHEAD_H
#define DGRAM_SOCKET_READAHEAD_H

#include "namespace.h"
#include "dgram.h"
#include "os/platform.h"

struct readahead_message;

struct readahead {
    struct readahead_message *first; /* of a ring, in order; NULL: none */
};

static inline bool readahead_is_empty(const struct readahead *readahead) {
    return readahead->first == NULL;
}

/* Reads the messages in the kernel's queue, and ends coalescing. Returns 0, or
   a negative code: then coalescing continues. */
int readahead_stop_coalescing(dgram_socket *s);

/* Takes messages, in order, as the platform would receive them. Returns how
   many, at least one. There must be one. */
int readahead_receive(struct readahead *readahead, struct platform_in *messages,
                      uint32_t max);

void readahead_free(struct readahead *readahead);

#endif
