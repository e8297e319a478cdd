/* A longjmp() leaves a resolver of the program, or its cancel callback: a
   lookup without an answer fails, one with an answer goes on. */
#include "leaving.h"

static int asked, cancelled;

static int leave_resolver(dgram_lookup *lookup, const char *host,
                          dgram_type type, void *data) {
    (void)lookup;
    (void)host;
    (void)type;
    asked++;
    if (data != NULL)
        dgram_lookup_done(lookup, 0, data);
    if (leaving.times > 0) {
        leaving.times--;
        longjmp(leaving.out, 1);
    }
    return 0;
}

static void leave_cancel(dgram_lookup *lookup, void *data) {
    (void)lookup;
    (void)data;
    cancelled++;
    if (leaving.times > 0) {
        leaving.times--;
        longjmp(leaving.out, 1);
    }
}

static dgram_socket *new_resolving(dgram_listener *listener, void *answer) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .lookup = leave_resolver,
                             .lookup_cancel = leave_cancel,
                             .lookup_data = answer};
    dgram_socket *socket = new_socket_with(&options);

    asked = cancelled = 0;
    dgram_on(socket, listener, &all_events, NULL);
    return socket;
}

/* One that gave no answer has failed. */
static void a_resolver(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_resolving(&listener, NULL);

    (void)state;
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    leaving.times = 1;
    assert_int_equal(run_again(&leaving.calls[ERROR], 1), 1);
    assert_int_equal(dgram_last_error(socket)->code, UV_ECANCELED);
    assert_int_equal(asked, 1);
    dgram_close(socket);
    run_again(NULL, 0);
}

static void a_resolver_that_has_answered(void **state) {
    dgram_address answer = address_of("127.0.0.1", 0);
    dgram_listener listener;
    dgram_socket *socket = new_resolving(&listener, &answer);

    (void)state;
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    leaving.times = 1;
    assert_int_equal(run_again(&leaving.calls[LISTENING], 1), 1);
    dgram_close(socket);
    run_again(NULL, 0);
}

/* dgram_close() itself is left, again and again. */
static void a_cancelled_lookup(void **state) {
    dgram_listener listener;
    dgram_socket *volatile socket = new_resolving(&listener, NULL);

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            dgram_send_to(socket, "x", 1, "some.name", 9, leave_sent, NULL), 0);
    while (asked < 5)
        uv_run(&test_loop, UV_RUN_NOWAIT);
    leaving.times = 4;
    if (setjmp(leaving.out) == 0)
        dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(cancelled, 5);
    assert_int_equal(leaving.calls[SENT], 5);
    assert_int_equal(leaving.calls[CLOSE], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEAVING(a_resolver),
        LEAVING(a_resolver_that_has_answered),
        LEAVING(a_cancelled_lookup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
