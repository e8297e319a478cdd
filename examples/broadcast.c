/* Sends one datagram to every host of a network.
 *
 *   broadcast ADDRESS PORT     such as: broadcast 192.0.2.255 41234
 *
 * It prints "refused without permission: EACCES", because the socket may not
 * broadcast at the first attempt, then "sent 10 bytes to everyone".
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static dgram_address everyone;

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)data;
    if (status < 0)
        fprintf(stderr, "not sent: %s\n", dgram_strerror(status));
    else
        printf("sent %d bytes to everyone\n", status);
    dgram_close(socket);
}

static void on_refused(dgram_socket *socket, int status, void *data) {
    (void)data;
    if (status < 0)
        printf("refused without permission: %s\n", dgram_err_name(status));
    if (dgram_set_broadcast(socket, true) < 0 ||
        dgram_send(socket, "Some bytes", 10, &everyone, on_sent, NULL) < 0)
        dgram_close(socket);
}

int main(int argc, char **argv) {
    dgram_socket *socket;

    if (argc != 3 ||
        dgram_address_parse(argv[1], (uint16_t)atoi(argv[2]), &everyone) < 0) {
        fprintf(stderr, "usage: broadcast ADDRESS PORT\n");
        return 2;
    }
    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &socket) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    /* This also binds the socket, so that its options can be set. */
    if (dgram_send(socket, "Some bytes", 10, &everyone, on_refused, NULL) < 0)
        dgram_close(socket);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
