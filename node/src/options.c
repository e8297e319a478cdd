/* Options, addresses and groups: each call returns the core's code. */
#include "addon.h"
#include "system.h"

/* Whether the interface of a link-local address still exists. Without it Node
   has no text for the address. */
static bool has_interface(const dgram_address *address) {
    char name[UV_IF_NAMESIZE];
    size_t size = sizeof name;

    return address->any.sa_family != AF_INET6 ||
           address->v6.sin6_scope_id == 0 ||
           uv_if_indextoiid(address->v6.sin6_scope_id, name, &size) == 0;
}

/* address(handle, out, peer): fills out.address, out.family, out.port. UV_ENXIO
   if the interface of the address was removed. */
napi_value options_address(napi_env env, napi_callback_info info) {
    char text[DGRAM_ADDRESS_TEXT_MAX] = "";
    napi_value argv[3], value;
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);
    dgram_address address;
    int result;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    result = int_of(env, argv[2])
                 ? dgram_get_remote_address(handle->socket, &address)
                 : dgram_get_local_address(handle->socket, &address);
    if (result == 0 && !has_interface(&address))
        result = UV_ENXIO;
    if (result < 0)
        return number(env, result);
    dgram_address_format(&address, text, sizeof text);
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, argv[1], "address", value);
    napi_create_string_latin1(env, dgram_address_family(&address),
                              NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, argv[1], "family", value);
    napi_set_named_property(env, argv[1], "port",
                            number(env, dgram_address_port(&address)));
    return number(env, 0);
}

/* Sets an option of the socket's own family only, as Node does. The core would
   also set the IPv4 option of a dual-stack socket, which programs can see. */
static int set_own(dgram_socket *s, int v4_name, int v6_name, int value) {
    bool v6 = dgram_get_type(s) == DGRAM_UDP6;
    dgram_fd fd = dgram_fileno(s);

    return fd < 0 ? (int)fd
                  : system_set_option(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                      v6 ? v6_name : v4_name, value);
}

static int set_hops(dgram_socket *s, int v4_name, int v6_name, int hops,
                    int least) {
    return hops < least || hops > 255 ? UV_EINVAL
                                      : set_own(s, v4_name, v6_name, hops);
}

static void set_referenced(dgram_socket *s, bool on) {
    if (on)
        dgram_ref(s);
    else
        dgram_unref(s);
}

/* `which`: the number of the option, as OPTION in lib/handle.js. */
static int set(dgram_socket *s, int which, int value) {
    switch (which) {
    case 0:
        return dgram_set_broadcast(s, value != 0);
    case 1:
        return set_hops(s, IP_TTL, IPV6_UNICAST_HOPS, value, 1);
    case 2:
        return set_hops(s, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, value,
                        system_multicast_ttl_min);
    case 3:
        return set_own(s, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, value != 0);
    case 4:
        set_referenced(s, value != 0);
        return 0;
    case 5:
        return dgram_set_multicast_all(s, value != 0);
    case 6:
        return dgram_set_tos(s, value);
    case 7:
        return dgram_set_dont_fragment(s, (dgram_pmtu)value);
    default:
        return UV_EINVAL;
    }
}

/* get(handle, which): returns the value or a code. */
napi_value options_get(napi_env env, napi_callback_info info) {
    napi_value argv[2];
    size_t argc = 2;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    return number(env, int_of(env, argv[1]) == 6
                           ? dgram_get_tos(handle->socket)
                           : dgram_get_dont_fragment(handle->socket));
}

/* pathMTU(handle, address): address null: the peer. Returns bytes or a code. */
napi_value options_path_mtu(napi_env env, napi_callback_info info) {
    char buffer[DGRAM_HOST_TEXT_MAX];
    napi_value argv[2];
    size_t argc = 2;
    struct handle *handle = handle_of(env, info, &argc, argv);
    dgram_address to;
    const char *text;
    int result;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    text = address_of(env, argv[1], buffer, sizeof buffer);
    if (text == NULL)
        return number(env, dgram_get_path_mtu(handle->socket, NULL));
    result = dgram_address_parse(text, 9, &to);
    return number(env, result < 0 ? result
                                  : dgram_get_path_mtu(handle->socket, &to));
}

/* set(handle, which, value) */
napi_value options_set(napi_env env, napi_callback_info info) {
    napi_value argv[3];
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);

    return number(env, handle != NULL
                           ? set(handle->socket, int_of(env, argv[1]),
                                 int_of(env, argv[2]))
                           : DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
}

/* bufferSize(handle, size, receive): size 0 asks. Returns bytes or the cause of
   the failure. */
napi_value options_buffer_size(napi_env env, napi_callback_info info) {
    napi_value argv[3];
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);
    double size = 0;
    bool receive;
    int result;

    if (handle == NULL)
        return number(env, UV_EBADF);
    napi_get_value_double(env, argv[1], &size);
    receive = int_of(env, argv[2]) != 0;
    if (size == 0)
        result = receive ? dgram_get_receive_buffer_size(handle->socket)
                         : dgram_get_send_buffer_size(handle->socket);
    else
        result =
            receive
                ? dgram_set_receive_buffer_size(handle->socket, (uint32_t)size)
                : dgram_set_send_buffer_size(handle->socket, (uint32_t)size);
    if (result == DGRAM_ERR_SOCKET_BUFFER_SIZE)
        result = dgram_last_error(handle->socket)->cause;
    return number(env, result);
}

/* Returns the text of an interface, in whichever way it is named. */
static const char *named_interface(napi_env env, napi_value value,
                                   napi_value how, char *buffer, size_t size) {
    return int_of(env, how) == INTERFACE_NAME
               ? text_of(env, value, buffer, size)
               : interface_of(env, value, buffer, size);
}

/* membership(handle, join, source, group, interface, how): source null: any. */
napi_value options_membership(napi_env env, napi_callback_info info) {
    char source_text[DGRAM_HOST_TEXT_MAX], group_text[DGRAM_HOST_TEXT_MAX];
    char interface_text[DGRAM_HOST_TEXT_MAX];
    napi_value argv[6];
    size_t argc = 6;
    struct handle *handle = handle_of(env, info, &argc, argv);
    const char *source, *group, *interface;
    dgram_socket *s;
    bool join;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    s = handle->socket;
    join = int_of(env, argv[1]) != 0;
    source = plain_address_of(env, argv[2], source_text, sizeof source_text);
    group = plain_address_of(env, argv[3], group_text, sizeof group_text);
    interface = named_interface(env, argv[4], argv[5], interface_text,
                                sizeof interface_text);
    if (int_of(env, argv[5]) == INTERFACE_ALL)
        return number(env, join ? dgram_add_membership_all(s, group)
                                : dgram_drop_membership_all(s, group));
    if (source != NULL)
        return number(env, join ? dgram_add_source_specific_membership(
                                      s, source, group, interface)
                                : dgram_drop_source_specific_membership(
                                      s, source, group, interface));
    return number(env, join ? dgram_add_membership(s, group, interface)
                            : dgram_drop_membership(s, group, interface));
}

/* socketKind(fd): what Node calls a descriptor that is no datagram socket. */
napi_value options_kind(napi_env env, napi_callback_info info) {
    napi_value argv[1], result;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_create_string_latin1(env, system_kind(int_of(env, argv[0])),
                              NAPI_AUTO_LENGTH, &result);
    return result;
}

/* duplicate(fd): another descriptor of the same socket, or a code. */
napi_value options_duplicate(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    int32_t fd = -1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_value_int32(env, argv[0], &fd);
    return number(env, (double)system_duplicate(fd));
}

/* share(handle): returns a duplicate of its descriptor for another process. GRO
   is turned off, because the other process cannot split coalesced datagrams. */
napi_value options_share(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);
    int result;

    if (handle == NULL)
        return number(env, UV_EBADF);
    result = dgram_set_shared(handle->socket, true);
    return result < 0
               ? number(env, result)
               : number(env,
                        (double)system_duplicate(dgram_fileno(handle->socket)));
}

/* interface(handle, text, how) */
napi_value options_interface(napi_env env, napi_callback_info info) {
    char buffer[DGRAM_HOST_TEXT_MAX];
    napi_value argv[3];
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    return number(env,
                  dgram_set_multicast_interface(
                      handle->socket, named_interface(env, argv[1], argv[2],
                                                      buffer, sizeof buffer)));
}
