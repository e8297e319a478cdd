/* A flood gets exact results from a sink that serves, even if the network
   loses, doubles and reorders data and control datagrams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flood/farend.h"
#include "measure/stamp.h"
#include "output/output.h"
#include "sink/serve.h"

#define STREAMS 3
#define DATAGRAMS 1000 /* of each stream */
#define SIZE 100
#define BACK_DATAGRAMS 500 /* of each stream */
#define BURST 10 /* datagrams of each stream in one tick of a millisecond */

/* What one direction of a relay does. */
struct way {
    dgram_socket *out;
    dgram_address to;
    bool has_to;
    unsigned char held[SIZE + CONTROL_SIZE]; /* sent after the next one */
    size_t held_length;
    struct order *order; /* of the numbers that it sent on */
};

/* Between a stream and the sink. */
struct relay {
    dgram_socket *front, *back;
    dgram_listener front_listener, back_listener;
    struct way to_sink, to_flood;
};

static struct {
    struct session session; /* of the sink */
    struct serve serve;
    struct farend farend;
    struct relay relays[STREAMS];
    dgram_socket *sockets[STREAMS]; /* of the flood */
    dgram_listener listeners[STREAMS];
    uint32_t sent[STREAMS];
    uv_timer_t ticks, end;
    int checks;       /* of the end */
    unsigned percent; /* of the datagrams that meet each fate */
    bool sends, done;
    uint32_t random;
} it;

/* The same in each run. */
static bool is_chosen(void) {
    it.random ^= it.random << 13;
    it.random ^= it.random >> 17;
    it.random ^= it.random << 5;
    return it.random % 100 < it.percent;
}

static void put_on_the_way(struct way *way, const unsigned char *bytes,
                           size_t length) {
    struct stamp stamp;

    if (stamp_read(bytes, length, &stamp))
        order_note(way->order, stamp.number);
    dgram_send(way->out, bytes, length, &way->to, NULL, NULL);
}

static void pass_on(struct way *way, const unsigned char *bytes,
                    size_t length) {
    unsigned char held[sizeof way->held];
    size_t held_length = way->held_length;

    if (!way->has_to || is_chosen())
        return;
    if (held_length == 0 && is_chosen()) {
        memcpy(way->held, bytes, length);
        way->held_length = length;
        return;
    }
    memcpy(held, way->held, held_length);
    way->held_length = 0;
    put_on_the_way(way, bytes, length);
    if (is_chosen())
        put_on_the_way(way, bytes, length);
    if (held_length > 0)
        put_on_the_way(way, held, held_length);
}

static void on_front(dgram_socket *socket, const dgram_message *message,
                     void *data) {
    struct relay *relay = data;

    (void)socket;
    relay->to_flood.to = *message->from;
    relay->to_flood.has_to = true;
    pass_on(&relay->to_sink, message->payload, message->length);
}

static void on_back(dgram_socket *socket, const dgram_message *message,
                    void *data) {
    struct relay *relay = data;

    (void)socket;
    pass_on(&relay->to_flood, message->payload, message->length);
}

static void on_sink(dgram_socket *socket, const dgram_message *message,
                    void *data) {
    (void)socket;
    (void)data;
    serve_receive(&it.serve, message, uv_hrtime(), uv_hrtime());
}

static void on_flood(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    dgram_socket **place = data;

    (void)socket;
    farend_receive(&it.farend, (unsigned)(place - it.sockets), messages, count);
}

static const dgram_events front_events = {.size = sizeof(dgram_events),
                                          .message = on_front};
static const dgram_events back_events = {.size = sizeof(dgram_events),
                                         .message = on_back};
static const dgram_events sink_events = {.size = sizeof(dgram_events),
                                         .message = on_sink};
static const dgram_events flood_events = {.size = sizeof(dgram_events),
                                          .batch = on_flood};

static dgram_socket *open_socket(dgram_listener *listener,
                                 const dgram_events *events, void *data) {
    dgram_socket *socket;

    assert_int_equal(dgram_create(&it.session.loop, DGRAM_UDP4, &socket), 0);
    dgram_on(socket, listener, events, data);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    return socket;
}

static struct order *new_order(void) {
    struct order *order = malloc(sizeof *order);

    assert_non_null(order);
    order_begin(order, 0);
    return order;
}

static void open_relay(unsigned i) {
    struct relay *relay = &it.relays[i];
    dgram_address address;

    relay->front = open_socket(&relay->front_listener, &front_events, relay);
    relay->back = open_socket(&relay->back_listener, &back_events, relay);
    relay->to_sink =
        (struct way){.out = relay->back, .has_to = true, .order = new_order()};
    relay->to_flood = (struct way){.out = relay->front, .order = new_order()};
    dgram_get_local_address(it.session.socket, &relay->to_sink.to);
    it.sockets[i] =
        open_socket(&it.listeners[i], &flood_events, &it.sockets[i]);
    dgram_get_local_address(relay->front, &address);
    assert_int_equal(dgram_connect_sync(it.sockets[i], "127.0.0.1",
                                        dgram_address_port(&address)),
                     0);
}

static void send_one(unsigned i) {
    const struct stamp stamp = {.session = i, .number = it.sent[i]++};
    unsigned char bytes[SIZE] = {0};

    stamp_write(bytes, &stamp);
    dgram_send(it.sockets[i], bytes, sizeof bytes, NULL, NULL, NULL);
}

static bool is_back_sent(void) {
    for (size_t i = 0; i < it.serve.clients.count; i++) {
        if (it.serve.clients.list[i]->back.numbered < BACK_DATAGRAMS)
            return false;
    }
    return true;
}

/* On a slow machine not all of them are sent back in time. */
static void end_flood(uv_timer_t *timer) {
    if (it.farend.back && !is_back_sent() && ++it.checks < 300)
        return;
    uv_timer_stop(timer);
    for (unsigned i = 0; i < STREAMS; i++)
        farend_finish_stream(&it.farend, i, it.sent[i]);
    farend_finish(&it.farend);
}

static void on_tick(uv_timer_t *timer) {
    for (unsigned i = 0; i < STREAMS; i++) {
        for (int k = 0; k < BURST; k++)
            send_one(i);
    }
    if (it.sent[0] < DATAGRAMS)
        return;
    uv_timer_stop(timer);
    uv_timer_start(&it.end, end_flood, 0, 10);
}

static void on_ready(void) {
    assert_true(farend_has_results(&it.farend));
    if (it.sends)
        uv_timer_start(&it.ticks, on_tick, 0, 1);
    else
        uv_timer_start(&it.end, end_flood, 0, 10);
}

static void close_sockets(void) {
    for (unsigned i = 0; i < STREAMS; i++) {
        dgram_close(it.sockets[i]);
        dgram_close(it.relays[i].front);
        dgram_close(it.relays[i].back);
    }
}

static void on_done(void) {
    it.done = true;
    farend_close(&it.farend);
    close_sockets();
    uv_close((uv_handle_t *)&it.ticks, NULL);
    uv_close((uv_handle_t *)&it.end, NULL);
    session_stop(&it.session);
}

static void on_stop(void *data) {
    (void)data;
    serve_stop(&it.serve);
}

static void run(unsigned percent, bool sends, bool back) {
    memset(&it, 0, sizeof it);
    it.random = 12345;
    it.percent = percent;
    it.sends = sends;
    it.farend = (struct farend){.loop = &it.session.loop,
                                .check = true,
                                .back = back,
                                .size = SIZE,
                                .rate = STREAMS * BACK_DATAGRAMS / 0.5,
                                .seconds = 0.5,
                                .on_ready = on_ready,
                                .on_done = on_done};
    it.serve.back_limit = 1000000000;
    assert_int_equal(session_begin(&it.session, "sink"), 0);
    assert_int_equal(serve_begin(&it.serve), 0);
    serve_start(&it.serve, &it.session);
    it.session.on_stop = on_stop;
    it.session.socket = open_socket(&it.session.listener, &sink_events, NULL);
    uv_timer_init(&it.session.loop, &it.ticks);
    uv_timer_init(&it.session.loop, &it.end);
    assert_int_equal(farend_begin(&it.farend, STREAMS), 0);
    for (unsigned i = 0; i < STREAMS; i++) {
        open_relay(i);
        farend_open(&it.farend, i, it.sockets[i], NULL, i);
    }
    farend_start(&it.farend);
    assert_int_equal(session_run(&it.session), 0);
    assert_true(it.done);
    assert_null(farend_failure(&it.farend));
}

static void free_all(void) {
    for (unsigned i = 0; i < STREAMS; i++) {
        free(it.relays[i].to_sink.order);
        free(it.relays[i].to_flood.order);
    }
    serve_end(&it.serve);
    farend_free(&it.farend);
}

/* What was counted is what the relay sent on, of `sent` datagrams. */
static void expect_counts(const struct control_counts *counts,
                          const struct order *order, uint64_t sent) {
    assert_int_equal(counts->datagrams, order->unique + order->duplicates);
    assert_int_equal(counts->bytes, counts->datagrams * SIZE);
    assert_int_equal(counts->lost, sent - order->unique);
    assert_int_equal(counts->reordered, order->reordered);
    assert_int_equal(counts->duplicates, order->duplicates);
    assert_int_equal(counts->unstamped, 0);
}

static void expect_results(bool sends, bool back) {
    for (unsigned i = 0; i < STREAMS; i++) {
        const struct farend_stream *stream = &it.farend.streams[i];
        const struct control_answer *answer = &stream->remote.answer;
        const struct control_counts counts =
            tally_counts(&stream->back, answer->back_sent);

        if (sends)
            expect_counts(&answer->counts, it.relays[i].to_sink.order,
                          DATAGRAMS);
        if (back)
            assert_in_range(answer->back_sent, 1, BACK_DATAGRAMS);
        expect_counts(&counts, it.relays[i].to_flood.order, answer->back_sent);
    }
}

static void without_loss(void **state) {
    (void)state;
    run(0, true, false);
    expect_results(true, false);
    assert_int_equal(it.serve.floods, 1);
    free_all();
}

static void with_loss(void **state) {
    (void)state;
    run(20, true, false);
    expect_results(true, false);
    assert_true(it.relays[0].to_sink.order->duplicates > 0);
    assert_true(it.relays[0].to_sink.order->reordered > 0);
    assert_int_equal(it.serve.floods, 1);
    free_all();
}

static void back_without_loss(void **state) {
    (void)state;
    run(0, false, true);
    expect_results(false, true);
    free_all();
}

static void both_ways_with_loss(void **state) {
    (void)state;
    run(20, true, true);
    expect_results(true, true);
    free_all();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_loss),
        cmocka_unit_test(with_loss),
        cmocka_unit_test(back_without_loss),
        cmocka_unit_test(both_ways_with_loss),
    };

    if (!output_open() || (output = tmpfile()) == NULL)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
