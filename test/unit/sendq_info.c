/* The queue copies the information of datagrams, and has none of those that
   used the chunk before. */
#include "harness.h"
#include "memory.h"

#include "loop/sendq.h"

static struct sendq q;
static struct sendq_pool pool;

static int begin(void **state) {
    (void)state;
    memory_begin();
    sendq_init(&q);
    sendq_pool_init(&pool);
    return 0;
}

static int end(void **state) {
    (void)state;
    while (sendq_first(&q) != NULL)
        sendq_done(&q, &pool, 1);
    sendq_pool_free(&pool);
    memory_end();
    return memory.blocks;
}

static int push(const dgram_send_info *info) {
    dgram_address to = address_of("192.0.2.1", 1);
    const dgram_buffer part = {.base = "x", .length = 1};
    const struct sendq_item item = {
        .to = &to, .parts = &part, .part_count = 1, .length = 1, .info = info};

    return sendq_push(&q, &pool, &item);
}

static void push_ttl(uint8_t ttl) {
    const dgram_send_info info = {.set = DGRAM_INFO_TTL, .ttl = ttl};

    assert_int_equal(push(&info), 0);
}

static void equal_neighbours_share_it(void **state) {
    struct sendq_chunk *chunk;

    (void)state;
    push_ttl(1);
    push_ttl(1);
    assert_int_equal(push(NULL), 0);
    push_ttl(1);
    push_ttl(2);
    chunk = sendq_first(&q);
    assert_int_equal(chunk->info_count, 2);
    assert_int_equal(chunk->messages[0].info->ttl, 1);
    assert_ptr_equal(chunk->messages[1].info, chunk->messages[0].info);
    assert_null(chunk->messages[2].info);
    assert_ptr_equal(chunk->messages[3].info, chunk->messages[0].info);
    assert_int_equal(chunk->messages[4].info->ttl, 2);
    assert_int_equal(sendq_peek(&q).info->ttl, 1);
}

static void a_chunk_that_is_used_again_has_none(void **state) {
    struct sendq_chunk *chunk;

    (void)state;
    push_ttl(1);
    push_ttl(2);
    chunk = sendq_first(&q);
    sendq_done(&q, &pool, 2);
    for (int i = 0; i < 3; i++)
        assert_int_equal(push(NULL), 0);
    assert_ptr_equal(sendq_first(&q), chunk);
    for (int i = 0; i < 3; i++)
        assert_null(chunk->messages[i].info);
    push_ttl(3);
    assert_int_equal(chunk->messages[3].info->ttl, 3);
    assert_int_equal(memory.blocks, 2);
}

static void a_change_makes_another_message(void **state) {
    (void)state;
    push_ttl(1);
    push_ttl(1);
    assert_int_equal(sendq_first(&q)->changes, 1);
    push_ttl(2);
    assert_int_equal(sendq_first(&q)->changes, 2);
}

static void without_memory_nothing_changes(void **state) {
    const dgram_send_info info = {.set = DGRAM_INFO_TTL, .ttl = 1};

    (void)state;
    assert_int_equal(push(NULL), 0);
    memory.until_failure = 0;
    assert_int_equal(push(&info), UV_ENOMEM);
    assert_int_equal(q.count, 1);
    assert_int_equal(q.size, 1);
    assert_int_equal(sendq_first(&q)->datagrams, 1);
    assert_int_equal(push(&info), 0);
}

#define QUEUED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUED(equal_neighbours_share_it),
        QUEUED(a_chunk_that_is_used_again_has_none),
        QUEUED(a_change_makes_another_message),
        QUEUED(without_memory_nothing_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
