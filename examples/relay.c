/* Passes datagrams on to another port, and receives no more than it can pass
 * on. While the kernel takes none, datagrams wait in the receive buffer.
 *
 *   relay FROM TO [COUNT]     ports on 127.0.0.1; ends after COUNT datagrams
 *
 * It prints "relay listening 127.0.0.1:FROM". The payloads are not copied: they
 * are sent from the memory that they were received into.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

#define RETRY_MS 1 /* before the next attempt to send */

static char memory[DGRAM_RECEIVE_MEMORY_SIZE];
static dgram_outgoing waiting[DGRAM_BATCH_MAX]; /* to be passed on */
static size_t first, count;
static dgram_address to;
static uv_timer_t timer;
static long left;

static void provide(dgram_socket *socket, size_t size, uv_buf_t *buffer,
                    void *data) {
    (void)socket;
    (void)data;
    *buffer = uv_buf_init(memory, (unsigned)size);
}

static void end(dgram_socket *socket) {
    dgram_close(socket);
    uv_close((uv_handle_t *)&timer, NULL);
}

static void retry(uv_timer_t *handle);

static void pass_on(dgram_socket *socket) {
    static int status[DGRAM_BATCH_MAX];
    int done =
        dgram_try_send_batch(socket, waiting + first, count - first, status);

    if (done > 0)
        first += (size_t)done;
    if (first < count) {
        uv_timer_start(&timer, retry, RETRY_MS, 0);
        return;
    }
    if (left > 0 && (left -= (long)count) <= 0)
        end(socket);
    else
        dgram_receive_start(socket);
}

static void retry(uv_timer_t *handle) {
    pass_on(handle->data);
}

/* Nothing is received into the memory before all is passed on. */
static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t received, void *data) {
    (void)data;
    dgram_receive_stop(socket);
    first = 0;
    count = received;
    for (size_t i = 0; i < count; i++)
        waiting[i] = (dgram_outgoing){.payload = messages[i].payload,
                                      .length = messages[i].length,
                                      .to = &to};
    pass_on(socket);
}

int main(int argc, char **argv) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .receive_memory = provide};
    dgram_listener listener;
    dgram_address self;
    dgram_socket *socket;

    if (argc < 3 ||
        dgram_address_parse("127.0.0.1", (uint16_t)atoi(argv[2]), &to) < 0) {
        fprintf(stderr, "usage: relay FROM TO [COUNT]\n");
        return 2;
    }
    left = argc > 3 ? atol(argv[3]) : 0;
    if (dgram_create_with(uv_default_loop(), &options, &socket) < 0)
        return 1;
    dgram_on(socket, &listener, &events, NULL);
    uv_timer_init(uv_default_loop(), &timer);
    timer.data = socket;
    if (dgram_bind_sync(socket, "127.0.0.1", (uint16_t)atoi(argv[1])) < 0 ||
        dgram_get_local_address(socket, &self) < 0)
        end(socket);
    else
        printf("relay listening 127.0.0.1:%d\n", dgram_address_port(&self));
    fflush(stdout);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
