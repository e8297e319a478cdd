/* What the send queue keeps, joins, and calls full. */
#include "harness.h"
#include "memory.h"

#include "datapath/sendq.h"

#define SMALL_DATAGRAMS 16u
#define SMALL_SLAB 2048u
#define LARGE_DATAGRAMS 1024u
#define LARGE_SLAB 65536u
#define SMALL_KEPT 64u
#define LARGE_KEPT 8u
#define LONG_DATAGRAMS 64u /* of a large chunk that begins with a long one */
#define LONG 1024u

static struct sendq q, others[80];
static struct sendq_pool pool;
static char payload[LARGE_SLAB];

static int begin(void **state) {
    (void)state;
    memset(&q, 0xa5, sizeof q);
    memset(&pool, 0xa5, sizeof pool);
    sendq_pool_init(&pool);
    sendq_init(&q);
    memory_begin();
    return 0;
}

static int end(void **state) {
    (void)state;
    while (q.waiting > 0) {
        dgram_address to;
        sendq_report(&q, &pool, &to);
    }
    sendq_drop_unsent(&q, &pool);
    sendq_pool_free(&pool);
    memory_end();
    return memory.blocks;
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
}

static int push_item(struct sendq *to_queue, struct sendq_item item,
                     const char *bytes, uint16_t port) {
    dgram_address to = address_of("192.0.2.1", port);
    dgram_buffer part = {.base = (char *)(uintptr_t)bytes,
                         .length = item.length};

    item.to = &to;
    item.parts = &part;
    item.part_count = 1;
    return sendq_push(to_queue, &pool, &item);
}

static void push(size_t length, uint16_t port) {
    const struct sendq_item item = {.length = length, .count = 1};

    assert_int_equal(push_item(&q, item, payload, port), 1);
}

static void push_lent(const char *bytes, size_t length, uint16_t port) {
    const struct sendq_item item = {.length = length, .count = 1, .lent = true};

    assert_int_equal(push_item(&q, item, bytes, port), 1);
}

static const struct sendq_run *run_at(uint32_t index) {
    const struct sendq_chunk *chunk = sendq_first(&q);

    assert_non_null(chunk);
    assert_true(index < chunk->run_count);
    return &chunk->runs[index];
}

static void send_all(void) {
    while (sendq_first(&q) != NULL) {
        const struct sendq_chunk *chunk = sendq_first(&q);
        const struct sendq_run *run = &chunk->runs[chunk->run];

        sendq_sent(&q, &pool, run->count - run->sent);
    }
}

static void an_empty_queue_is_empty(void **state) {
    (void)state;
    assert_int_equal(q.count + q.size + q.waiting + q.cost, 0);
    assert_false(q.large || q.full);
    assert_null(sendq_first(&q));
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        assert_int_equal(pool.count[kind], 0);
    assert_int_equal(sendq_drop_unsent(&q, &pool), 0);
}

static void parts_are_put_together(void **state) {
    char a[] = "A", bc[] = "BC", rest[] = "xyz", out[8] = "-------";
    const dgram_buffer parts[] = {{.base = a, .length = 1},
                                  {.base = NULL, .length = 0},
                                  {.base = bc, .length = 2},
                                  {.base = a, .length = 1},
                                  {.base = rest, .length = 3}};
    const struct sendq_item item = {.parts = parts, .part_count = 4};

    (void)state;
    sendq_gather(&item, (unsigned char *)out);
    assert_string_equal(out, "ABCA---");
}

static void no_memory_is_told_and_changes_nothing(void **state) {
    const struct sendq_item item = {.length = 5, .count = 1};

    (void)state;
    memory.until_failure = 0;
    assert_int_equal(push_item(&q, item, payload, 1), UV_ENOMEM);
    assert_int_equal(memory.failures, 1);
    an_empty_queue_is_empty(NULL);
    push(5, 1);
}

/* ---- Chunks -------------------------------------------------------------- */

static void check_first(uint32_t datagrams_max, uint32_t slab_size) {
    const struct sendq_chunk *chunk = sendq_first(&q);

    assert_int_equal(chunk->datagrams_max, datagrams_max);
    assert_int_equal(chunk->slab_size, slab_size);
}

static void a_small_chunk_takes_what_fits(void **state) {
    (void)state;
    push(SMALL_SLAB, 1);
    check_first(SMALL_DATAGRAMS, SMALL_SLAB);
    assert_int_equal(sendq_first(&q)->slab_used, SMALL_SLAB);
    for (unsigned i = 1; i < SMALL_DATAGRAMS; i++)
        push_lent(payload, 1 + i, 1);
    assert_int_equal(memory.blocks, 1);
    assert_false(q.large);
    push(0, 1);
    assert_int_equal(memory.blocks, 2);
    assert_true(q.large);
}

static void the_payloads_of_a_small_chunk_fill_it(void **state) {
    (void)state;
    push(SMALL_SLAB - 3, 1);
    push(3, 2);
    assert_int_equal(memory.blocks, 1);
    push_lent(payload, 1, 3);
    assert_int_equal(memory.blocks, 1);
    push(1, 4);
    assert_int_equal(memory.blocks, 2);
}

static void a_long_datagram_begins_a_large_chunk(void **state) {
    (void)state;
    push(SMALL_SLAB + 1, 1);
    check_first(LONG_DATAGRAMS, LARGE_SLAB);
    assert_false(q.large);
    send_all();
    push_lent(payload, LARGE_SLAB - 9, 1);
    check_first(SMALL_DATAGRAMS, SMALL_SLAB);
}

/* Few long ones fill a chunk: it has no places for many. */
static void the_first_datagram_decides_how_many_fit(void **state) {
    (void)state;
    q.large = true;
    push(LONG - 1, 1);
    check_first(LARGE_DATAGRAMS, LARGE_SLAB);
    send_all();
    q.large = true;
    push(LONG, 1);
    check_first(LONG_DATAGRAMS, LARGE_SLAB);
    for (unsigned i = 1; i < LONG_DATAGRAMS; i++)
        push(LONG, 1);
    assert_int_equal(memory.blocks, 2);
    push(LONG, 1);
    assert_int_equal(memory.blocks, 3);
    send_all();
    q.large = true;
    push_lent(payload, LONG, 1);
    check_first(LARGE_DATAGRAMS, LARGE_SLAB);
}

/* After an overflow bursts begin large, until one that was none. */
static void a_burst_begins_as_the_last_one_ended(void **state) {
    (void)state;
    for (unsigned i = 0; i < SMALL_DATAGRAMS; i++)
        push(1, 1);
    assert_false(q.large);
    push(1, 1);
    assert_true(q.large);
    send_all();
    assert_false(q.large);
    for (unsigned i = 0; i < 2 * SMALL_DATAGRAMS + 1; i++)
        push(1, 1);
    send_all();
    assert_true(q.large);
    push(1, 1);
    check_first(LARGE_DATAGRAMS, LARGE_SLAB);
    for (unsigned i = 1; i <= SMALL_DATAGRAMS; i++)
        push(1, 1);
    send_all();
    assert_true(q.large);
    push(SMALL_SLAB + 1, 1);
    send_all();
    assert_true(q.large);
    push(SMALL_SLAB - SMALL_DATAGRAMS + 1, 1);
    for (unsigned i = 1; i < SMALL_DATAGRAMS; i++)
        push(1, 1);
    send_all();
    assert_false(q.large);
    push(1, 1);
    check_first(SMALL_DATAGRAMS, SMALL_SLAB);
    send_all();
    assert_false(q.large);
}

static void the_pool_keeps_some_chunks(void **state) {
    (void)state;
    for (unsigned i = 0; i < 80; i++) {
        const struct sendq_item item = {.length = i < 70 ? 1 : SMALL_SLAB + 1,
                                        .count = 1};

        sendq_init(&others[i]);
        assert_int_equal(push_item(&others[i], item, payload, 1), 1);
    }
    assert_int_equal(memory.blocks, 80);
    for (unsigned i = 0; i < 80; i++)
        sendq_sent(&others[i], &pool, 1);
    assert_int_equal(memory.blocks, SMALL_KEPT + LARGE_KEPT);
    assert_int_equal(pool.count[CHUNK_SMALL], SMALL_KEPT);
    assert_int_equal(pool.count[CHUNK_LONG], LARGE_KEPT);
    push(1, 1);
    assert_int_equal(pool.count[CHUNK_SMALL], SMALL_KEPT - 1);
    assert_int_equal(memory.blocks, SMALL_KEPT + LARGE_KEPT);
    send_all();
    push(SMALL_SLAB + 1, 1);
    assert_int_equal(pool.count[CHUNK_LONG], LARGE_KEPT - 1);
    send_all();
    assert_int_equal(pool.count[CHUNK_SMALL], SMALL_KEPT);
    sendq_pool_free(&pool);
    assert_int_equal(memory.blocks, 0);
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        assert_int_equal(pool.count[kind], 0);
    push(1, 1);
    assert_int_equal(memory.blocks, 1);
}

/* ---- Runs ---------------------------------------------------------------- */

static void a_run_of_which_some_is_sent_does_not_grow(void **state) {
    (void)state;
    push(4, 1);
    push(4, 1);
    push(4, 1);
    assert_int_equal(run_at(0)->count, 3);
    sendq_sent(&q, &pool, 1);
    push(4, 1);
    assert_int_equal(run_at(0)->count, 3);
    assert_int_equal(run_at(1)->count, 1);
    /* What is left of it, and the next. */
    push(4, 2);
    sendq_sent(&q, &pool, 3);
    assert_int_equal(sendq_first(&q)->run, 2);
    assert_int_equal(q.count, 1);
    assert_int_equal(q.size, 4);
}

static void lent_payloads_stay_where_they_are(void **state) {
    (void)state;
    push_lent(payload, 4, 1);
    push_lent(payload + 4, 4, 1);
    push_lent(payload + 100, 4, 1);
    assert_int_equal(run_at(0)->count, 3);
    assert_int_equal(run_at(0)->part_count, 2);
    assert_ptr_equal(run_at(0)->parts[0].iov_base, payload);
    assert_int_equal(run_at(0)->parts[0].iov_len, 8);
    assert_ptr_equal(run_at(0)->parts[1].iov_base, payload + 100);
    assert_int_equal(sendq_first(&q)->slab_used, 0);
}

static void what_is_refused_is_not_copied(void **state) {
    const struct sendq_item item = {
        .length = 4, .count = 1, .status = UV_EMSGSIZE};

    (void)state;
    push(4, 1);
    assert_int_equal(push_item(&q, item, payload, 1), 1);
    assert_int_equal(sendq_first(&q)->slab_used, 4);
    assert_int_equal(sendq_first(&q)->run_count, 2);
    assert_null(run_at(1)->parts[0].iov_base);
    assert_int_equal(run_at(1)->status, UV_EMSGSIZE);
}

/* ---- Several at once ------------------------------------------------------
 */

static int push_several(size_t length, size_t count, bool asked) {
    static dgram_outgoing messages[2000];
    const struct sendq_item item = {.length = length,
                                    .count = count,
                                    .lent = true,
                                    .cb = asked ? on_sent : NULL,
                                    .messages = messages};

    for (size_t i = 0; i < count; i++)
        messages[i].data = (void *)(i + 1);
    return push_item(&q, item, payload, 1);
}

static void several_make_a_run(void **state) {
    dgram_address to;

    (void)state;
    assert_int_equal(push_several(4, 5, true), 5);
    assert_int_equal(run_at(0)->count, 5);
    assert_int_equal(run_at(0)->part_count, 1);
    assert_int_equal(run_at(0)->parts[0].iov_len, 20);
    assert_ptr_equal(run_at(0)->parts[0].iov_base, payload);
    assert_int_equal(q.count, 5);
    assert_int_equal(q.size, 20);
    assert_int_equal(push_several(4, 3, true), 3);
    assert_int_equal(run_at(0)->count, 8);
    /* A shorter one ends it, and only one of several joins. */
    assert_int_equal(push_several(3, 3, true), 1);
    assert_int_equal(run_at(0)->count, 9);
    assert_int_equal(run_at(0)->last_size, 3);
    assert_int_equal(push_several(3, 2, true), 2);
    assert_int_equal(run_at(1)->count, 2);
    sendq_sent(&q, &pool, 11);
    for (uintptr_t i = 1; i <= 5; i++)
        assert_int_equal((uintptr_t)sendq_report(&q, &pool, &to).data, i);
    for (uintptr_t i = 1; i <= 3; i++)
        assert_int_equal((uintptr_t)sendq_report(&q, &pool, &to).data, i);
    assert_int_equal(q.waiting, 3);
}

static void a_run_ends_at_64(void **state) {
    (void)state;
    assert_int_equal(push_several(1, 5, false), 5);
    send_all();
    q.large = true;
    assert_int_equal(push_several(4, 60, false), 60);
    assert_int_equal(push_several(4, 10, false), 4);
    assert_int_equal(push_several(4, 100, false), RUN_DATAGRAMS_MAX);
    assert_int_equal(run_at(0)->count, RUN_DATAGRAMS_MAX);
    assert_int_equal(run_at(1)->count, RUN_DATAGRAMS_MAX);
}

static void a_run_ends_at_its_longest(void **state) {
    (void)state;
    assert_int_equal(push_several(10000, 9, false), 6);
    assert_int_equal(push_several(10000, 1, false), 1);
    assert_int_equal(run_at(0)->count, 6);
    assert_int_equal(run_at(1)->count, 1);
    assert_int_equal(push_several(5487, 1, false), 1);
    assert_int_equal(run_at(1)->count, 2);
    /* 21,829 bytes thrice are exactly the longest run. */
    assert_int_equal(push_several(RUN_SIZE_MAX / 3, 9, false), 3);
}

static void several_end_with_the_chunk(void **state) {
    (void)state;
    assert_int_equal(push_several(4, 10, false), 10);
    assert_int_equal(push_several(4, 10, false), SMALL_DATAGRAMS - 10);
    assert_int_equal(memory.blocks, 1);
    assert_int_equal(push_several(4, 4, false), 4);
    assert_int_equal(memory.blocks, 2);
}

/* ---- Full ---------------------------------------------------------------- */

static void a_small_chunk_is_never_full(void **state) {
    (void)state;
    for (unsigned i = 0; i < SMALL_DATAGRAMS; i++) {
        push(1, (uint16_t)(1 + i));
        assert_false(q.full);
    }
    send_all();
    push(SMALL_SLAB, 1);
    assert_false(q.full);
}

static void a_system_call_of_runs_is_full(void **state) {
    (void)state;
    q.large = true;
    for (unsigned i = 1; i < RUNS_FULL; i++) {
        push(1, (uint16_t)i);
        assert_false(q.full);
    }
    sendq_sent(&q, &pool, 3); /* they count no more */
    for (unsigned i = 0; i < 3; i++) {
        push(1, (uint16_t)(100 + i));
        assert_false(q.full);
    }
    push(1, 200);
    assert_true(q.full);
    send_all();
    assert_false(q.full);
}

static void a_chunk_without_room_is_full(void **state) {
    (void)state;
    q.large = true;
    push(LARGE_SLAB - 30000, 1);
    assert_true(q.full); /* no room for one more like it */
    push(100, 1);
    assert_false(q.full);
    send_all();
    q.large = true;
    for (unsigned i = 1; i < LARGE_DATAGRAMS; i++) {
        push(1, 1);
        assert_false(q.full);
    }
    push(1, 1);
    assert_true(q.full);
    assert_int_equal(sendq_drop_unsent(&q, &pool), LARGE_DATAGRAMS);
    assert_false(q.full);
}

/* ---- The end ------------------------------------------------------------- */

static void what_was_sent_of_a_dropped_run_is_reported(void **state) {
    dgram_address to;

    (void)state;
    for (int sent = 0; sent <= 3; sent++) {
        assert_int_equal(push_several(4, 4, true), 4);
        if (sent > 0)
            sendq_sent(&q, &pool, (uint32_t)sent);
        assert_int_equal(sendq_drop_unsent(&q, &pool), 4 - sent);
        assert_int_equal(q.count, 0);
        assert_int_equal(q.size, 0);
        assert_int_equal(q.waiting, sent);
        assert_int_equal(q.cost, sent * (4 + (int)DATAGRAM_COST));
        for (int i = 1; i <= sent; i++) {
            const struct sendq_report report = sendq_report(&q, &pool, &to);

            assert_int_equal((uintptr_t)report.data, i);
            assert_int_equal(report.status, 4);
            assert_int_equal(dgram_address_port(&to), 1);
        }
        assert_int_equal(pool.count[CHUNK_SMALL], 1);
        assert_int_equal(memory.blocks, 1);
    }
}

#define QUEUED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUED(an_empty_queue_is_empty),
        QUEUED(parts_are_put_together),
        QUEUED(no_memory_is_told_and_changes_nothing),
        QUEUED(a_small_chunk_takes_what_fits),
        QUEUED(the_payloads_of_a_small_chunk_fill_it),
        QUEUED(a_long_datagram_begins_a_large_chunk),
        QUEUED(the_first_datagram_decides_how_many_fit),
        QUEUED(a_burst_begins_as_the_last_one_ended),
        QUEUED(the_pool_keeps_some_chunks),
        QUEUED(a_run_of_which_some_is_sent_does_not_grow),
        QUEUED(lent_payloads_stay_where_they_are),
        QUEUED(what_is_refused_is_not_copied),
        QUEUED(several_make_a_run),
        QUEUED(a_run_ends_at_64),
        QUEUED(a_run_ends_at_its_longest),
        QUEUED(several_end_with_the_chunk),
        QUEUED(a_small_chunk_is_never_full),
        QUEUED(a_system_call_of_runs_is_full),
        QUEUED(a_chunk_without_room_is_full),
        QUEUED(what_was_sent_of_a_dropped_run_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
