#include "socket/socket.h"

#include "util/sized.h"
#include "util/util.h"

int socket_misuse(dgram_socket *s, int code) {
    return error_set(&s->error, code, "");
}

int socket_read_address(dgram_socket *s, const char *syscall, const char *text,
                        const dgram_address *otherwise, dgram_address *out) {
    uint16_t port = dgram_address_port(otherwise);
    int result;

    if (text_is_empty(text)) {
        address_copy(out, otherwise);
        return 0;
    }
    result = address_parse(s->type, text, port, out);
    if (result == UV_EINVAL)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    return result < 0 ? error_set_host(&s->error, result, syscall, text, port)
                      : 0;
}

void socket_emit_error(dgram_socket *s) {
    /* A copy: a listener may cause the next error while others read this one.
     */
    struct error_record record = s->error;

    record.public.address = record.address;
    if (events_error(&s->events, s, &record.public))
        return;
    s->unhandled_errors++;
    if (s->loop->on_unhandled_error != NULL)
        s->loop->on_unhandled_error(s, &record.public,
                                    s->loop->on_unhandled_error_data);
}

int socket_need_descriptor(dgram_socket *s, const char *syscall) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (s->state.bind != STATE_BOUND)
        return error_set(&s->error, UV_EBADF, syscall);
    return 0;
}

int socket_need_ip(dgram_socket *s, const char *syscall) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    return socket_is_unix(s) ? error_set(&s->error, UV_ENOTSUP, syscall) : 0;
}

int socket_need_reader(dgram_socket *s, const char *syscall) {
    int result = socket_need_descriptor(s, syscall);

    return result == 0 && receive_is_detached(&s->receive)
               ? socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING)
               : result;
}

static int add_listener(dgram_socket *s, dgram_listener *listener,
                        const dgram_events *events, void *data, bool once) {
    if (!sized_is_sound(sizeof(*events), SIZE_UP_TO(dgram_events, listening),
                        events)) {
        *listener = (dgram_listener){0};
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    }
    events_add(&s->events, listener, events, data, once);
    return 0;
}

int dgram_on(dgram_socket *s, dgram_listener *listener,
             const dgram_events *events, void *data) {
    return add_listener(s, listener, events, data, false);
}

int dgram_once(dgram_socket *s, dgram_listener *listener,
               const dgram_events *events, void *data) {
    return add_listener(s, listener, events, data, true);
}

void dgram_off(dgram_socket *s, dgram_listener *listener) {
    events_remove(&s->events, listener);
}

const dgram_error *dgram_last_error(const dgram_socket *s) {
    return &s->error.public;
}

uint64_t dgram_get_unhandled_error_count(const dgram_socket *s) {
    return s->unhandled_errors;
}

void dgram_set_data(dgram_socket *s, void *data) {
    s->data = data;
}

void *dgram_get_data(const dgram_socket *s) {
    return s->data;
}

uv_loop_t *dgram_get_loop(const dgram_socket *s) {
    return s->loop->uv;
}

dgram_type dgram_get_type(const dgram_socket *s) {
    return s->type;
}

dgram_fd dgram_fileno(const dgram_socket *s) {
    return s->state.bind == STATE_BOUND ? s->datapath.fd : UV_EBADF;
}

int dgram_get_local_address(dgram_socket *s, dgram_address *address_out) {
    int result = socket_need_descriptor(s, "getsockname");

    if (result < 0)
        return result;
    result = platform->local_address(s->datapath.fd, address_out);
    return result < 0 ? error_set(&s->error, result, "getsockname") : 0;
}

int dgram_get_remote_address(dgram_socket *s, dgram_address *address_out) {
    int result;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (s->state.connect != STATE_CONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    result = platform->remote_address(s->datapath.fd, address_out);
    return result < 0 ? error_set(&s->error, result, "getpeername") : 0;
}
