/* Each system call on the way to a bound or connected socket can fail. The
   caller gets the error, nothing leaks, and the socket can be used again. */
#include "kernel.h"

static void bind_fails_with(enum kernel_call call, int code) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    struct recorder recorder;

    record_events(&recorder, socket);
    kernel.fail[call] = code;
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), code);
    assert_int_equal(dgram_last_error(socket)->code, code);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, code);
    kernel.fail[call] = 0;
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    run_until(&recorder.listening, 1);
    assert_string_equal(recorder.log, "el");
    dgram_close(socket);
    run_to_end();
}

static void bind_can_be_tried_again(void **state) {
    (void)state;
    bind_fails_with(CALL_OPEN, UV_EMFILE);
    bind_fails_with(CALL_OPEN, UV_ENOBUFS);
    bind_fails_with(CALL_BIND, UV_EACCES);
    bind_fails_with(CALL_BIND, UV_EADDRINUSE);
}

static void a_failed_option_fails_the_bind(void **state) {
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};

    (void)state;
    kernel.fail[CALL_SET_OPTION] = UV_EPERM;
    for (int i = 0; i < 4; i++) {
        dgram_socket *socket;

        options.reuse_address = i == 0;
        options.reuse_port = i == 1;
        options.receive_buffer_size = i == 2 ? 10000 : 0;
        options.send_buffer_size = i == 3 ? 10000 : 0;
        socket = new_socket_with(&options);
        assert_int_equal(dgram_bind_sync(socket, NULL, 0), UV_EPERM);
        dgram_close(socket);
        run_to_end();
    }
    assert_int_equal(kernel.opened, 4);
}

static void sends_that_wait_fail_with_the_bind(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    dgram_address to = address_of("127.0.0.1", 9);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    kernel.fail[CALL_BIND] = UV_EADDRINUSE;
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    traffic_send(socket, 10, &to);
    traffic_send(socket, 10, &to);
    traffic_check();
    assert_int_equal(traffic.status[0], UV_EADDRINUSE);
    assert_int_equal(traffic.status[1], UV_EADDRINUSE);
    assert_int_equal(recorder.errors, 1);
    dgram_close(socket);
    run_to_end();
}

static void a_failed_implicit_bind_fails_the_call(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    dgram_address to = address_of("127.0.0.1", 9);
    struct sent sent = {0};

    (void)state;
    kernel.fail[CALL_OPEN] = UV_ENFILE;
    assert_int_equal(dgram_send(socket, "x", 1, &to, note_sent, &sent),
                     UV_ENFILE);
    assert_int_equal(
        dgram_send_to(socket, "x", 1, "localhost", 9, note_sent, &sent),
        UV_ENFILE);
    assert_int_equal(dgram_connect(socket, "127.0.0.1", 9, NULL, NULL),
                     UV_ENFILE);
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), UV_ENFILE);
    assert_int_equal(dgram_add_membership(socket, "239.1.1.1", NULL),
                     UV_ENFILE);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    run_for(20);
    assert_int_equal(sent.calls, 0);
    dgram_close(socket);
}

static void note_connect(dgram_socket *socket, int status, void *data) {
    (void)socket;
    *(int *)data = status;
}

static void a_connect_can_be_tried_again(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;
    int status = 1;

    (void)state;
    record_events(&recorder, socket);
    kernel.fail[CALL_CONNECT] = UV_ENETUNREACH;
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9),
                     UV_ENETUNREACH);
    assert_int_equal(
        dgram_connect(socket, "127.0.0.1", 9, note_connect, &status), 0);
    run_for(20);
    assert_int_equal(status, UV_ENETUNREACH);
    assert_int_equal(dgram_connect(socket, "127.0.0.1", 9, NULL, NULL), 0);
    run_until(&recorder.errors, 1);
    assert_string_equal(recorder.error_text, "connect ENETUNREACH 127.0.0.1:9");
    kernel.fail[CALL_CONNECT] = 0;
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), 0);
    kernel.fail[CALL_CONNECT] = UV_ENOMEM;
    assert_int_equal(dgram_disconnect(socket), UV_ENOMEM);
    kernel.fail[CALL_CONNECT] = 0;
    assert_int_equal(dgram_disconnect(socket), 0);
    run_until(&recorder.connected, 1);
    dgram_close(socket);
    run_to_end();
}

static void getters_return_the_error(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address address;

    (void)state;
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), 0);
    for (int i = 0; i < CALL_COUNT; i++)
        kernel.fail[i] = UV_ENOBUFS;
    assert_int_equal(dgram_get_local_address(socket, &address), UV_ENOBUFS);
    assert_int_equal(dgram_get_remote_address(socket, &address), UV_ENOBUFS);
    assert_int_equal(dgram_set_ttl(socket, 3), UV_ENOBUFS);
    assert_int_equal(dgram_set_broadcast(socket, true), UV_ENOBUFS);
    assert_int_equal(dgram_get_receive_buffer_size(socket),
                     DGRAM_ERR_SOCKET_BUFFER_SIZE);
    assert_int_equal(dgram_last_error(socket)->cause, UV_ENOBUFS);
    assert_int_equal(dgram_set_send_buffer_size(socket, 9),
                     DGRAM_ERR_SOCKET_BUFFER_SIZE);
    assert_int_equal(dgram_last_error(socket)->cause, UV_ENOBUFS);
    memset(kernel.fail, 0, sizeof kernel.fail);
    dgram_close(socket);
}

static int refused_level; /* whose options cannot be set */

static int set_some(dgram_fd fd, int level, int name, const void *value,
                    socklen_t size) {
    return level == refused_level ? UV_ENOBUFS
                                  : setsockopt(fd, level, name, value, size);
}

static int option_of(dgram_socket *socket, int level, int name) {
    socklen_t size = sizeof(int);
    int value = -1;

    getsockopt(dgram_fileno(socket), level, name, &value, &size);
    return value;
}

static int set_fragments(dgram_socket *socket, int mode) {
    return dgram_set_dont_fragment(socket, (dgram_pmtu)mode);
}

static int set_all_groups(dgram_socket *socket, int on) {
    return dgram_set_multicast_all(socket, on != 0);
}

/* Both options have the first value, and are to have the second. */
static void refuse_one(int (*set)(dgram_socket *socket, int value), int v4_name,
                       int v6_name, const int values[2]) {
    static const int levels[] = {IPPROTO_IP, IPPROTO_IPV6};

    for (int i = 0; i < 2; i++) {
        dgram_socket *socket = new_socket(DGRAM_UDP6);

        refused_level = -1;
        assert_int_equal(dgram_bind_sync(socket, "::", 0), 0);
        assert_int_equal(set(socket, values[0]), 0);
        refused_level = levels[i];
        assert_int_equal(set(socket, values[1]), UV_ENOBUFS);
        assert_int_equal(option_of(socket, IPPROTO_IP, v4_name), values[0]);
        assert_int_equal(option_of(socket, IPPROTO_IPV6, v6_name), values[0]);
        dgram_close(socket);
        run_to_end();
    }
}

/* A dual-stack socket has two options: both are set, or neither. */
static void an_option_of_both_families_is_set_for_both_or_none(void **state) {
    static const int bytes[] = {8, 4}, switches[] = {0, 1};
    struct platform some = *platform;
    const struct platform *scripted = platform;

    (void)state;
    if (!has_ipv6() || !platform->has_mapped_options)
        skip();
    some.set_option = set_some;
    platform = &some;
    refuse_one(dgram_set_ttl, IP_TTL, IPV6_UNICAST_HOPS, bytes);
    refuse_one(dgram_set_multicast_ttl, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS,
               bytes);
    refuse_one(dgram_set_tos, IP_TOS, IPV6_TCLASS, bytes);
    if (platform->dont_fragment != 0)
        refuse_one(set_fragments, platform->dont_fragment,
                   platform->dont_fragment_v6, switches);
    if (platform->multicast_all != 0)
        refuse_one(set_all_groups, platform->multicast_all,
                   platform->multicast_all_v6, switches);
    platform = scripted;
}

/* Each step of the question fails once, and its descriptor is closed. */
static void the_path_mtu_returns_the_error(void **state) {
    static const int steps[] = {CALL_OPEN, CALL_SET_OPTION, CALL_LOCAL_ADDRESS,
                                CALL_CONNECT, CALL_GET_OPTION};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = address_of("127.0.0.1", 9);

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int closed = kernel.closed;

        kernel.fail[steps[i]] = UV_EMFILE;
        assert_int_equal(dgram_get_path_mtu(socket, &to), UV_EMFILE);
        kernel.fail[steps[i]] = 0;
        assert_int_equal(kernel.closed - closed, i > 0);
    }
    assert_true(dgram_get_path_mtu(socket, &to) > 0);
    dgram_close(socket);
}

static void a_refused_descriptor_stays_the_callers(void **state) {
    const dgram_options sized = {
        .size = sizeof sized, .type = DGRAM_UDP4, .receive_buffer_size = 10000};
    dgram_socket *socket = new_socket_with(&sized);
    dgram_bind_options options = {.size = sizeof options};

    (void)state;
    options.fd = platform->open(AF_INET);
    kernel.fail[CALL_ADOPT] = UV_EINVAL;
    assert_int_equal(dgram_bind_with(socket, &options), UV_EINVAL);
    kernel.fail[CALL_ADOPT] = 0;
    kernel.fail[CALL_SET_OPTION] = UV_EINVAL;
    assert_int_equal(dgram_bind_with(socket, &options), UV_EINVAL);
    assert_int_equal(kernel.closed, 0);
    kernel.fail[CALL_SET_OPTION] = 0;
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    dgram_close(socket);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(bind_can_be_tried_again),
        IN_KERNEL(a_failed_option_fails_the_bind),
        IN_KERNEL(sends_that_wait_fail_with_the_bind),
        IN_KERNEL(a_failed_implicit_bind_fails_the_call),
        IN_KERNEL(a_connect_can_be_tried_again),
        IN_KERNEL(getters_return_the_error),
        IN_KERNEL(an_option_of_both_families_is_set_for_both_or_none),
        IN_KERNEL(the_path_mtu_returns_the_error),
        IN_KERNEL(a_refused_descriptor_stays_the_callers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
