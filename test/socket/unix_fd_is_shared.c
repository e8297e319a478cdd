/* A Unix socket may be read by several processes. */
#include "paths.h"

#define COUNT 9

static void send_all(dgram_socket *s) {
    for (char c = '0'; c < '0' + COUNT; c++)
        assert_int_equal(dgram_send_to(s, &c, 1, path_of("it"), 0, NULL, NULL),
                         0);
}

static void a_shared_one_receives(void **state) {
    dgram_socket *s = new_bound_to(path_of("it"));
    struct recorder recorder;

    (void)state;
    record_events(&recorder, s);
    assert_int_equal(dgram_set_shared(s, true), 0);
    send_all(s);
    run_until(&recorder.messages, COUNT);
    assert_int_equal(dgram_set_shared(s, false), 0);
    send_all(s);
    run_until(&recorder.messages, 2 * COUNT);
    dgram_close(s);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(a_shared_one_receives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
