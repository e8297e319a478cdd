/* Happy path: lookup_cache_wait() finds or creates the record of a name, and
   starts a query. on_resolved() stores the answer and passes it to the waiters.
   Until it is too old, lookup_cache_find() returns it.

   Errors: a failed query leaves an older address as it is, for sockets with a
   longer lookup_ttl. A query that nobody waits for any more is cancelled; if it
   is running already, its answer is kept. A flush cancels queries, too, and
   ignores the answers of those that are running. */
#include "loop/lookup_cache.h"

#include <string.h>

#include "util/address.h"
#include "util/alloc.h"
#include "util/hash.h"
#include "util/util.h"

#define BUCKETS 256u

struct lookup_query {
    uv_getaddrinfo_t request;
    struct lookup_name *name; /* NULL: the answer is not needed */
    bool outdated;            /* the answer is for the waiters only */
};

struct lookup_name {
    struct list node;           /* in its bucket */
    struct list answered;       /* in cache->answered, if it has an answer */
    struct loop *loop;          /* which has the cache */
    struct lookup_query *query; /* NULL: none is in progress */
    struct list waiters;
    uint64_t found_at, failed_at; /* milliseconds */
    int failure;                  /* of the latest query, or 0 */
    int family;
    dgram_address address; /* AF_UNSPEC: none was found */
    char host[];
};

struct lookup_cache {
    struct list buckets[BUCKETS];
    struct list answered; /* names, the oldest answer first */
    unsigned count;       /* of these */
};

/* ---- Names -------------------------------------------------------------- */

static struct list *bucket_of(struct lookup_cache *cache, const char *host) {
    uint32_t hash = hash_bytes(HASH_BEGIN, host, strlen(host));

    return &cache->buckets[hash % BUCKETS];
}

static struct lookup_name *find_name(const struct loop *loop, const char *host,
                                     int family) {
    struct list *bucket, *n;

    if (loop->lookups == NULL)
        return NULL;
    bucket = bucket_of(loop->lookups, host);
    for (n = bucket->next; n != bucket; n = n->next) {
        struct lookup_name *name = CONTAINER_OF(n, struct lookup_name, node);

        if (name->family == family && strcmp(name->host, host) == 0)
            return name;
    }
    return NULL;
}

static struct lookup_name *add_name(struct loop *loop, const char *host,
                                    int family) {
    size_t size = strlen(host) + 1;
    struct lookup_name *name = alloc_zeroed(sizeof(*name) + size);

    if (name == NULL)
        return NULL;
    name->loop = loop;
    name->family = family;
    list_init(&name->answered);
    list_init(&name->waiters);
    memcpy(name->host, host, size);
    list_append(bucket_of(loop->lookups, host), &name->node);
    return name;
}

static bool has_answer(const struct lookup_name *name) {
    return !list_empty(&name->answered);
}

static void forget_answer(struct lookup_name *name) {
    if (!has_answer(name))
        return;
    list_remove(&name->answered);
    name->loop->lookups->count--;
    name->failure = 0;
    name->address.any.sa_family = AF_UNSPEC;
}

static void free_if_unused(struct lookup_name *name) {
    if (has_answer(name) || name->query != NULL || !list_empty(&name->waiters))
        return;
    list_remove(&name->node);
    alloc_free(name);
}

/* Makes its answer the latest. If there are too many, discards the oldest.
 */
static void remember(struct lookup_name *name) {
    struct lookup_cache *cache = name->loop->lookups;
    struct lookup_name *oldest;

    if (has_answer(name))
        list_remove(&name->answered);
    else
        cache->count++;
    list_append(&cache->answered, &name->answered);
    if (cache->count <= LOOKUP_NAMES_MAX)
        return;
    oldest = CONTAINER_OF(cache->answered.next, struct lookup_name, answered);
    forget_answer(oldest);
    free_if_unused(oldest);
}

/* ---- Queries ------------------------------------------------------------ */

/* libuv calls on_resolved() in any case. */
static void drop_query(struct lookup_query *query) {
    query->name = NULL;
    uv_cancel((uv_req_t *)&query->request);
}

static void store(struct lookup_name *name, int status,
                  const dgram_address *address) {
    uint64_t now = uv_now(name->loop->uv);

    name->failure = status;
    if (status < 0) {
        name->failed_at = now;
    } else {
        name->found_at = now;
        address_copy(&name->address, address);
    }
    remember(name);
}

static void answer_all(struct lookup_name *name, int status,
                       const dgram_address *address) {
    for (struct list *n = name->waiters.next; n != &name->waiters;
         n = n->next) {
        struct lookup_waiter *waiter =
            CONTAINER_OF(n, struct lookup_waiter, node);

        waiter->answered(waiter, status, address);
    }
}

int lookup_ask(uv_loop_t *uv, uv_getaddrinfo_t *request, uv_getaddrinfo_cb cb,
               const char *host, int family) {
    const struct addrinfo hints = {
        .ai_family = family,
        .ai_socktype = SOCK_DGRAM,
    };

    return uv_getaddrinfo(uv, request, cb, host, NULL, &hints);
}

void lookup_take_answer(int status, struct addrinfo *list, dgram_address *out) {
    if (status == 0)
        memcpy(out, list->ai_addr, min_size(list->ai_addrlen, sizeof(*out)));
    uv_freeaddrinfo(list);
}

static void on_resolved(uv_getaddrinfo_t *request, int status,
                        struct addrinfo *list) {
    struct lookup_query *query =
        CONTAINER_OF(request, struct lookup_query, request);
    struct lookup_name *name = query->name;
    bool outdated = query->outdated;
    dgram_address address = {0};

    lookup_take_answer(status, list, &address);
    alloc_free(query);
    if (name == NULL)
        return;
    name->query = NULL;
    if (!outdated)
        store(name, status, &address);
    answer_all(name, status, &address);
    free_if_unused(name);
}

static int start_query(struct lookup_name *name) {
    struct lookup_query *query = alloc_zeroed(sizeof(*query));
    int result;

    if (query == NULL)
        return UV_ENOMEM;
    result = lookup_ask(name->loop->uv, &query->request, on_resolved,
                        name->host, name->family);
    if (result < 0) {
        alloc_free(query);
        return result;
    }
    query->name = name;
    name->query = query;
    return 0;
}

/* ---- Lookups ------------------------------------------------------------ */

static bool is_younger(const struct lookup_name *name, uint64_t since,
                       uint32_t ttl) {
    return uv_now(name->loop->uv) - since < ttl;
}

static bool has_address(const struct lookup_name *name, uint32_t ttl) {
    return name->address.any.sa_family != AF_UNSPEC &&
           is_younger(name, name->found_at, ttl);
}

static bool has_failed(const struct lookup_name *name, uint32_t ttl) {
    uint32_t kept = ttl < LOOKUP_FAILURE_MS ? ttl : LOOKUP_FAILURE_MS;

    return name->failure < 0 && is_younger(name, name->failed_at, kept);
}

bool lookup_cache_find(const struct loop *loop, const char *host, int family,
                       uint32_t ttl, dgram_address *out) {
    const struct lookup_name *name = find_name(loop, host, family);

    if (name == NULL || !has_address(name, ttl) || !list_empty(&name->waiters))
        return false;
    address_copy(out, &name->address);
    return true;
}

static int create_cache(struct loop *loop) {
    struct lookup_cache *cache;

    if (loop->lookups != NULL)
        return 0;
    cache = alloc_bytes(sizeof(*cache));
    if (cache == NULL)
        return UV_ENOMEM;
    for (unsigned i = 0; i < BUCKETS; i++)
        list_init(&cache->buckets[i]);
    list_init(&cache->answered);
    cache->count = 0;
    loop->lookups = cache;
    return 0;
}

static int join(struct lookup_name *name, uint32_t ttl,
                struct lookup_waiter *waiter) {
    bool known = has_address(name, ttl), failed = has_failed(name, ttl);
    int result = 0;

    if (!known && !failed && name->query == NULL)
        result = start_query(name);
    if (result < 0)
        return result;
    waiter->name = name;
    list_append(&name->waiters, &waiter->node);
    if (known)
        waiter->answered(waiter, 0, &name->address);
    else if (failed)
        waiter->answered(waiter, name->failure, NULL);
    return 0;
}

int lookup_cache_wait(struct loop *loop, const char *host, int family,
                      uint32_t ttl, struct lookup_waiter *waiter) {
    int result = create_cache(loop);
    struct lookup_name *name;

    if (result < 0)
        return result;
    name = find_name(loop, host, family);
    if (name == NULL)
        name = add_name(loop, host, family);
    if (name == NULL)
        return UV_ENOMEM;
    result = join(name, ttl, waiter);
    if (result < 0)
        free_if_unused(name);
    return result;
}

/* A query that is running continues: another lookup may need its answer. */
void lookup_cache_leave(struct lookup_waiter *waiter) {
    struct lookup_name *name = waiter->name;

    waiter->name = NULL;
    list_remove(&waiter->node);
    if (!list_empty(&name->waiters))
        return;
    if (name->query != NULL &&
        uv_cancel((uv_req_t *)&name->query->request) == 0) {
        name->query->name = NULL;
        name->query = NULL;
    }
    free_if_unused(name);
}

/* ---- The end of answers ------------------------------------------------- */

/* If no new query can start, the waiters get the answer of the old one. */
static void ask_again(struct lookup_name *name) {
    struct lookup_query *old = name->query;

    if (old == NULL)
        return;
    name->query = NULL;
    if (list_empty(&name->waiters) || start_query(name) == 0) {
        drop_query(old);
    } else {
        old->outdated = true;
        name->query = old;
    }
}

static void flush_bucket(struct list *bucket, const char *host) {
    struct list *n, *next;

    for (n = bucket->next; n != bucket; n = next) {
        struct lookup_name *name = CONTAINER_OF(n, struct lookup_name, node);

        next = n->next;
        if (host != NULL && strcmp(name->host, host) != 0)
            continue;
        forget_answer(name);
        ask_again(name);
        free_if_unused(name);
    }
}

void lookup_cache_flush(struct loop *loop, const char *host) {
    struct lookup_cache *cache = loop->lookups;

    if (cache == NULL)
        return;
    if (host != NULL) {
        flush_bucket(bucket_of(cache, host), host);
        return;
    }
    for (unsigned i = 0; i < BUCKETS; i++)
        flush_bucket(&cache->buckets[i], NULL);
}

void lookup_cache_free(struct loop *loop) {
    lookup_cache_flush(loop, NULL);
    alloc_free(loop->lookups);
    loop->lookups = NULL;
}
