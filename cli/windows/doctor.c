/* The checks of this system: those that the library can tell. */
#include "doctor/system.h"

#include <string.h>

#include <uv.h>

#include "doctor/checks.h"

const struct check_row doctor_rows[] = {
    {"kernel", NEED_NOTHING, check_kernel},
    {"environment", NEED_NOTHING, check_environment},
    {"ipv4", NEED_NOTHING, check_ipv4},
    {"ipv6", NEED_NOTHING, check_ipv6},
    {"receive-buffer", NEED_IPV4, check_receive_buffer},
    {"send-buffer", NEED_IPV4, check_send_buffer},
    {"icmp-errors", NEED_UDP, check_errors},
    {"packet-info", NEED_UDP, check_packet_info},
    {"tos-ttl", NEED_UDP, check_headers},
    {"timestamps", NEED_UDP, check_timestamps},
    {"addresses", NEED_INTERFACE, check_addresses},
};

const size_t doctor_row_count = sizeof doctor_rows / sizeof *doctor_rows;

/* Any size may be set. */
const struct system_buffers system_buffers = {NULL, NULL, 1};

bool system_wait(dgram_fd fd, int milliseconds) {
    WSAPOLLFD poll_fd = {.fd = SOCKET_OF(fd), .events = POLLRDNORM};

    return WSAPoll(&poll_fd, 1, milliseconds) > 0;
}

uint64_t system_stored_size(dgram_fd fd) {
    (void)fd;
    return 0;
}

bool system_may_exceed(dgram_fd fd, bool receives) {
    (void)fd;
    (void)receives;
    return false;
}

/* Only libuv provides the names. The index is not used here. */
int system_find_interface(const char *name, unsigned *index_out) {
    uv_interface_address_t *all;
    int count, code = uv_interface_addresses(&all, &count);

    *index_out = 0;
    if (code < 0)
        return code;
    code = UV_ENODEV;
    for (int i = 0; i < count; i++) {
        if (strcmp(all[i].name, name) == 0)
            code = 0;
    }
    uv_free_interface_addresses(all, count);
    return code;
}
