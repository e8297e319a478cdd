/* Happy path: dgram_bind() looks up the address. When the answer arrives,
   on_address() opens a descriptor, sets its options, binds and watches it, and
   emits `listening`. The synchronous and the implicit bind do the same inside
   the call and emit `listening` from a task.

   Errors: a step that fails undoes those before it. The socket is unbound again
   and may be bound again. Sends that waited for the bind fail with its code. */
#include "socket/bind.h"

#include <string.h>

#include "util/util.h"
#include "socket/bind_check.h"
#include "socket/socket.h"

static int set_flag(dgram_fd fd, int level, int name) {
    int on = 1;

    return platform->set_option(fd, level, name, &on, sizeof(on));
}

static int set_reuse_port(dgram_fd fd) {
    return platform->reuse_port != 0
               ? set_flag(fd, SOL_SOCKET, platform->reuse_port)
               : UV_ENOTSUP;
}

static int set_flags(dgram_type type, const struct bind_flags *flags,
                     dgram_fd fd) {
    int result = 0;

    if (flags->reuse_address)
        result = set_flag(fd, SOL_SOCKET, platform->reuse_address);
    if (result >= 0 && flags->reuse_port)
        result = set_reuse_port(fd);
    if (result >= 0 && flags->ipv6_only)
        result = type == DGRAM_UDP6 ? set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY)
                                    : UV_EINVAL;
    if (result >= 0 && flags->receive_info != 0)
        result = platform->enable_info(fd, flags->receive_info);
    if (result >= 0 && flags->device[0] != '\0')
        result = platform->set_device(fd, flags->device);
    return result;
}

static int set_buffer_size(dgram_fd fd, int name, uint32_t size) {
    int value = (int)size;

    return size == 0 ? 0
                     : platform->set_option(fd, SOL_SOCKET, name, &value,
                                            sizeof(value));
}

static int set_buffer_sizes(const dgram_socket *s, dgram_fd fd) {
    int result = set_buffer_size(fd, SO_RCVBUF, s->bind.receive_buffer_size);

    return result < 0
               ? result
               : set_buffer_size(fd, SO_SNDBUF, s->bind.send_buffer_size);
}

/* GRO is only for descriptors that no other process reads. */
static void attach(dgram_socket *s, dgram_fd fd, bool own) {
    datapath_attach(&s->datapath, fd);
    if (own && datapath_wants_gro(&s->datapath))
        datapath_set_gro(&s->datapath,
                         true); /* an error only makes it slower */
}

/* Binds the socket with the descriptor, which reports the requested
   information. On error nothing changes, and the caller still owns the
   descriptor. */
static int take_descriptor(dgram_socket *s, dgram_fd fd, bool own) {
    int result = receive_buffers_prepare(&s->loop->receive_buffers);

    if (result < 0)
        return result;
    result = set_buffer_sizes(s, fd);
    if (result < 0)
        return result;
    attach(s, fd, own);
    result = path_error_attach(s);
    if (result >= 0) {
        result = watch_start(s);
        if (result < 0)
            path_error_detach(s);
    }
    if (result < 0) {
        datapath_detach(&s->datapath);
        return result;
    }
    state_move_bind(&s->state, STATE_BOUND);
    flush_bound(s);
    return 0;
}

/* The same for a descriptor from elsewhere. */
static int take_given_descriptor(dgram_socket *s, dgram_fd fd) {
    int enabled = datapath_enable_info(&s->datapath, fd);
    int result = enabled < 0 ? enabled : take_descriptor(s, fd, false);

    if (result < 0 && enabled > 0)
        platform->disable_info(fd, (unsigned)enabled);
    return result;
}

static dgram_fd open_with(dgram_type type, const struct bind_flags *flags) {
    dgram_fd fd = platform->open(address_family_of(type));
    int result = fd < 0 ? (int)fd : set_flags(type, flags, fd);

    if (fd >= 0 && result < 0)
        platform->close(fd);
    return result < 0 ? result : fd;
}

dgram_fd bind_open(dgram_type type, const struct bind_flags *flags,
                   const dgram_address *address) {
    dgram_fd fd;
    int result;

    if (address->any.sa_family != address_family_of(type))
        return UV_EINVAL;
    fd = open_with(type, flags);
    if (fd < 0)
        return fd;
    result = platform->bind(fd, address);
    if (result < 0)
        platform->close(fd);
    return result < 0 ? result : fd;
}

/* A Unix socket without an address can only send. */
static int bind_unix(dgram_socket *s, dgram_fd fd,
                     const dgram_address *address) {
    if (address == NULL)
        return 0;
    return unix_file_is_path(address)
               ? unix_file_bind(fd, address, &s->bind.file_options,
                                &s->bind.file)
               : platform->bind(fd, address);
}

static dgram_fd open_unix(dgram_socket *s, const dgram_address *address) {
    dgram_fd fd = open_with(DGRAM_UNIX, &s->bind.flags);
    int result = fd < 0 ? (int)fd : bind_unix(s, fd, address);

    if (fd >= 0 && result < 0)
        platform->close(fd);
    return result < 0 ? result : fd;
}

void bind_remove_file(dgram_socket *s) {
    unix_file_remove(s->bind.file);
    s->bind.file = NULL;
}

void bind_leave_file(dgram_socket *s) {
    unix_file_forget(s->bind.file);
    s->bind.file = NULL;
}

static int open_bound(dgram_socket *s, const dgram_address *address) {
    dgram_fd fd = socket_is_unix(s)
                      ? open_unix(s, address)
                      : bind_open(s->type, &s->bind.flags, address);
    int result;

    if (fd < 0)
        return (int)fd;
    result = steering_attach(&s->steering, fd);
    if (result == 0)
        result = take_descriptor(s, fd, true);
    if (result < 0) {
        bind_remove_file(s);
        platform->close(fd);
    }
    return result;
}

static int bind_now(dgram_socket *s, const dgram_address *address) {
    int result = open_bound(s, address);

    return result < 0 ? error_set_address(&s->error, result, "bind", address)
                      : 0;
}

/* A Unix socket without an address can send. With one that the kernel chose,
   any user of the host could send to it. */
static int open_unnamed(dgram_socket *s) {
    int result = open_bound(s, NULL);

    return result < 0 ? error_set(&s->error, result, "bind") : 0;
}

static void listening_soon(dgram_socket *s) {
    loop_defer_unreferenced(s->loop, &s->bind.listening_task);
}

static void listening_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, bind.listening_task);

    events_listening(&s->events, s);
}

void bind_init(dgram_socket *s, const dgram_options *options) {
    s->bind.flags = (struct bind_flags){
        .reuse_address = options->reuse_address,
        .reuse_port = options->reuse_port,
        .ipv6_only = options->ipv6_only,
        .receive_info = options->receive_info,
    };
    s->bind.receive_buffer_size = options->receive_buffer_size;
    s->bind.send_buffer_size = options->send_buffer_size;
    task_init(&s->bind.listening_task, listening_task);
}

int bind_implicit(dgram_socket *s) {
    dgram_address any;
    int result;

    if (s->state.bind != STATE_UNBOUND)
        return 0;
    address_any(s->type, 0, &any);
    result = socket_is_unix(s) ? open_unnamed(s) : bind_now(s, &any);
    if (result == 0)
        listening_soon(s);
    return result;
}

/* The options of one bind only. If the bind fails, they are reset. */
static void set_options(dgram_socket *s, const dgram_bind_options *options) {
    if (!text_is_empty(options->device))
        memcpy(s->bind.flags.device, options->device,
               strlen(options->device) + 1);
    s->bind.file_options = (struct unix_file_options){
        .permissions = (uint16_t)options->unix_mode,
        .keep = options->unix_keep_file,
    };
}

static void forget_options(dgram_socket *s) {
    s->bind.flags.device[0] = '\0';
    s->bind.file_options = (struct unix_file_options){0};
}

/* s->error is the reason. */
static void bind_failed(dgram_socket *s) {
    s->bind.status = (int16_t)dgram_last_error(s)->code;
    forget_options(s);
    state_move_bind(&s->state, STATE_UNBOUND);
    flush_fail_all(s, s->bind.status);
    socket_emit_error(s);
}

static void resume_connect(dgram_socket *s) {
    if (s->state.connect == STATE_CONNECTING)
        connect_resume(&s->connect, s->loop);
}

static bool is_brokered(const dgram_socket *s, const dgram_address *address) {
    return s->loop->broker != NULL && !socket_is_unix(s) &&
           !s->bind.exclusive && !s->bind.flags.reuse_port &&
           s->bind.flags.device[0] == '\0' &&
           address->any.sa_family == address_family_of(s->type);
}

static void on_address(dgram_socket *s, int status,
                       const dgram_address *address, void *context) {
    (void)context;
    s->bind.lookup = NULL;
    if (status >= 0 && is_brokered(s, address)) {
        status = s->loop->broker->request(s->loop->broker, s, address,
                                          &s->bind.lease);
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

/* A descriptor from elsewhere may have GRO on. If this socket may not use it,
   it turns GRO off, and reads what is coalesced first. */
static void apply_gro_policy(dgram_socket *s) {
    if (!datapath_wants_gro(&s->datapath) &&
        platform->coalesces(s->datapath.fd))
        readahead_stop_coalescing(s);
}

int bind_use_descriptor(dgram_socket *s, dgram_fd fd) {
    int result = take_given_descriptor(s, fd);

    if (result == 0)
        apply_gro_policy(s);
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

static int bind_soon(dgram_socket *s, const char *address, uint16_t port,
                     bool exclusive) {
    int result = bind_check_unbound(s);
    dgram_address any;

    if (result < 0)
        return result;
    address_any(s->type, port, &any);
    if (text_is_empty(address))
        result = lookup_known(s, &any, on_address, NULL, &s->bind.lookup);
    else
        result =
            lookup_start(s, address, port, on_address, NULL, &s->bind.lookup);
    if (result == 0) {
        s->bind.exclusive = exclusive;
        state_move_bind(&s->state, STATE_BINDING);
    }
    return result;
}

int dgram_bind(dgram_socket *s, const char *address, uint16_t port) {
    return bind_soon(s, address, port, false);
}

int dgram_bind_sync(dgram_socket *s, const char *address, uint16_t port) {
    int result = bind_check_unbound(s);
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

/* On error the descriptor is as it was. */
static int take_foreign(dgram_socket *s, dgram_fd fd) {
    struct platform_adopted before;
    int result = platform->adopt(fd, &before);

    if (result < 0)
        return result;
    result = take_given_descriptor(s, fd);
    if (result < 0)
        platform->restore(fd, &before);
    return result;
}

/* The socket takes the type and the peer of the descriptor. */
static int adopt(dgram_socket *s, dgram_fd fd) {
    int kind = platform->kind(fd);
    dgram_address peer;
    bool has_peer;
    int result;

    if (kind < 0)
        return error_set(&s->error, kind, "open");
    if (kind == PLATFORM_OTHER || (kind == PLATFORM_UNIX) != socket_is_unix(s))
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
    apply_gro_policy(s);
    if (!socket_is_unix(s))
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
    result = bind_read_options(s, given, &options);
    if (result < 0)
        return result;
    if (options.fd > 0)
        return adopt(s, options.fd);
    result = bind_soon(s, options.address, options.port, options.exclusive);
    if (result == 0)
        set_options(s, &options);
    return result;
}

int dgram_bind_sync_with(dgram_socket *s, const dgram_bind_options *given) {
    dgram_bind_options options;
    int result;

    if (given == NULL)
        return dgram_bind_sync(s, NULL, 0);
    result = bind_read_options(s, given, &options);
    if (result < 0)
        return result;
    if (options.fd > 0)
        return adopt(s, options.fd);
    set_options(s, &options);
    result = dgram_bind_sync(s, options.address, options.port);
    if (result < 0)
        forget_options(s);
    return result;
}

void bind_set_shared(dgram_socket *s, bool on) {
    s->bind.shared = on;
}

void bind_end_lease(dgram_socket *s, bool stays_shared) {
    s->bind.lease = NULL;
    s->bind.shared |= stays_shared;
}

void bind_close(dgram_socket *s) {
    void *lease = s->bind.lease;

    loop_cancel(s->loop, &s->bind.listening_task);
    s->bind.lease = NULL;
    if (lease != NULL)
        s->loop->broker->release(s->loop->broker, lease);
}

void bind_cancel_lookup(dgram_socket *s) {
    dgram_lookup *lookup = s->bind.lookup;

    s->bind.lookup = NULL;
    if (lookup != NULL)
        lookup_stop(lookup);
}
