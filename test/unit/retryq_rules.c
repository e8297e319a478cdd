/* Datagrams that wait for buffers are kept by destination and in order, and are
   reported once. */
#include "harness.h"
#include "memory.h"

#include "util/alloc.h"

#include "socket/retryq.h"

static struct retryq q;

static int begin(void **state) {
    (void)state;
    memory_begin();
    memset(&q, 0xa5, sizeof q);
    retryq_init(&q);
    return 0;
}

static int end(void **state) {
    (void)state;
    retryq_finish_all(&q, UV_ECANCELED);
    for (struct retry_datagram *d;
         (d = retryq_take_done(&q, UINT64_MAX)) != NULL;)
        alloc_free(d);
    assert_int_equal(q.count, 0);
    assert_int_equal(q.size, 0);
    assert_null(q.table);
    assert_int_equal(memory.blocks, 0);
    memory_end();
    return 0;
}

static int add(uint16_t port, const char *payload, void *data) {
    dgram_address to = address_of("192.0.2.1", port);
    struct sendq_datagram datagram = {
        .to = &to,
        .payload = (const unsigned char *)payload,
        .length = strlen(payload),
        .cb = data != NULL ? note_sent : NULL,
        .data = data,
    };

    return retryq_add(&q, &datagram, 5000);
}

static struct retry_destination *destination(unsigned index) {
    struct list *n = q.destinations.next;

    while (index-- > 0)
        n = n->next;
    return (struct retry_destination *)n;
}

static bool holds(uint16_t port) {
    dgram_address to = address_of("192.0.2.1", port);

    return retryq_find(&q, &to) != NULL;
}

static void destinations_are_kept_apart(void **state) {
    int a, b, c;

    (void)state;
    assert_false(holds(1));
    assert_int_equal(add(1, "first", &a), 0);
    assert_int_equal(add(2, "other", &b), 0);
    assert_int_equal(add(1, "second", &c), 0);
    assert_true(holds(1) && holds(2) && !holds(3));
    assert_int_equal(q.count, 3);
    assert_int_equal(q.size, 16);
    assert_int_equal(retryq_timed(&q), 2);
    assert_memory_equal(retryq_first(destination(0))->payload, "first", 5);
    assert_int_equal(retryq_first(destination(0))->until, 5000);
    assert_false(
        retryq_finish(&q, destination(0), retryq_first(destination(0)), 5));
    assert_memory_equal(retryq_first(destination(0))->payload, "second", 6);
    assert_true(retryq_finish(&q, destination(0), retryq_first(destination(0)),
                              UV_ENOBUFS));
    assert_false(holds(1));
    assert_true(holds(2));
    assert_int_equal(q.size, 5);
}

static void each_is_reported_in_order(void **state) {
    int a, b;
    struct retry_datagram *done;

    (void)state;
    add(1, "first", &a);
    add(1, "second", &b);
    assert_null(retryq_take_done(&q, 0));
    retryq_finish(&q, destination(0), retryq_first(destination(0)), 5);
    retryq_finish(&q, destination(0), retryq_first(destination(0)), UV_EPERM);
    done = retryq_take_done(&q, 0);
    assert_ptr_equal(done->data, &a);
    assert_ptr_equal(done->cb, note_sent);
    assert_int_equal(done->status, 5);
    alloc_free(done);
    done = retryq_take_done(&q, 0);
    assert_ptr_equal(done->data, &b);
    assert_int_equal(done->status, UV_EPERM);
    assert_int_equal(dgram_address_port(&done->to), 1);
    alloc_free(done);
    assert_null(retryq_take_done(&q, 0));
}

static void each_waits_for_reports_of_the_send_queue(void **state) {
    int a, b;
    struct retry_datagram *done;

    (void)state;
    add(1, "first", &a);
    add(1, "second", &b);
    q.after = 2;
    retryq_finish(&q, destination(0), retryq_first(destination(0)), 5);
    q.after = 3;
    retryq_finish(&q, destination(0), retryq_first(destination(0)), 6);
    assert_null(retryq_take_done(&q, 1));
    done = retryq_take_done(&q, 2);
    assert_ptr_equal(done->data, &a);
    alloc_free(done);
    assert_null(retryq_take_done(&q, 2));
    done = retryq_take_done(&q, 3);
    assert_ptr_equal(done->data, &b);
    alloc_free(done);
}

/* Without a callback only a failure is reported. */
static void successes_without_callback_are_not_kept(void **state) {
    struct retry_datagram *done;

    (void)state;
    add(1, "sent", NULL);
    add(1, "lost", NULL);
    retryq_finish(&q, destination(0), retryq_first(destination(0)), 4);
    assert_null(retryq_take_done(&q, 0));
    retryq_finish(&q, destination(0), retryq_first(destination(0)), UV_EPERM);
    done = retryq_take_done(&q, 0);
    assert_int_equal(done->status, UV_EPERM);
    alloc_free(done);
    add(1, "", NULL);
    retryq_finish(&q, destination(0), retryq_first(destination(0)), 0);
    assert_null(retryq_take_done(&q, 0));
}

static void one_byte_is_a_payload(void **state) {
    (void)state;
    add(1, "x", NULL);
    assert_int_equal(retryq_first(destination(0))->length, 1);
    assert_int_equal(retryq_first(destination(0))->payload[0], 'x');
}

static void empty_datagrams_count_for_memory(void **state) {
    (void)state;
    add(1, "", NULL);
    add(1, "four", NULL);
    assert_int_equal(q.cost, 2 * DATAGRAM_COST + 4);
}

/* As dgram.h says: a datagram with a callback counts until that is called. */
static void unreported_datagrams_count(void **state) {
    int a;
    struct retry_datagram *done;

    (void)state;
    add(1, "asked", &a);
    add(1, "sent", NULL);
    add(1, "lost", NULL);
    retryq_finish(&q, destination(0), retryq_first(destination(0)), 5);
    assert_int_equal(q.cost, 3 * DATAGRAM_COST + 13);
    retryq_finish(&q, destination(0), retryq_first(destination(0)), 4);
    assert_int_equal(q.cost, 2 * DATAGRAM_COST + 9);
    retryq_finish(&q, destination(0), retryq_first(destination(0)), UV_EPERM);
    while ((done = retryq_take_done(&q, 0)) != NULL)
        alloc_free(done);
    assert_int_equal(q.cost, 0);
}

/* Enough for each bucket to have several. */
static void each_destination_is_found(void **state) {
    (void)state;
    for (uint16_t port = 1; port <= 2000; port++)
        assert_int_equal(add(port, "x", NULL), 0);
    for (uint16_t port = 1; port <= 2000; port++)
        assert_int_equal(add(port, "y", NULL), 0);
    assert_int_equal(retryq_timed(&q), 2000);
    for (uint16_t port = 1; port <= 2000; port++) {
        struct retry_destination *to = retryq_next(&q);

        assert_int_equal(dgram_address_port(&to->to), port);
        assert_false(retryq_finish(&q, to, retryq_first(to), 1));
        assert_true(holds(port));
        assert_true(retryq_finish(&q, to, retryq_first(to), 1));
        assert_false(holds(port));
    }
}

static void destinations_take_turns(void **state) {
    (void)state;
    add(1, "x", NULL);
    add(2, "x", NULL);
    retryq_rotate(&q, retryq_next(&q));
    assert_int_equal(dgram_address_port(&retryq_next(&q)->to), 2);
    retryq_rotate(&q, retryq_next(&q));
    assert_int_equal(dgram_address_port(&retryq_next(&q)->to), 1);
    assert_int_equal(retryq_timed(&q), 2);
}

static void without_memory_nothing_changes(void **state) {
    (void)state;
    for (int fails = 0; fails < 3; fails++) {
        memory.until_failure = fails;
        assert_int_equal(add(1, "x", NULL), UV_ENOMEM);
        memory.until_failure = -1;
        assert_false(holds(1));
        assert_int_equal(q.count, 0);
    }
}

#define QUEUED(test) cmocka_unit_test_setup_teardown(test, begin, end)

static void information_is_copied(void **state) {
    dgram_address to = address_of("192.0.2.1", 1);
    dgram_send_info info = {.set = DGRAM_INFO_TTL, .ttl = 7};
    struct sendq_datagram datagram = {.to = &to, .info = &info};
    struct retry_destination *d;

    (void)state;
    assert_int_equal(retryq_add(&q, &datagram, 5000), 0);
    datagram.info = NULL;
    assert_int_equal(retryq_add(&q, &datagram, 5000), 0);
    info.ttl = 8;
    d = destination(0);
    assert_int_equal(retryq_first(d)->info.set, DGRAM_INFO_TTL);
    assert_int_equal(retryq_first(d)->info.ttl, 7);
    retryq_finish(&q, d, retryq_first(d), UV_EPERM);
    assert_int_equal(retryq_first(d)->info.set, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUED(destinations_are_kept_apart),
        QUEUED(each_is_reported_in_order),
        QUEUED(each_waits_for_reports_of_the_send_queue),
        QUEUED(successes_without_callback_are_not_kept),
        QUEUED(one_byte_is_a_payload),
        QUEUED(empty_datagrams_count_for_memory),
        QUEUED(unreported_datagrams_count),
        QUEUED(each_destination_is_found),
        QUEUED(destinations_take_turns),
        QUEUED(without_memory_nothing_changes),
        QUEUED(information_is_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
