/* A producer that sends until its queue is full, and goes on at `drain`, to a
   consumer that receives only now and then. To a port the kernel drops what the
   consumer has no time for, to a Unix socket the producer waits. */
#include "soak.h"

#define PAYLOAD 400
#define LIMIT (64 * (PAYLOAD + 256)) /* of the queue, in bytes */
#define ATTEMPTS 256                 /* of each iteration */
#define SERVING 40                   /* datagrams, then the consumer pauses */
#define PAUSE 3                      /* iterations */
#define PATIENCE_NS 10000000000u

struct pair {
    const char *name;
    dgram_socket *producer, *consumer;
    dgram_listener drain, batch;
    bool full;         /* a send was refused; `drain` is owed */
    uint64_t tried;    /* datagrams that the producer had */
    uint64_t refused;  /* of these, by the limit */
    uint64_t reported; /* of the others, by their callback */
    uint64_t received, drains;
    uint64_t next_number; /* that the consumer may receive */
    unsigned served;      /* since the consumer has started */
};

static struct pair to_port = {.name = "port"},
                   to_path = {.name = "Unix socket"};
static unsigned iterations;

static void on_sent(dgram_socket *socket, int status, void *data) {
    struct pair *pair = data;

    (void)socket;
    MUST(status == PAYLOAD);
    pair->reported++;
}

static void on_drain(dgram_socket *socket, void *data) {
    struct pair *pair = data;

    MUST(dgram_get_send_queue_space(socket) > LIMIT / 2);
    pair->full = false;
    pair->drains++;
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct pair *pair = data;
    uint64_t number;

    if (message->length != PAYLOAD)
        return; /* of another sender */
    memcpy(&number, message->payload, sizeof number);
    MUST(number >= pair->next_number); /* in order, none twice */
    pair->next_number = number + 1;
    pair->received++;
    if (++pair->served >= SERVING)
        MUST(dgram_receive_stop(socket) == 0);
}

static void open_pair(struct pair *pair, dgram_type type, const char *where) {
    static const dgram_events producing = {.size = sizeof producing,
                                           .drain = on_drain},
                              consuming = {.size = sizeof consuming,
                                           .message = on_message};
    /* A coalesced message that is dropped counts once. */
    dgram_options options = {
        .size = sizeof options, .type = type, .offload = DGRAM_OFFLOAD_OFF};
    char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address there;

    MUST(dgram_create_with(&loop, &options, &pair->consumer) == 0);
    options.send_queue_size_max = LIMIT;
    MUST(dgram_create_with(&loop, &options, &pair->producer) == 0);
    dgram_on(pair->producer, &pair->drain, &producing, pair);
    dgram_on(pair->consumer, &pair->batch, &consuming, pair);
    MUST(dgram_bind_sync(pair->consumer, where, 0) == 0);
    MUST(dgram_get_local_address(pair->consumer, &there) == 0);
    MUST(dgram_address_format(&there, text, sizeof text) >= 0);
    MUST(dgram_connect_sync(pair->producer, text, dgram_address_port(&there)) ==
         0);
}

/* A Unix socket without an address gets an abstract name. */
void slow_begin(void) {
    open_pair(&to_port, DGRAM_UDP4, "127.0.0.1");
    open_pair(&to_path, DGRAM_UNIX, NULL);
}

static void produce(struct pair *pair) {
    unsigned char payload[PAYLOAD] = {0};

    for (int i = 0; i < ATTEMPTS && !pair->full; i++) {
        int result;

        memcpy(payload, &pair->tried, sizeof pair->tried);
        result = dgram_send(pair->producer, payload, sizeof payload, NULL,
                            on_sent, pair);
        MUST(result == 0 || result == UV_ENOBUFS);
        pair->tried++;
        pair->refused += result != 0;
        pair->full = result != 0;
    }
}

static void serve(struct pair *pair) {
    pair->served = 0;
    MUST(dgram_receive_start(pair->consumer) == 0);
}

void slow_iterate(void) {
    produce(&to_port);
    produce(&to_path);
    if (iterations++ % PAUSE != 0)
        return;
    serve(&to_port);
    serve(&to_path);
}

static uint64_t missing(const struct pair *pair, uint32_t drops) {
    return pair->tried - pair->refused - pair->received - drops;
}

static uint32_t drops_of(const struct pair *pair) {
    return pair == &to_port ? kernel_drops(dgram_fileno(pair->consumer)) : 0;
}

static void end_pair(struct pair *pair) {
    uint64_t since = uv_hrtime();
    uint32_t drops;

    while (missing(pair, drops_of(pair)) > 0 || pair->full) {
        MUST(uv_hrtime() - since <= PATIENCE_NS);
        serve(pair);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    drops = drops_of(pair);
    printf("slow %s: %llu tried, %llu received, %llu dropped by the kernel, "
           "%llu refused; %llu drains\n",
           pair->name, (unsigned long long)pair->tried,
           (unsigned long long)pair->received, (unsigned long long)drops,
           (unsigned long long)pair->refused, (unsigned long long)pair->drains);
    MUST(pair->reported == pair->tried - pair->refused);
    MUST(pair->drains == pair->refused);
    MUST(dgram_get_send_queue_space(pair->producer) == LIMIT);
    dgram_close(pair->producer);
    dgram_close(pair->consumer);
}

void slow_end(void) {
    end_pair(&to_port);
    end_pair(&to_path);
}
