/* Datagrams that arrive after a program has shut the descriptor down for
   reading cause one error, however many there are. */
#include "harness.h"

static void send_to(dgram_socket *socket, dgram_socket *from) {
    struct sent sent = {0};
    dgram_address to = loopback_of(socket);

    assert_int_equal(dgram_send(from, "late", 4, &to, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
}

static void each_datagram_comes_late(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_socket *peer = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    /* On an unconnected socket it returns ENOTCONN and works nevertheless. */
    (void)shutdown(dgram_fileno(socket), SHUT_RD);
    send_to(socket, peer);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EOF);
    send_to(socket, peer);
    send_to(socket, peer);
    run_for(50);
    assert_int_equal(recorder.errors, 1);
    dgram_close(socket);
    dgram_close(peer);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(each_datagram_comes_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
