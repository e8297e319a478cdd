/* A sink that serves answers forged, replayed and malformed datagrams with at
   most as many bytes as it received, and stores nothing for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "output/output.h"
#include "sink/serve.h"

#define FLOOD 77

static struct {
    struct session session;
    struct serve serve;
    dgram_socket *victim; /* receives what is sent to `from` */
    dgram_listener listener;
    dgram_address from;
    unsigned received, data; /* control and other datagrams */
    struct control_answer answer;
} it;

static void on_victim(dgram_socket *socket, const dgram_message *message,
                      void *data) {
    (void)socket;
    (void)data;
    if (control_read_answer(message->payload, message->length, &it.answer))
        it.received++;
    else
        it.data++;
}

static const dgram_events events = {.size = sizeof(dgram_events),
                                    .message = on_victim};
static const dgram_events no_events = {.size = sizeof(dgram_events)};

static dgram_socket *open_socket(dgram_listener *listener,
                                 const dgram_events *its_events) {
    dgram_socket *socket;

    assert_int_equal(dgram_create(&it.session.loop, DGRAM_UDP4, &socket), 0);
    dgram_on(socket, listener, its_events, NULL);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    return socket;
}

static void on_stop(void *data) {
    (void)data;
    serve_stop(&it.serve);
}

static int begin(void **state) {
    (void)state;
    memset(&it, 0, sizeof it);
    it.serve.back_limit = 1000000;
    assert_int_equal(session_begin(&it.session, "sink"), 0);
    assert_int_equal(serve_begin(&it.serve), 0);
    serve_start(&it.serve, &it.session);
    it.session.on_stop = on_stop;
    it.session.socket = open_socket(&it.session.listener, &no_events);
    it.victim = open_socket(&it.listener, &events);
    dgram_get_local_address(it.victim, &it.from);
    return 0;
}

static int end(void **state) {
    (void)state;
    dgram_close(it.victim);
    session_stop(&it.session);
    session_run(&it.session);
    serve_end(&it.serve);
    return 0;
}

static void receive(const unsigned char *bytes, size_t length) {
    const dgram_message message = {
        .payload = bytes, .from = &it.from, .length = (uint32_t)length};

    serve_receive(&it.serve, &message, uv_hrtime(), uv_hrtime());
}

static struct control_question question(enum control_kind kind,
                                        uint64_t token) {
    return (struct control_question){
        .head = {.version = CONTROL_VERSION,
                 .kind = (uint8_t)kind,
                 .flood = FLOOD,
                 .token = token},
        .flags = CONTROL_BACK,
        .back_size = 1000,
        .back_ms = 60000,
    };
}

static void ask_with(const struct control_question *asked) {
    unsigned char bytes[CONTROL_SIZE];

    control_write_question(bytes, asked);
    receive(bytes, sizeof bytes);
}

static void ask(enum control_kind kind, uint64_t token) {
    const struct control_question asked = question(kind, token);

    ask_with(&asked);
}

static uint64_t token(void) {
    return token_make(&it.serve.clients.key, &it.from, FLOOD,
                      uv_now(&it.session.loop));
}

/* Moves the clock of the loop, until the loop runs. */
static void pass(uint64_t milliseconds) {
    it.session.loop.time += milliseconds;
}

/* Loopback delivers what was sent before the call. */
static void expect_received(unsigned count) {
    for (int i = 0; i < 3; i++)
        uv_run(&it.session.loop, UV_RUN_NOWAIT);
    assert_int_equal(it.received, count);
}

static void a_question_gets_one_answer_and_no_state(void **state) {
    (void)state;
    ask(CONTROL_HELLO, 0);
    expect_received(1);
    assert_int_equal(it.answer.head.kind, CONTROL_TOKEN);
    assert_int_equal(it.answer.head.flood, FLOOD);
    assert_int_equal(it.serve.clients.count, 0);
    assert_int_equal(it.data, 0);
}

static void other_tokens_start_nothing(void **state) {
    dgram_address other;

    (void)state;
    dgram_address_parse("127.0.0.2", 9, &other);
    ask(CONTROL_START, 0);
    ask(CONTROL_START, token() ^ 1);
    ask(CONTROL_START, token_make(&it.serve.clients.key, &other, FLOOD,
                                  uv_now(&it.session.loop)));
    ask(CONTROL_START, token_make(&it.serve.clients.key, &it.from, FLOOD + 1,
                                  uv_now(&it.session.loop)));
    ask(CONTROL_END, 0);
    expect_received(5);
    assert_int_equal(it.answer.head.kind, CONTROL_TOKEN);
    assert_int_equal(it.serve.clients.count, 0);
    assert_int_equal(it.data, 0);
}

/* Reads the answers, and leaves the clock as it is. */
static void read_answers(void) {
    uint64_t now = it.session.loop.time;

    uv_run(&it.session.loop, UV_RUN_NOWAIT);
    it.session.loop.time = now;
}

static void answers_to_strangers_are_limited(void **state) {
    unsigned before;

    (void)state;
    for (unsigned i = 0; i < SERVE_STRANGERS_MAX; i++) {
        ask(CONTROL_HELLO, 0);
        read_answers();
    }
    before = it.received;
    assert_in_range(before, SERVE_STRANGERS_MAX / 2, SERVE_STRANGERS_MAX);
    for (unsigned i = 0; i < 100; i++) {
        ask(CONTROL_HELLO, 0);
        read_answers();
    }
    assert_in_range(it.received, before, SERVE_STRANGERS_MAX);
    pass(1000);
    before = it.received;
    ask(CONTROL_HELLO, 0);
    expect_received(before + 1);
}

static void malformed_datagrams_get_no_answer(void **state) {
    const struct control_question asked = question(CONTROL_START, token());
    unsigned char bytes[2 * CONTROL_SIZE] = {0};

    (void)state;
    control_write_question(bytes, &asked);
    for (size_t length = 0; length < sizeof bytes; length++) {
        if (length != CONTROL_SIZE)
            receive(bytes, length);
    }
    for (unsigned kind = 0; kind < 256; kind++) {
        bytes[9] = (unsigned char)kind;
        if (kind < CONTROL_HELLO || kind > CONTROL_END)
            receive(bytes, CONTROL_SIZE);
    }
    expect_received(0);
    assert_int_equal(it.serve.clients.count, 0);
}

/* All sinks of a group would answer one question. */
static void questions_to_a_group_get_no_answer(void **state) {
    const struct control_question asked = question(CONTROL_HELLO, 0);
    unsigned char bytes[CONTROL_SIZE];
    dgram_receive_info info = {.valid = DGRAM_INFO_LOCAL};
    const dgram_message message = {.payload = bytes,
                                   .from = &it.from,
                                   .length = sizeof bytes,
                                   .info = &info};

    (void)state;
    control_write_question(bytes, &asked);
    dgram_address_parse("127.0.0.1", 9, &info.reply_from);
    dgram_address_parse("239.1.2.3", 9, &info.local);
    assert_true(serve_receive(&it.serve, &message, 1, 1));
    dgram_address_parse("127.255.255.255", 9, &info.local);
    assert_true(serve_receive(&it.serve, &message, 1, 1));
    expect_received(0);
    info.local = info.reply_from;
    assert_true(serve_receive(&it.serve, &message, 1, 1));
    expect_received(1);
}

/* Only questions: the answers of another release are not answered. */
static void other_versions_are_refused(void **state) {
    struct control_question asked = question(CONTROL_START, token());

    (void)state;
    asked.head.version++;
    ask_with(&asked);
    asked.head.kind = CONTROL_TOKEN;
    ask_with(&asked);
    expect_received(1);
    assert_int_equal(it.answer.head.kind, CONTROL_REFUSED);
    assert_int_equal(it.answer.reason, CONTROL_VERSIONS);
    assert_int_equal(it.serve.clients.count, 0);
}

static void replays_of_old_tokens_start_nothing(void **state) {
    uint64_t old = token();

    (void)state;
    pass(2 * TOKEN_PERIOD_MS);
    ask(CONTROL_START, old);
    expect_received(1);
    assert_int_equal(it.answer.head.kind, CONTROL_TOKEN);
    assert_int_equal(it.serve.clients.count, 0);
}

static void run_until(bool (*is_so)(void)) {
    while (!is_so())
        uv_run(&it.session.loop, UV_RUN_ONCE);
}

static bool has_data(void) {
    return it.data > 10;
}

static bool sends_no_more(void) {
    return !uv_is_active((uv_handle_t *)&it.serve.sends);
}

/* It was asked to for a minute. */
static void sending_back_ends_without_questions(void **state) {
    const struct client_stream *stream;
    uint64_t asked;

    (void)state;
    ask(CONTROL_START, token());
    asked = uv_now(&it.session.loop);
    stream = it.serve.clients.list[0];
    run_until(has_data);
    run_until(sends_no_more);
    assert_true(uv_now(&it.session.loop) - asked >= SERVE_BACK_MS);
    assert_true(stream->back.latest < stream->back.ends);
    assert_int_equal(stream->state, CLIENT_RUNS);
    ask(CONTROL_START, token());
    assert_false(sends_no_more());
    ask(CONTROL_END, token());
    run_until(sends_no_more);
}

static void a_question_with_an_old_token_keeps_nothing_going(void **state) {
    uint64_t old = token();
    const struct client_stream *stream;

    (void)state;
    ask(CONTROL_START, old);
    stream = it.serve.clients.list[0];
    pass(2 * TOKEN_PERIOD_MS);
    ask(CONTROL_START, old);
    assert_true(uv_now(&it.session.loop) - stream->asked_at >=
                2 * TOKEN_PERIOD_MS);
}

/* The limit of the sink holds, whatever is asked for. */
static void sending_back_is_limited(void **state) {
    const struct client_stream *stream;
    double bits;

    (void)state;
    ask(CONTROL_START, token());
    stream = it.serve.clients.list[0];
    run_until(has_data);
    run_until(sends_no_more);
    bits = (double)stream->back.numbered * 8 * (1000 + 28);
    assert_true(bits <=
                1.05 * 1000000 *
                        (double)(stream->back.latest - stream->back.started) /
                        1e9 +
                    2 * 8 * 1028);
}

static void upkeep(void) {
    for (int i = 0; i < 2; i++) /* the first is late */
        serve_upkeep(&it.serve.upkeep);
}

static void ask_from(const char *host, uint16_t port) {
    dgram_address_parse(host, port, &it.from);
    ask(CONTROL_START, token());
}

static void the_table_of_a_host_is_bounded(void **state) {
    (void)state;
    for (uint16_t port = 1; port <= CLIENTS_PER_HOST_MAX + 10; port++)
        ask_from("127.0.1.1", (uint16_t)(port + 1000));
    assert_int_equal(it.serve.clients.count, CLIENTS_PER_HOST_MAX);
    dgram_get_local_address(it.victim, &it.from);
    ask(CONTROL_START, token());
    assert_int_equal(it.serve.clients.count, CLIENTS_PER_HOST_MAX + 1);
    expect_received(1);
    assert_int_equal(it.answer.head.kind, CONTROL_RUNNING);
}

static void the_table_is_bounded(void **state) {
    char host[32];

    (void)state;
    for (int i = 0; i < CLIENTS_MAX + 10; i++) {
        snprintf(host, sizeof host, "127.0.%d.%d", i / 250 + 1, i % 250 + 1);
        ask_from(host, 9);
    }
    assert_int_equal(it.serve.clients.count, CLIENTS_MAX);
    dgram_get_local_address(it.victim, &it.from);
    ask(CONTROL_START, token());
    expect_received(1);
    assert_int_equal(it.answer.head.kind, CONTROL_REFUSED);
    assert_int_equal(it.answer.reason, CONTROL_FULL);
}

static void a_flood_that_vanishes_is_forgotten(void **state) {
    (void)state;
    ask(CONTROL_START, token());
    pass(SERVE_VANISH_MS);
    upkeep();
    assert_int_equal(it.serve.floods, 1);
    ask(CONTROL_START, token());
    expect_received(2);
    assert_int_equal(it.answer.head.kind, CONTROL_REFUSED);
    assert_int_equal(it.answer.reason, CONTROL_FORGOTTEN);
    pass(SERVE_VANISH_MS + SERVE_LINGER_MS);
    upkeep();
    assert_int_equal(it.serve.clients.count, 0);
}

static void a_result_is_kept_for_a_while(void **state) {
    struct control_question asked = question(CONTROL_START, token());

    (void)state;
    asked.flags = 0;
    ask_with(&asked);
    receive((const unsigned char *)"data", 4);
    asked.head.kind = CONTROL_END;
    asked.sent = 1;
    for (int i = 0; i < 3; i++) {
        pass(SERVE_ANSWER_MS);
        asked.head.token = token();
        ask_with(&asked);
    }
    expect_received(4);
    assert_int_equal(it.answer.head.kind, CONTROL_RESULT);
    assert_int_equal(it.answer.counts.datagrams, 1);
    assert_int_equal(it.answer.counts.bytes, 4);
    assert_int_equal(it.answer.counts.lost, 0);
    assert_int_equal(it.serve.floods, 1);
}

/* Datagrams may come after END; what never comes is lost. */
static void an_end_waits_for_late_datagrams(void **state) {
    struct control_question asked = question(CONTROL_START, token());

    (void)state;
    asked.flags = 0;
    ask_with(&asked);
    asked.head.kind = CONTROL_END;
    asked.sent = 3;
    ask_with(&asked);
    assert_int_equal(it.serve.floods, 0);
    receive((const unsigned char *)"late", 4);
    pass(SERVE_SETTLE_MS);
    ask_with(&asked);
    expect_received(2);
    assert_int_equal(it.answer.head.kind, CONTROL_RESULT);
    assert_int_equal(it.answer.counts.datagrams, 1);
    assert_int_equal(it.answer.counts.lost, 2);
}

static void a_flood_with_the_port_of_another_replaces_it(void **state) {
    struct control_question asked = question(CONTROL_START, 0);

    (void)state;
    ask(CONTROL_START, token());
    pass(SERVE_ANSWER_MS);
    asked.head.flood = FLOOD + 1;
    asked.head.token = token_make(&it.serve.clients.key, &it.from, FLOOD + 1,
                                  uv_now(&it.session.loop));
    ask_with(&asked);
    assert_int_equal(it.serve.floods, 1);
    assert_int_equal(it.serve.clients.count, 2);
    expect_received(2);
    assert_int_equal(it.answer.head.kind, CONTROL_RUNNING);
    assert_int_equal(it.answer.head.flood, FLOOD + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_question_gets_one_answer_and_no_state),
        TEST(other_tokens_start_nothing),
        TEST(answers_to_strangers_are_limited),
        TEST(malformed_datagrams_get_no_answer),
        TEST(questions_to_a_group_get_no_answer),
        TEST(other_versions_are_refused),
        TEST(replays_of_old_tokens_start_nothing),
        TEST(sending_back_ends_without_questions),
        TEST(a_question_with_an_old_token_keeps_nothing_going),
        TEST(sending_back_is_limited),
        TEST(the_table_of_a_host_is_bounded),
        TEST(the_table_is_bounded),
        TEST(a_flood_that_vanishes_is_forgotten),
        TEST(a_result_is_kept_for_a_while),
        TEST(an_end_waits_for_late_datagrams),
        TEST(a_flood_with_the_port_of_another_replaces_it),
    };

    if (!output_open() || (output = tmpfile()) == NULL)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
