/* Closes a server from elsewhere in the program, with an abort handle. The
 * server receives one datagram, its own, and is closed a little later.
 *
 *   abort_signal
 *
 * It prints "server got: Some bytes", then "server closed".
 */
#include <dgram.h>

#include <stdio.h>

static uv_timer_t timer;

/* Knows the handle, not the server. */
static void on_timer(uv_timer_t *handle) {
    dgram_abort_signal(handle->data);
    dgram_abort_release(handle->data);
    uv_close((uv_handle_t *)handle, NULL);
}

static void on_message(dgram_socket *server, const dgram_message *message,
                       void *data) {
    (void)server;
    (void)data;
    printf("server got: %.*s\n", (int)message->length,
           (const char *)message->payload);
    /* Later, when you want to close the server. */
    uv_timer_start(&timer, on_timer, 50, 0);
}

static void on_close(dgram_socket *server, void *data) {
    (void)server;
    (void)data;
    printf("server closed\n");
}

int main(void) {
    static const dgram_events events = {
        .size = sizeof events, .message = on_message, .close = on_close};
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    dgram_listener listener;
    dgram_socket *server;
    dgram_address address;

    if (dgram_abort_create(&options.abort) < 0 ||
        dgram_create_with(uv_default_loop(), &options, &server) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    uv_timer_init(uv_default_loop(), &timer);
    timer.data = options.abort;
    dgram_on(server, &listener, &events, NULL);
    if (dgram_bind_sync(server, "127.0.0.1", 0) < 0 ||
        dgram_get_local_address(server, &address) < 0 ||
        dgram_send(server, "Some bytes", 10, &address, NULL, NULL) < 0)
        return 1;
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
