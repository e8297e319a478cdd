/* What a connected datapath concludes from refusals: the error of the peer is
   the status of one datagram, GSO is given up for one host or for all, and a
   message that never finds space is sent datagram by datagram. */
#include "kernel.h"

#include "datapath/datapath.h"

#define COUNT 40

static dgram_datapath *datapath;
static uint32_t numbers[COUNT];
static dgram_outgoing batch[COUNT];
static int status[COUNT];

static int code;      /* that the kernel refuses with */
static int refusals;  /* still to come */
static uint32_t from; /* only messages that begin here or later */

static int refuse_some(uint32_t first, uint32_t count) {
    (void)count;
    return first >= from && refusals-- > 0 ? code : 0;
}

static int refuse_gso(uint32_t first, uint32_t count) {
    return count > 1 ? refuse_some(first, count) : 0;
}

/* Numbered datagrams of one size to the peer. No error is expected of it. */
static int open_connected(void **state) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_address peer = address_of("127.0.0.1", 9);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any};

    kernel_place(state);
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    assert_int_equal(dgram_datapath_connect(datapath, &peer), 0);
    datapath->peer_errors.until = 0;
    memset(batch, 0, sizeof batch);
    for (uint32_t i = 0; i < COUNT; i++) {
        numbers[i] = i;
        batch[i].payload = &numbers[i];
        batch[i].length = sizeof numbers[i];
    }
    kernel.verdict = refuse_some;
    refusals = 0;
    from = 0;
    return 0;
}

static int close_it(void **state) {
    dgram_datapath_destroy(datapath);
    return kernel_remove(state);
}

/* Makes a message of each datagram. */
static void do_not_coalesce(void) {
    datapath->segments_max = 1;
}

static void send_all(void) {
    kernel.logged = kernel.sends = kernel.messages = 0;
    assert_int_equal(dgram_datapath_send(datapath, batch, COUNT, status),
                     COUNT);
    assert_int_equal(datapath->refused.left, 0);
    assert_int_equal(datapath->refused.blamed, 0);
}

/* The datagram `failed` has the code; the others were sent once, in order. */
static void check_all_but(int failed) {
    int at = 0;

    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(status[i], i == failed ? code : 4);
        if (i != failed)
            assert_int_equal(kernel.log[at++], i);
    }
    assert_int_equal(at, kernel.logged);
}

static void errors_of_a_peer_fail_the_first_datagram(void **state) {
    static const int codes[] = {UV_ECONNREFUSED, UV_EHOSTUNREACH,
                                UV_ENETUNREACH,  UV_EHOSTDOWN,
                                UV_ENONET,       UV_EPROTO};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        datapath->peer_errors.until = 0;
        code = codes[i];
        refusals = 1;
        send_all();
        check_all_but(0);
        assert_int_equal(kernel.messages, 1); /* the rest, coalesced */
        assert_int_not_equal(datapath->peer_errors.until, 0);
    }
}

static void other_errors_fail_none(void **state) {
    static const int codes[] = {UV_EPERM,  UV_EINVAL, UV_EACCES,
                                UV_ENOMEM, UV_EIO,    UV_ENOBUFS};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        datapath->gso_cache->used = false;
        memset(datapath->gso_cache, 0, sizeof *datapath->gso_cache);
        code = codes[i];
        refusals = 1;
        send_all();
        check_all_but(-1);
        assert_int_equal(kernel.messages, COUNT);
        assert_int_equal(datapath->refused.code, 0); /* remembered by now */
    }
}

/* A packet filter that refuses a message may leave an error on the descriptor,
   too. */
static void a_refused_gso_message_takes_the_error_off(void **state) {
    int before = kernel.options_read;

    (void)state;
    send_all();
    assert_int_equal(kernel.options_read, before);
    code = UV_EPERM;
    refusals = 1;
    send_all();
    assert_int_equal(kernel.options_read, before + 1);
}

/* The first refusal took the pending error off the descriptor. */
static void the_same_error_again_is_about_the_message(void **state) {
    (void)state;
    kernel.verdict = refuse_gso;
    code = UV_ECONNREFUSED;
    refusals = 2;
    send_all();
    check_all_but(0);
    assert_int_equal(kernel.messages, COUNT - 1);
    send_all(); /* and is remembered */
    check_all_but(-1);
    assert_int_equal(kernel.messages, COUNT);
}

static void a_later_message_may_meet_an_error_of_its_own(void **state) {
    (void)state;
    datapath->segments_max = COUNT / 2;
    code = UV_ECONNREFUSED;
    refusals = 1;
    send_all();
    check_all_but(0);
    from = COUNT / 2;
    refusals = 1;
    send_all();
    check_all_but(COUNT / 2);
}

static void an_expected_error_means_one_message_a_call(void **state) {
    (void)state;
    do_not_coalesce();
    send_all();
    assert_int_equal(kernel.sends, 1);
    datapath->peer_errors.until = UINT64_MAX - 1;
    send_all();
    assert_int_equal(kernel.sends, COUNT);
    check_all_but(-1);
}

static void any_error_makes_more_expected(void **state) {
    (void)state;
    do_not_coalesce();
    code = UV_EPERM;
    refusals = 1;
    send_all();
    check_all_but(0);
    assert_int_not_equal(datapath->peer_errors.until, 0);
}

/* sendmmsg() discards the error that ended it. */
static void a_call_that_stops_early_is_continued_one_by_one(void **state) {
    (void)state;
    do_not_coalesce();
    kernel.messages_max = 30;
    send_all();
    check_all_but(-1);
    assert_int_equal(kernel.sends, 1 + 10);
    assert_int_not_equal(datapath->peer_errors.until, 0);
}

static void a_whole_call_expects_no_error(void **state) {
    (void)state;
    do_not_coalesce();
    send_all();
    assert_int_equal(kernel.sends, 1);
    assert_int_equal(datapath->peer_errors.until, 0);
}

static void without_a_peer_no_error_is_expected(void **state) {
    (void)state;
    datapath->connected = false;
    datapath->peer_errors.until = UINT64_MAX - 1;
    do_not_coalesce();
    batch[0].to = datapath->peer;
    for (int i = 1; i < COUNT; i++)
        batch[i].to = batch[0].to;
    send_all();
    assert_int_equal(kernel.sends, 1); /* unconnected, there are none */
}

static void a_refusal_is_for_the_host_or_for_the_descriptor(void **state) {
    const dgram_address other = address_of("127.0.0.2", 9);

    (void)state;
    kernel.verdict = refuse_gso;
    code = UV_EIO;
    refusals = 1;
    send_all();
    assert_int_equal(datapath->segments_max, 64);
    refusals = 0;
    for (int i = 0; i < COUNT; i++)
        batch[i].to = &other;
    send_all();
    assert_int_equal(kernel.messages, 1);
    kernel.segments_max_later = 1; /* as with SO_NO_CHECK */
    refusals = 1;
    send_all();
    check_all_but(-1);
    assert_int_equal(datapath->segments_max, 1);
    send_all();
    assert_int_equal(kernel.messages, COUNT);
}

static uint32_t failing; /* single datagrams, from 0 on */

static int refuse_the_first_gso_message(uint32_t first, uint32_t count) {
    if (first == 0 && count > 1)
        return UV_EIO;
    return count == 1 && first < failing ? UV_EPERM : 0;
}

/* How many messages the next send takes if `number` of a refused message of 20
   datagrams fail one by one. */
static int messages_after(uint32_t number) {
    datapath->segments_max = 20;
    kernel.verdict = refuse_the_first_gso_message;
    failing = number;
    assert_int_equal(dgram_datapath_send(datapath, batch, COUNT, status),
                     COUNT);
    kernel.verdict = NULL;
    send_all();
    return kernel.messages;
}

static void a_refusal_is_remembered_if_one_passes_alone(void **state) {
    (void)state;
    assert_int_equal(messages_after(19), COUNT);
}

static void a_refusal_is_forgotten_if_none_passes_alone(void **state) {
    (void)state;
    assert_int_equal(messages_after(20), 2);
}

static int send_to_a_full_kernel(void) {
    refusals = 1;
    return dgram_datapath_send(datapath, batch, COUNT, status);
}

static void a_gso_message_without_space_is_sent_one_by_one(void **state) {
    (void)state;
    code = UV_EAGAIN;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(send_to_a_full_kernel(), UV_EAGAIN);
        assert_int_equal(status[0], UV_EAGAIN);
    }
    kernel.messages = 0;
    assert_int_equal(send_to_a_full_kernel(), COUNT);
    check_all_but(-1);
    assert_int_equal(kernel.messages, COUNT);
    send_all(); /* that is not remembered */
    assert_int_equal(kernel.messages, 1);
    /* The count begins anew. */
    for (int i = 0; i < 3; i++)
        assert_int_equal(send_to_a_full_kernel(), UV_EAGAIN);
}

static uint32_t carried; /* by the message that begins with number 20 */

static int starve_then_refuse_the_first(uint32_t first, uint32_t count) {
    if (first == 20)
        carried = count;
    if (first == 0)
        return count > 1 ? UV_EAGAIN : UV_EPERM;
    return 0;
}

static void the_next_gso_message_is_not_split(void **state) {
    (void)state;
    datapath->segments_max = 20;
    kernel.verdict = starve_then_refuse_the_first;
    for (int i = 0; i < 3; i++)
        assert_int_equal(send_to_a_full_kernel(), UV_EAGAIN);
    send_all();
    code = UV_EPERM;
    check_all_but(0);
    assert_int_equal(kernel.messages, 19 + 1);
    assert_int_equal(carried, 20);
}

static void space_in_between_begins_the_count_anew(void **state) {
    (void)state;
    code = UV_EAGAIN;
    for (int i = 0; i < 6; i++) {
        assert_int_equal(send_to_a_full_kernel(), UV_EAGAIN);
        if (i % 3 == 2)
            assert_int_equal(dgram_datapath_send(datapath, batch, 1, status),
                             1);
    }
}

static void a_single_datagram_waits_as_long_as_it_takes(void **state) {
    (void)state;
    code = UV_EAGAIN;
    do_not_coalesce();
    for (int i = 0; i < 10; i++)
        assert_int_equal(send_to_a_full_kernel(), UV_EAGAIN);
    send_all();
    check_all_but(-1);
}

/* The program has called connect() itself. */
static void a_peer_that_the_program_set_is_found(void **state) {
    const dgram_address peer = address_of("127.0.0.1", 7);
    int fd = dgram_datapath_fd(datapath);

    (void)state;
    assert_int_equal(dgram_datapath_connect(datapath, NULL), 0);
    assert_int_equal(dgram_datapath_send(datapath, NULL, 0, NULL), 0);
    assert_int_equal(connect(fd, &peer.any, sizeof peer.v4), 0);
    assert_false(datapath->connected);
    assert_int_equal(dgram_datapath_send(datapath, batch, 1, status), 1);
    assert_true(datapath->connected);
    assert_true(dgram_address_equal(datapath->peer, &peer));
}

static void without_a_peer_none_is_found(void **state) {
    (void)state;
    assert_int_equal(dgram_datapath_connect(datapath, NULL), 0);
    send_all(); /* the scripted kernel takes everything */
    assert_false(datapath->connected);
}

static void the_length_of_parts_is_their_status(void **state) {
    static const dgram_buffer parts[] = {{.base = "1234", .length = 4},
                                         {.base = "567", .length = 3}};

    (void)state;
    batch[5] = (dgram_outgoing){.parts = parts, .part_count = 2};
    batch[6] = (dgram_outgoing){.parts = parts, .part_count = 1};
    assert_int_equal(dgram_datapath_send(datapath, batch, 7, status), 7);
    assert_int_equal(status[4], 4);
    assert_int_equal(status[5], 7);
    assert_int_equal(status[6], 4);
}

#define CONNECTED(test)                                                        \
    cmocka_unit_test_setup_teardown(test, open_connected, close_it)

int main(void) {
    const struct CMUnitTest tests[] = {
        CONNECTED(errors_of_a_peer_fail_the_first_datagram),
        CONNECTED(other_errors_fail_none),
        CONNECTED(a_refused_gso_message_takes_the_error_off),
        CONNECTED(the_same_error_again_is_about_the_message),
        CONNECTED(a_later_message_may_meet_an_error_of_its_own),
        CONNECTED(an_expected_error_means_one_message_a_call),
        CONNECTED(any_error_makes_more_expected),
        CONNECTED(a_call_that_stops_early_is_continued_one_by_one),
        CONNECTED(a_whole_call_expects_no_error),
        CONNECTED(without_a_peer_no_error_is_expected),
        CONNECTED(a_refusal_is_for_the_host_or_for_the_descriptor),
        CONNECTED(a_refusal_is_remembered_if_one_passes_alone),
        CONNECTED(a_refusal_is_forgotten_if_none_passes_alone),
        CONNECTED(a_gso_message_without_space_is_sent_one_by_one),
        CONNECTED(the_next_gso_message_is_not_split),
        CONNECTED(space_in_between_begins_the_count_anew),
        CONNECTED(a_single_datagram_waits_as_long_as_it_takes),
        CONNECTED(a_peer_that_the_program_set_is_found),
        CONNECTED(without_a_peer_none_is_found),
        CONNECTED(the_length_of_parts_is_their_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
