/* Every option fails with EBADF before the bind, works after it, is refused
   after close, and has its range checked. */
#include "peer.h"

static void before_the_bind(dgram_type type) {
    const char *any = type == DGRAM_UDP6 ? "::" : "0.0.0.0";
    dgram_socket *socket = new_socket(type);
    char text[128];

    assert_int_equal(dgram_set_broadcast(socket, true), UV_EBADF);
    assert_int_equal(dgram_set_ttl(socket, 64), UV_EBADF);
    assert_int_equal(dgram_set_multicast_ttl(socket, 64), UV_EBADF);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "setMulticastTTL EBADF");
    assert_int_equal(dgram_set_multicast_loopback(socket, true), UV_EBADF);
    assert_int_equal(dgram_set_multicast_interface(socket, any), UV_EBADF);
    assert_int_equal(dgram_set_shared(socket, true), UV_EBADF);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "setShared EBADF");
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_set_broadcast(socket, true), UV_EBADF);
    assert_int_equal(dgram_set_ttl(socket, 64), UV_EBADF);

    /* A value that no socket accepts is an error of the argument. */
    assert_int_equal(dgram_set_ttl(socket, 0), UV_EINVAL);
    assert_int_equal(dgram_set_multicast_ttl(socket, 256), UV_EINVAL);
    assert_int_equal(dgram_set_multicast_interface(socket, ""), UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}
BOTH(before_the_bind)

static void after_close(dgram_type type) {
    const int code = DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING;
    dgram_socket *socket = new_bound(type);

    dgram_close(socket);
    assert_int_equal(dgram_set_broadcast(socket, true), code);
    assert_int_equal(dgram_set_ttl(socket, 64), code);
    assert_int_equal(dgram_set_multicast_ttl(socket, 64), code);
    assert_int_equal(dgram_set_ttl(socket, 0), code);
    assert_int_equal(dgram_set_multicast_loopback(socket, true), code);
    assert_int_equal(dgram_set_multicast_interface(socket, loopback(type)),
                     code);
    assert_int_equal(dgram_set_multicast_interface(socket, "lo"), code);
    assert_int_equal(dgram_get_receive_buffer_size(socket), code);
    assert_int_equal(dgram_get_send_buffer_size(socket), code);
    assert_int_equal(dgram_set_receive_buffer_size(socket, 1), code);
    assert_int_equal(dgram_set_send_buffer_size(socket, 1), code);
    assert_int_equal(dgram_set_shared(socket, true), code);
    assert_int_equal(dgram_add_membership(socket, "224.0.0.114", NULL), code);
    assert_int_equal(dgram_drop_membership(socket, "224.0.0.114", NULL), code);
    assert_int_equal(dgram_add_source_specific_membership(socket, "127.0.0.1",
                                                          "232.1.1.1", NULL),
                     code);
    assert_int_equal(dgram_drop_source_specific_membership(socket, "127.0.0.1",
                                                           "232.1.1.1", NULL),
                     code);
    dgram_ref(socket);
    dgram_unref(socket);
    run_to_end();
}
BOTH(after_close)

static int option(dgram_socket *socket, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;

    assert_int_equal(
        getsockopt(dgram_fileno(socket), level, name, &value, &length), 0);
    return length == 1 ? *(unsigned char *)&value : value;
}

static void hops_are_set_and_checked(dgram_type type) {
    static const int bad[] = {-1, 256, 1000, INT32_MAX, INT32_MIN};
    bool six = type == DGRAM_UDP6;
    int level = six ? IPPROTO_IPV6 : IPPROTO_IP;
    int unicast = six ? IPV6_UNICAST_HOPS : IP_TTL;
    int multicast = six ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL;
    dgram_socket *socket = new_bound(type);

    assert_int_equal(dgram_set_ttl(socket, 1), 0);
    assert_int_equal(option(socket, level, unicast), 1);
    assert_int_equal(dgram_set_ttl(socket, 255), 0);
    assert_int_equal(option(socket, level, unicast), 255);
    assert_int_equal(dgram_set_ttl(socket, 0), UV_EINVAL);
    assert_int_equal(dgram_set_multicast_ttl(socket, 0), 0);
    assert_int_equal(option(socket, level, multicast), 0);
    assert_int_equal(dgram_set_multicast_ttl(socket, 255), 0);
    assert_int_equal(option(socket, level, multicast), 255);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(dgram_set_ttl(socket, bad[i]), UV_EINVAL);
        assert_int_equal(dgram_set_multicast_ttl(socket, bad[i]), UV_EINVAL);
    }
    assert_int_equal(option(socket, level, unicast), 255);
    assert_int_equal(option(socket, level, multicast), 255);
    dgram_close(socket);
    run_to_end();
}
BOTH(hops_are_set_and_checked)

static void flags_are_switched(dgram_type type) {
    bool six = type == DGRAM_UDP6;
    int level = six ? IPPROTO_IPV6 : IPPROTO_IP;
    int loop = six ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP;
    dgram_socket *socket = new_bound(type);

    for (int on = 1; on >= 0; on--) {
        assert_int_equal(dgram_set_broadcast(socket, on), 0);
        assert_int_equal(option(socket, SOL_SOCKET, SO_BROADCAST), on);
        assert_int_equal(dgram_set_multicast_loopback(socket, on), 0);
        assert_int_equal(option(socket, level, loop), on);
    }
    dgram_close(socket);
    run_to_end();
}
BOTH(flags_are_switched)

/* 127.255.255.255 is the broadcast address of the loopback network. */
static void broadcast_is_sent_when_allowed(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address there = address_of("127.255.255.255", 9);
    struct sent sent = {0};

    (void)state;
    dgram_send(socket, "x", 1, &there, note_sent, &sent);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, UV_EACCES);
    assert_int_equal(dgram_set_broadcast(socket, true), 0);
    dgram_send(socket, "x", 1, &there, note_sent, &sent);
    run_until(&sent.calls, 2);
    assert_int_equal(sent.status, 1);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(before_the_bind),
        IN_LOOP_BOTH(after_close),
        IN_LOOP_BOTH(hops_are_set_and_checked),
        IN_LOOP_BOTH(flags_are_switched),
        IN_LOOP(broadcast_is_sent_when_allowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
