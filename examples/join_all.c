/* Receives a multicast group on all interfaces, also on those that are plugged
 * in later, and shows by which one each datagram came.
 *
 *   join_all [PORT [GROUP [COUNT]]]
 *
 * by default port 1234 of 224.0.0.114, without end. PORT 0 is a free one. The
 * GROUP may be IPv6. It prints
 *
 *   listening to 224.0.0.114:1234
 *   joined on lo
 *   joined on eth0
 *   hello by eth0
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

#define MEMBERSHIPS_MAX 64

static const char *group = "224.0.0.114";
static int left; /* datagrams until the end; 0: no end */
static int status;

/* An interface may be gone by now. */
static const char *name_of(uint32_t index, char name[UV_IF_NAMESIZE]) {
    size_t size = UV_IF_NAMESIZE;

    return uv_if_indextoname(index, name, &size) == 0 ? name : "?";
}

static void print_joined(dgram_socket *socket) {
    dgram_membership list[MEMBERSHIPS_MAX];
    int count = dgram_get_memberships(socket, list, MEMBERSHIPS_MAX);
    char name[UV_IF_NAMESIZE];

    for (int i = 0; i < count && i < MEMBERSHIPS_MAX; i++)
        printf("joined on %s\n", name_of(list[i].interface_index, name));
}

static void on_listening(dgram_socket *socket, void *data) {
    dgram_address address;
    int result;

    (void)data;
    /* Keeps out groups that only other sockets joined, on Linux. */
    dgram_set_multicast_all(socket, false);
    result = dgram_add_membership_all(socket, group);
    if (result < 0) {
        status = 1;
        fprintf(stderr, "cannot join %s: %s\n", group, dgram_strerror(result));
        dgram_close(socket);
        return;
    }
    dgram_get_local_address(socket, &address);
    printf("listening to %s:%d\n", group, dgram_address_port(&address));
    print_joined(socket);
    fflush(stdout);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    char name[UV_IF_NAMESIZE];
    uint32_t index = 0;

    (void)data;
    if ((message->info->valid & DGRAM_INFO_INTERFACE) != 0)
        index = message->info->interface_index;
    printf("%.*s by %s\n", (int)message->length, (const char *)message->payload,
           name_of(index, name));
    fflush(stdout);
    if (left > 0 && --left == 0)
        dgram_close(socket);
}

/* An interface could not join, most often because the kernel limits the
   memberships of a socket. The others have joined. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)data;
    fprintf(stderr, "error: %s\n", dgram_strerror(error->code));
}

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .message = on_message,
    .error = on_error,
};

int main(int argc, char **argv) {
    dgram_options options = {.size = sizeof options,
                             .reuse_address = true,
                             .receive_info = DGRAM_INFO_INTERFACE};
    int port = argc > 1 ? atoi(argv[1]) : 1234;
    dgram_listener listener;
    dgram_socket *socket;
    dgram_address address;

    group = argc > 2 ? argv[2] : group;
    left = argc > 3 ? atoi(argv[3]) : 0;
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
