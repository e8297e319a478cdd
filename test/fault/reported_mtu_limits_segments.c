/* The MTU that a path error reports limits the segments of GSO messages to that
   destination. */
#include "kernel.h"

#include "datapath/datapath.h"

#define BATCH 40

static uint32_t mtu;
static dgram_address concerned;
static dgram_datapath *datapath;

static int report_mtu(dgram_fd fd, dgram_path_error *out) {
    (void)fd;
    *out = (dgram_path_error){.code = UV_EMSGSIZE, .mtu = mtu, .to = concerned};
    return 0;
}

static void reported(const char *host, uint32_t value) {
    dgram_path_error error;

    mtu = value;
    concerned = address_of(host, 7);
    kernel.receive_error = report_mtu;
    assert_int_equal(dgram_datapath_receive_error(datapath, &error), 0);
    assert_int_equal(error.mtu, value);
}

static int count;

static int note_count(uint32_t first, uint32_t datagrams) {
    (void)first;
    count = (int)datagrams > count ? (int)datagrams : count;
    return 0;
}

/* How many datagrams of this size the largest message has. */
static int coalesced(const char *host, size_t size) {
    static const char payload[65000];
    dgram_address to = address_of(host, 9);
    dgram_outgoing out[BATCH];

    for (int i = 0; i < BATCH; i++)
        out[i] =
            (dgram_outgoing){.payload = payload, .length = size, .to = &to};
    count = 0;
    kernel.verdict = note_count;
    assert_int_equal(dgram_datapath_send(datapath, out, BATCH, NULL), BATCH);
    return count;
}

static void open_datapath(const char *host) {
    const dgram_address any = address_of(host, 0);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any,
                                            .offload = DGRAM_OFFLOAD_ON,
                                            .path_errors = true};

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
}

static void over_ipv4(void **state) {
    (void)state;
    open_datapath("127.0.0.1");
    reported("192.0.2.1", 1300);
    assert_int_equal(coalesced("192.0.2.1", 1273), 1);
    assert_int_equal(coalesced("192.0.2.1", 1272), BATCH);
    assert_int_equal(coalesced("192.0.2.2", 1273), BATCH);

    /* A smaller one counts; a larger one may be older. */
    reported("192.0.2.1", 1000);
    reported("192.0.2.1", 1400);
    assert_int_equal(coalesced("192.0.2.1", 973), 1);
    assert_int_equal(coalesced("192.0.2.1", 972), BATCH);

    /* Nobody may talk the library out of GSO. */
    reported("192.0.2.3", 60);
    assert_int_equal(coalesced("192.0.2.3", 524), BATCH);
    reported("192.0.2.4", 0);
    assert_int_equal(coalesced("192.0.2.4", 1400), BATCH);
    dgram_datapath_destroy(datapath);
}

static void over_ipv6(void **state) {
    (void)state;
    if (!has_ipv6())
        skip();
    open_datapath("::");
    reported("2001:db8::1", 1400);
    assert_int_equal(coalesced("2001:db8::1", 1353), 1);
    assert_int_equal(coalesced("2001:db8::1", 1352), BATCH);
    reported("2001:db8::2", 600);
    assert_int_equal(coalesced("2001:db8::2", 1232), BATCH);
    reported("::ffff:192.0.2.1", 1300);
    assert_int_equal(coalesced("::ffff:192.0.2.1", 1273), 1);
    assert_int_equal(coalesced("::ffff:192.0.2.1", 1272), BATCH);
    dgram_datapath_destroy(datapath);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL_ALONE(over_ipv4),
        IN_KERNEL_ALONE(over_ipv6),
    };

    if (!platform->has_error_queue) {
        printf("skipped: this system has no error queue\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
