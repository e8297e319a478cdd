/* What the send queue stores, and when it is full. */
#include "harness.h"
#include "memory.h"

#include "loop/sendq.h"
#include "util/address.h"

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

static void send_all(void);

static int end(void **state) {
    (void)state;
    send_all();
    while (q.waiting > 0) {
        dgram_address to;
        sendq_report(&q, &pool, &to);
    }
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
    const struct sendq_item item = {.length = length};

    assert_int_equal(push_item(&q, item, payload, port), 0);
}

static void push_uncopied(const char *bytes, size_t length, uint16_t port) {
    const struct sendq_item item = {.length = length, .no_copy = true};

    assert_int_equal(push_item(&q, item, bytes, port), 0);
}

static void send_all(void) {
    struct sendq_chunk *chunk;

    while ((chunk = sendq_first(&q)) != NULL)
        sendq_done(&q, &pool, chunk->datagrams - chunk->next);
}

static void an_empty_queue_is_empty(void **state) {
    (void)state;
    assert_int_equal(q.count + q.size + q.waiting + q.cost, 0);
    assert_false(q.large || q.full);
    assert_null(sendq_first(&q));
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        assert_int_equal(pool.count[kind], 0);
}

static void parts_are_joined(void **state) {
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

static void payloads_are_copied(void **state) {
    const dgram_address to = address_of("192.0.2.1", 1);
    const dgram_buffer parts[] = {{.base = "a", .length = 1},
                                  {.base = "bc", .length = 2}};
    struct sendq_item item = {.to = &to, .parts = parts};

    (void)state;
    item.part_count = item.length = 1;
    assert_int_equal(sendq_push(&q, &pool, &item), 0);
    item.part_count = 2;
    item.length = 3;
    assert_int_equal(sendq_push(&q, &pool, &item), 0);
    assert_memory_equal(sendq_first(&q)->messages[0].payload, "a", 1);
    assert_memory_equal(sendq_first(&q)->messages[1].payload, "abc", 3);
}

static void without_memory_nothing_changes(void **state) {
    const struct sendq_item item = {.length = 5};

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
        push_uncopied(payload, 1 + i, 1);
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
    push_uncopied(payload, 1, 3);
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
    push_uncopied(payload, LARGE_SLAB - 9, 1);
    check_first(SMALL_DATAGRAMS, SMALL_SLAB);
}

/* A few long datagrams fill a chunk: it has no slots for more. */
static void the_first_datagram_decides_the_capacity(void **state) {
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
    push_uncopied(payload, LONG, 1);
    check_first(LARGE_DATAGRAMS, LARGE_SLAB);
}

/* After an overflow chunks begin large, until a burst was small. */
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
        const struct sendq_item item = {.length = i < 70 ? 1 : SMALL_SLAB + 1};

        sendq_init(&others[i]);
        assert_int_equal(push_item(&others[i], item, payload, 1), 0);
    }
    assert_int_equal(memory.blocks, 80);
    for (unsigned i = 0; i < 80; i++)
        sendq_done(&others[i], &pool, 1);
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

/* ---- Datagrams ----------------------------------------------------------- */

static void equal_neighbours_share_an_address(void **state) {
    const dgram_outgoing *messages;

    (void)state;
    push(4, 1);
    push(5, 1);
    push(4, 2);
    push(4, 1);
    messages = sendq_first(&q)->messages;
    assert_ptr_equal(messages[0].to, messages[1].to);
    assert_int_equal(dgram_address_port(messages[2].to), 2);
    assert_int_equal(dgram_address_port(messages[3].to), 1);
    assert_int_equal(sendq_first(&q)->addresses_used, 3 * ADDRESS_IP_SIZE);
}

/* The datapath takes the messages as they are. */
static void unused_members_of_messages_are_0(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++)
        push(4, 1);
    for (int i = 0; i < 3; i++) {
        const dgram_outgoing *message = &sendq_first(&q)->messages[i];

        assert_null(message->parts);
        assert_int_equal(message->part_count, 0);
        assert_null(message->host);
        assert_null(message->info);
        assert_int_equal(message->flags, 0);
    }
}

static void uncopied_payloads_stay_in_place(void **state) {
    (void)state;
    push_uncopied(payload + 4, 4, 1);
    assert_ptr_equal(sendq_first(&q)->messages[0].payload, payload + 4);
    assert_int_equal(sendq_first(&q)->slab_used, 0);
}

static void refused_datagrams_are_not_copied(void **state) {
    const struct sendq_item item = {.length = 4, .status = UV_EMSGSIZE};

    (void)state;
    push(4, 1);
    assert_int_equal(push_item(&q, item, payload, 1), 0);
    push(4, 1);
    assert_int_equal(sendq_first(&q)->slab_used, 8);
    assert_null(sendq_first(&q)->messages[1].payload);
    assert_int_equal(sendq_sendable(sendq_first(&q)), 1);
    sendq_done(&q, &pool, 1);
    assert_int_equal(sendq_sendable(sendq_first(&q)), 0);
    sendq_failed(&q, &pool, UV_EMSGSIZE);
    assert_int_equal(sendq_sendable(sendq_first(&q)), 1);
}

static void the_status_of_the_kernel_is_reported(void **state) {
    const struct sendq_item item = {
        .length = 4, .cb = on_sent, .data = payload};
    struct sendq_report report;
    dgram_address to;

    (void)state;
    assert_int_equal(push_item(&q, item, payload, 1), 0);
    push(4, 2);
    push(4, 3);
    sendq_first(&q)->status[0] = 4;
    sendq_first(&q)->status[1] = UV_EPERM;
    sendq_first(&q)->status[2] = 4;
    sendq_done(&q, &pool, 3);
    assert_int_equal(q.waiting, 2);
    report = sendq_report(&q, &pool, &to);
    assert_true(report.cb == on_sent && report.data == payload);
    assert_int_equal(report.status, 4);
    report = sendq_report(&q, &pool, &to);
    assert_true(report.cb == NULL);
    assert_int_equal(report.status, UV_EPERM);
    assert_int_equal(dgram_address_port(&to), 2);
    assert_int_equal(q.waiting, 0);
    assert_int_equal(q.cost, 0);
}

static void skipped_datagrams_are_not_reported(void **state) {
    const struct sendq_item item = {.length = 4, .cb = on_sent};

    (void)state;
    assert_int_equal(push_item(&q, item, payload, 1), 0);
    sendq_skip(&q, &pool);
    assert_int_equal(q.count + q.waiting + q.cost, 0);
    assert_int_equal(pool.count[CHUNK_SMALL], 1);
}

/* ---- Sent without being queued ------------------------------------------- */

static void unused_reports_are_released(void **state) {
    (void)state;
    assert_int_equal(sendq_reserve(&q, &pool, 2000), LARGE_DATAGRAMS);
    sendq_settle(&q, &pool);
    assert_null(sendq_first(&q));
    assert_int_equal(pool.count[CHUNK_MANY], 1);
    assert_int_equal(sendq_reserve(&q, &pool, 3), 3);
    sendq_settle(&q, &pool);
    memory.until_failure = 0;
    sendq_pool_free(&pool);
    assert_int_equal(sendq_reserve(&q, &pool, 3), UV_ENOMEM);
}

static void reports_are_in_order(void **state) {
    const struct sendq_item item = {.length = 4, .cb = on_sent};
    const struct sendq_report second = {on_sent, payload, 7};
    dgram_address to = address_of("192.0.2.1", 5);

    (void)state;
    assert_int_equal(push_item(&q, item, payload, 1), 0);
    sendq_first(&q)->status[0] = 4;
    sendq_done(&q, &pool, 1);
    assert_int_equal(sendq_reserve(&q, &pool, 64), SMALL_DATAGRAMS - 1);
    sendq_record(&q, &to, 7, &second);
    sendq_settle(&q, &pool);
    assert_int_equal(q.waiting, 2);
    assert_int_equal(q.cost, 4 + 7 + 2 * (int)DATAGRAM_COST);
    assert_int_equal(sendq_report(&q, &pool, &to).status, 4);
    assert_int_equal(sendq_report(&q, &pool, &to).status, 7);
    assert_int_equal(dgram_address_port(&to), 5);
    assert_int_equal(q.cost, 0);
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

static void a_system_call_of_messages_is_full(void **state) {
    (void)state;
    q.large = true;
    for (unsigned i = 1; i < SENDQ_FULL; i++) {
        push(1, (uint16_t)i);
        push(1, (uint16_t)i); /* with the previous one */
        assert_false(q.full);
    }
    push(2, SENDQ_FULL - 1); /* another size */
    assert_true(q.full);
    send_all();
    assert_false(q.full);
    push(1, 1);
    assert_false(q.full);
}

static void a_chunk_without_space_is_full(void **state) {
    (void)state;
    q.large = true;
    push(LARGE_SLAB - 30000, 1);
    assert_true(q.full); /* no space for one more like it */
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
    send_all();
    assert_false(q.full);
}

#define QUEUED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUED(an_empty_queue_is_empty),
        QUEUED(parts_are_joined),
        QUEUED(payloads_are_copied),
        QUEUED(without_memory_nothing_changes),
        QUEUED(a_small_chunk_takes_what_fits),
        QUEUED(the_payloads_of_a_small_chunk_fill_it),
        QUEUED(a_long_datagram_begins_a_large_chunk),
        QUEUED(the_first_datagram_decides_the_capacity),
        QUEUED(a_burst_begins_as_the_last_one_ended),
        QUEUED(the_pool_keeps_some_chunks),
        QUEUED(equal_neighbours_share_an_address),
        QUEUED(unused_members_of_messages_are_0),
        QUEUED(uncopied_payloads_stay_in_place),
        QUEUED(refused_datagrams_are_not_copied),
        QUEUED(the_status_of_the_kernel_is_reported),
        QUEUED(skipped_datagrams_are_not_reported),
        QUEUED(unused_reports_are_released),
        QUEUED(reports_are_in_order),
        QUEUED(a_small_chunk_is_never_full),
        QUEUED(a_system_call_of_messages_is_full),
        QUEUED(a_chunk_without_space_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
