/* The resolver of the sockets that keep answers: the linker puts it where the
   library calls that of libuv. It answers in any order, and as late as it
   likes. */
#include "model.h"

#include <netdb.h>
#include <string.h>

#define QUERIES_MAX 512

static struct query {
    uv_getaddrinfo_t *request;
    uv_getaddrinfo_cb cb;
    char host[16];
    bool is_cancelled;
    bool may_repeat; /* another one for its host may begin */
} queries[QUERIES_MAX];
static int query_count;

int __wrap_uv_getaddrinfo(uv_loop_t *uv, uv_getaddrinfo_t *request,
                          uv_getaddrinfo_cb cb, const char *host,
                          const char *service, const struct addrinfo *hints);
int __wrap_uv_cancel(uv_req_t *request);

/* Lookups of one name at the same time are one query. */
int __wrap_uv_getaddrinfo(uv_loop_t *uv, uv_getaddrinfo_t *request,
                          uv_getaddrinfo_cb cb, const char *host,
                          const char *service, const struct addrinfo *hints) {
    struct query *query = &queries[query_count];

    AGREE(uv == &loop && service == NULL && hints->ai_family == AF_INET);
    if (!kernel_calm && one_in(8))
        return UV_ENOMEM;
    for (int i = 0; i < query_count; i++)
        AGREE(queries[i].may_repeat || strcmp(queries[i].host, host) != 0);
    AGREE(query_count < QUERIES_MAX && strlen(host) < sizeof query->host);
    *query = (struct query){.request = request, .cb = cb};
    strcpy(query->host, host);
    query_count++;
    note("  query for %s", host);
    return 0;
}

int __wrap_uv_cancel(uv_req_t *request) {
    for (int i = 0; i < query_count; i++) {
        if ((uv_req_t *)queries[i].request != request)
            continue;
        AGREE(!queries[i].is_cancelled);
        if (one_in(2))
            return UV_EBUSY;
        queries[i].is_cancelled = queries[i].may_repeat = true;
        note("  the query for %s is cancelled", queries[i].host);
        return 0;
    }
    AGREE(!"a query that is not in progress is cancelled");
    return UV_EINVAL;
}

/* "bind2" is the address of the second socket; others are 127.0.0.1. */
static struct addrinfo *addresses_of(const char *host) {
    static const struct addrinfo hints = {.ai_family = AF_INET,
                                          .ai_socktype = SOCK_DGRAM,
                                          .ai_flags = AI_NUMERICHOST};
    struct addrinfo *list = NULL;
    char text[16] = "127.0.0.1";

    if (strncmp(host, "bind", 4) == 0)
        text[8] = host[4];
    AGREE(getaddrinfo(text, NULL, &hints, &list) == 0);
    return list;
}

static void answer(int index) {
    struct query query = queries[index];
    int status = query.is_cancelled ? UV_ECANCELED
                 : one_in(5)        ? UV_EAI_NONAME
                                    : 0;

    queries[index] = queries[--query_count];
    note("answer for %s", query.host);
    query.cb(query.request, status,
             status == 0 ? addresses_of(query.host) : NULL);
}

void names_answer_any(void) {
    if (query_count > 0)
        answer((int)any((uint32_t)query_count));
}

void names_answer_all(void) {
    while (query_count > 0)
        answer(0);
}

void names_flush(void) {
    const char *host = one_in(2) ? "mail" : NULL;

    note("flush lookups%s", host != NULL ? " of mail" : "");
    for (int i = 0; i < query_count; i++)
        queries[i].may_repeat |=
            host == NULL || strcmp(host, queries[i].host) == 0;
    dgram_lookup_flush(&loop, host);
}

/* The library may have ended its record of the loop. */
void names_may_be_forgotten(void) {
    for (int i = 0; i < SOCKETS; i++) {
        if (models[i].socket != NULL)
            return;
    }
    for (int i = 0; i < query_count; i++)
        queries[i].may_repeat = true;
}
