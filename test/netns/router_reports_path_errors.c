/* The hosts of a test with a router: a small MTU behind it, and errors that it
   reports or does not report. */
#include "netns.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

static void set_int(int fd, int level, int name, int value) {
    assert_int_equal(setsockopt(fd, level, name, &value, sizeof value), 0);
}

/* A connected plain socket of NEAR that fragments nothing. Without an error
   queue the kernel would ignore that a host is unreachable. */
static int connect_to(const struct route *route, const char *host,
                      uint16_t port) {
    dgram_address to = address_of(host, port);
    bool v6 = route->type == DGRAM_UDP6;
    int fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    set_int(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
            v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, IP_PMTUDISC_DO);
    set_int(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR : IP_RECVERR,
            1);
    assert_int_equal(connect(fd, &to.any, v6 ? sizeof to.v6 : sizeof to.v4), 0);
    return fd;
}

static int path_mtu(int fd, const struct route *route) {
    bool v6 = route->type == DGRAM_UDP6;
    int mtu = 0;
    socklen_t size = sizeof mtu;

    assert_int_equal(getsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                v6 ? IPV6_MTU : IP_MTU, &mtu, &size),
                     0);
    return mtu;
}

/* Sends, and returns what comes back: an errno, or 0. */
static int error_of_sending(int fd, size_t length) {
    static const char payload[2000];
    int error = 0;
    socklen_t size = sizeof error;

    if (send(fd, payload, length, 0) < 0)
        return errno;
    usleep(50 * 1000);
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), 0);
    return error;
}

static void over(const struct route *route) {
    dgram_socket *far = new_bound_on(FAR, route->far);
    int fd = connect_to(route, route->far, port_of(far));
    int nowhere = connect_to(route, route->unreachable, 9);
    struct recorder recorder;

    record_events(&recorder, far);
    assert_int_equal(send(fd, "x", 1, 0), 1);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "x");

    set_far_mtu(1300);
    silence_router(true);
    assert_int_equal(error_of_sending(fd, 1400), 0);
    assert_int_equal(path_mtu(fd, route), 1500);
    assert_int_equal(error_of_sending(nowhere, 1), 0);
    silence_router(false);
    assert_int_equal(error_of_sending(fd, 1400), EMSGSIZE);
    assert_int_equal(path_mtu(fd, route), 1300);
    assert_int_equal(error_of_sending(nowhere, 1), route->unreachable_errno);

    dgram_close(far);
    run_to_end();
    assert_int_equal(error_of_sending(fd, 1), ECONNREFUSED);
    set_far_mtu(1500);
    close(fd);
    close(nowhere);
}

static void over_ipv4(void **state) {
    (void)state;
    over(&route_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    over(&route_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_routed_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
