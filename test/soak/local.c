/* Unix sockets: producers that are connected or not, servers that are slow, and
   that restart with datagrams unread. A datagram is received once, or lost with
   its server, or fails because there was none. */
#include "soak.h"

#include <unistd.h>

#define SERVERS 4u
#define PAYLOAD 600
#define LIMIT (256 * (PAYLOAD + 256)) /* of a queue, in bytes */
#define EACH 16u                      /* datagrams of each iteration */
#define SERVING 20u                   /* datagrams, then the server pauses */
#define RESTART_EVERY 40              /* iterations */
#define AWAY 3                        /* iterations without that server */
#define UNREAD_MAX 2000u /* in the queue of a server, and read ahead */
#define PATIENCE_NS 20000000000u

struct server {
    char path[64];
    dgram_socket *socket; /* NULL: away */
    dgram_listener listener;
    unsigned served;
};

/* What goes from one producer to one server. */
struct stream {
    uint64_t tried, refused, taken, failed, received, next_number;
};

struct producer {
    const char *name;
    dgram_socket *socket;
    dgram_listener listener;
    bool connected; /* to the first server */
    bool full;
    struct stream streams[SERVERS];
};

struct numbered {
    uint32_t producer, server;
    uint64_t number;
};

static char folder[32] = "/tmp/dgram-soak-XXXXXX";
static struct server servers[SERVERS];
static struct producer producers[] = {{.name = "connected", .connected = true},
                                      {.name = "unconnected"}};
static unsigned iterations, restarts, next_server;
static bool is_over;

static void on_sent(dgram_socket *socket, int status, void *data) {
    struct stream *stream = data;

    (void)socket;
    if (status == PAYLOAD) {
        stream->taken++;
        return;
    }
    MUST(status == UV_ENOENT || status == UV_ECONNREFUSED);
    stream->failed++;
}

static void on_drain(dgram_socket *socket, void *data) {
    struct producer *producer = data;

    (void)socket;
    producer->full = false;
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct server *server = data;
    struct numbered numbered;
    struct stream *stream;

    MUST(message->length == PAYLOAD);
    memcpy(&numbered, message->payload, sizeof numbered);
    stream = &producers[numbered.producer].streams[numbered.server];
    MUST(server == &servers[numbered.server]);
    MUST(numbered.number >= stream->next_number); /* in order, none twice */
    stream->next_number = numbered.number + 1;
    stream->received++;
    if (++server->served >= SERVING && !is_over)
        MUST(dgram_receive_stop(socket) == 0);
}

static void start(struct server *server) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};

    MUST(dgram_create(&loop, DGRAM_UNIX, &server->socket) == 0);
    dgram_on(server->socket, &server->listener, &events, server);
    MUST(dgram_bind_sync(server->socket, server->path, 0) == 0);
}

static void stop(struct server *server) {
    MUST(dgram_close(server->socket) == 0);
    server->socket = NULL;
    restarts++;
}

static void open_producer(struct producer *producer) {
    static const dgram_events events = {.size = sizeof events,
                                        .drain = on_drain};
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UNIX,
                                   .send_queue_size_max = LIMIT};

    MUST(dgram_create_with(&loop, &options, &producer->socket) == 0);
    dgram_on(producer->socket, &producer->listener, &events, producer);
    if (producer->connected)
        MUST(dgram_connect_sync(producer->socket, servers[0].path, 0) == 0);
}

void local_begin(void) {
    MUST(mkdtemp(folder) != NULL);
    for (unsigned i = 0; i < SERVERS; i++) {
        snprintf(servers[i].path, sizeof servers[i].path, "%s/%u", folder, i);
        start(&servers[i]);
    }
    for (unsigned i = 0; i < 2; i++)
        open_producer(&producers[i]);
}

static void produce(unsigned index, unsigned to) {
    struct producer *producer = &producers[index];
    struct stream *stream = &producer->streams[to];
    unsigned char payload[PAYLOAD] = {0};
    int result = producer->full ? UV_ENOBUFS : 0;

    for (unsigned i = 0; i < EACH && result == 0; i++) {
        struct numbered numbered = {index, to, stream->tried++};

        memcpy(payload, &numbered, sizeof numbered);
        result = producer->connected
                     ? dgram_send(producer->socket, payload, PAYLOAD, NULL,
                                  on_sent, stream)
                     : dgram_send_to(producer->socket, payload, PAYLOAD,
                                     servers[to].path, 0, on_sent, stream);
        MUST(result == 0 || result == UV_ENOBUFS);
        stream->refused += result != 0;
        producer->full = result != 0;
    }
}

static void serve(struct server *server) {
    server->served = 0;
    if (server->socket != NULL)
        MUST(dgram_receive_start(server->socket) == 0);
}

void local_iterate(void) {
    produce(0, 0);
    for (unsigned i = 0; i < SERVERS; i++)
        produce(1, i);
    for (unsigned i = 0; i < SERVERS; i++) {
        if (iterations % (i + 1) == 0) /* some are slower than others */
            serve(&servers[i]);
    }
    if (iterations % RESTART_EVERY == 0)
        stop(&servers[next_server]);
    if (iterations % RESTART_EVERY == AWAY) {
        start(&servers[next_server]);
        next_server = (next_server + 1) % SERVERS;
    }
    iterations++;
}

static uint64_t waiting(const struct stream *stream) {
    return stream->tried - stream->refused - stream->taken - stream->failed;
}

static void end_stream(const struct stream *stream) {
    uint64_t since = uv_hrtime();

    while (waiting(stream) > 0) {
        MUST(uv_hrtime() - since <= PATIENCE_NS);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    MUST(stream->received <= stream->taken);
    MUST(stream->taken - stream->received <=
         (uint64_t)UNREAD_MAX * (restarts / SERVERS + 1));
}

static void end_producer(struct producer *producer) {
    uint64_t tried = 0, received = 0, taken = 0, failed = 0;

    for (unsigned i = 0; i < SERVERS; i++) {
        const struct stream *stream = &producer->streams[i];

        end_stream(stream);
        tried += stream->tried - stream->refused;
        taken += stream->taken;
        failed += stream->failed;
        received += stream->received;
    }
    printf("local %s: %llu accepted, %llu received, %llu lost with a server, "
           "%llu failed without one\n",
           producer->name, (unsigned long long)tried,
           (unsigned long long)received, (unsigned long long)(taken - received),
           (unsigned long long)failed);
    MUST(received > 0);
    dgram_close(producer->socket);
}

void local_end(void) {
    is_over = true;
    for (unsigned i = 0; i < SERVERS; i++) {
        if (servers[i].socket == NULL)
            start(&servers[i]);
        serve(&servers[i]);
    }
    for (unsigned i = 0; i < 2; i++)
        end_producer(&producers[i]);
    printf("local: %u restarts\n", restarts);
    for (unsigned i = 0; i < SERVERS; i++)
        dgram_close(servers[i].socket);
    rmdir(folder);
}
