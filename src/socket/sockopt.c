/* Options of a bound socket, except for multicast groups. */
#include "socket/socket.h"

static int set_int(const dgram_socket *s, int level, int name, int value) {
    return platform->set_option(s->datapath.fd, level, name, &value,
                                sizeof(value));
}

/* Returns 0 if the socket has a descriptor with the options of IP. */
static int need_options(dgram_socket *s, const char *name_of_call) {
    int result = socket_need_ip(s, name_of_call);

    return result < 0 ? result : socket_need_descriptor(s, name_of_call);
}

static int get_int(const dgram_socket *s, int level, int name, int *value_out) {
    socklen_t size = sizeof(*value_out);

    *value_out = 0; /* some systems write one byte */
    return platform->get_option(s->datapath.fd, level, name, value_out, &size);
}

/* Sets both options, or neither. */
static int set_both(const dgram_socket *s, int v4_name, int v6_name,
                    int value) {
    int before, result;

    result = get_int(s, IPPROTO_IP, v4_name, &before);
    if (result >= 0)
        result = set_int(s, IPPROTO_IP, v4_name, value);
    if (result < 0)
        return result;
    result = set_int(s, IPPROTO_IPV6, v6_name, value);
    if (result < 0)
        set_int(s, IPPROTO_IP, v4_name, before);
    return result;
}

/* For what an IPv6 socket sends to mapped addresses, the IPv4 option counts. */
static int set_dual_option(const dgram_socket *s, int v4_name, int v6_name,
                           int value) {
    int v6_only = 1, result = 0;

    if (platform->has_mapped_options)
        result = get_int(s, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only);
    if (result < 0)
        return result;
    return v6_only ? set_int(s, IPPROTO_IPV6, v6_name, value)
                   : set_both(s, v4_name, v6_name, value);
}

/* Sets an option that has an IPv4 and an IPv6 name. */
static int set_ip_option(dgram_socket *s, const char *name_of_call, int v4_name,
                         int v6_name, int value) {
    int result = need_options(s, name_of_call);

    if (result < 0)
        return result;
    result = s->type == DGRAM_UDP6 ? set_dual_option(s, v4_name, v6_name, value)
                                   : set_int(s, IPPROTO_IP, v4_name, value);
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}

int dgram_set_broadcast(dgram_socket *s, bool on) {
    static const char name_of_call[] = "setBroadcast";
    int result = need_options(s, name_of_call);

    if (result < 0)
        return result;
    result = set_int(s, SOL_SOCKET, SO_BROADCAST, on);
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}

/* An invalid value is reported first, even if the socket is not bound. */
static int set_byte(dgram_socket *s, const char *name_of_call, int v4_name,
                    int v6_name, int value, int least) {
    int result = socket_need_ip(s, name_of_call);

    if (result < 0)
        return result;
    if (value < least || value > 255)
        return error_set(&s->error, UV_EINVAL, name_of_call);
    return set_ip_option(s, name_of_call, v4_name, v6_name, value);
}

int dgram_set_ttl(dgram_socket *s, int ttl) {
    return set_byte(s, "setTTL", IP_TTL, IPV6_UNICAST_HOPS, ttl, 1);
}

/* Gets the option that counts for the socket's own family. */
static int get_ip_option(dgram_socket *s, const char *name_of_call, int v4_name,
                         int v6_name) {
    int result = need_options(s, name_of_call);
    int value;

    if (result < 0)
        return result;
    result = s->type == DGRAM_UDP6 ? get_int(s, IPPROTO_IPV6, v6_name, &value)
                                   : get_int(s, IPPROTO_IP, v4_name, &value);
    return result < 0 ? error_set(&s->error, result, name_of_call) : value;
}

int dgram_set_tos(dgram_socket *s, int tos) {
    return set_byte(s, "setTypeOfService", IP_TOS, IPV6_TCLASS, tos, 0);
}

int dgram_get_tos(dgram_socket *s) {
    return get_ip_option(s, "getTypeOfService", IP_TOS, IPV6_TCLASS);
}

/* Returns the value of the option for the mode, or UV_ENOTSUP. */
static int fragment_option(dgram_pmtu mode) {
    if (platform->dont_fragment == 0)
        return UV_ENOTSUP;
    if (platform->has_fragment_modes)
        return (int)mode;
    if (mode == DGRAM_PMTU_DONT)
        return 0;
    return mode == DGRAM_PMTU_DO ? 1 : UV_ENOTSUP;
}

int dgram_set_dont_fragment(dgram_socket *s, dgram_pmtu mode) {
    static const char name_of_call[] = "setDontFragment";
    int result = socket_need_ip(s, name_of_call), value;

    if (result < 0)
        return result;
    if ((unsigned)mode > DGRAM_PMTU_OMIT)
        return error_set(&s->error, UV_EINVAL, name_of_call);
    result = socket_need_descriptor(s, name_of_call);
    if (result < 0)
        return result;
    value = fragment_option(mode);
    if (value < 0)
        return error_set(&s->error, value, name_of_call);
    return set_ip_option(s, name_of_call, platform->dont_fragment,
                         platform->dont_fragment_v6, value);
}

int dgram_get_dont_fragment(dgram_socket *s) {
    static const char name_of_call[] = "getDontFragment";
    int result = need_options(s, name_of_call);

    if (result < 0)
        return result;
    if (platform->dont_fragment == 0)
        return error_set(&s->error, UV_ENOTSUP, name_of_call);
    result = get_ip_option(s, name_of_call, platform->dont_fragment,
                           platform->dont_fragment_v6);
    if (result < 0 || platform->has_fragment_modes)
        return result;
    return result != 0 ? DGRAM_PMTU_DO : DGRAM_PMTU_DONT;
}

int dgram_set_multicast_ttl(dgram_socket *s, int ttl) {
    return set_byte(s, "setMulticastTTL", IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS,
                    ttl, 0);
}

int dgram_set_multicast_loopback(dgram_socket *s, bool on) {
    return set_ip_option(s, "setMulticastLoopback", IP_MULTICAST_LOOP,
                         IPV6_MULTICAST_LOOP, on);
}

int dgram_set_multicast_all(dgram_socket *s, bool on) {
    static const char name_of_call[] = "setMulticastAll";
    int result = need_options(s, name_of_call);

    if (result < 0)
        return result;
    if (platform->multicast_all == 0)
        return error_set(&s->error, UV_ENOTSUP, name_of_call);
    return set_ip_option(s, name_of_call, platform->multicast_all,
                         platform->multicast_all_v6, on);
}

static int buffer_error(dgram_socket *s, int cause, const char *syscall) {
    return error_set_cause(&s->error, DGRAM_ERR_SOCKET_BUFFER_SIZE, cause,
                           syscall);
}

static int check_buffer_call(dgram_socket *s, const char *syscall) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (s->state.bind != STATE_BOUND)
        return buffer_error(s, UV_EBADF, syscall);
    return 0;
}

static int get_buffer_size(dgram_socket *s, int name, const char *syscall) {
    int result = check_buffer_call(s, syscall);
    int value = 0;
    socklen_t size = sizeof(value);

    if (result < 0)
        return result;
    result =
        platform->get_option(s->datapath.fd, SOL_SOCKET, name, &value, &size);
    return result < 0 ? buffer_error(s, result, syscall) : value;
}

static int set_buffer_size(dgram_socket *s, int name, uint32_t size,
                           const char *syscall) {
    int value = (int)size;
    int result;

    if (s->state.bind != STATE_CLOSED && size > INT32_MAX)
        return buffer_error(s, UV_EINVAL, syscall);
    result = check_buffer_call(s, syscall);
    if (result < 0)
        return result;
    if (size == 0)
        return 0;
    result = platform->set_option(s->datapath.fd, SOL_SOCKET, name, &value,
                                  sizeof(value));
    return result < 0 ? buffer_error(s, result, syscall) : 0;
}

int dgram_get_receive_buffer_size(dgram_socket *s) {
    return get_buffer_size(s, SO_RCVBUF, "uv_recv_buffer_size");
}

int dgram_get_send_buffer_size(dgram_socket *s) {
    return get_buffer_size(s, SO_SNDBUF, "uv_send_buffer_size");
}

int dgram_set_receive_buffer_size(dgram_socket *s, uint32_t size) {
    return set_buffer_size(s, SO_RCVBUF, size, "uv_recv_buffer_size");
}

int dgram_set_send_buffer_size(dgram_socket *s, uint32_t size) {
    return set_buffer_size(s, SO_SNDBUF, size, "uv_send_buffer_size");
}

int dgram_set_shared(dgram_socket *s, bool on) {
    int result = socket_need_reader(s, "setShared");

    if (result < 0)
        return result;
    if (on)
        result = readahead_stop_coalescing(s);
    if (result < 0)
        return error_set(&s->error, result, "setShared");
    bind_set_shared(s, on);
    watch_update(s);
    return 0;
}

int dgram_attach_filter(dgram_socket *s, const struct sock_filter *instructions,
                        size_t count) {
    static const char name_of_call[] = "attachFilter";
    int result = socket_need_reader(s, name_of_call);

    if (result < 0)
        return result;
    if ((instructions == NULL) != (count == 0))
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    result = readahead_stop_coalescing(s);
    if (result >= 0)
        result = platform->attach_filter(s->datapath.fd, instructions, count);
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}
