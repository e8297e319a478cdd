/* Connects to a port of localhost, sends without naming the destination again,
 * and ends.
 *
 *   send_connected [PORT]     by default 41234
 *
 * It prints nothing; a server there receives "Some bytes".
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_sent(dgram_socket *client, int status, void *data) {
    (void)data;
    if (status < 0)
        fprintf(stderr, "not sent: %s\n", dgram_strerror(status));
    dgram_close(client);
}

static void on_connect(dgram_socket *client, int status, void *data) {
    static const char message[] = "Some bytes";

    (void)data;
    if (status < 0 ||
        dgram_send(client, message, strlen(message), NULL, on_sent, NULL) < 0)
        dgram_close(client);
}

int main(int argc, char **argv) {
    int port = argc > 1 ? atoi(argv[1]) : 41234;
    dgram_socket *client;

    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &client) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    if (dgram_connect(client, "localhost", (uint16_t)port, on_connect, NULL) <
        0)
        dgram_close(client);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
