/* Sockets that come and go, in groups and out of them, and lookups that fail,
   by a resolver of our own and by the system's. */
#include "soak.h"

#define SOCKETS 16
#define EVERY 3 /* loop iterations */

static struct place {
    dgram_socket *socket; /* NULL: free */
    dgram_listener listener;
    int owed; /* callbacks */
} places[SOCKETS];

static uint64_t turns, opened, closed, lookups, joined;
static bool ending;

/* A label longer than DNS allows: it fails without a query. */
static const char no_name[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    ".invalid";

static int refuse(dgram_lookup *lookup, const char *host, dgram_type type,
                  void *data) {
    (void)host;
    (void)type;
    (void)data;
    dgram_lookup_done(lookup, UV_EAI_NONAME, NULL);
    return 0;
}

static void on_close(dgram_socket *socket, void *data) {
    struct place *place = data;

    (void)socket;
    MUST(place->owed == 0);
    place->socket = NULL;
    closed++;
}

static void on_failed(dgram_socket *socket, int status, void *data) {
    struct place *place = data;

    (void)socket;
    MUST(status < 0);
    place->owed--;
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)data;
    MUST(error->code < 0);
}

static void open_place(struct place *place) {
    static const dgram_events events = {
        .size = sizeof events, .close = on_close, .error = on_error};
    bool own = opened % 4 != 0;
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .reuse_address = opened % 2 == 0,
                             .lookup = own ? refuse : NULL};

    MUST(dgram_create_with(&loop, &options, &place->socket) == 0);
    opened++;
    dgram_on(place->socket, &place->listener, &events, place);
    switch (opened % 4) {
    case 0:
        MUST(dgram_bind(place->socket, no_name, 0) == 0);
        break;
    case 1:
        MUST(dgram_bind_sync(place->socket, "127.0.0.1", 0) == 0);
        break;
    case 2:
        MUST(dgram_add_membership(place->socket, "239.77.66.55", "127.0.0.1") ==
             0);
        joined++;
        break;
    default:
        MUST(dgram_connect(place->socket, no_name, 9, on_failed, place) == 0);
        place->owed++;
    }
    if (opened % 8 == 5) {
        MUST(dgram_send_to(place->socket, "x", 1, no_name, 9, on_failed,
                           place) == 0);
        place->owed++;
        lookups++;
    }
}

void churn_begin(void) {
}

void churn_iterate(void) {
    struct place *place = &places[turns / EVERY % SOCKETS];

    if (turns++ % EVERY != 0 || ending)
        return;
    if (place->socket == NULL)
        open_place(place);
    else if (dgram_fileno(place->socket) != DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING)
        (void)dgram_close(place->socket);
}

void churn_end(void) {
    ending = true;
    for (int i = 0; i < SOCKETS; i++) {
        if (places[i].socket != NULL)
            (void)dgram_close(places[i].socket);
    }
    while (closed < opened)
        uv_run(&loop, UV_RUN_ONCE);
    printf("churn: %llu sockets, %llu memberships, %llu names sent to\n",
           (unsigned long long)opened, (unsigned long long)joined,
           (unsigned long long)lookups);
}
