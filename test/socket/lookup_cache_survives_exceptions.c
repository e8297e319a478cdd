/* A longjmp() leaves the callback of a datagram whose name was looked up: those
   that wait for the same name follow. */
#include "leaving.h"
#include "names.h"

#define COUNT 5

static int begin(void **state) {
    names = (struct names){.hold = true};
    return leaving_begin(state);
}

static dgram_socket *new_listening(dgram_listener *listener) {
    dgram_socket *socket = new_keeping(DGRAM_UDP4);

    dgram_on(socket, listener, &all_events, NULL);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(
            dgram_send_to(socket, "x", 1, "some.name", 9, leave_sent, NULL), 0);
    assert_int_equal(names.asked, 1);
    return socket;
}

static void after_a_failure(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_listening(&listener);

    (void)state;
    names.status = UV_EAI_FAIL;
    names_answer(0);
    leaving.times = COUNT;
    assert_int_equal(run_again(&leaving.calls[SENT], COUNT), COUNT);
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[SENT], COUNT);
}

static void after_a_close(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_listening(&listener);

    (void)state;
    dgram_close(socket);
    names_answer(0);
    leaving.times = COUNT;
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[SENT], COUNT);
    assert_int_equal(leaving.calls[CLOSE], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(after_a_failure, begin, leaving_end),
        cmocka_unit_test_setup_teardown(after_a_close, begin, leaving_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
