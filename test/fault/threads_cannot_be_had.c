/* Where threads cannot be started a lookup fails, and not the process, as
   libuv by itself would have it; later lookups try again. */
#include "harness.h"

#define THREADS 4 /* libuv's own number */

static int until_failure = -1; /* calls before one fails; -1: none does */
static int calls;

int __real_uv_thread_create(uv_thread_t *thread, uv_thread_cb entry,
                            void *data);
int __wrap_uv_thread_create(uv_thread_t *thread, uv_thread_cb entry,
                            void *data);

int __wrap_uv_thread_create(uv_thread_t *thread, uv_thread_cb entry,
                            void *data) {
    calls++;
    if (until_failure == 0)
        return UV_EAGAIN;
    if (until_failure > 0)
        until_failure--;
    return __real_uv_thread_create(thread, entry, data);
}

static void a_lookup_fails(void **state) {
    (void)state;
    for (int i = 0; i < THREADS; i++) {
        dgram_socket *socket = new_socket(DGRAM_UDP4);
        struct sent sent = {0};
        struct ear ear;

        listen_with(&ear, socket);
        until_failure = i;
        calls = 0;
        assert_int_equal(dgram_bind(socket, "localhost", 0), 0);
        run_until(&ear.errors, 1);
        assert_string_equal(ear.error_text, "getaddrinfo EAGAIN localhost");
        assert_int_equal(calls, i + 1);
        until_failure = i;
        assert_int_equal(
            dgram_send_to(socket, "x", 1, "localhost", 9, note_sent, &sent), 0);
        run_until(&sent.calls, 1);
        assert_int_equal(sent.status, UV_EAGAIN);
        dgram_close(socket);
        run_to_end();
    }
}

static void the_next_one_succeeds(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    struct ear ear;

    (void)state;
    until_failure = -1;
    calls = 0;
    listen_with(&ear, socket);
    assert_int_equal(dgram_bind(socket, "localhost", 0), 0);
    run_until(&ear.listening, 1);
    assert_int_equal(calls, THREADS);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(calls, THREADS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_lookup_fails),
        IN_LOOP(the_next_one_succeeds),
    };

    unsetenv("UV_THREADPOOL_SIZE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
