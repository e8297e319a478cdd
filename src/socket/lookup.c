/* Happy path: lookup_start() starts libuv's resolver, or waits for the loop's
   lookup cache, or queues a task that calls the program's. dgram_lookup_done()
   stores the answer and queues a task, which passes it to the caller and frees
   the lookup.

   Errors: the socket may close first, even inside the program's resolver. Then
   the lookup no longer has a socket. It is freed at once, or when a resolver
   that cannot be cancelled answers. */
#include "socket/lookup.h"

#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "socket/socket.h"

struct dgram_lookup {
    dgram_socket *socket; /* NULL: cancelled */
    struct loop *loop;    /* a reference; NULL: cancelled */
    lookup_answer answer;
    void *context;
    struct task task;
    struct lookup_waiter waiter; /* of the cache */
    uv_getaddrinfo_t request;    /* of libuv's resolver, without the cache */
    int status;
    bool asked;      /* a resolver was called */
    bool keeps_loop; /* until the program's resolver answers */
    bool asking;     /* the program's resolver is being called */
    bool answered;   /* dgram_lookup_done() was called */
    dgram_address address;
    uint16_t port;
    char host[]; /* "" for a known address */
};

void lookup_init(dgram_socket *s, const dgram_options *options) {
    s->lookup.resolve = options->lookup;
    s->lookup.cancel = options->lookup_cancel;
    s->lookup.data = options->lookup_data;
    s->lookup.ttl = options->lookup_ttl;
    list_init(&s->lookup.cancelled);
}

/* The loop may end before the resolver answers. */
static void release_loop(dgram_lookup *lookup) {
    if (lookup->loop == NULL)
        return;
    if (lookup->keeps_loop)
        loop_answer_arrived(lookup->loop);
    loop_unref(lookup->loop);
    lookup->loop = NULL;
}

static void free_lookup(dgram_lookup *lookup) {
    list_remove(&lookup->task.node);
    if (lookup->waiter.name != NULL)
        lookup_cache_leave(&lookup->waiter);
    release_loop(lookup);
    alloc_free(lookup);
}

static void give_answer(struct task *task) {
    dgram_lookup *lookup = CONTAINER_OF(task, dgram_lookup, task);
    dgram_socket *s = lookup->socket;
    lookup_answer answer = lookup->answer;
    void *context = lookup->context;
    int status = lookup->status;
    dgram_address address;

    address_copy(&address, &lookup->address);
    if (status < 0)
        error_set_host(&s->error, status, "getaddrinfo", lookup->host, 0);
    free_lookup(lookup); /* first: a callback may not return */
    answer(s, status, &address, context);
}

void dgram_lookup_done(dgram_lookup *lookup, int status,
                       const dgram_address *address) {
    if (lookup->answered)
        return;
    lookup->answered = true;
    if (lookup->socket == NULL) {
        if (!lookup->asking)
            free_lookup(lookup);
        return;
    }
    if (status >= 0 && address == NULL)
        status = UV_EINVAL;
    lookup->task.run = give_answer;
    lookup->status = status < 0 ? status : 0;
    if (status >= 0) {
        address_copy(&lookup->address, address);
        address_set_port(&lookup->address, lookup->port);
    }
    loop_defer(lookup->loop, &lookup->task);
}

static void on_resolved(uv_getaddrinfo_t *request, int status,
                        struct addrinfo *list) {
    dgram_lookup *lookup = CONTAINER_OF(request, dgram_lookup, request);
    dgram_address address = {0};

    lookup_take_answer(status, list, &address);
    dgram_lookup_done(lookup, status, &address);
}

static void on_cache_answer(struct lookup_waiter *waiter, int status,
                            const dgram_address *address) {
    dgram_lookup_done(CONTAINER_OF(waiter, dgram_lookup, waiter), status,
                      address);
}

static int ask_default(dgram_socket *s, dgram_lookup *lookup) {
    int family = address_family_of(s->type);

    if (s->lookup.ttl > 0) {
        lookup->waiter.answered = on_cache_answer;
        return lookup_cache_wait(s->loop, lookup->host, family, s->lookup.ttl,
                                 &lookup->waiter);
    }
    lookup->asked = true;
    return lookup_ask(s->loop->uv, &lookup->request, on_resolved, lookup->host,
                      family);
}

/* The resolver did not return (an exception, a longjmp()): it will not answer.
 */
static void resolver_did_not_return(struct task *task) {
    dgram_lookup *lookup = CONTAINER_OF(task, dgram_lookup, task);

    lookup->asking = false;
    dgram_lookup_done(lookup, UV_ECANCELED, NULL);
}

static int ask(dgram_lookup *lookup) {
    dgram_socket *s = lookup->socket;
    int result;

    lookup->asked = lookup->asking = true;
    lookup->task.run = resolver_did_not_return;
    loop_run_again(s->loop, &lookup->task);
    result = s->lookup.resolve(lookup, lookup->host, s->type, s->lookup.data);
    lookup->asking = false;
    if (!lookup->answered || lookup->socket == NULL)
        list_remove(&lookup->task.node);
    return result;
}

static void ask_custom(struct task *task) {
    dgram_lookup *lookup = CONTAINER_OF(task, dgram_lookup, task);
    dgram_socket *s = lookup->socket;
    int result = ask(lookup);

    if (lookup->socket != NULL) {
        if (result < 0)
            dgram_lookup_done(lookup, result, NULL);
    } else if (result < 0 || lookup->answered || s->lookup.cancel != NULL) {
        free_lookup(lookup);
    }
}

static int create_lookup(dgram_socket *s, const char *host,
                         lookup_answer answer, void *context,
                         dgram_lookup **out) {
    size_t size = strlen(host) + 1;
    dgram_lookup *lookup = alloc_zeroed(sizeof(*lookup) + size);

    if (lookup == NULL)
        return error_set(&s->error, UV_ENOMEM, "");
    loop_ref(s->loop);
    lookup->loop = s->loop;
    lookup->socket = s;
    lookup->answer = answer;
    lookup->context = context;
    task_init(&lookup->task, give_answer);
    memcpy(lookup->host, host, size);
    *out = lookup;
    return 0;
}

/* An answer without a resolver. */
static int answer_now(dgram_socket *s, const char *host, int status,
                      const dgram_address *address, lookup_answer answer,
                      void *context, dgram_lookup **out) {
    int result = create_lookup(s, host, answer, context, out);

    if (result < 0)
        return result;
    (*out)->port = dgram_address_port(address);
    dgram_lookup_done(*out, status, address);
    return 0;
}

int lookup_known(dgram_socket *s, const dgram_address *address,
                 lookup_answer answer, void *context, dgram_lookup **out) {
    return answer_now(s, "", 0, address, answer, context, out);
}

bool lookup_find(const dgram_socket *s, const char *host, uint16_t port,
                 dgram_address *out) {
    if (s->lookup.ttl == 0 ||
        !lookup_cache_find(s->loop, host, address_family_of(s->type),
                           s->lookup.ttl, out))
        return false;
    address_set_port(out, port);
    return true;
}

int lookup_start(dgram_socket *s, const char *host, uint16_t port,
                 lookup_answer answer, void *context, dgram_lookup **out) {
    dgram_address address = {0};
    dgram_lookup *lookup;
    int result = address_parse(s->type, host, port, &address);

    if (result != UV_EINVAL) /* no name; maybe with an unknown scope */
        return answer_now(s, host, result, &address, answer, context, out);
    result = create_lookup(s, host, answer, context, &lookup);
    if (result < 0)
        return result;
    lookup->port = port;
    *out = lookup;
    if (s->lookup.resolve != NULL) {
        lookup->task.run = ask_custom;
        lookup->keeps_loop = true;
        loop_expect_answer(s->loop);
        loop_defer(s->loop, &lookup->task);
        return 0;
    }
    result = ask_default(s, lookup);
    if (result < 0)
        dgram_lookup_done(lookup, result, NULL);
    return 0;
}

void dgram_lookup_flush(uv_loop_t *uv, const char *host) {
    struct loop *loop = loop_find(uv);

    if (loop != NULL)
        lookup_cache_flush(loop, host);
}

void lookup_stop(dgram_lookup *lookup) {
    dgram_socket *s = lookup->socket;
    bool unused = !lookup->asked || lookup->answered;

    lookup->socket = NULL;
    loop_cancel(s->loop, &lookup->task);
    release_loop(lookup);
    if (!unused && s->lookup.resolve == NULL) {
        uv_cancel((uv_req_t *)&lookup->request);
        return;
    }
    /* If the resolver does not return, lookup_free_cancelled() frees it. */
    if (lookup->asking || (!unused && s->lookup.cancel != NULL))
        list_append(&s->lookup.cancelled, &lookup->task.node);
    if (!unused && s->lookup.cancel != NULL) {
        lookup->answered = true; /* an answer inside the call is ignored */
        s->lookup.cancel(lookup, s->lookup.data);
        unused = true;
    }
    if (unused && !lookup->asking)
        free_lookup(lookup);
}

void lookup_free_cancelled(dgram_socket *s) {
    while (!list_empty(&s->lookup.cancelled))
        free_lookup(
            CONTAINER_OF(s->lookup.cancelled.next, dgram_lookup, task.node));
}
