/* A destination of a Unix socket may have a wait instead of being retried by a
   timer. The wait ends at the latest with the last datagram. */
#include "memory.h"
#include "paths.h"

#include "loop/loop.h"
#include "os/platform.h"
#include "socket/retryq.h"
#include "util/alloc.h"

static struct retryq q;
static struct loop *loop;
static dgram_socket *receiver; /* for which all waits wait */

static int begin(void **state) {
    memory_begin();
    folder_open(state);
    receiver = new_bound_to(path_of("receiver"));
    loop = loop_find(&test_loop);
    memset(&q, 0xa5, sizeof q);
    retryq_init(&q);
    return 0;
}

/* No wait is left on the loop, or in memory. */
static int end(void **state) {
    int result;

    assert_null(q.table);
    dgram_close(receiver);
    result = folder_end(state);
    assert_int_equal(memory.blocks, 0);
    memory_end();
    return result;
}

static void on_ready(dgram_socket *socket, struct retry_destination *to) {
    (void)socket;
    (void)to;
    fail_msg("a wait has not ended");
}

/* Returns the destination after one more datagram was added. */
static struct retry_destination *add(const char *name) {
    const dgram_address to = unix_address(name);
    const struct sendq_datagram datagram = {.to = &to};

    assert_int_equal(retryq_add(&q, &datagram, UINT64_MAX), 0);
    return retryq_find(&q, &to);
}

static struct unix_wait *wait_for(struct retry_destination *to) {
    const dgram_address address = unix_address(path_of("receiver"));
    struct unix_wait *wait = unix_wait_start(loop, &address);

    assert_non_null(wait);
    wait->ready = on_ready;
    wait->socket = receiver;
    wait->to = to;
    retryq_wait(&q, to, wait);
    return wait;
}

static bool finish(struct retry_destination *to) {
    return retryq_finish(&q, to, retryq_first(to), 0);
}

static void expect_counts(unsigned waits, unsigned timed) {
    assert_int_equal(retryq_waits(&q), waits);
    assert_int_equal(retryq_timed(&q), timed);
}

static void the_timer_leaves_a_wait_alone(void **state) {
    struct retry_destination *a = add("@a"), *b = add("@b");
    struct unix_wait *wait = wait_for(a);

    (void)state;
    assert_ptr_equal(a->wait, wait);
    expect_counts(1, 1);
    assert_ptr_equal(retryq_next_waiting(&q), a);
    assert_ptr_equal(retryq_next(&q), b);
    retryq_rotate(&q, b);
    assert_ptr_equal(retryq_next(&q), b);
    retryq_end_wait(&q, a);
    assert_null(a->wait);
    expect_counts(0, 2);
    assert_ptr_equal(retryq_next(&q), b);
    retryq_rotate(&q, b);
    assert_ptr_equal(retryq_next(&q), a);
    retryq_end_wait(&q, a); /* it has none */
    expect_counts(0, 2);
    assert_true(finish(a));
    assert_true(finish(b));
}

static void those_with_a_wait_take_turns(void **state) {
    struct retry_destination *a = add("@a"), *b = add("@b");

    (void)state;
    wait_for(b);
    wait_for(a);
    expect_counts(2, 0);
    assert_ptr_equal(retryq_next_waiting(&q), b);
    retryq_rotate(&q, b);
    assert_ptr_equal(retryq_next_waiting(&q), a);
    retryq_rotate(&q, a);
    assert_ptr_equal(retryq_next_waiting(&q), b);
    retryq_finish_all(&q, 0);
}

static void the_last_datagram_ends_the_wait(void **state) {
    struct retry_destination *a = add("@a"), *b = add("@b");

    (void)state;
    add("@a");
    wait_for(a);
    assert_false(finish(a));
    expect_counts(1, 1);
    assert_true(finish(a));
    expect_counts(0, 1);
    wait_for(b);
    assert_true(finish(b));
    expect_counts(0, 0);
}

static void all_can_be_finished_at_once(void **state) {
    (void)state;
    wait_for(add("@a"));
    add("@a");
    add("@b");
    wait_for(add("@c"));
    expect_counts(2, 1);
    retryq_finish_all(&q, 0);
    expect_counts(0, 0);
    assert_int_equal(q.count, 0);
}

#define QUEUED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUED(the_timer_leaves_a_wait_alone),
        QUEUED(those_with_a_wait_take_turns),
        QUEUED(the_last_datagram_ends_the_wait),
        QUEUED(all_can_be_finished_at_once),
    };

    if (!platform->reports_space) {
        printf("skipped: this system reports no space\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
