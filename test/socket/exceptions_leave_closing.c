/* A longjmp() leaves the callbacks of a closing socket, or the loop runs deeper
   on the stack after it: each callback is still called once, `close` last. */
#include "leaving.h"

static void every_callback_of_a_close(void **state) {
    dgram_listener listeners[4][3];
    dgram_address to = address_of("127.0.0.1", 9);

    (void)state;
    for (int i = 0; i < 4; i++) {
        dgram_socket *socket = new_leaving(&listeners[i][0]);

        dgram_on(socket, &listeners[i][1], &batch_events, NULL);
        dgram_on(socket, &listeners[i][2], &all_events, NULL);
        if (i > 1)
            assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
        for (int k = 0; k < 5; k++)
            assert_int_equal(dgram_send_to(socket, "x", 1, "some.name.invalid",
                                           9, leave_sent, NULL),
                             0);
        for (int k = 0; k < 5; k++)
            assert_int_equal(dgram_send(socket, "x", 1, &to, leave_sent, NULL),
                             0);
        assert_int_equal(dgram_connect(socket, "some.name.invalid", 9,
                                       leave_connected, NULL),
                         0);
        dgram_close(socket);
    }
    leaving.times = 1000;
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[SENT], 40);
    assert_int_equal(leaving.calls[CONNECTED], 4);
    assert_int_equal(leaving.calls[CLOSE], 12);
}

/* Further down on the stack than the callback that was left. */
static int run_deeper(const int *value, int goal) {
    volatile char buffer[4000];

    memset((void *)buffer, 1, sizeof buffer);
    return run_again(value, goal) + buffer[17] - 1;
}

static void before_the_loop_runs_deeper(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_leaving(&listener);

    (void)state;
    leaving.times = 1;
    fail_sends(socket, 3);
    assert_int_equal(run_again(&leaving.calls[LISTENING], 1), 1);
    run_deeper(&leaving.calls[ERROR], 3);
    dgram_close(socket);
    run_deeper(NULL, 0);
    assert_int_equal(leaving.calls[ERROR], 3);
    assert_int_equal(leaving.calls[CLOSE], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEAVING(every_callback_of_a_close),
        LEAVING(before_the_loop_runs_deeper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
