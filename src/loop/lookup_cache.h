/* The answers of libuv's resolver, for the sockets of a loop that have a
   lookup_ttl.

   There is one record for each name and family. It has an answer, or a query
   that is in progress. It has both if the answer is too old for one of the
   sockets. A waiter stays in the record until it has taken its answer. Until
   then, later lookups of the name wait as well, to keep their order. */
#ifndef DGRAM_LOOP_LOOKUP_CACHE_H
#define DGRAM_LOOP_LOOKUP_CACHE_H

#include "namespace.h"
#include "dgram_types.h"
#include "loop/loop.h"

#define LOOKUP_NAMES_MAX 1024u  /* that have an answer */
#define LOOKUP_FAILURE_MS 1000u /* how long a failure is kept at most */

struct lookup_name;

struct lookup_waiter {
    struct list node;
    struct lookup_name *name; /* NULL: it does not wait */
    /* Called with 0 and an address, or with a negative code; ignore a second
       call. It must not call the cache, which a later task may do. */
    void (*answered)(struct lookup_waiter *waiter, int status,
                     const dgram_address *address);
};

/* Without the cache: asks libuv's resolver for the addresses of a host. `cb`
   passes its arguments to lookup_take_answer(), which gets the first address
   and frees the list. */
int lookup_ask(uv_loop_t *uv, uv_getaddrinfo_t *request, uv_getaddrinfo_cb cb,
               const char *host, int family);
void lookup_take_answer(int status, struct addrinfo *list, dgram_address *out);

/* Gets the address of a host, without its port. Returns false if it was not
   found within the last `ttl` milliseconds, or if there are waiters for it. */
bool lookup_cache_find(const struct loop *loop, const char *host, int family,
                       uint32_t ttl, dgram_address *out);

/* Waits for the answer of a host. `waiter->answered` may be called inside the
   call. On error nothing is called: UV_ENOMEM, or a code of uv_getaddrinfo().
 */
int lookup_cache_wait(struct loop *loop, const char *host, int family,
                      uint32_t ttl, struct lookup_waiter *waiter);

/* The waiter has taken its answer, or is cancelled. */
void lookup_cache_leave(struct lookup_waiter *waiter);

/* Discards the answers for a host, or all answers if it is NULL. Queries in
   progress are repeated for their waiters. */
void lookup_cache_flush(struct loop *loop, const char *host);

/* Frees the cache of a loop, which must have no waiters. */
void lookup_cache_free(struct loop *loop);

#endif
