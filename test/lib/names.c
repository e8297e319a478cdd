#include "names.h"

#include <netdb.h>

#define QUERIES_MAX 2048
#define HELD_MS 3600000u

struct names names;

static struct query {
    uv_timer_t timer;          /* keeps the loop running, as a request does */
    uv_getaddrinfo_t *request; /* NULL: it was answered */
    uv_getaddrinfo_cb cb;
    int family;
} queries[QUERIES_MAX];

static uint64_t passed; /* milliseconds that the clock was set forward */

int __wrap_uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request,
                          uv_getaddrinfo_cb cb, const char *host,
                          const char *service, const struct addrinfo *hints);
int __wrap_uv_cancel(uv_req_t *request);
uint64_t __wrap_uv_now(const uv_loop_t *loop);
uint64_t __real_uv_now(const uv_loop_t *loop);

uint64_t __wrap_uv_now(const uv_loop_t *loop) {
    return __real_uv_now(loop) + passed;
}

void names_wait(uint64_t milliseconds) {
    passed += milliseconds;
}

static struct addrinfo *addresses_of(int family) {
    const struct addrinfo hints = {.ai_family = family,
                                   .ai_socktype = SOCK_DGRAM,
                                   .ai_flags = AI_NUMERICHOST};
    const char *loopback = family == AF_INET6 ? "::1" : "127.0.0.1";
    struct addrinfo *list = NULL;

    assert_int_equal(getaddrinfo(names.as != NULL ? names.as : loopback, NULL,
                                 &hints, &list),
                     0);
    return list;
}

static void conclude(struct query *query, int status) {
    uv_getaddrinfo_t *request = query->request;

    query->request = NULL;
    uv_close((uv_handle_t *)&query->timer, NULL);
    query->cb(request, status,
              status == 0 ? addresses_of(query->family) : NULL);
}

static void on_timer(uv_timer_t *timer) {
    conclude((struct query *)timer->data, names.status);
}

static void on_cancelled(uv_timer_t *timer) {
    conclude((struct query *)timer->data, UV_ECANCELED);
}

int __wrap_uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request,
                          uv_getaddrinfo_cb cb, const char *host,
                          const char *service, const struct addrinfo *hints) {
    struct query *query = &queries[names.asked];

    assert_null(service);
    assert_int_equal(hints->ai_socktype, SOCK_DGRAM);
    if (names.refusal != 0)
        return names.refusal;
    assert_true(names.asked < QUERIES_MAX);
    names.asked++;
    names.family = hints->ai_family;
    snprintf(names.host, sizeof names.host, "%s", host);
    query->request = request;
    query->cb = cb;
    query->family = hints->ai_family;
    query->timer.data = query;
    uv_timer_init(loop, &query->timer);
    uv_timer_start(&query->timer, on_timer, names.hold ? HELD_MS : 0, 0);
    return 0;
}

int __wrap_uv_cancel(uv_req_t *request) {
    for (int i = 0; i < names.asked; i++) {
        if ((uv_req_t *)queries[i].request != request)
            continue;
        if (!names.cancel)
            return UV_EBUSY;
        names.cancelled++;
        uv_timer_start(&queries[i].timer, on_cancelled, 0, 0);
        return 0;
    }
    fail_msg("a request that is not in progress is cancelled");
    return UV_EINVAL;
}

void names_answer(int number) {
    assert_non_null(queries[number].request);
    conclude(&queries[number], names.status);
}

int names_begin(void **state) {
    names = (struct names){0};
    return loop_open(state);
}

dgram_socket *new_keeping_for(dgram_type type, uint32_t ttl) {
    dgram_options options = {
        .size = sizeof options, .type = type, .lookup_ttl = ttl};

    return new_socket_with(&options);
}

dgram_socket *new_keeping(dgram_type type) {
    return new_keeping_for(type, 3600000);
}
