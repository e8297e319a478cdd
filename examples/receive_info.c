/* Shows what arrives at a port, and how: from whom, to which address of this
 * host, by which interface, with which TOS and TTL, and when.
 *
 *   receive_info [PORT] [COUNT]      port 0: a free one; ends after COUNT
 *
 * For each datagram it prints a line such as
 *   5 bytes from 192.0.2.7 to 192.0.2.1 by eth0, DSCP 46, ECN 1, TTL 61,
 * and at its end the time.
 */
#include <dgram.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int left = -1;

/* A member is valid only if the kernel said so. */
static void print_info(const dgram_receive_info *info) {
    char text[DGRAM_ADDRESS_TEXT_MAX], name[UV_IF_NAMESIZE] = "?";
    size_t size = sizeof name;

    if ((info->valid & DGRAM_INFO_LOCAL) != 0 &&
        dgram_address_format(&info->local, text, sizeof text) == 0)
        printf(" to %s", text);
    if ((info->valid & DGRAM_INFO_INTERFACE) != 0) {
        uv_if_indextoname(info->interface_index, name, &size); /* may be gone */
        printf(" by %s", name);
    }
    if ((info->valid & DGRAM_INFO_TOS) != 0)
        printf(", DSCP %d, ECN %d", DGRAM_TOS_DSCP(info->tos),
               DGRAM_TOS_ECN(info->tos));
    if ((info->valid & DGRAM_INFO_TTL) != 0)
        printf(", TTL %d", info->ttl);
    if ((info->valid & DGRAM_INFO_TIMESTAMP) != 0)
        printf(", at %" PRIu64 ".%09" PRIu64, info->timestamp_ns / 1000000000,
               info->timestamp_ns % 1000000000);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    char from[DGRAM_ADDRESS_TEXT_MAX];

    (void)data;
    if (dgram_address_format(message->from, from, sizeof from) < 0)
        return;
    printf("%" PRIu32 " bytes from %s", message->length, from);
    print_info(message->info);
    printf("\n");
    if (--left == 0)
        dgram_close(socket);
}

static void on_listening(dgram_socket *socket, void *data) {
    dgram_address address;

    (void)data;
    if (dgram_get_local_address(socket, &address) == 0)
        printf("listening on port %d\n", dgram_address_port(&address));
    fflush(stdout);
}

int main(int argc, char **argv) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message,
                                        .listening = on_listening};
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .receive_info = DGRAM_INFO_ALL};
    dgram_listener listener;
    dgram_socket *socket;
    int code = dgram_create_with(uv_default_loop(), &options, &socket);

    if (argc > 2)
        left = atoi(argv[2]);
    if (code == 0) {
        dgram_on(socket, &listener, &events, NULL);
        code = dgram_bind(socket, NULL, argc > 1 ? (uint16_t)atoi(argv[1]) : 0);
    }
    if (code < 0) {
        fprintf(stderr, "error: %s\n", dgram_strerror(code));
        return 1;
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
