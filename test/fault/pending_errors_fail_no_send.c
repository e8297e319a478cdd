/* With path errors a send that meets pending errors is made again. A code that
   comes each time is that of the datagram. */
#include "kernel.h"

#include "datapath/datapath.h"

static dgram_datapath *datapath;
static int code, times, asked;

static int fail_some_times(uint32_t first, uint32_t count) {
    (void)first;
    (void)count;
    asked++;
    if (times == 0)
        return 0;
    times--;
    return code;
}

static void open_datapath(bool connected) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_address peer = address_of("127.0.0.1", 9);
    const dgram_datapath_options options = {
        .size = sizeof options, .address = &any, .path_errors = true};

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    if (connected)
        assert_int_equal(dgram_datapath_connect(datapath, &peer), 0);
    kernel.verdict = fail_some_times;
}

/* Sends three datagrams of one size, which may be a GSO message, while the
   kernel fails. Returns the status of the first. */
static int send_three(bool connected, int failure, int how_often) {
    const dgram_address to = address_of("127.0.0.1", 9);
    const dgram_outgoing datagram = {
        .payload = "four", .length = 4, .to = connected ? NULL : &to};
    const dgram_outgoing out[3] = {datagram, datagram, datagram};
    int status[3];

    code = failure;
    times = how_often;
    asked = kernel.logged = 0;
    assert_int_equal(dgram_datapath_send(datapath, out, 3, status), 3);
    assert_int_equal(status[1], status[0]);
    assert_int_equal(status[2], status[0]);
    assert_int_equal(kernel.logged, status[0] > 0 ? 3 : 0);
    return status[0];
}

static void pending_ones(bool connected) {
    open_datapath(connected);
    for (int i = 1; i < 16; i++)
        assert_int_equal(send_three(connected, UV_ECONNREFUSED, i), 4);
    for (int i = 1; i < 4; i++)
        assert_int_equal(send_three(connected, UV_EHOSTUNREACH, i), 4);
    assert_int_equal(send_three(connected, UV_EMSGSIZE, 1), 4);
    assert_int_equal(send_three(connected, UV_EACCES, 1), 4);
    assert_int_equal(send_three(connected, UV_EPROTO, 2), 4);
    dgram_datapath_destroy(datapath);
}

static void pending_errors_fail_nothing(void **state) {
    (void)state;
    pending_ones(false);
    pending_ones(true);
}

static void own_errors_do(void **state) {
    static const int codes[] = {UV_ENETUNREACH, UV_EMSGSIZE, UV_EACCES,
                                UV_EPERM, UV_EINVAL};

    (void)state;
    open_datapath(false);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_int_equal(send_three(false, codes[i], 1000), codes[i]);
        assert_in_range(asked, 4, 16);
    }
    dgram_datapath_destroy(datapath);
}

/* A datagram that is too long was sent twice, so its error is in the queue
   twice, too. It is returned once. */
static int queued;

static int report_too_long(dgram_fd fd, dgram_path_error *out) {
    (void)fd;
    if (queued-- == 0)
        return UV_EAGAIN;
    *out = (dgram_path_error){.code = UV_EMSGSIZE,
                              .mtu = 1500,
                              .to = address_of("127.0.0.1", 0),
                              .local = true};
    return 0;
}

static void each_long_datagram_is_reported_once(void **state) {
    static const char payload[2000];
    const dgram_address to = address_of("127.0.0.1", 9);
    const dgram_outgoing out = {.payload = payload, .length = 2000, .to = &to};
    dgram_path_error error;
    int status;

    (void)state;
    open_datapath(false);
    kernel.receive_error = report_too_long;
    code = UV_EMSGSIZE;
    times = 1000;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(dgram_datapath_send(datapath, &out, 1, &status), 1);
        assert_int_equal(status, UV_EMSGSIZE);
    }
    queued = 6;
    for (int i = 0; i < 3; i++)
        assert_int_equal(dgram_datapath_receive_error(datapath, &error), 0);
    assert_int_equal(dgram_datapath_receive_error(datapath, &error), UV_EAGAIN);
    dgram_datapath_destroy(datapath);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL_ALONE(pending_errors_fail_nothing),
        IN_KERNEL_ALONE(own_errors_do),
        IN_KERNEL_ALONE(each_long_datagram_is_reported_once),
    };

    if (!platform->has_error_queue) {
        printf("skipped: this system has no error queue\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
