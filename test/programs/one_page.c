/* What a consumer of the library builds, in C11 and C++17: a socket sends a
   datagram to itself. */
#include <dgram.h>
#include <stdio.h>

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    printf("%.*s\n", (int)message->length, (const char *)message->payload);
    dgram_close(socket);
}

int main(void) {
    static dgram_events events;
    static dgram_listener listener;
    uv_loop_t *loop = uv_default_loop();
    dgram_socket *socket;
    dgram_address self;

    events.size = sizeof events;
    events.message = on_message;
    if (dgram_create(loop, DGRAM_UDP4, &socket) != 0 ||
        dgram_on(socket, &listener, &events, NULL) != 0 ||
        dgram_bind_sync(socket, "127.0.0.1", 0) != 0 ||
        dgram_get_local_address(socket, &self) != 0)
        return 1;
    dgram_send(socket, "it works", 8, &self, NULL, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_loop_close(loop);
}
