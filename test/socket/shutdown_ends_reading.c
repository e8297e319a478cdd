/* A program that shuts the descriptor down for reading gets one error, and the
   loop sleeps. Sends still work. */
#include "harness.h"

static int turns;

static void count_iteration(uv_prepare_t *prepare) {
    (void)prepare;
    turns++;
}

static void shut_down(dgram_type type, int how, bool connected) {
    dgram_socket *socket = new_bound(type);
    dgram_socket *peer = new_bound(type);
    dgram_address to = loopback_of(peer);
    struct recorder recorder, peer_recorder;
    struct sent sent = {0};
    uv_prepare_t prepare;

    record_events(&recorder, socket);
    record_events(&peer_recorder, peer);
    if (connected)
        assert_int_equal(
            dgram_connect_sync(socket, loopback(type), port_of(peer)), 0);
    /* On an unconnected socket it returns ENOTCONN and works nevertheless. */
    (void)shutdown(dgram_fileno(socket), how);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EOF);
    assert_string_equal(recorder.error_text, "recvmsg EOF");
    uv_prepare_init(&test_loop, &prepare);
    turns = 0;
    uv_prepare_start(&prepare, count_iteration);
    run_for(50);
    assert_in_range(turns, 0, 20);
    assert_int_equal(recorder.errors, 1);
    assert_int_equal(
        dgram_send(socket, "on", 2, connected ? NULL : &to, note_sent, &sent),
        0);
    run_until(&sent.calls, 1);
    if (how == SHUT_RD) {
        assert_int_equal(sent.status, 2);
        run_until(&peer_recorder.messages, 1);
    } else {
        assert_int_equal(sent.status, UV_EPIPE);
    }
    uv_close((uv_handle_t *)&prepare, NULL);
    dgram_close(socket);
    dgram_close(peer);
    run_to_end();
    assert_int_equal(recorder.errors, 1);
    assert_int_equal(recorder.closed, 1);
}

static void each_kind_of_socket(void **state) {
    (void)state;
    shut_down(DGRAM_UDP4, SHUT_RD, false);
    shut_down(DGRAM_UDP4, SHUT_RD, true);
    shut_down(DGRAM_UDP4, SHUT_RDWR, false);
    shut_down(DGRAM_UDP4, SHUT_RDWR, true);
    if (has_ipv6())
        shut_down(DGRAM_UDP6, SHUT_RD, true);
}

static void a_descriptor_shared_by_processes(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    (void)shutdown(dgram_fileno(socket), SHUT_RD);
    run_until(&recorder.errors, 1);
    run_for(20);
    assert_int_equal(recorder.errors, 1);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(each_kind_of_socket),
        IN_LOOP(a_descriptor_shared_by_processes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
