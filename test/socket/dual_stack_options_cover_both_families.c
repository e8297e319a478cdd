/* Hops and loopback of a dual-stack socket are set for IPv6 and for the IPv4
   addresses that it sends to. */
#include <unistd.h>

#include "peer.h"

static int option(dgram_socket *socket, int level, int name) {
    socklen_t size = sizeof(int);
    int value = -1;

    assert_int_equal(
        getsockopt(dgram_fileno(socket), level, name, &value, &size), 0);
    return value;
}

static void expect(dgram_socket *socket, int ttl, int multicast_ttl, int loop) {
    assert_int_equal(option(socket, IPPROTO_IP, IP_TTL), ttl);
    assert_int_equal(option(socket, IPPROTO_IP, IP_MULTICAST_TTL),
                     multicast_ttl);
    assert_int_equal(option(socket, IPPROTO_IP, IP_MULTICAST_LOOP), loop);
}

static void set_all(dgram_socket *socket) {
    assert_int_equal(dgram_set_ttl(socket, 7), 0);
    assert_int_equal(dgram_set_multicast_ttl(socket, 8), 0);
    assert_int_equal(dgram_set_multicast_loopback(socket, false), 0);
    assert_int_equal(option(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 7);
    assert_int_equal(option(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 8);
    assert_int_equal(option(socket, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 0);
}

static dgram_socket *new_six(bool ipv6_only) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP6, .ipv6_only = ipv6_only};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, NULL, 0), 0);
    return socket;
}

static void a_dual_stack_socket_has_both(void **state) {
    dgram_socket *socket = new_six(false);

    (void)state;
    set_all(socket);
    expect(socket, 7, 8, 0);
    assert_int_equal(dgram_set_ttl(socket, 256), UV_EINVAL);
    assert_int_equal(dgram_set_multicast_ttl(socket, 0), 0);
    assert_int_equal(dgram_set_multicast_loopback(socket, true), 0);
    expect(socket, 7, 0, 1);
    dgram_close(socket);
    run_to_end();
}

static void an_ipv6_only_socket_has_one(void **state) {
    dgram_socket *socket = new_six(true);
    int before = option(socket, IPPROTO_IP, IP_TTL);

    (void)state;
    set_all(socket);
    expect(socket, before, 1, 1);
    dgram_close(socket);
    run_to_end();
}

/* As the receiver sees them. */
static void hops_arrive(void **state) {
    dgram_socket *socket = new_six(false);
    int peer = peer_open(DGRAM_UDP4), on = 1, hops = -1;
    dgram_address there = address_of("::ffff:127.0.0.1", 9);
    _Alignas(struct cmsghdr) char control[64];
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};

    (void)state;
    there.v6.sin6_port = peer_address(peer).v4.sin_port;
    setsockopt(peer, IPPROTO_IP, IP_RECVTTL, &on, sizeof on);
    assert_int_equal(dgram_set_ttl(socket, 7), 0);
    assert_int_equal(dgram_send(socket, "x", 1, &there, NULL, NULL), 0);
    assert_int_equal(dgram_flush(socket), 0);
    assert_int_equal(recvmsg(peer, &header, 0), 1);
    assert_non_null(CMSG_FIRSTHDR(&header));
    memcpy(&hops, CMSG_DATA(CMSG_FIRSTHDR(&header)), sizeof hops);
    assert_int_equal(hops, 7);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}

static int any_six(void) {
    struct sockaddr_in6 any = {.sin6_family = AF_INET6};
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    return fd;
}

/* An adopted socket keeps the options of its creator. */
static void of_an_adopted_descriptor(void **state) {
    dgram_bind_options options = {.size = sizeof options};
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    options.fd = any_six();
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    set_all(socket);
    expect(socket, 7, 8, 0);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_dual_stack_socket_has_both),
        IN_LOOP(an_ipv6_only_socket_has_one),
        IN_LOOP(hops_arrive),
        IN_LOOP(of_an_adopted_descriptor),
    };

    if (!has_ipv6()) {
        printf("skipped: no IPv6\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
