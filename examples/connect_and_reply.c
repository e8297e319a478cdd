/* A client of one server. Its socket is connected, so it receives from nobody
 * else, and gets an error if there is no server.
 *
 *   connect_and_reply [PORT]     of localhost; by default 7000
 *
 * Try it with batch_echo. It prints
 *
 *   connected to 127.0.0.1:7000
 *   the server replied: Some bytes
 *   not connected any more
 *
 * or, without a server, "error: recvmsg ECONNREFUSED" and ends with status 1.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static int status = 1;

static void on_connect(dgram_socket *client, void *data) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address server;

    (void)data;
    dgram_get_remote_address(client, &server);
    dgram_address_format(&server, text, sizeof text);
    printf("connected to %s:%d\n", text, dgram_address_port(&server));
    if (dgram_send(client, "Some bytes", 10, NULL, NULL, NULL) < 0)
        dgram_close(client);
}

static void on_message(dgram_socket *client, const dgram_message *reply,
                       void *data) {
    dgram_address server;

    (void)data;
    printf("the server replied: %.*s\n", (int)reply->length,
           (const char *)reply->payload);
    dgram_disconnect(client);
    if (dgram_get_remote_address(client, &server) ==
        DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED)
        printf("not connected any more\n");
    status = 0;
    dgram_close(client);
}

static void on_error(dgram_socket *client, const dgram_error *error,
                     void *data) {
    char text[200];

    (void)data;
    dgram_error_format(error, text, sizeof text);
    fprintf(stderr, "error: %s\n", text);
    dgram_close(client);
}

int main(int argc, char **argv) {
    static const dgram_events events = {
        .size = sizeof events,
        .connect = on_connect,
        .message = on_message,
        .error = on_error,
    };
    int port = argc > 1 ? atoi(argv[1]) : 7000;
    dgram_listener listener;
    dgram_socket *client;

    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &client) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    dgram_on(client, &listener, &events, NULL);
    if (dgram_connect(client, "localhost", (uint16_t)port, NULL, NULL) < 0)
        dgram_close(client);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0 ? 1 : status;
}
