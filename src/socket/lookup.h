/* Looking up the address of a host. A numeric host needs no resolver, but is
   answered from the loop as well, so that callers have one path.

   Each lookup is answered once, unless it is cancelled. */
#ifndef DGRAM_SOCKET_LOOKUP_H
#define DGRAM_SOCKET_LOOKUP_H

#include "namespace.h"
#include "dgram.h"
#include "util/list.h"
#include "loop/lookup_cache.h"

struct lookup_part {
    dgram_lookup_fn resolve; /* the program's; NULL: libuv's */
    dgram_lookup_cancel_fn cancel;
    void *data;
    uint32_t ttl; /* milliseconds for which answers of libuv's resolver are
                     reused; 0: never */
    struct list cancelled; /* lookups that the program's resolver still has */
};

void lookup_init(dgram_socket *s, const dgram_options *options);

/* The answer: status 0 and the address with its port; or a negative code, which
   is also in s->error. */
typedef void (*lookup_answer)(dgram_socket *s, int status,
                              const dgram_address *address, void *context);

/* Gets the address of a host if the answer was kept. Returns false if it was
   not, or if an earlier lookup of the host still waits: its datagram goes
   first. */
bool lookup_find(const dgram_socket *s, const char *host, uint16_t port,
                 dgram_address *out);

/* Starts a lookup for a non-empty host. */
int lookup_start(dgram_socket *s, const char *host, uint16_t port,
                 lookup_answer answer, void *context, dgram_lookup **out);

/* The same for a known address. */
int lookup_known(dgram_socket *s, const dgram_address *address,
                 lookup_answer answer, void *context, dgram_lookup **out);

/* Cancels a lookup: no answer follows. */
void lookup_stop(dgram_lookup *lookup);

/* Frees cancelled lookups for which the program's resolver did not return. */
void lookup_free_cancelled(dgram_socket *s);

#endif
