/* With path errors, ICMP errors fail no send and no receive: each is returned
   by dgram_datapath_receive_error(), with the destination that it is about. */
#include "endpoint.h"
#include "peer.h"

#include <unistd.h>

#define COUNT 40

static const dgram_datapath_options with_errors = {.size = sizeof with_errors,
                                                   .path_errors = true};

static bool has_path_errors(void) {
    const dgram_address any = address_of("127.0.0.1", 0);
    dgram_datapath_options options = with_errors;
    dgram_datapath *datapath;
    int result;

    options.address = &any;
    result = dgram_datapath_create(&options, &datapath);
    if (result == 0)
        dgram_datapath_destroy(datapath);
    return result != UV_ENOTSUP;
}

static void check_error(const dgram_path_error *error,
                        const dgram_address *closed, bool v6) {
    dgram_address host = *closed;

    host.v4.sin_port = 0;
    assert_int_equal(error->code, UV_ECONNREFUSED);
    assert_true(dgram_address_equal(&error->to, closed));
    assert_true(dgram_address_equal(&error->reporter, &host));
    assert_int_equal(error->icmp_type, v6 ? 1 : 3);
    assert_int_equal(error->icmp_code, v6 ? 4 : 3);
    assert_int_equal(error->mtu, 0);
    assert_false(error->local);
}

static void expect_errors(dgram_datapath *datapath, int count,
                          const dgram_address *closed, bool v6) {
    dgram_path_error error;

    for (int i = 0; i < count; i++) {
        assert_int_equal(dgram_datapath_receive_error(datapath, &error), 0);
        check_error(&error, closed, v6);
    }
    assert_int_equal(dgram_datapath_receive_error(datapath, &error), UV_EAGAIN);
}

static void expect_nothing(struct endpoint *endpoint) {
    dgram_message message;

    assert_int_equal(dgram_datapath_receive(endpoint->datapath,
                                            &endpoint->buffers, &message, 1),
                     UV_EAGAIN);
}

/* Sends datagrams of these sizes, each for another destination than the one
   before if there are two. All are sent. */
static void send_all(dgram_datapath *datapath, const dgram_address *to,
                     const dgram_address *other, size_t size, size_t step) {
    static const char payload[4096];
    dgram_outgoing out[COUNT];
    int status[COUNT];

    for (int i = 0; i < COUNT; i++)
        out[i] = (dgram_outgoing){.payload = payload,
                                  .length = size + step * (size_t)i,
                                  .to = i % 2 == 0 ? to : other};
    assert_int_equal(dgram_datapath_send(datapath, out, COUNT, status), COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(status[i], out[i].length);
}

static void unconnected(dgram_type type) {
    dgram_address closed = peer_closed_port(type), open;
    struct endpoint endpoint;
    int peer = peer_open(type);

    open = peer_address(peer);
    endpoint_open(&endpoint, type, &with_errors);
    send_all(endpoint.datapath, &closed, &open, 1, 1);
    for (int i = 0; i < COUNT / 2; i++) {
        char payload[64];

        assert_int_equal(peer_receive(peer, payload, sizeof payload, NULL),
                         2 * i + 2);
    }
    expect_nothing(&endpoint);
    expect_errors(endpoint.datapath, COUNT / 2, &closed, type == DGRAM_UDP6);
    peer_close(peer);
    endpoint_close(&endpoint);
}
BOTH(unconnected)

static void connected(dgram_type type) {
    dgram_address closed = peer_closed_port(type);
    struct endpoint endpoint;

    endpoint_open(&endpoint, type, &with_errors);
    assert_int_equal(dgram_datapath_connect(endpoint.datapath, &closed), 0);
    send_all(endpoint.datapath, NULL, NULL, 1, 1);
    expect_nothing(&endpoint);
    expect_errors(endpoint.datapath, COUNT, &closed, type == DGRAM_UDP6);
    endpoint_close(&endpoint);
}
BOTH(connected)

/* Datagrams of one size may be a GSO message, which the pending error of the
   first one does not split. */
static void gso_messages(dgram_type type) {
    dgram_address closed = peer_closed_port(type);
    struct endpoint endpoint;
    dgram_path_error error;
    int errors = 0;

    endpoint_open(&endpoint, type, &with_errors);
    for (int i = 0; i < 3; i++)
        send_all(endpoint.datapath, &closed, &closed, 100, 0);
    expect_nothing(&endpoint);
    while (dgram_datapath_receive_error(endpoint.datapath, &error) == 0) {
        check_error(&error, &closed, type == DGRAM_UDP6);
        errors++;
    }
    assert_in_range(errors, 3, 3 * COUNT);
    endpoint_close(&endpoint);
}
BOTH(gso_messages)

static void over_a_mapped_address(void **state) {
    dgram_address v4 = peer_closed_port(DGRAM_UDP4), any = address_of("::", 0);
    dgram_address closed =
        address_of("::ffff:127.0.0.1", dgram_address_port(&v4));
    dgram_datapath_options options = with_errors;
    dgram_datapath *datapath;

    (void)state;
    if (!has_ipv6())
        skip();
    options.address = &any;
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    send_all(datapath, &closed, &closed, 1, 1);
    expect_errors(datapath, COUNT, &closed, false);
    dgram_datapath_destroy(datapath);
}

/* With 10,000 errors, those that the kernel had space for are returned, and
   datagrams pass. */
static void a_flood(dgram_type type) {
    dgram_address closed = peer_closed_port(type), open;
    struct endpoint endpoint;
    dgram_path_error error;
    int peer = peer_open(type), errors = 0;

    open = peer_address(peer);
    endpoint_open(&endpoint, type, &with_errors);
    for (int i = 0; i < 10000 / COUNT; i++)
        send_all(endpoint.datapath, &closed, &closed, 1, 1);
    for (int i = 0; i < 100; i++) {
        dgram_outgoing out = {.payload = "x", .length = 1, .to = &open};

        assert_int_equal(dgram_datapath_send(endpoint.datapath, &out, 1, NULL),
                         1);
        errors += dgram_datapath_receive_error(endpoint.datapath, &error) == 0;
    }
    for (int i = 0; i < 100; i++)
        peer_expect(peer, "x");
    assert_int_equal(errors, 100);
    while (dgram_datapath_receive_error(endpoint.datapath, &error) == 0)
        errors++;
    assert_in_range(errors, 100, 10000);
    peer_send_text(peer, "y", &endpoint.address);
    expect_errors(endpoint.datapath, 0, &closed, false);
    peer_close(peer);
    endpoint_close(&endpoint);
}
BOTH(a_flood)

static void only_with_the_option(void **state) {
    dgram_datapath_options options = {.size = sizeof options};
    struct endpoint endpoint;
    dgram_path_error error;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, &options);
    assert_int_equal(dgram_datapath_receive_error(endpoint.datapath, &error),
                     UV_EINVAL);
    endpoint_close(&endpoint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unconnected_udp4),
        cmocka_unit_test(unconnected_udp6),
        cmocka_unit_test(connected_udp4),
        cmocka_unit_test(connected_udp6),
        cmocka_unit_test(gso_messages_udp4),
        cmocka_unit_test(gso_messages_udp6),
        cmocka_unit_test(over_a_mapped_address),
        cmocka_unit_test(a_flood_udp4),
        cmocka_unit_test(a_flood_udp6),
        cmocka_unit_test(only_with_the_option),
    };

    if (!has_path_errors()) {
        printf("skipped: this system has no error queue\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
