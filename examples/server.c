/* A server that prints the datagrams that it receives.
 *
 *   server [PORT [COUNT]]     by default port 41234, and no end
 *
 * Try "server 41234" and, in another terminal, "send_one 41234". It prints
 *
 *   server listening 0.0.0.0:41234
 *   server got: Some bytes from 127.0.0.1:51234
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static int left; /* datagrams until the end; 0: no end */

static void on_error(dgram_socket *server, const dgram_error *error,
                     void *data) {
    char text[200];

    (void)data;
    dgram_error_format(error, text, sizeof text);
    fprintf(stderr, "server error:\n%s\n", text);
    dgram_close(server);
}

static void on_message(dgram_socket *server, const dgram_message *message,
                       void *data) {
    char address[DGRAM_ADDRESS_TEXT_MAX];

    (void)data;
    dgram_address_format(message->from, address, sizeof address);
    printf("server got: %.*s from %s:%d\n", (int)message->length,
           (const char *)message->payload, address,
           dgram_address_port(message->from));
    fflush(stdout);
    if (left > 0 && --left == 0)
        dgram_close(server);
}

static void on_listening(dgram_socket *server, void *data) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address address;

    (void)data;
    dgram_get_local_address(server, &address);
    dgram_address_format(&address, text, sizeof text);
    printf("server listening %s:%d\n", text, dgram_address_port(&address));
    fflush(stdout);
}

static const dgram_events events = {
    .size = sizeof events,
    .error = on_error,
    .message = on_message,
    .listening = on_listening,
};

int main(int argc, char **argv) {
    dgram_socket *server;
    dgram_listener listener;
    int port = argc > 1 ? atoi(argv[1]) : 41234;

    left = argc > 2 ? atoi(argv[2]) : 0;
    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &server) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    dgram_on(server, &listener, &events, NULL);
    dgram_bind(server, NULL, (uint16_t)port);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
