/* Host to address. Numeric texts need no resolver, yet are answered in the same
   way, from the loop, so that callers have one path.

   A lookup is answered once, unless it is cancelled. */
#ifndef DGRAM_SOCKET_LOOKUP_H
#define DGRAM_SOCKET_LOOKUP_H

#include "namespace.h"
#include "dgram.h"
#include "util/list.h"

struct lookup_part {
    dgram_lookup_fn resolve; /* the program's; NULL: libuv's */
    dgram_lookup_cancel_fn cancel;
    void *data;
    struct list cancelled; /* lookups that the program's resolver still has */
};

void lookup_init(dgram_socket *s, const dgram_options *options);

/* status 0 with the address, its port set; or a negative code, which is
   recorded in s->error. */
typedef void (*lookup_answer)(dgram_socket *s, int status,
                              const dgram_address *address, void *context);

/* Starts a lookup for a non-empty host. */
int lookup_start(dgram_socket *s, const char *host, uint16_t port,
                 lookup_answer answer, void *context, dgram_lookup **out);

/* The same, for an address that is known. */
int lookup_known(dgram_socket *s, const dgram_address *address,
                 lookup_answer answer, void *context, dgram_lookup **out);

/* No answer will come. */
void lookup_stop(dgram_lookup *lookup);

/* Frees lookups of which the user's resolver was told that they are cancelled,
   and did not return. */
void lookup_free_cancelled(dgram_socket *s);

#endif
