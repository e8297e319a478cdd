/* The program, or another process with the same descriptor, enables the error
   queue of an unconnected socket. The errors that it asked for fail no send to
   another destination. A receive reports that there is one. */
#include "endpoint.h"
#include "peer.h"

#if defined(IP_RECVERR)

static void set_error_queue(dgram_datapath *datapath, dgram_type type, int on) {
    bool v6 = type == DGRAM_UDP6;

    assert_int_equal(setsockopt(dgram_datapath_fd(datapath),
                                v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                v6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof on),
                     0);
}

static bool has_error_queue(int fd, dgram_type type) {
    bool v6 = type == DGRAM_UDP6;
    int on = 0;
    socklen_t size = sizeof on;

    assert_int_equal(getsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                v6 ? IPV6_RECVERR : IP_RECVERR, &on, &size),
                     0);
    return on != 0;
}

static void send_to(dgram_datapath *datapath, const dgram_address *to) {
    const dgram_outgoing out = {.payload = "x", .length = 1, .to = to};
    int status;

    assert_int_equal(dgram_datapath_send(datapath, &out, 1, &status), 1);
    assert_int_equal(status, 1);
}

static int count_errors(dgram_datapath *datapath) {
    int count = 0;

    while (peer_take_error(dgram_datapath_fd(datapath)) >= 0)
        count++;
    return count;
}

static void innocent_sends_pass(dgram_type type) {
    dgram_address closed = peer_closed_port(type), open;
    struct endpoint endpoint;
    dgram_message message;
    int peer = peer_open(type);

    open = peer_address(peer);
    endpoint_open(&endpoint, type, NULL);
    set_error_queue(endpoint.datapath, type, 1);
    send_to(endpoint.datapath, &closed);
    send_to(endpoint.datapath, &open);
    peer_expect(peer, "x");
    assert_int_equal(dgram_datapath_receive(endpoint.datapath,
                                            &endpoint.buffers, &message, 1),
                     UV_ECONNREFUSED);
    assert_int_equal(dgram_datapath_receive(endpoint.datapath,
                                            &endpoint.buffers, &message, 1),
                     UV_EAGAIN);
    assert_int_equal(count_errors(endpoint.datapath), 1);
    peer_close(peer);
    endpoint_close(&endpoint);
}
BOTH(innocent_sends_pass)

/* A datagram that is longer than the MTU of the loopback interface allows. */
static void too_long_is_one_error(void **state) {
    static char payload[65507];
    struct endpoint endpoint;
    dgram_address to = address_of("::1", 9);
    const dgram_outgoing out = {
        .payload = payload, .length = sizeof payload, .to = &to};
    int status, mode = IPV6_PMTUDISC_DO;

    (void)state;
    if (!has_ipv6())
        skip();
    endpoint_open(&endpoint, DGRAM_UDP6, NULL);
    set_error_queue(endpoint.datapath, DGRAM_UDP6, 1);
    assert_int_equal(setsockopt(dgram_datapath_fd(endpoint.datapath),
                                IPPROTO_IPV6, IPV6_MTU_DISCOVER, &mode,
                                sizeof mode),
                     0);
    assert_int_equal(dgram_datapath_send(endpoint.datapath, &out, 1, &status),
                     1);
    assert_int_equal(status, UV_EMSGSIZE);
    assert_int_equal(count_errors(endpoint.datapath), 1);
    endpoint_close(&endpoint);
}

/* A datapath with path errors leaves the descriptor as it was. */
static void destroy_restores(dgram_type type) {
    int fd = peer_open(type);
    const dgram_datapath_options options = {
        .size = sizeof options, .fd = fd, .path_errors = true};
    dgram_datapath *datapath;

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    assert_true(has_error_queue(fd, type));
    dgram_datapath_destroy(datapath);
    assert_false(has_error_queue(fd, type));

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    set_error_queue(datapath, type, 1);
    dgram_datapath_destroy(datapath);
    assert_false(has_error_queue(fd, type));
    peer_close(fd);
}
BOTH(destroy_restores)

static void what_was_enabled_stays(dgram_type type) {
    int fd = peer_open(type);
    dgram_datapath_options options = {.size = sizeof options, .fd = fd};
    dgram_datapath *datapath;

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    set_error_queue(datapath, type, 1);
    dgram_datapath_destroy(datapath);
    options.path_errors = true;
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    dgram_datapath_destroy(datapath);
    assert_true(has_error_queue(fd, type));
    peer_close(fd);
}
BOTH(what_was_enabled_stays)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(innocent_sends_pass_udp4),
        cmocka_unit_test(innocent_sends_pass_udp6),
        cmocka_unit_test(too_long_is_one_error),
        cmocka_unit_test(destroy_restores_udp4),
        cmocka_unit_test(destroy_restores_udp6),
        cmocka_unit_test(what_was_enabled_stays_udp4),
        cmocka_unit_test(what_was_enabled_stays_udp6),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) {
    printf("skipped: this system has no error queue\n");
    return SKIPPED;
}

#endif
