/* Binds to a port that no other process may share, prints the address, and
 * ends.
 *
 *   bind_options [PORT]     by default 8000
 *
 * It prints "bound to 127.0.0.1:8000". If the port is taken, it prints "not
 * bound: address already in use" and ends with status 1.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static int status = 1;

static void on_listening(dgram_socket *socket, void *data) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address address;

    (void)data;
    dgram_get_local_address(socket, &address);
    dgram_address_format(&address, text, sizeof text);
    printf("bound to %s:%d\n", text, dgram_address_port(&address));
    status = 0;
    dgram_close(socket);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    fprintf(stderr, "not bound: %s\n", dgram_strerror(error->code));
    dgram_close(socket);
}

int main(int argc, char **argv) {
    /* Called once, as the callback of bind() in node:dgram. */
    static const dgram_events events = {
        .size = sizeof events, .listening = on_listening, .error = on_error};
    dgram_bind_options options = {
        .size = sizeof options,
        .address = "localhost",
        .port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 8000),
        .exclusive = true,
    };
    dgram_listener listener;
    dgram_socket *socket;

    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &socket) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    dgram_once(socket, &listener, &events, NULL);
    dgram_bind_with(socket, &options);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0 ? 1 : status;
}
