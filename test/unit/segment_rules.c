/* How queued runs become system messages, and received messages datagrams. */
#include "harness.h"

#include "datapath/segment.h"

static struct sendq q;
static struct sendq_pool pool;
static struct gso_cache cache;
static struct segment_batch batch;
static struct segment_rules rules;

static int begin(void **state) {
    (void)state;
    sendq_pool_init(&pool);
    sendq_init(&q);
    memset(&cache, 0, sizeof cache);
    rules = (struct segment_rules){
        .segments_max = 64, .gso_cache = &cache, .owner = 1, .now = 1000};
    return 0;
}

static int end(void **state) {
    (void)state;
    sendq_drop_unsent(&q, &pool);
    sendq_pool_free(&pool);
    return 0;
}

static void push(const char *payload, size_t length, uint16_t port) {
    dgram_address to = address_of("192.0.2.1", port);
    dgram_buffer part = {.base = (char *)(uintptr_t)payload, .length = length};
    struct sendq_item item = {.to = &to,
                              .parts = &part,
                              .part_count = 1,
                              .length = length,
                              .count = 1};

    assert_int_equal(sendq_push(&q, &pool, &item), 1);
}

static void build(uint32_t messages) {
    segment_build(&batch, sendq_first(&q), &rules);
    assert_int_equal(batch.count, messages);
}

static void check(uint32_t message, uint32_t datagrams, uint32_t segment_size,
                  const char *bytes) {
    const struct platform_out *out = &batch.messages[message];

    assert_int_equal(batch.datagrams[message], datagrams);
    assert_int_equal(out->segment_size, segment_size);
    assert_int_equal(out->part_count, 1);
    assert_int_equal(out->parts[0].iov_len, strlen(bytes));
    assert_memory_equal(out->parts[0].iov_base, bytes, strlen(bytes));
}

static void equal_ones_make_a_run_that_a_shorter_ends(void **state) {
    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cc", 2, 1);
    push("dd", 2, 1);
    push("eeee", 4, 1);
    build(3);
    check(0, 3, 4, "aaaabbbbcc");
    check(1, 1, 0, "dd");
    check(2, 1, 0, "eeee");
}

static void another_destination_begins_a_run(void **state) {
    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 2);
    push("cccc", 4, 2);
    build(2);
    check(0, 1, 0, "aaaa");
    check(1, 2, 4, "bbbbcccc");
    assert_int_equal(dgram_address_port(batch.messages[1].to), 2);
}

static void empty_ones_go_alone(void **state) {
    (void)state;
    push("", 0, 1);
    push("", 0, 1);
    push("aa", 2, 1);
    push("", 0, 1);
    build(4);
    check(0, 1, 0, "");
    check(2, 1, 0, "aa");
}

static void the_peer_needs_no_address(void **state) {
    dgram_address peer = address_of("192.0.2.1", 2);

    (void)state;
    rules.peer = &peer;
    push("aa", 2, 1);
    push("bb", 2, 2);
    build(2);
    assert_non_null(batch.messages[0].to);
    assert_null(batch.messages[1].to);
}

static void without_runs_each_goes_alone(void **state) {
    (void)state;
    rules.segments_max = 1;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cc", 2, 1);
    build(3);
    check(0, 1, 0, "aaaa");
    check(1, 1, 0, "bbbb");
    check(2, 1, 0, "cc");
}

static void the_rest_of_a_run_goes_together(void **state) {
    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cc", 2, 1);
    sendq_sent(&q, &pool, 1);
    build(1);
    check(0, 2, 4, "bbbbcc");
    sendq_sent(&q, &pool, 1);
    build(1);
    check(0, 1, 0, "cc");
}

static void a_bound_cuts_a_run_into_pieces(void **state) {
    (void)state;
    rules.segments_max = 3;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cc", 2, 1);
    build(1);
    check(0, 3, 4, "aaaabbbbcc");
    rules.segments_max = 2;
    build(2);
    check(0, 2, 4, "aaaabbbb");
    check(1, 1, 0, "cc");
    sendq_sent(&q, &pool, 1);
    build(1);
    check(0, 2, 4, "bbbbcc");
}

/* Payloads in places of their own: each piece has parts of its own. */
static void pieces_take_the_parts_that_are_theirs(void **state) {
    static char payloads[5][4] = {"aax", "bbx", "ccx", "ddx", "ex"};
    dgram_address to = address_of("192.0.2.1", 1);

    (void)state;
    rules.segments_max = 2;
    for (int i = 0; i < 5; i++) {
        dgram_buffer part = {.base = payloads[i], .length = i < 4 ? 2 : 1};
        struct sendq_item item = {.to = &to,
                                  .parts = &part,
                                  .part_count = 1,
                                  .length = part.length,
                                  .count = 1,
                                  .lent = true};

        assert_int_equal(sendq_push(&q, &pool, &item), 1);
    }
    build(3);
    for (int i = 0; i < 2; i++) {
        const struct platform_out *out = &batch.messages[i];

        assert_int_equal(out->part_count, 2);
        assert_int_equal(out->segment_size, 2);
        assert_ptr_equal(out->parts[0].iov_base, payloads[2 * i]);
        assert_ptr_equal(out->parts[1].iov_base, payloads[2 * i + 1]);
        assert_int_equal(out->parts[1].iov_len, 2);
    }
    check(2, 1, 0, "e");
}

static void a_refused_run_goes_one_by_one(void **state) {
    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cccc", 4, 2);
    push("dddd", 4, 2);
    sendq_first(&q)->runs[0].gso_refused = UV_EPERM;
    build(3);
    check(0, 1, 0, "aaaa");
    check(1, 1, 0, "bbbb");
    check(2, 2, 4, "ccccdddd");
}

static void runs_stay_on_this_host_where_others_get_them_corrupted(
    void **state) {
    static const struct {
        const char *text;
        bool local;
    } hosts[] = {{"127.0.0.1", true},
                 {"127.255.3.4", true},
                 {"::1", true},
                 {"::ffff:127.0.0.1", true},
                 {"128.0.0.1", false},
                 {"192.0.2.1", false},
                 {"::ffff:192.0.2.1", false},
                 {"::127.0.0.1", false},
                 {"fe80::1", false},
                 {"ff01::1", false},
                 {"224.0.0.1", false},
                 {"0.0.0.0", false}};

    (void)state;
    rules.local_only = true;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        dgram_address to = address_of(hosts[i].text, 9);
        dgram_buffer part = {.base = (char *)(uintptr_t) "aaaa", .length = 4};
        struct sendq_item item = {.to = &to,
                                  .parts = &part,
                                  .part_count = 1,
                                  .length = 4,
                                  .count = 1};

        sendq_push(&q, &pool, &item);
        sendq_push(&q, &pool, &item);
        build(hosts[i].local ? 1 : 2);
        sendq_drop_unsent(&q, &pool);
    }
}

static void what_stands_behind_waiting_ones_is_not_built(void **state) {
    static struct retryq retryq;
    dgram_address to = address_of("192.0.2.1", 2);
    struct sendq_datagram waiting = {
        .to = &to, .payload = (const unsigned char *)"w", .length = 1};

    (void)state;
    retryq_init(&retryq);
    assert_int_equal(retryq_add(&retryq, &waiting, 1), 0);
    rules.retryq = &retryq;
    push("aaaa", 4, 1);
    push("bbbb", 4, 2);
    push("cccc", 4, 3);
    build(1);
    check(0, 1, 0, "aaaa");
    retryq_finish_all(&retryq, 1);
    assert_null(retryq_take_done(&retryq)); /* nobody asked */
    build(3);
}

/* Payloads that stand in different places, one of a byte. */
static void single_ones_are_found_in_their_parts(void **state) {
    static char payloads[][4] = {"aaxx", "bbxx", "ccxx"};
    static char bytes[][2] = {"dx", "ex"};
    (void)state;
    rules.segments_max = 1;
    for (int i = 0; i < 5; i++) {
        dgram_address to = address_of("192.0.2.1", i < 3 ? 1 : 2);
        dgram_buffer part = {.base = i < 3 ? payloads[i] : bytes[i - 3],
                             .length = i < 3 ? 2 : 1};
        struct sendq_item item = {.to = &to,
                                  .parts = &part,
                                  .part_count = 1,
                                  .length = part.length,
                                  .count = 1,
                                  .lent = true};

        assert_int_equal(sendq_push(&q, &pool, &item), 1);
    }
    build(5);
    check(0, 1, 0, "aa");
    check(1, 1, 0, "bb");
    check(2, 1, 0, "cc");
    check(3, 1, 0, "d");
    check(4, 1, 0, "e");
    assert_ptr_equal(batch.messages[1].parts->iov_base, payloads[1]);
    assert_ptr_equal(batch.messages[4].parts->iov_base, bytes[1]);
    sendq_sent(&q, &pool, 2);
    build(3);
    check(0, 1, 0, "cc");
}

static void what_a_chunk_held_before_is_not_looked_at(void **state) {
    (void)state;
    push("aa", 2, 1);
    push("bb", 2, 2);
    build(2);
    sendq_drop_unsent(&q, &pool);
    push("cc", 2, 3);
    build(1);
    check(0, 1, 0, "cc");
}

static void a_batch_ends_where_it_is_full(void **state) {
    (void)state;
    rules.segments_max = 1;
    q.large = true; /* all in one chunk */
    push("first", 5, 2);
    for (uint32_t i = 0; i < SEGMENT_MESSAGES_MAX; i++)
        push("aaaa", 4, 1);
    push("bb", 2, 3);
    build(SEGMENT_MESSAGES_MAX);
    sendq_sent(&q, &pool, 1);
    build(SEGMENT_MESSAGES_MAX);
    sendq_sent(&q, &pool, SEGMENT_MESSAGES_MAX);
    build(1);
    check(0, 1, 0, "bb");
    for (uint16_t i = 0; i < SEGMENT_MESSAGES_MAX; i++)
        push("cc", 2, 4 + i % 2);
    build(SEGMENT_MESSAGES_MAX);
}

static void a_refused_path_is_honoured_until_it_is_forgotten(void **state) {
    dgram_address to = address_of("192.0.2.1", 99);

    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    gso_cache_refused(&cache, 1, &to, 4, UV_EMSGSIZE, rules.now);
    build(2);
    rules.now += 11 * 60 * 1000;
    build(1);
    gso_cache_refused(&cache, 1, &to, 5, UV_EMSGSIZE, rules.now);
    build(1);
    gso_cache_refused(&cache, 1, &to, 5, UV_EIO, rules.now);
    build(2);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, rules.now), 0);
}

static void paths_of_other_hosts_are_not_mixed_up(void **state) {
    dgram_address to = address_of("192.0.2.1", 1);
    dgram_address v6 = address_of("2001:db8::1", 1);
    dgram_address scoped = v6;
    char text[32];

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EIO, 1);
    for (int i = 2; i < 255; i++) {
        snprintf(text, sizeof text, "192.0.2.%d", i);
        to = address_of(text, 1);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 1),
                         UINT32_MAX);
    }
    gso_cache_refused(&cache, 1, &v6, 1232, UV_EINVAL, 1);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &v6, 1), 1231);
    scoped.v6.sin6_scope_id = 3;
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &scoped, 1),
                     UINT32_MAX);
}

static void a_path_is_forgotten_after_ten_minutes(void **state) {
    const uint64_t end = 1000 + 10 * 60 * 1000;
    dgram_address to = address_of("192.0.2.1", 1);

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EMSGSIZE, 1000);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, end - 1), 99);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, end),
                     UINT32_MAX);
}

static void another_socket_is_not_judged(void **state) {
    dgram_address to = address_of("192.0.2.1", 1);

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EIO, 1);
    for (uint64_t owner = 2; owner < 300; owner++)
        assert_int_equal(gso_cache_segment_size_max(&cache, owner, &to, 1),
                         UINT32_MAX);
}

static void what_is_not_for_the_path_is_forgotten_soon(void **state) {
    static const int codes[] = {UV_EPERM, UV_ENOMEM, UV_ENOSYS, UV_ENOBUFS,
                                -524};
    dgram_address to = address_of("192.0.2.1", 1);

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        gso_cache_refused(&cache, 1, &to, 100, codes[i], 5);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 5), 0);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 10004), 0);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 10005),
                         UINT32_MAX);
    }
}

static void paths_of_several_hosts_are_remembered(void **state) {
    dgram_address first = address_of("192.0.2.1", 1);
    dgram_address second = address_of("192.0.2.2", 1);

    (void)state;
    gso_cache_refused(&cache, 1, &first, 100, UV_EMSGSIZE, 1);
    gso_cache_refused(&cache, 1, &second, 200, UV_EMSGSIZE, 1);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &first, 1), 99);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &second, 1), 199);
}

/* So many that some share the slot of the other family's. */
static void families_are_not_mixed_up(void **state) {
    dgram_address to = address_of("192.0.2.1", 1);
    char text[32];

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EIO, 1);
    for (int i = 0; i < 256; i++) {
        snprintf(text, sizeof text, "2001:db8::%x", (unsigned)i);
        to = address_of(text, 1);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 1),
                         UINT32_MAX);
    }
}

static void check_segment(const struct platform_in *in, uint32_t index,
                          const char *expected, uint32_t flags) {
    dgram_message message;

    segment_get(in, index, 0, &message);
    assert_int_equal(message.length, strlen(expected));
    assert_memory_equal(message.payload, expected, message.length);
    assert_ptr_equal(message.from, &in->from);
    assert_int_equal(message.flags, flags);
    assert_null(message.reserved);
}

static void a_size_limit_cuts_each_datagram(void **state) {
    unsigned char room[] = "aaabbbcc";
    struct platform_in in = {.room = room, .length = 8, .segment_size = 3};
    dgram_message message;

    (void)state;
    segment_get(&in, 1, 2, &message);
    assert_int_equal(message.length, 2);
    assert_memory_equal(message.payload, "bb", 2);
    assert_int_equal(message.flags, DGRAM_TRUNCATED);
    segment_get(&in, 2, 2, &message);
    assert_int_equal(message.length, 2);
    assert_int_equal(message.flags, 0);
    segment_get(&in, 0, 1, &message);
    assert_int_equal(message.length, 1);
    assert_int_equal(message.flags, DGRAM_TRUNCATED);
}

static void a_received_message_is_cut(void **state) {
    unsigned char room[] = "aaabbbcc";
    struct platform_in in = {.room = room, .length = 8, .segment_size = 3};

    (void)state;
    in.flags = DGRAM_TRUNCATED;
    assert_int_equal(segment_count(&in), 3);
    check_segment(&in, 0, "aaa", 0);
    check_segment(&in, 1, "bbb", 0);
    check_segment(&in, 2, "cc", DGRAM_TRUNCATED);
    in.length = 7;
    assert_int_equal(segment_count(&in), 3);
    in.length = 6;
    assert_int_equal(segment_count(&in), 2);
    in.segment_size = 1;
    assert_int_equal(segment_count(&in), 6);
    check_segment(&in, 3, "b", 0);
    in.segment_size = 6;
    assert_int_equal(segment_count(&in), 1);
    check_segment(&in, 0, "aaabbb", DGRAM_TRUNCATED);
    in.segment_size = 0;
    in.flags = 0;
    assert_int_equal(segment_count(&in), 1);
    check_segment(&in, 0, "aaabbb", 0);
    in.length = 0;
    assert_int_equal(segment_count(&in), 1);
    check_segment(&in, 0, "", 0);
}

#define QUEUED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUED(equal_ones_make_a_run_that_a_shorter_ends),
        QUEUED(another_destination_begins_a_run),
        QUEUED(empty_ones_go_alone),
        QUEUED(the_peer_needs_no_address),
        QUEUED(without_runs_each_goes_alone),
        QUEUED(the_rest_of_a_run_goes_together),
        QUEUED(a_bound_cuts_a_run_into_pieces),
        QUEUED(pieces_take_the_parts_that_are_theirs),
        QUEUED(a_refused_run_goes_one_by_one),
        QUEUED(runs_stay_on_this_host_where_others_get_them_corrupted),
        QUEUED(what_stands_behind_waiting_ones_is_not_built),
        QUEUED(single_ones_are_found_in_their_parts),
        QUEUED(what_a_chunk_held_before_is_not_looked_at),
        QUEUED(a_batch_ends_where_it_is_full),
        QUEUED(a_refused_path_is_honoured_until_it_is_forgotten),
        QUEUED(paths_of_other_hosts_are_not_mixed_up),
        QUEUED(a_path_is_forgotten_after_ten_minutes),
        QUEUED(another_socket_is_not_judged),
        QUEUED(what_is_not_for_the_path_is_forgotten_soon),
        QUEUED(paths_of_several_hosts_are_remembered),
        QUEUED(families_are_not_mixed_up),
        QUEUED(a_received_message_is_cut),
        QUEUED(a_size_limit_cuts_each_datagram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
