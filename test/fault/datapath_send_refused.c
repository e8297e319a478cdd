/* Whatever the kernel refuses, a datapath sends or fails each datagram once and
   returns what to wait for. */
#include "kernel.h"

#define COUNT 300

static dgram_datapath *datapath;
static uint32_t numbers[COUNT];
static dgram_outgoing *batch; /* COUNT of them */
static dgram_address to[COUNT];
static int status[COUNT];

/* Numbered datagrams, `each` in a row to one port. */
static void open_path(int each) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any};

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = (uint32_t)i;
        to[i] = address_of("127.0.0.1", (uint16_t)(1000 + i / each));
        batch[i] = (dgram_outgoing){
            .payload = &numbers[i], .length = sizeof numbers[i], .to = &to[i]};
    }
}

static void send_all(void) {
    assert_int_equal(dgram_datapath_send(datapath, batch, COUNT, status),
                     COUNT);
}

/* All but `failed` went out, once and in order. */
static void check_all_but(int failed, int code) {
    int at = 0;

    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(status[i], i == failed ? code : 4);
        if (i != failed)
            assert_int_equal(kernel.log[at++], i);
    }
    assert_int_equal(at, kernel.logged);
}

static void expect_refused_messages(uint64_t count) {
    dgram_stats stats = {.size = sizeof stats};

    assert_int_equal(dgram_datapath_get_stats(datapath, &stats), 0);
    assert_int_equal(stats.refused_messages, count);
}

static uint32_t refused_at;
static int refusal;
static int refusals_left;

static int refuse_those_with_it(uint32_t first, uint32_t count) {
    bool in_it = first <= refused_at && refused_at < first + count;

    return in_it && refusals_left-- > 0 ? refusal : 0;
}

static int refuse_gso(uint32_t first, uint32_t count) {
    (void)first;
    return count > 1 ? refusal : 0;
}

static void equal_datagrams_are_few_messages(void **state) {
    (void)state;
    open_path(COUNT);
    send_all();
    check_all_but(-1, 0);
    assert_int_equal(kernel.messages, (COUNT + 63) / 64);
    assert_int_equal(kernel.sends, 1);
    dgram_datapath_destroy(datapath);
}

static void the_kernel_takes_some_of_the_messages(void **state) {
    (void)state;
    open_path(1);
    for (kernel.messages_max = 1; kernel.messages_max <= 65;
         kernel.messages_max += 8) {
        kernel.logged = 0;
        send_all();
        check_all_but(-1, 0);
    }
    dgram_datapath_destroy(datapath);
}

static void a_refusal_fails_only_its_datagram(void **state) {
    static const int codes[] = {UV_EPERM, UV_EMSGSIZE, UV_EINVAL, UV_EIO,
                                UV_ECONNREFUSED};

    (void)state;
    for (size_t c = 0; c < sizeof codes / sizeof codes[0]; c++) {
        kernel.verdict = refuse_those_with_it;
        open_path(7);
        for (refused_at = 0; refused_at < COUNT; refused_at += 11) {
            refusal = codes[c];
            refusals_left = 1000;
            kernel.logged = 0;
            send_all();
            check_all_but((int)refused_at, refusal);
        }
        dgram_datapath_destroy(datapath);
    }
}

static void eagain_ends_the_call_at_its_datagram(void **state) {
    (void)state;
    open_path(1);
    kernel.verdict = refuse_those_with_it;
    refused_at = 100;
    refusals_left = 3; /* one ends a call behind others */
    refusal = UV_EAGAIN;
    assert_int_equal(dgram_datapath_send(datapath, batch, COUNT, status), 100);
    assert_int_equal(status[100], UV_EAGAIN);
    assert_int_equal(
        dgram_datapath_send(datapath, batch + 100, COUNT - 100, status + 100),
        UV_EAGAIN);
    assert_int_equal(
        dgram_datapath_send(datapath, batch + 100, COUNT - 100, status + 100),
        COUNT - 100);
    check_all_but(-1, 0);
    dgram_datapath_destroy(datapath);
}

static void eagain_behind_one_datagram_returns_one(void **state) {
    (void)state;
    open_path(1);
    kernel.verdict = refuse_those_with_it;
    kernel.messages_max = 1;
    refused_at = 1;
    refusals_left = 1000;
    refusal = UV_EAGAIN;
    assert_int_equal(dgram_datapath_send(datapath, batch, COUNT, status), 1);
    assert_int_equal(status[1], UV_EAGAIN);
    dgram_datapath_destroy(datapath);
}

static void enobufs_concerns_one_datagram(void **state) {
    int done;

    (void)state;
    open_path(1);
    kernel.verdict = refuse_those_with_it;
    refused_at = 100;
    refusals_left = 1000;
    refusal = UV_ENOBUFS;
    done = dgram_datapath_send(datapath, batch, COUNT, status);
    assert_int_equal(done, 100);
    assert_int_equal(status[done], UV_ENOBUFS);
    done++; /* step over it */
    assert_int_equal(
        dgram_datapath_send(datapath, batch + done, COUNT - 101, status + done),
        COUNT - 101);
    assert_int_equal(kernel.logged, COUNT - 1);
    dgram_datapath_destroy(datapath);
}

static uint32_t longest; /* message behind the first 64 datagrams */

static int refuse_the_first_64(uint32_t first, uint32_t count) {
    if (first < 64)
        return count > 1 ? UV_EIO : UV_ENOBUFS;
    longest = count > longest ? count : longest;
    return 0;
}

static void a_refusal_does_not_pass_to_the_host_that_is_sent_to_next(
    void **state) {
    (void)state;
    open_path(64);
    for (int i = 0; i < 64; i++)
        to[i] = address_of("127.0.0.2", 1000);
    kernel.verdict = refuse_the_first_64;
    longest = 0;
    assert_int_equal(dgram_datapath_send(datapath, batch, COUNT, status),
                     UV_ENOBUFS);
    assert_int_equal(dgram_datapath_send(datapath, NULL, 0, NULL), 0);
    assert_int_equal(dgram_datapath_send(datapath, batch + 64, 1, status), 1);
    assert_int_equal(dgram_datapath_send(datapath, batch + 65, 63, status), 63);
    assert_int_equal(longest, 63);
    dgram_datapath_destroy(datapath);
}

static void a_refused_gso_message_is_sent_one_by_one_and_remembered(
    void **state) {
    int sends;

    (void)state;
    open_path(COUNT);
    kernel.verdict = refuse_gso;
    refusal = UV_EIO;
    send_all();
    check_all_but(-1, 0);
    expect_refused_messages(1);
    kernel.logged = 0;
    sends = kernel.sends;
    send_all();
    check_all_but(-1, 0);
    /* GSO is no longer tried. */
    assert_int_equal(kernel.sends - sends, (COUNT + 63) / 64);
    dgram_datapath_destroy(datapath);
}

static void a_gso_message_that_starves_is_sent_one_by_one(void **state) {
    int tries = 0, done = 0;

    (void)state;
    open_path(COUNT);
    kernel.verdict = refuse_gso;
    refusal = UV_EAGAIN;
    for (; done < COUNT && tries < 100; tries++) {
        int n = dgram_datapath_send(datapath, batch + done,
                                    (size_t)(COUNT - done), status + done);

        if (n > 0)
            done += n;
    }
    assert_int_equal(done, COUNT);
    check_all_but(-1, 0);
    expect_refused_messages(COUNT / 64 + 1);
    dgram_datapath_destroy(datapath);
}

/* All but the last one of the refused message have passed. */
static int refuse_the_64th(uint32_t first, uint32_t count) {
    if (first < 64)
        return count > 1 ? UV_EIO : first == 63 ? UV_ENOBUFS : 0;
    longest = count > longest ? count : longest;
    return 0;
}

static void nor_does_its_last_datagram(void **state) {
    (void)state;
    open_path(64);
    for (int i = 0; i < 64; i++)
        to[i] = address_of("127.0.0.2", 1000);
    kernel.verdict = refuse_the_64th;
    longest = 0;
    assert_int_equal(dgram_datapath_send(datapath, batch, COUNT, status), 63);
    assert_int_equal(status[63], UV_ENOBUFS);
    kernel.messages = 0;
    assert_int_equal(dgram_datapath_send(datapath, batch + 64, 64, status), 64);
    assert_int_equal(kernel.messages, 1);
    dgram_datapath_destroy(datapath);
}

static int refuse_gso_for_the_first_150(uint32_t first, uint32_t count) {
    if (first < 150)
        return count > 1 ? UV_EINVAL : 0;
    longest = count > longest ? count : longest;
    return 0;
}

/* As on a path with a small MTU, to a kernel that accepts long messages. */
static void a_refusal_of_any_length_shortens_no_message(void **state) {
    (void)state;
    kernel.segments_max = 128;
    open_path(150);
    for (int i = 0; i < 150; i++)
        to[i] = address_of("127.0.0.2", 1000);
    kernel.verdict = refuse_gso_for_the_first_150;
    longest = 0;
    send_all();
    check_all_but(-1, 0);
    expect_refused_messages(2); /* of 128 datagrams, of 64 */
    assert_int_equal(longest, 128);
    dgram_datapath_destroy(datapath);
}

static int refuse_gso_for_the_first_214(uint32_t first, uint32_t count) {
    if (first < 214)
        return count > 1 ? UV_EINVAL : 0;
    longest = count > longest ? count : longest;
    return 0;
}

/* The second host refuses messages of the older limit. */
static void neither_does_a_second_one(void **state) {
    (void)state;
    kernel.segments_max = 128;
    open_path(150);
    for (int i = 150; i < 214; i++)
        to[i] = address_of("127.0.0.2", 1000);
    for (int i = 214; i < COUNT; i++)
        to[i] = address_of("127.0.0.3", 1000);
    kernel.verdict = refuse_gso_for_the_first_214;
    longest = 0;
    send_all();
    check_all_but(-1, 0);
    expect_refused_messages(3);
    assert_int_equal(longest, COUNT - 214);
    dgram_datapath_destroy(datapath);
}

static int refuse_long_ones_and_those_from_65(uint32_t first, uint32_t count) {
    return count > 64 || (first >= 65 && count > 1) ? UV_EINVAL : 0;
}

/* As a kernel with the older limit does, and then another host. */
static void messages_stay_short_once_short_ones_pass(void **state) {
    (void)state;
    kernel.segments_max = 128;
    open_path(65);
    for (int i = 65; i < COUNT; i++)
        to[i] = address_of("127.0.0.2", 1000);
    kernel.verdict = refuse_long_ones_and_those_from_65;
    send_all();
    check_all_but(-1, 0);
    expect_refused_messages(2); /* of 65 datagrams, of 64 to the other host */
    kernel.messages = 0;
    assert_int_equal(dgram_datapath_send(datapath, batch, 65, status), 65);
    assert_int_equal(kernel.messages, 2);
    expect_refused_messages(2);
    dgram_datapath_destroy(datapath);
}

static void invalid_datagrams_stop_no_other(void **state) {
    (void)state;
    open_path(COUNT);
    batch[7].host = "127.0.0.1";
    send_all();
    check_all_but(7, DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_datapath_send(datapath, batch, 0, status), 0);
    dgram_datapath_destroy(datapath);
}

int main(void) {
    int failed;
    const struct CMUnitTest tests[] = {
        IN_KERNEL_ALONE(equal_datagrams_are_few_messages),
        IN_KERNEL_ALONE(the_kernel_takes_some_of_the_messages),
        IN_KERNEL_ALONE(a_refusal_fails_only_its_datagram),
        IN_KERNEL_ALONE(eagain_ends_the_call_at_its_datagram),
        IN_KERNEL_ALONE(eagain_behind_one_datagram_returns_one),
        IN_KERNEL_ALONE(enobufs_concerns_one_datagram),
        IN_KERNEL_ALONE(
            a_refusal_does_not_pass_to_the_host_that_is_sent_to_next),
        IN_KERNEL_ALONE(
            a_refused_gso_message_is_sent_one_by_one_and_remembered),
        IN_KERNEL_ALONE(a_gso_message_that_starves_is_sent_one_by_one),
        IN_KERNEL_ALONE(nor_does_its_last_datagram),
        IN_KERNEL_ALONE(a_refusal_of_any_length_shortens_no_message),
        IN_KERNEL_ALONE(neither_does_a_second_one),
        IN_KERNEL_ALONE(messages_stay_short_once_short_ones_pass),
        IN_KERNEL_ALONE(invalid_datagrams_stop_no_other),
    };

    batch = calloc(COUNT, sizeof *batch); /* a read behind its end is seen */
    assert_non_null(batch);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(batch);
    return failed;
}
