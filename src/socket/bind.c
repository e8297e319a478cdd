/* The happy path: dgram_bind() looks the address up; with the answer a
   descriptor is opened, given its options, bound, and watched; `listening` is
   emitted. The synchronous and the implicit bind do the same at once and leave
   `listening` to a task.

   What can go wrong: each step undoes the ones before it, so that a failed bind
   leaves an unbound socket that may be bound again. Sends that waited for the
   bind fail with its code. */
#include "socket/bind.h"

#include <string.h>

#include "loop/receive_buffers.h"
#include "util/sized.h"
#include "util/util.h"
#include "socket/flush.h"
#include "socket/readahead.h"
#include "socket/lookup.h"
#include "socket/receive.h"
#include "socket/watch.h"

static int set_flag(int fd, int level, int name) {
    int on = 1;

    return platform->set_option(fd, level, name, &on, sizeof(on));
}

/* Where SO_REUSEADDR does not let two sockets share an address, as on the BSDs,
   SO_REUSEPORT does. */
static int set_reuse_address(int fd) {
#if defined(SO_REUSEPORT) && !defined(__linux__) && !defined(__sun__)
    return set_flag(fd, SOL_SOCKET, SO_REUSEPORT);
#else
    return set_flag(fd, SOL_SOCKET, SO_REUSEADDR);
#endif
}

/* Only where the kernel spreads datagrams over the sockets is it what the
   option promises. */
static int set_reuse_port(int fd) {
#if defined(SO_REUSEPORT_LB)
    return set_flag(fd, SOL_SOCKET, SO_REUSEPORT_LB);
#elif defined(SO_REUSEPORT) && defined(__linux__)
    return set_flag(fd, SOL_SOCKET, SO_REUSEPORT);
#else
    (void)fd;
    return UV_ENOTSUP;
#endif
}

static int set_flags(dgram_type type, const struct bind_flags *flags, int fd) {
    int result = 0;

    if (flags->reuse_address)
        result = set_reuse_address(fd);
    if (result >= 0 && flags->reuse_port)
        result = set_reuse_port(fd);
    if (result >= 0 && flags->ipv6_only)
        result = type == DGRAM_UDP6 ? set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY)
                                    : UV_EINVAL;
    return result;
}

static int set_buffer_size(int fd, int name, uint32_t size) {
    int value = (int)size;

    return size == 0 ? 0
                     : platform->set_option(fd, SOL_SOCKET, name, &value,
                                            sizeof(value));
}

static int set_buffer_sizes(const dgram_socket *s, int fd) {
    int result = set_buffer_size(fd, SO_RCVBUF, s->receive_buffer_size);

    return result < 0 ? result
                      : set_buffer_size(fd, SO_SNDBUF, s->send_buffer_size);
}

/* Coalescing is only for descriptors that nobody else reads. */
static void attach(dgram_socket *s, int fd, bool own) {
    datapath_attach(&s->datapath, fd);
    if (own && s->datapath.policy.gro)
        datapath_set_gro(&s->datapath, true); /* without it all works, slower */
}

/* From here the socket is bound, or as it was and `fd` still the caller's. */
static int take_descriptor(dgram_socket *s, int fd, bool own) {
    int result = receive_buffers_prepare(s->loop);

    if (result < 0)
        return result;
    result = set_buffer_sizes(s, fd);
    if (result < 0)
        return result;
    attach(s, fd, own);
    result = watch_start(s, receive_ready);
    if (result < 0) {
        s->datapath.fd = -1;
        return result;
    }
    state_move_bind(&s->state, STATE_BOUND);
    if (s->sendq.count > 0)
        loop_defer(s->loop, &s->send_task);
    return 0;
}

int bind_open(dgram_type type, const struct bind_flags *flags,
              const dgram_address *address) {
    int result, fd;

    if (address->any.sa_family != address_family_of(type))
        return UV_EINVAL;
    fd = platform->open(address_family_of(type));
    if (fd < 0)
        return fd;
    result = set_flags(type, flags, fd);
    if (result >= 0)
        result = platform->bind(fd, address);
    if (result < 0) {
        platform->close(fd);
        return result;
    }
    return fd;
}

static int open_bound(dgram_socket *s, const dgram_address *address) {
    const struct bind_flags flags = {
        .reuse_address = s->reuse_address,
        .reuse_port = s->reuse_port,
        .ipv6_only = s->ipv6_only,
    };
    int fd = bind_open(s->type, &flags, address);
    int result;

    if (fd < 0)
        return fd;
    result = take_descriptor(s, fd, true);
    if (result < 0)
        platform->close(fd);
    return result;
}

static int bind_now(dgram_socket *s, const dgram_address *address) {
    int result = open_bound(s, address);

    return result < 0 ? error_set_address(&s->error, result, "bind", address)
                      : 0;
}

static void listening_soon(dgram_socket *s) {
    loop_defer(s->loop, &s->listening_task);
}

void bind_listening_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, listening_task);

    events_listening(&s->events, s);
}

int bind_implicit(dgram_socket *s) {
    dgram_address any;
    int result;

    if (s->state.bind != STATE_UNBOUND)
        return 0;
    address_any(s->type, 0, &any);
    result = bind_now(s, &any);
    if (result == 0)
        listening_soon(s);
    return result;
}

/* s->error holds the failure. */
static void bind_failed(dgram_socket *s) {
    s->bind_status = s->error.public.code;
    state_move_bind(&s->state, STATE_UNBOUND);
    flush_fail_all(s, s->bind_status);
    socket_emit_error(s);
}

static void resume_connect(dgram_socket *s) {
    if (s->state.connect == STATE_CONNECTING)
        loop_defer(s->loop, &s->connect_task);
}

static bool is_shared(const dgram_socket *s, const dgram_address *address) {
    return s->loop->broker != NULL && !s->exclusive && !s->reuse_port &&
           address->any.sa_family == address_family_of(s->type);
}

static void on_address(dgram_socket *s, int status,
                       const dgram_address *address, void *context) {
    (void)context;
    s->bind_lookup = NULL;
    if (status >= 0 && is_shared(s, address)) {
        status = s->loop->broker->request(s->loop->broker, s, address);
        if (status < 0)
            bind_answer(s, status, address);
        return;
    }
    resume_connect(s);
    if (status < 0 || bind_now(s, address) < 0)
        bind_failed(s);
    else
        events_listening(&s->events, s);
}

/* Whether the kernel coalesces was decided for all that share the descriptor,
   and one of them may rule it out. */
int bind_use_descriptor(dgram_socket *s, int fd) {
    int result = take_descriptor(s, fd, false);

    if (result == 0 && !s->datapath.policy.gro)
        readahead_stop_coalescing(s);
    return result;
}

void bind_answer(dgram_socket *s, int result, const dgram_address *address) {
    resume_connect(s);
    if (result < 0) {
        error_set_address(&s->error, result, "bind", address);
        bind_failed(s);
    } else {
        events_listening(&s->events, s);
    }
}

static int check_unbound(dgram_socket *s) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (s->state.bind != STATE_UNBOUND)
        return socket_misuse(s, DGRAM_ERR_SOCKET_ALREADY_BOUND);
    return 0;
}

static int bind_soon(dgram_socket *s, const char *address, uint16_t port,
                     bool exclusive) {
    int result = check_unbound(s);
    dgram_address any;

    if (result < 0)
        return result;
    address_any(s->type, port, &any);
    if (text_is_empty(address))
        result = lookup_known(s, &any, on_address, NULL, &s->bind_lookup);
    else
        result =
            lookup_start(s, address, port, on_address, NULL, &s->bind_lookup);
    if (result == 0) {
        s->exclusive = exclusive;
        state_move_bind(&s->state, STATE_BINDING);
    }
    return result;
}

int dgram_bind(dgram_socket *s, const char *address, uint16_t port) {
    return bind_soon(s, address, port, false);
}

int dgram_bind_sync(dgram_socket *s, const char *address, uint16_t port) {
    int result = check_unbound(s);
    dgram_address any, to;

    if (result < 0)
        return result;
    address_any(s->type, port, &any);
    result = socket_read_address(s, "bind", address, &any, &to);
    if (result == 0)
        result = bind_now(s, &to);
    if (result == 0)
        listening_soon(s);
    return result;
}

/* Refused, the descriptor is as the caller had it. */
static int take_foreign(dgram_socket *s, int fd) {
    struct platform_adopted before;
    int result = platform->adopt(fd, &before);

    if (result < 0)
        return result;
    result = take_descriptor(s, fd, false);
    if (result < 0)
        platform->restore(fd, &before);
    return result;
}

/* The socket becomes what the descriptor is: its family, and its peer. */
static int adopt(dgram_socket *s, int fd) {
    int kind = platform->kind(fd);
    dgram_address peer;
    bool has_peer;
    int result;

    if (kind < 0)
        return error_set(&s->error, kind, "open");
    if (kind == PLATFORM_OTHER)
        return socket_misuse(s, DGRAM_ERR_INVALID_FD_TYPE);
    result = platform->remote_address(fd, &peer);
    if (result < 0 && result != UV_ENOTCONN)
        return error_set(&s->error, result, "open");
    has_peer = result == 0;
    if (has_peer && s->state.connect != STATE_DISCONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    result = take_foreign(s, fd);
    if (result < 0)
        return error_set(&s->error, result, "open");
    s->type = kind == PLATFORM_UDP6 ? DGRAM_UDP6 : DGRAM_UDP4;
    if (has_peer) {
        datapath_connected(&s->datapath, &peer);
        state_move_connect(&s->state, STATE_CONNECTED);
    }
    listening_soon(s);
    return 0;
}

int dgram_bind_with(dgram_socket *s, const dgram_bind_options *given) {
    dgram_bind_options options;
    int result;

    if (given == NULL)
        return dgram_bind(s, NULL, 0);
    result = SIZED_COPY(&options, given, dgram_bind_options, address);
    if (result < 0)
        return socket_misuse(s, result);
    result = check_unbound(s);
    if (result < 0)
        return result;
    if (options.fd > 0)
        return adopt(s, options.fd);
    return bind_soon(s, options.address, options.port, options.exclusive);
}
