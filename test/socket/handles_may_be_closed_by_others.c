/* A program may close every handle of its loop by uv_walk() and uv_close(), the
   library's among them, before, after or between its dgram_close(). The socket
   still closes, frees its memory and descriptor, and reports each datagram
   once. The test tries every order of some steps, on sockets in many states. */
#include "memory.h"
#include "peer.h"

#include <unistd.h>

static dgram_socket *the_socket;
static struct recorder recorder;
static struct sent sent;
static int accepted; /* datagrams */
static int foreign;  /* calls of the program's own close callback */
static dgram_lookup *asked;

/* ---- Steps -------------------------------------------------------------- */

static void count_foreign(uv_handle_t *handle) {
    (void)handle;
    foreign++;
}

static void close_it(uv_handle_t *handle, void *cb) {
    if (!uv_is_closing(handle))
        uv_close(handle, cb != NULL ? count_foreign : NULL);
}

static void close_poll(uv_handle_t *handle, void *cb) {
    if (uv_handle_get_type(handle) == UV_POLL)
        close_it(handle, cb);
}

static void close_others(uv_handle_t *handle, void *cb) {
    if (uv_handle_get_type(handle) != UV_POLL)
        close_it(handle, cb);
}

static void step_close(void) {
    if (the_socket != NULL)
        assert_int_equal(dgram_close(the_socket), 0);
    the_socket = NULL;
}

static void step_walk(void) {
    uv_walk(&test_loop, close_it, NULL);
}

static void step_walk_with_callback(void) {
    uv_walk(&test_loop, close_it, &foreign);
}

static void step_walk_polls(void) {
    uv_walk(&test_loop, close_poll, NULL);
}

static void step_walk_others(void) {
    uv_walk(&test_loop, close_others, NULL);
}

static void step_run_once(void) {
    uv_run(&test_loop, UV_RUN_NOWAIT);
}

static void step_stop(void) {
    uv_stop(&test_loop);
}

static void step_send(void) {
    dgram_address to = address_of("127.0.0.1", 9);

    if (the_socket != NULL &&
        dgram_send(the_socket, "x", 1, &to, note_sent, &sent) == 0)
        accepted++;
}

static void step_unref(void) {
    if (the_socket != NULL)
        dgram_unref(the_socket);
}

static void (*const steps[])(void) = {
    step_close,      step_walk,        step_walk_with_callback,
    step_walk_polls, step_walk_others, step_run_once,
    step_stop,       step_send,        step_unref,
};
#define STEPS (sizeof steps / sizeof *steps)

/* ---- States ------------------------------------------------------------- */

static int answer_never(dgram_lookup *lookup, const char *host, dgram_type type,
                        void *data) {
    (void)host;
    (void)type;
    (void)data;
    asked = lookup;
    return 0;
}

static void forget(dgram_lookup *lookup, void *data) {
    (void)lookup;
    (void)data;
    asked = NULL;
}

static dgram_socket *new_one(void) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .busy_poll_us = 100,
                             .lookup = answer_never,
                             .lookup_cancel = forget};
    dgram_socket *socket = new_socket_with(&options);

    record_events(&recorder, socket);
    return socket;
}

static void unbound(void) {
    the_socket = new_one();
}

static void binding(void) {
    the_socket = new_one();
    assert_int_equal(dgram_bind(the_socket, "127.0.0.1", 0), 0);
    step_send();
}

static void asking(void) {
    the_socket = new_one();
    assert_int_equal(dgram_bind(the_socket, "some.name", 0), 0);
    uv_run(&test_loop, UV_RUN_NOWAIT);
}

static void bound(void) {
    the_socket = new_one();
    assert_int_equal(dgram_bind_sync(the_socket, "127.0.0.1", 0), 0);
    uv_run(&test_loop, UV_RUN_NOWAIT);
}

static void sending(void) {
    bound();
    step_send();
    assert_int_equal(
        dgram_send_to(the_socket, "x", 1, "some.name", 9, note_sent, &sent), 0);
    accepted++;
}

static void connecting(void) {
    bound();
    assert_int_equal(dgram_connect(the_socket, "127.0.0.1", 9, NULL, NULL), 0);
}

static void with_a_datagram(void) {
    dgram_address to;

    bound();
    to = loopback_of(the_socket);
    assert_int_equal(dgram_send(the_socket, "x", 1, &to, note_sent, &sent), 0);
    accepted++;
    assert_int_equal(dgram_flush(the_socket), 0);
}

static void following_interfaces(void) {
    bound();
    assert_int_equal(dgram_add_membership_all(the_socket, "239.255.77.91"), 0);
}

static void (*const states[])(void) = {
    unbound, binding,    asking,          bound,
    sending, connecting, with_a_datagram, following_interfaces,
};
#define STATES (sizeof states / sizeof *states)

/* ---- The test ----------------------------------------------------------- */

/* Runs the loop as a program does at its end. The library's handles must not
   keep it running. */
static void run_out(void) {
    uv_run(&test_loop, UV_RUN_DEFAULT);
    uv_run(&test_loop, UV_RUN_DEFAULT);
}

static void try(size_t state, const size_t *order, size_t count) {
    memory_begin();
    accepted = 0;
    memset(&sent, 0, sizeof sent);
    assert_int_equal(uv_loop_init(&test_loop), 0);
    states[state]();
    for (size_t i = 0; i < count; i++)
        steps[order[i]]();
    step_close();
    run_out();
    assert_int_equal(recorder.closed, 1);
    assert_int_equal(sent.calls, accepted);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

static void steps_in_every_order(void **state) {
    int lowest = dup(0);

    (void)state;
    close(lowest);
    for (size_t s = 0; s < STATES; s++)
        for (size_t a = 0; a < STEPS; a++)
            for (size_t b = 0; b < STEPS; b++)
                for (size_t c = 0; c < STEPS; c++) {
                    const size_t order[] = {a, b, c};

                    try(s, order, 3);
                }
    assert_int_equal(lowest, dup(0)); /* no descriptor is left */
    close(lowest);
}

/* ---- After the loop ----------------------------------------------------- */

static void a_close_after_the_loop(void **state) {
    (void)state;
    for (size_t s = 0; s < STATES; s++) {
        memory_begin();
        accepted = 0;
        memset(&sent, 0, sizeof sent);
        assert_int_equal(uv_loop_init(&test_loop), 0);
        states[s]();
        step_walk();
        run_out();
        assert_int_equal(uv_loop_close(&test_loop), 0);
        step_close();
        assert_int_equal(recorder.closed, 1);
        assert_int_equal(sent.calls, accepted);
        assert_int_equal(memory.blocks, 0);
        memory_end();
    }
}

/* A new loop at the address of an ended one has none of its sockets. */
static void a_new_loop_at_that_address(void **state) {
    struct recorder new_recorder;
    dgram_socket *old, *new;

    (void)state;
    memory_begin();
    for (size_t s = 0; s < STATES; s++) {
        accepted = 0;
        memset(&sent, 0, sizeof sent);
        assert_int_equal(uv_loop_init(&test_loop), 0);
        states[s]();
        old = the_socket;
        step_walk();
        run_out();
        assert_int_equal(uv_loop_close(&test_loop), 0);
        assert_int_equal(uv_loop_init(&test_loop), 0);
        new = new_socket(DGRAM_UDP4);
        record_events(&new_recorder, new);
        assert_int_equal(dgram_bind(new, "127.0.0.1", 0), 0);
        run_until(&new_recorder.listening, 1);
        if (s % 2 == 0)
            assert_int_equal(dgram_close(old), 0);
        assert_int_equal(dgram_close(new), 0);
        run_until(&new_recorder.closed, 1);
        if (s % 2 != 0)
            assert_int_equal(dgram_close(old), 0);
        run_out();
        assert_int_equal(recorder.closed, 1);
        assert_int_equal(sent.calls, accepted);
        assert_int_equal(uv_loop_close(&test_loop), 0);
        assert_int_equal(memory.blocks, 0);
    }
    memory_end();
}

/* A socket whose handles were closed by others can only be closed. */
static void calls_in_between(void **state) {
    dgram_address to = address_of("127.0.0.1", 9);
    struct recorder second_recorder;
    dgram_socket *second;

    (void)state;
    memory_begin();
    assert_int_equal(uv_loop_init(&test_loop), 0);
    bound();
    second = new_socket(DGRAM_UDP4);
    record_events(&second_recorder, second);
    step_walk();
    assert_true(dgram_bind_sync(second, "127.0.0.1", 0) < 0);
    assert_true(dgram_send(second, "x", 1, &to, NULL, NULL) < 0);
    dgram_connect_sync(the_socket, "127.0.0.1", 9);
    dgram_set_shared(the_socket, true);
    dgram_ref(the_socket);
    dgram_flush(the_socket);
    run_out();
    dgram_disconnect(the_socket);
    assert_int_equal(dgram_close(second), 0);
    assert_int_equal(dgram_close(the_socket), 0);
    run_out();
    assert_int_equal(recorder.closed + second_recorder.closed, 2);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

static void an_abort_handle_closes_them(void **state) {
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    struct recorder recorders[3];

    (void)state;
    memory_begin();
    assert_int_equal(uv_loop_init(&test_loop), 0);
    assert_int_equal(dgram_abort_create(&options.abort), 0);
    for (int i = 0; i < 3; i++) {
        dgram_socket *socket = new_socket_with(&options);

        record_events(&recorders[i], socket);
        if (i > 0)
            assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    }
    step_walk();
    dgram_abort_signal(options.abort);
    dgram_abort_release(options.abort);
    run_out();
    for (int i = 0; i < 3; i++)
        assert_int_equal(recorders[i].closed, 1);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_in_every_order),
        cmocka_unit_test(a_close_after_the_loop),
        cmocka_unit_test(a_new_loop_at_that_address),
        cmocka_unit_test(calls_in_between),
        cmocka_unit_test(an_abort_handle_closes_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
