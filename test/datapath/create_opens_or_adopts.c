/* A datapath opens a descriptor, or adopts one that stays the caller's. */
#include "endpoint.h"

#include <fcntl.h>
#include <unistd.h>

static dgram_datapath *datapath;

static int create(const dgram_datapath_options *options) {
    return dgram_datapath_create(options, &datapath);
}

static void options_are_checked(void **state) {
    const dgram_address other = {.any.sa_family = AF_APPLETALK};
    const dgram_address any = address_of("127.0.0.1", 0);
    dgram_datapath_options options = {.size = sizeof options, .fd = -1};
    int file = open("/dev/null", O_RDONLY),
        stream = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(create(&options), UV_EBADF);
    options.fd = file;
    assert_int_equal(create(&options), DGRAM_ERR_INVALID_FD_TYPE);
    options.fd = stream;
    assert_int_equal(create(&options), DGRAM_ERR_INVALID_FD_TYPE);
    options.address = &other;
    assert_int_equal(create(&options), UV_EAFNOSUPPORT);
    options.address = &any;
    options.offload = (dgram_offload)7;
    assert_int_equal(create(&options), DGRAM_ERR_INVALID_ARG_VALUE);
    options.offload = DGRAM_OFFLOAD_OFF;
    options.size = 3;
    assert_int_equal(create(&options), DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(create(NULL), DGRAM_ERR_INVALID_ARG_VALUE);
    close(file);
    close(stream);
    dgram_datapath_destroy(NULL);
}

static void a_descriptor_it_opened_is_closed(void **state) {
    struct endpoint endpoint;
    int fd;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP6, NULL);
    fd = dgram_datapath_fd(endpoint.datapath);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    endpoint_close(&endpoint);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void an_address_in_use_is_refused(void **state) {
    dgram_datapath_options options = {.size = sizeof options};
    struct endpoint endpoint;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    options.address = &endpoint.address;
    assert_int_equal(create(&options), UV_EADDRINUSE);
    endpoint_close(&endpoint);
}

static int gro_of(int fd) {
    int on = 0;
    socklen_t size = sizeof on;

    getsockopt(fd, IPPROTO_UDP, 104 /* UDP_GRO */, &on, &size);
    return on;
}

static void an_adopted_descriptor_stays_open(void **state) {
    dgram_datapath_options options = {.size = sizeof options};
    dgram_datapath_limits limits = {.size = sizeof limits};

    (void)state;
    options.fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(create(&options), 0);
    assert_int_equal(dgram_datapath_fd(datapath), options.fd);
    assert_true(fcntl(options.fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(dgram_datapath_get_limits(datapath, &limits), 0);
    assert_int_equal(gro_of(options.fd), limits.gro);
    dgram_datapath_destroy(datapath);
    assert_true(fcntl(options.fd, F_GETFD) >= 0);
    assert_int_equal(gro_of(options.fd), 0);
    close(options.fd);
}

static void the_peer_of_an_adopted_descriptor_is_used(void **state) {
    dgram_datapath_options options = {.size = sizeof options};
    const dgram_outgoing out = {.payload = "hello", .length = 5};
    struct endpoint endpoint;
    dgram_message message;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    options.fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(
        connect(options.fd, &endpoint.address.any, sizeof endpoint.address.v4),
        0);
    assert_int_equal(create(&options), 0);
    assert_int_equal(dgram_datapath_send(datapath, &out, 1, NULL), 1);
    assert_int_equal(endpoint_receive(&endpoint, &message, 1), 1);
    assert_int_equal(message.length, 5);
    dgram_datapath_destroy(datapath);
    close(options.fd);
    endpoint_close(&endpoint);
}

static void limits_follow_the_policy(void **state) {
    dgram_datapath_options options = {.size = sizeof options};
    dgram_datapath_limits limits = {.size = sizeof limits};
    struct endpoint endpoint;

    (void)state;
    options.offload = DGRAM_OFFLOAD_OFF;
    options.shared = true;
    endpoint_open(&endpoint, DGRAM_UDP4, &options);
    assert_int_equal(dgram_datapath_get_limits(endpoint.datapath, &limits), 0);
    assert_int_equal(limits.segments_max, 1);
    assert_int_equal(limits.receive_messages_max, 1);
    assert_false(limits.gro);
    limits.size = 1;
    assert_int_equal(dgram_datapath_get_limits(endpoint.datapath, &limits),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    endpoint_close(&endpoint);
    options =
        (dgram_datapath_options){.size = sizeof options, .segments_max = 3};
    endpoint_open(&endpoint, DGRAM_UDP4, &options);
    limits.size = sizeof limits;
    assert_int_equal(dgram_datapath_get_limits(endpoint.datapath, &limits), 0);
    assert_in_range(limits.segments_max, 1, 3);
    assert_in_range(limits.send_messages_max, 1, 1024);
    endpoint_close(&endpoint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(a_descriptor_it_opened_is_closed),
        cmocka_unit_test(an_address_in_use_is_refused),
        cmocka_unit_test(an_adopted_descriptor_stays_open),
        cmocka_unit_test(the_peer_of_an_adopted_descriptor_is_used),
        cmocka_unit_test(limits_follow_the_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
