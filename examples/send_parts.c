/* Sends one datagram made of several buffers to 127.0.0.1.
 *
 *   send_parts [PORT]     by default 41234
 *
 * It prints nothing; a server there receives "Some bytes".
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static void on_sent(dgram_socket *client, int status, void *data) {
    (void)data;
    if (status < 0)
        fprintf(stderr, "not sent: %s\n", dgram_strerror(status));
    dgram_close(client);
}

int main(int argc, char **argv) {
    char first[] = "Some ", second[] = "bytes";
    dgram_buffer parts[] = {{.base = first, .length = sizeof first - 1},
                            {.base = second, .length = sizeof second - 1}};
    int port = argc > 1 ? atoi(argv[1]) : 41234;
    dgram_socket *client;
    dgram_address to;

    if (dgram_address_parse("127.0.0.1", (uint16_t)port, &to) < 0 ||
        dgram_create(uv_default_loop(), DGRAM_UDP4, &client) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    if (dgram_sendv(client, parts, 2, &to, on_sent, NULL) < 0)
        dgram_close(client);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
