/* If the peer's port is closed, the ICMP error is the status of one datagram,
   or the result of one receive. */
#include "endpoint.h"

#include <poll.h>

static dgram_address nobody(void) {
    struct endpoint endpoint;

    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    endpoint_close(&endpoint);
    return endpoint.address;
}

static void await_error(const struct endpoint *endpoint) {
    struct pollfd wait = {.fd = dgram_datapath_fd(endpoint->datapath)};

    assert_int_equal(poll(&wait, 1, 20000), 1);
}

static void by_a_send(void **state) {
    const dgram_outgoing out[] = {{.payload = "a", .length = 1},
                                  {.payload = "b", .length = 1},
                                  {.payload = "c", .length = 1}};
    const dgram_address peer = nobody();
    struct endpoint endpoint;
    int status[3];

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_connect(endpoint.datapath, &peer), 0);
    assert_int_equal(dgram_datapath_send(endpoint.datapath, out, 1, status), 1);
    assert_int_equal(status[0], 1);
    await_error(&endpoint);
    assert_int_equal(dgram_datapath_send(endpoint.datapath, out, 1, status), 1);
    assert_int_equal(status[0], UV_ECONNREFUSED);
    endpoint_close(&endpoint);
}

static void by_a_receive(void **state) {
    const dgram_outgoing out = {.payload = "a", .length = 1};
    const dgram_address peer = nobody();
    dgram_message message;
    struct endpoint endpoint;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_connect(endpoint.datapath, &peer), 0);
    assert_int_equal(dgram_datapath_send(endpoint.datapath, &out, 1, NULL), 1);
    await_error(&endpoint);
    assert_int_equal(endpoint_receive(&endpoint, &message, 1), UV_ECONNREFUSED);
    assert_int_equal(dgram_datapath_receive(endpoint.datapath,
                                            &endpoint.buffers, &message, 1),
                     UV_EAGAIN);
    endpoint_close(&endpoint);
}

static void disconnected_there_is_no_destination(void **state) {
    const dgram_address peer = nobody();
    const dgram_outgoing out = {.payload = "a", .length = 1};
    struct endpoint endpoint;
    int status;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_connect(endpoint.datapath, &peer), 0);
    assert_int_equal(dgram_datapath_connect(endpoint.datapath, NULL), 0);
    assert_int_equal(dgram_datapath_send(endpoint.datapath, &out, 1, &status),
                     1);
    assert_int_equal(status, UV_EDESTADDRREQ);
    endpoint_close(&endpoint);
}

static void an_address_without_family_is_no_peer(void **state) {
    const dgram_address peer = nobody(), zeroed = {.any = {0}};
    struct endpoint endpoint;
    dgram_address found;
    socklen_t size = sizeof found;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_connect(endpoint.datapath, &peer), 0);
    assert_int_equal(dgram_datapath_connect(endpoint.datapath, &zeroed),
                     UV_EAFNOSUPPORT);
    assert_int_equal(
        getpeername(dgram_datapath_fd(endpoint.datapath), &found.any, &size),
        0);
    endpoint_close(&endpoint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_a_send),
        cmocka_unit_test(by_a_receive),
        cmocka_unit_test(disconnected_there_is_no_destination),
        cmocka_unit_test(an_address_without_family_is_no_peer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
