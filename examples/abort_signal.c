/* Closes a server from elsewhere in the program, by an abort handle.
 *
 *   abort_signal
 */
#include <dgram.h>

#include <stdio.h>

static void on_message(dgram_socket *server, const dgram_message *message,
                       void *data) {
    (void)server;
    (void)data;
    printf("server got: %.*s\n", (int)message->length,
           (const char *)message->payload);
}

static void on_close(dgram_socket *server, void *data) {
    (void)server;
    (void)data;
    printf("server closed\n");
}

/* Knows the handle, not the server. */
static void on_timer(uv_timer_t *timer) {
    dgram_abort_signal(timer->data);
    dgram_abort_release(timer->data);
    uv_close((uv_handle_t *)timer, NULL);
}

int main(void) {
    static const dgram_events events = {
        .size = sizeof events, .message = on_message, .close = on_close};
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    dgram_listener listener;
    dgram_socket *server;
    uv_timer_t timer;

    if (dgram_abort_create(&options.abort) < 0 ||
        dgram_create_with(uv_default_loop(), &options, &server) < 0)
        return 1;
    dgram_on(server, &listener, &events, NULL);
    dgram_bind(server, "127.0.0.1", 0);

    /* Later, when you want to close the server. */
    uv_timer_init(uv_default_loop(), &timer);
    timer.data = options.abort;
    uv_timer_start(&timer, on_timer, 100, 0);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
