/* libdgram's receiver: `batch`, or, with BENCH_SINGLE set, `message`. With
   BENCH_INFO set it asks for the local address and TOS. */
#include "bench.h"

#include <dgram.h>
#include <stdlib.h>

static struct tally tally;

static void on_batch(dgram_socket *s, const dgram_message *messages,
                     size_t count, void *data) {
    uint64_t bytes = 0;

    (void)s;
    (void)data;
    for (size_t i = 0; i < count; i++)
        bytes += messages[i].length;
    bench_count(&tally, count, bytes);
}

/* The clock is looked at once in a while, as the others do. */
static void on_message(dgram_socket *s, const dgram_message *message,
                       void *data) {
    static uint64_t datagrams, bytes;

    (void)s;
    (void)data;
    bytes += message->length;
    if (++datagrams < 32)
        return;
    bench_count(&tally, datagrams, bytes);
    datagrams = bytes = 0;
}

int main(int argc, char **argv) {
    static const dgram_events by_batch = {.size = sizeof by_batch,
                                          .batch = on_batch};
    static const dgram_events by_message = {.size = sizeof by_message,
                                            .message = on_message};
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .receive_buffer_size = RECEIVE_BUFFER};
    dgram_listener listener;
    dgram_address address;
    dgram_socket *s;

    if (bench_info())
        options.receive_info = DGRAM_INFO_LOCAL | DGRAM_INFO_TOS;
    tally.seconds = argc > 1 ? atof(argv[1]) : 1;
    if (dgram_create_with(uv_default_loop(), &options, &s) < 0 ||
        dgram_bind_sync(s, NULL, 0) < 0)
        return 1;
    dgram_on(s, &listener,
             getenv("BENCH_SINGLE") != NULL ? &by_message : &by_batch, NULL);
    dgram_get_local_address(s, &address);
    bench_ready(dgram_address_port(&address));
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
