/* Joins a multicast group and prints the datagrams for it.
 *
 *   membership [PORT [GROUP [INTERFACE [COUNT]]]]
 *
 * by default port 1234 of 224.0.0.114, on the interface that the system
 * chooses, without end. For an IPv4 group INTERFACE is one of its addresses
 * ("10.0.0.2"), for IPv6 an address with a scope ("::%eth1"). It prints
 *
 *   listening to 224.0.0.114:1234
 *   group got: hello
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static const char *group = "224.0.0.114", *interface_address;
static int left; /* datagrams until the end; 0: no end */
static int status;

static void on_listening(dgram_socket *socket, void *data) {
    dgram_address address;
    int result = dgram_add_membership(socket, group, interface_address);

    (void)data;
    if (result < 0) {
        status = 1;
        fprintf(stderr, "cannot join %s: %s\n", group, dgram_strerror(result));
        dgram_close(socket);
        return;
    }
    dgram_get_local_address(socket, &address);
    printf("listening to %s:%d\n", group, dgram_address_port(&address));
    fflush(stdout);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    printf("group got: %.*s\n", (int)message->length,
           (const char *)message->payload);
    fflush(stdout);
    if (left > 0 && --left == 0) {
        dgram_drop_membership(socket, group, interface_address);
        dgram_close(socket);
    }
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    status = 1;
    fprintf(stderr, "error: %s\n", dgram_strerror(error->code));
    dgram_close(socket);
}

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .message = on_message,
    .error = on_error,
};

int main(int argc, char **argv) {
    dgram_options options = {.size = sizeof options, .reuse_address = true};
    int port = argc > 1 ? atoi(argv[1]) : 1234;
    dgram_listener listener;
    dgram_socket *socket;
    dgram_address address;

    group = argc > 2 ? argv[2] : group;
    interface_address = argc > 3 ? argv[3] : NULL;
    left = argc > 4 ? atoi(argv[4]) : 0;
    if (dgram_address_parse(group, 0, &address) < 0)
        return 2;
    options.type = address.any.sa_family == AF_INET6 ? DGRAM_UDP6 : DGRAM_UDP4;
    if (dgram_create_with(uv_default_loop(), &options, &socket) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    dgram_on(socket, &listener, &events, NULL);
    dgram_bind(socket, NULL, (uint16_t)port);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0 ? 1 : status;
}
