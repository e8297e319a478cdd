/* Adopting a descriptor of the program, and restoring it if that fails. */
#include <fcntl.h>

#include "os/calls.h"
#include "os/sockets.h"

static int get_int(int fd, int name, int *value_out) {
    socklen_t size = sizeof(*value_out);

    return sockets_get_option(fd, SOL_SOCKET, name, value_out, &size);
}

static int set_int(int fd, int name, int value) {
    return sockets_set_option(fd, SOL_SOCKET, name, &value, sizeof(value));
}

static int look_at(int fd, struct platform_adopted *out) {
    int result;

    out->file_flags = os_fcntl(fd, F_GETFL, 0);
    out->descriptor_flags = os_fcntl(fd, F_GETFD, 0);
    if (out->file_flags < 0 || out->descriptor_flags < 0)
        return sockets_error();
    result = get_int(fd, SOCKETS_REUSE_ADDRESS, &out->reuse_address);
    if (result >= 0)
        result = get_int(fd, SO_RCVBUF, &out->receive_buffer_size);
    if (result >= 0)
        result = get_int(fd, SO_SNDBUF, &out->send_buffer_size);
    return result;
}

static int is_size(int fd, int name, int size) {
    int now;

    return get_int(fd, name, &now) >= 0 && now == size;
}

/* Linux returns twice the size that was set, and limits what an unprivileged
   process can set; a larger size needs the privilege that set it before. */
static void restore_size(int fd, int name, int force_name, int size) {
    if (is_size(fd, name, size))
        return;
    set_int(fd, name, size / 2);
    if (!is_size(fd, name, size))
        set_int(fd, name, size);
    if (!is_size(fd, name, size))
        set_int(fd, force_name, size / 2);
}

void sockets_restore(int fd, const struct platform_adopted *before) {
#if defined(SO_RCVBUFFORCE)
    restore_size(fd, SO_RCVBUF, SO_RCVBUFFORCE, before->receive_buffer_size);
    restore_size(fd, SO_SNDBUF, SO_SNDBUFFORCE, before->send_buffer_size);
#else
    restore_size(fd, SO_RCVBUF, SO_RCVBUF, before->receive_buffer_size);
    restore_size(fd, SO_SNDBUF, SO_SNDBUF, before->send_buffer_size);
#endif
    set_int(fd, SOCKETS_REUSE_ADDRESS, before->reuse_address != 0);
    os_fcntl(fd, F_SETFD, before->descriptor_flags);
    os_fcntl(fd, F_SETFL, before->file_flags);
}

int sockets_adopt(int fd, struct platform_adopted *before) {
    int result = look_at(fd, before);

    if (result < 0)
        return result;
    result = sockets_set_flags(fd);
    if (result >= 0)
        result = set_int(fd, SOCKETS_REUSE_ADDRESS, 1);
    if (result < 0)
        sockets_restore(fd, before);
    return result;
}
