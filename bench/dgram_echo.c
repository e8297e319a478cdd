/* libdgram's echo server: `batch` and dgram_send_batch(). BENCH_BUSY_US sets
   its busy poll. */
#include "bench.h"

#include <dgram.h>
#include <stdlib.h>

static void on_batch(dgram_socket *s, const dgram_message *messages,
                     size_t count, void *data) {
    static dgram_outgoing out[2048];

    (void)data;
    for (size_t i = 0; i < count; i++) {
        out[i].payload = messages[i].payload;
        out[i].length = messages[i].length;
        out[i].to = messages[i].from;
    }
    dgram_send_batch(s, out, count, NULL, NULL);
}

int main(void) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};
    const char *busy = getenv("BENCH_BUSY_US");
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    dgram_listener listener;
    dgram_address address;
    dgram_socket *s;

    options.busy_poll_us = busy != NULL ? (uint32_t)atoi(busy) : 0;
    if (dgram_create_with(uv_default_loop(), &options, &s) < 0 ||
        dgram_bind_sync(s, NULL, 0) < 0)
        return 1;
    dgram_on(s, &listener, &events, NULL);
    dgram_get_local_address(s, &address);
    bench_ready(dgram_address_port(&address));
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
