#include "socket/bind_check.h"

#include <string.h>

#include "util/sized.h"
#include "util/util.h"
#include "socket/socket.h"

int bind_check_unbound(dgram_socket *s) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (s->state.bind != STATE_UNBOUND)
        return socket_misuse(s, DGRAM_ERR_SOCKET_ALREADY_BOUND);
    return 0;
}

#define PERMISSIONS_MAX 0777u

/* Only a file has permissions. If the address is anything else, the program
   would rely on a protection that it does not get. */
static int check_file_options(dgram_socket *s,
                              const dgram_bind_options *options) {
    const char *path = options->address;

    if (options->unix_mode == 0)
        return 0;
    return !socket_is_unix(s) || options->fd > 0 || text_is_empty(path) ||
                   path[0] == '@' || options->unix_mode > PERMISSIONS_MAX
               ? socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE)
               : 0;
}

/* The kernel would truncate a longer name. */
static int check_device(dgram_socket *s, const dgram_bind_options *options) {
    if (text_is_empty(options->device))
        return 0;
    if (options->fd > 0)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    if (socket_is_unix(s))
        return error_set(&s->error, UV_ENOTSUP, "bind");
    return strlen(options->device) >= BIND_DEVICE_SIZE
               ? error_set(&s->error, UV_ENODEV, "bind")
               : 0;
}

int bind_read_options(dgram_socket *s, const dgram_bind_options *given,
                      dgram_bind_options *out) {
    int result = SIZED_COPY(out, given, dgram_bind_options, address);

    if (result < 0)
        return socket_misuse(s, result);
    result = bind_check_unbound(s);
    if (result == 0)
        result = check_file_options(s, out);
    return result == 0 ? check_device(s, out) : result;
}
