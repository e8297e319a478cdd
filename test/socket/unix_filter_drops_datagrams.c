/* A socket filter of a Unix socket sees the payload. */
#include "paths.h"

#include <linux/filter.h>

#define COUNT 9

static void send_all(dgram_socket *s) {
    for (char c = '0'; c < '0' + COUNT; c++)
        assert_int_equal(dgram_send_to(s, &c, 1, path_of("it"), 0, NULL, NULL),
                         0);
}

/* The filter takes datagrams that begin with "7". */
static void a_filter_drops_datagrams(void **state) {
    static const struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, '7', 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    dgram_socket *s = new_bound_to(path_of("it"));
    struct recorder recorder;

    (void)state;
    record_events(&recorder, s);
    if (dgram_attach_filter(s, program, 4) != UV_ENOTSUP) {
        send_all(s);
        run_until(&recorder.messages, 1);
        assert_string_equal(recorder.message[0].payload, "7");
        assert_int_equal(dgram_attach_filter(s, NULL, 0), 0);
        send_all(s);
        run_until(&recorder.messages, 1 + COUNT);
    }
    dgram_close(s);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(a_filter_drops_datagrams),
    };

#if !defined(TEST_COALESCES)
    puts("skipped: this platform has no socket filters");
    return SKIPPED;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
