/* Chooses the interface for multicast datagrams, and sends one to a group.
 *
 *   multicast_interface GROUP PORT INTERFACE
 *
 * For an IPv4 group the interface is one of its addresses ("10.0.0.2"), for
 * IPv6 an address with a scope ("::%eth1"). It prints nothing; members of the
 * group receive "hello". Try it with membership.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static const char *interface_address;
static dgram_address group;

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)data;
    if (status < 0)
        fprintf(stderr, "not sent: %s\n", dgram_strerror(status));
    dgram_close(socket);
}

static void on_listening(dgram_socket *socket, void *data) {
    int result = dgram_set_multicast_interface(socket, interface_address);

    (void)data;
    if (result == 0)
        result = dgram_send(socket, "hello", 5, &group, on_sent, NULL);
    if (result < 0) {
        fprintf(stderr, "error: %s\n", dgram_strerror(result));
        dgram_close(socket);
    }
}

int main(int argc, char **argv) {
    static const dgram_events events = {.size = sizeof events,
                                        .listening = on_listening};
    dgram_listener listener;
    dgram_socket *socket;

    if (argc != 4 ||
        dgram_address_parse(argv[1], (uint16_t)atoi(argv[2]), &group) < 0) {
        fprintf(stderr, "usage: multicast_interface GROUP PORT INTERFACE\n");
        return 2;
    }
    interface_address = argv[3];
    if (dgram_create(uv_default_loop(),
                     group.any.sa_family == AF_INET6 ? DGRAM_UDP6 : DGRAM_UDP4,
                     &socket) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    dgram_on(socket, &listener, &events, NULL);
    dgram_bind(socket, NULL, 0);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
