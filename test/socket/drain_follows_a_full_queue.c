/* When a send queue has been filled to half of its limit, `drain` follows once
   it has fallen below that. */
#include "peer.h"
#include "resolver.h"

#define COST 256 /* bytes that an empty datagram counts as */
#define NAMED_COST 768

static dgram_socket *new_bounded(dgram_type type, size_t size_max) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .send_queue_size_max = size_max};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void close_and_end(dgram_socket *socket) {
    dgram_close(socket);
    run_to_end();
}

/* Sends empty datagrams until the queue is full; returns how many. */
static int fill(dgram_socket *socket, struct sent *sent) {
    dgram_address there = address_of(loopback(dgram_get_type(socket)), 9);
    int count = 0, result;

    while ((result = dgram_send(socket, "", 0, &there, note_sent, sent)) == 0)
        count++;
    assert_int_equal(result, UV_ENOBUFS);
    return count;
}

static void after_the_callbacks(dgram_type type) {
    dgram_socket *socket = new_bounded(type, 10 * COST);
    struct recorder recorder;
    struct sent sent = {0};

    record_events(&recorder, socket);
    for (int round = 1; round <= 3; round++) {
        assert_int_equal(fill(socket, &sent), 10);
        dgram_flush(socket);
        assert_int_equal(recorder.drains, round - 1); /* not inside the call */
        run_until(&recorder.drains, round);
        assert_int_equal(sent.calls, 10 * round);
    }
    run_for(2);
    assert_string_equal(recorder.log, "lddd");
    close_and_end(socket);
}
BOTH(after_the_callbacks)

static void without_callbacks(dgram_type type) {
    dgram_socket *socket = new_bounded(type, 10 * COST);
    dgram_address there = address_of(loopback(type), 9);
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < 5; i++)
        assert_int_equal(dgram_send(socket, "", 0, &there, NULL, NULL), 0);
    assert_int_equal(dgram_flush(socket), 0);
    assert_int_equal(dgram_get_send_queue_space(socket), 10 * COST);
    assert_int_equal(recorder.drains, 0);
    run_until(&recorder.drains, 1);
    close_and_end(socket);
    assert_string_equal(recorder.log, "ldx");
}
BOTH(without_callbacks)

/* A datagram that takes one byte less than half causes none. */
static void from_half_of_the_limit_on(dgram_type type) {
    for (size_t max = 599; max <= 603; max++) {
        dgram_socket *socket = new_bounded(type, max);
        dgram_address there = address_of(loopback(type), 9);
        static const char payload[300 - COST];
        struct recorder recorder;
        struct sent sent = {0};

        record_events(&recorder, socket);
        assert_int_equal(dgram_send(socket, payload, sizeof payload, &there,
                                    note_sent, &sent),
                         0);
        run_until(&sent.calls, 1);
        run_for(2);
        assert_int_equal(recorder.drains, max <= 600);
        close_and_end(socket);
    }
}
BOTH(from_half_of_the_limit_on)

static void not_without_a_limit(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address there = address_of(loopback(type), 9);
    struct recorder recorder;
    struct sent sent = {0};

    record_events(&recorder, socket);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(dgram_send(socket, "", 0, &there, note_sent, &sent),
                         0);
    assert_true(dgram_get_send_queue_space(socket) == SIZE_MAX);
    run_until(&sent.calls, 2000);
    close_and_end(socket);
    assert_string_equal(recorder.log, "lx");
}
BOTH(not_without_a_limit)

static void the_space_is_what_may_be_queued(dgram_type type) {
    dgram_socket *socket = new_bounded(type, 1000);
    dgram_address there = address_of(loopback(type), 9);
    static const char payload[1000];
    struct sent sent = {0};
    size_t space;

    assert_int_equal(dgram_get_send_queue_space(socket), 1000);
    assert_int_equal(dgram_send(socket, payload, 44, &there, note_sent, &sent),
                     0);
    space = dgram_get_send_queue_space(socket);
    assert_int_equal(space, 1000 - COST - 44);
    assert_int_equal(
        dgram_send(socket, payload, space - COST + 1, &there, note_sent, &sent),
        UV_ENOBUFS);
    assert_int_equal(
        dgram_send(socket, payload, space - COST, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_get_send_queue_space(socket), 0);
    run_until(&sent.calls, 2);
    assert_int_equal(dgram_get_send_queue_space(socket), 1000);
    close_and_end(socket);
}
BOTH(the_space_is_what_may_be_queued)

/* Each callback sends the next datagram, so the queue stays full. */
struct refill {
    dgram_address there;
    struct recorder *recorder;
    int left, calls;
};

static void send_the_next(dgram_socket *socket, int status, void *data) {
    struct refill *refill = data;

    assert_int_equal(status, 0);
    assert_int_equal(refill->recorder->drains, 0);
    refill->calls++;
    if (refill->left-- > 0)
        assert_int_equal(
            dgram_send(socket, "", 0, &refill->there, send_the_next, refill),
            0);
}

static void not_while_callbacks_refill_the_queue(dgram_type type) {
    dgram_socket *socket = new_bounded(type, 10 * COST);
    struct recorder recorder;
    struct refill refill = {.there = address_of(loopback(type), 9),
                            .recorder = &recorder,
                            .left = 200};

    record_events(&recorder, socket);
    for (int i = 0; i < 10; i++)
        assert_int_equal(
            dgram_send(socket, "", 0, &refill.there, send_the_next, &refill),
            0);
    run_until(&recorder.drains, 1);
    run_for(2);
    assert_int_equal(refill.calls, 210);
    assert_int_equal(recorder.drains, 1);
    close_and_end(socket);
}
BOTH(not_while_callbacks_refill_the_queue)

/* The kernel takes it inside the call, and its callbacks wait. */
static void after_a_batch(dgram_type type) {
    enum { COUNT = 60 };
    dgram_socket *socket = new_bounded(type, 2 * COUNT * COST);
    dgram_address there = address_of(loopback(type), 9);
    dgram_outgoing batch[COUNT];
    struct recorder recorder;
    struct sent sent = {0};

    record_events(&recorder, socket);
    for (int i = 0; i < COUNT; i++)
        batch[i] = (dgram_outgoing){.to = &there, .data = &sent};
    assert_int_equal(dgram_send_batch(socket, batch, COUNT, NULL, note_sent),
                     COUNT);
    assert_int_equal(dgram_get_send_queue_space(socket), COUNT * COST);
    run_until(&recorder.drains, 1);
    assert_int_equal(sent.calls, COUNT);
    close_and_end(socket);
}
BOTH(after_a_batch)

/* What a batch had no space for is sent at `drain`. */
static void the_rest_of_a_batch_is_sent(dgram_type type) {
    enum { COUNT = 300 };
    dgram_socket *socket = new_bounded(type, 100 * COST);
    dgram_address there = address_of(loopback(type), 9);
    dgram_outgoing batch[COUNT];
    struct recorder recorder;
    struct sent sent = {0};
    int accepted = 0, result;

    record_events(&recorder, socket);
    for (int i = 0; i < COUNT; i++)
        batch[i] = (dgram_outgoing){.to = &there, .data = &sent};
    for (int drains = 1; accepted < COUNT; drains++) {
        result = dgram_send_batch(socket, batch + accepted,
                                  (size_t)(COUNT - accepted), NULL, note_sent);
        assert_int_equal(result, 100);
        accepted += result;
        run_until(&recorder.drains, drains);
    }
    assert_int_equal(sent.calls, COUNT);
    close_and_end(socket);
    assert_string_equal(recorder.log, "ldddx");
}
BOTH(the_rest_of_a_batch_is_sent)

static dgram_socket *new_resolving_bounded(struct resolver *resolver,
                                           size_t size_max) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .lookup = resolver_ask,
                                   .lookup_data = resolver,
                                   .send_queue_size_max = size_max};

    return new_socket_with(&options);
}

/* A datagram whose host is found takes less than before. */
static void when_a_host_is_found(void **state) {
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving_bounded(&resolver, 1600);
    struct recorder recorder;
    struct sent sent = {0};

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_send_to(socket, "", 0,
                                   "some.name.of.a.host.with.32.bytes", 9,
                                   note_sent, &sent),
                     0);
    assert_int_equal(dgram_get_send_queue_space(socket),
                     1600 - NAMED_COST - 33);
    run_for(2);
    assert_int_equal(recorder.drains, 0);
    resolver_answer(&resolver);
    assert_int_equal(recorder.drains, 0);
    run_until(&recorder.drains, 1);
    run_until(&sent.calls, 1);
    close_and_end(socket);
    assert_string_equal(recorder.log, "ldx");
}

static void when_a_host_is_not_found(void **state) {
    struct resolver resolver = {.later = 1, .status = UV_EAI_NONAME};
    dgram_socket *socket = new_resolving_bounded(&resolver, 1500);
    struct recorder recorder;
    struct sent sent = {0};

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(
        dgram_send_to(socket, "", 0, "some.name", 9, note_sent, &sent), 0);
    run_until(&resolver.asked, 1);
    resolver_answer(&resolver);
    run_until(&recorder.drains, 1);
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, UV_EAI_NONAME);
    close_and_end(socket);
}

/* What waited for the bind fails. */
static void when_a_bind_fails(void **state) {
    struct resolver resolver = {.later = 1, .status = UV_EAI_NONAME};
    dgram_socket *socket = new_resolving_bounded(&resolver, 10 * COST);
    struct recorder recorder;
    struct sent sent = {0};

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    assert_int_equal(fill(socket, &sent), 10);
    run_for(2);
    assert_int_equal(recorder.drains, 0);
    resolver_answer(&resolver);
    run_until(&recorder.drains, 1);
    assert_int_equal(sent.calls, 10);
    assert_int_equal(sent.status, UV_EAI_NONAME);
    close_and_end(socket);
    assert_string_equal(recorder.log, "edx");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(after_the_callbacks),
        IN_LOOP_BOTH(without_callbacks),
        IN_LOOP_BOTH(from_half_of_the_limit_on),
        IN_LOOP_BOTH(not_without_a_limit),
        IN_LOOP_BOTH(the_space_is_what_may_be_queued),
        IN_LOOP_BOTH(not_while_callbacks_refill_the_queue),
        IN_LOOP_BOTH(after_a_batch),
        IN_LOOP_BOTH(the_rest_of_a_batch_is_sent),
        IN_LOOP(when_a_host_is_found),
        IN_LOOP(when_a_host_is_not_found),
        IN_LOOP(when_a_bind_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
