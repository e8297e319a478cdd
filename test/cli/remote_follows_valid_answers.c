/* How a stream of a flood follows the answers of a sink that serves: late,
   doubled, forged and missing ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flood/remote.h"

#define FLOOD 5

static struct {
    uv_loop_t loop;
    dgram_socket *socket, *sink;
    dgram_listener listener, sink_listener;
    struct remote remote;
    unsigned changes;
    struct control_question asked; /* the latest that the sink received */
    unsigned questions;
} it;

static void on_change(struct remote *remote) {
    assert_ptr_equal(remote, &it.remote);
    it.changes++;
}

static void on_question(dgram_socket *socket, const dgram_message *message,
                        void *data) {
    (void)socket;
    (void)data;
    assert_true(
        control_read_question(message->payload, message->length, &it.asked));
    it.questions++;
}

static const dgram_events sink_events = {.size = sizeof(dgram_events),
                                         .message = on_question};
static const dgram_events no_events = {.size = sizeof(dgram_events)};

static int begin(void **state) {
    dgram_address address;

    (void)state;
    memset(&it, 0, sizeof it);
    uv_loop_init(&it.loop);
    dgram_create(&it.loop, DGRAM_UDP4, &it.sink);
    dgram_on(it.sink, &it.sink_listener, &sink_events, NULL);
    assert_int_equal(dgram_bind_sync(it.sink, "127.0.0.1", 0), 0);
    dgram_get_local_address(it.sink, &address);
    dgram_create(&it.loop, DGRAM_UDP4, &it.socket);
    dgram_on(it.socket, &it.listener, &no_events, NULL);
    assert_int_equal(dgram_connect_sync(it.socket, "127.0.0.1",
                                        dgram_address_port(&address)),
                     0);
    it.remote.socket = it.socket;
    it.remote.on_change = on_change;
    it.remote.question.head.flood = FLOOD;
    remote_begin(&it.remote, &it.loop);
    return 0;
}

static int end(void **state) {
    (void)state;
    remote_close(&it.remote);
    dgram_close(it.socket);
    dgram_close(it.sink);
    uv_run(&it.loop, UV_RUN_DEFAULT);
    return uv_loop_close(&it.loop);
}

/* An answer to the latest question. */
static struct control_answer answer(enum control_kind kind, uint64_t token) {
    return (struct control_answer){
        .head = {.version = CONTROL_VERSION,
                 .kind = (uint8_t)kind,
                 .number = it.remote.question.head.number,
                 .flood = FLOOD,
                 .token = token},
    };
}

static void receive(const struct control_answer *received) {
    unsigned char bytes[CONTROL_SIZE];

    control_write_answer(bytes, received);
    assert_true(remote_receive(&it.remote, bytes, sizeof bytes));
}

static void receive_kind(enum control_kind kind, uint64_t token) {
    const struct control_answer received = answer(kind, token);

    receive(&received);
}

/* Runs until the sink has received another question. */
static void expect_question(enum control_kind kind, uint64_t token) {
    unsigned before = it.questions;

    while (it.questions == before)
        uv_run(&it.loop, UV_RUN_ONCE);
    assert_int_equal(it.asked.head.kind, kind);
    assert_int_equal(it.asked.head.token, token);
}

static void start(void) {
    expect_question(CONTROL_HELLO, 0);
    receive_kind(CONTROL_TOKEN, 11);
    expect_question(CONTROL_START, 11);
    receive_kind(CONTROL_RUNNING, 12);
    assert_int_equal(it.remote.state, REMOTE_RUNS);
}

static void the_happy_path(void **state) {
    struct control_answer result;

    (void)state;
    start();
    assert_int_equal(it.changes, 1);
    expect_question(CONTROL_START, 12); /* keeps the stream going */
    receive_kind(CONTROL_RUNNING, 13);
    remote_end(&it.remote, 99);
    expect_question(CONTROL_END, 13);
    assert_int_equal(it.asked.sent, 99);
    receive_kind(CONTROL_RUNNING, 14);
    assert_int_equal(it.remote.state, REMOTE_ENDS);
    expect_question(CONTROL_END, 14);
    result = answer(CONTROL_RESULT, 15);
    result.counts.datagrams = 98;
    receive(&result);
    assert_int_equal(it.remote.state, REMOTE_DONE);
    assert_int_equal(it.remote.answer.counts.datagrams, 98);
    assert_int_equal(it.changes, 2);
}

static void questions_are_repeated(void **state) {
    (void)state;
    expect_question(CONTROL_HELLO, 0);
    expect_question(CONTROL_HELLO, 0);
    receive_kind(CONTROL_TOKEN, 1);
    expect_question(CONTROL_START, 1);
    expect_question(CONTROL_START, 1);
    assert_int_equal(it.changes, 0);
}

static void a_token_that_is_refused_is_replaced(void **state) {
    (void)state;
    start();
    expect_question(CONTROL_START, 12);
    receive_kind(CONTROL_TOKEN, 20);
    expect_question(CONTROL_START, 20);
    remote_end(&it.remote, 1);
    expect_question(CONTROL_END, 20);
    receive_kind(CONTROL_TOKEN, 21);
    expect_question(CONTROL_END, 21);
    assert_int_equal(it.changes, 1);
}

/* The older token is not taken back, and a result that nobody asked for is
   none. */
static void late_and_doubled_answers_change_nothing(void **state) {
    struct control_answer late;

    (void)state;
    expect_question(CONTROL_HELLO, 0);
    late = answer(CONTROL_TOKEN, 1);
    receive(&late);
    receive(&late);
    expect_question(CONTROL_START, 1);
    receive_kind(CONTROL_RUNNING, 2);
    late.head.token = 3;
    receive(&late);
    late.head.kind = CONTROL_REFUSED;
    receive(&late);
    expect_question(CONTROL_START, 2);
    receive_kind(CONTROL_RESULT, 2);
    assert_int_equal(it.remote.state, REMOTE_RUNS);
    assert_int_equal(it.changes, 1);
}

static void forged_answers_change_nothing(void **state) {
    struct control_answer forged;

    (void)state;
    expect_question(CONTROL_HELLO, 0);
    forged = answer(CONTROL_REFUSED, 0);
    forged.head.flood++;
    receive(&forged);
    forged = answer(CONTROL_REFUSED, 0);
    forged.head.stream++;
    receive(&forged);
    forged = answer(CONTROL_REFUSED, 0);
    forged.head.number++; /* to a question that was not asked */
    receive(&forged);
    forged = answer(CONTROL_REFUSED, 0);
    forged.head.kind = CONTROL_START;
    receive(&forged);
    assert_int_equal(it.remote.state, REMOTE_ASKS);
    assert_false(remote_receive(&it.remote, (const unsigned char *)"data", 4));
    expect_question(CONTROL_HELLO, 0);
}

static void expect_failure(const char *text) {
    assert_int_equal(it.remote.state, REMOTE_FAILED);
    assert_non_null(strstr(it.remote.failure, text));
}

static void a_refusal_ends_it(void **state) {
    struct control_answer refusal;

    (void)state;
    expect_question(CONTROL_HELLO, 0);
    receive_kind(CONTROL_TOKEN, 1);
    expect_question(CONTROL_START, 1);
    refusal = answer(CONTROL_REFUSED, 0);
    refusal.reason = CONTROL_FULL;
    receive(&refusal);
    expect_failure("as many floods as it can");
    receive_kind(CONTROL_RUNNING, 1);
    assert_int_equal(it.remote.state, REMOTE_FAILED);
    remote_end(&it.remote, 1);
    assert_int_equal(it.changes, 2);
}

static void another_release_is_named(void **state) {
    struct control_answer refusal = answer(CONTROL_REFUSED, 0);

    (void)state;
    refusal.head.version++;
    receive(&refusal);
    expect_failure("release");
}

static void silence_ends_it(void **state) {
    (void)state;
    while (it.remote.state == REMOTE_ASKS)
        uv_run(&it.loop, UV_RUN_ONCE);
    expect_failure("does not answer");
    assert_int_equal(it.changes, 1);
}

/* Nothing waits in front of the datagrams of the stream. */
static void questions_are_sent_at_once(void **state) {
    (void)state;
    assert_int_equal(it.remote.questions, 1);
    assert_int_equal(dgram_get_send_queue_count(it.socket), 0);
}

/* A sink that never has the result. */
static void an_end_without_result_ends(void **state) {
    (void)state;
    start();
    remote_end(&it.remote, 1);
    while (it.remote.state == REMOTE_ENDS) {
        receive_kind(CONTROL_RUNNING, 12);
        uv_run(&it.loop, UV_RUN_ONCE);
    }
    expect_failure("no longer answers");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_happy_path),
        TEST(questions_are_repeated),
        TEST(questions_are_sent_at_once),
        TEST(a_token_that_is_refused_is_replaced),
        TEST(late_and_doubled_answers_change_nothing),
        TEST(forged_answers_change_nothing),
        TEST(a_refusal_ends_it),
        TEST(another_release_is_named),
        TEST(silence_ends_it),
        TEST(an_end_without_result_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
