#include "os/unsupported.h"

dgram_fd unsupported_open_interface_changes(void) {
    return UV_ENOTSUP;
}

int unsupported_read_interface_changes(dgram_fd fd,
                                       struct platform_interface_changes *out) {
    (void)fd;
    (void)out;
    return UV_ENOTSUP;
}

uint32_t unsupported_segments_max(dgram_fd fd) {
    (void)fd;
    return 1;
}

/* offload_decide() handles faulty releases of Linux only. */
void unsupported_kernel_release(char *text, size_t size) {
    if (size > 0)
        text[0] = '\0';
}

int unsupported_coalesce(dgram_fd fd, bool on) {
    (void)fd;
    return on ? UV_ENOTSUP : 0;
}

bool unsupported_coalesces(dgram_fd fd) {
    (void)fd;
    return false;
}

int unsupported_attach_filter(dgram_fd fd,
                              const struct sock_filter *instructions,
                              size_t count) {
    (void)fd;
    (void)instructions;
    (void)count;
    return UV_ENOTSUP;
}

int unsupported_steer(dgram_fd fd, const struct platform_steering *how) {
    (void)fd;
    (void)how;
    return UV_ENOTSUP;
}

int unsupported_get_busy_poll(int backend, struct platform_busy_poll *out) {
    (void)backend;
    (void)out;
    return UV_ENOTSUP;
}

int unsupported_set_busy_poll(int backend,
                              const struct platform_busy_poll *how) {
    (void)backend;
    (void)how;
    return UV_ENOTSUP;
}

int unsupported_receive_drops(dgram_fd fd, uint32_t *count_out) {
    (void)fd;
    *count_out = 0;
    return UV_ENOTSUP;
}
