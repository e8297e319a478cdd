/* A datagram of no buffers is an empty datagram, also where it is refused. */
#include "harness.h"

static void is_sent_empty(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = loopback_of(socket);
    struct sent sent = {0};
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_sendv(socket, NULL, 0, &to, note_sent, &sent), 0);
    run_until(&recorder.messages, 1);
    assert_int_equal(sent.status, 0);
    assert_int_equal(recorder.message[0].length, 0);
    dgram_close(socket);
    run_to_end();
}

static void is_refused_by_a_block_list(void **state) {
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    dgram_address to = address_of("127.0.0.1", 9);
    struct sent sent = {0};
    dgram_socket *socket;

    (void)state;
    assert_int_equal(dgram_blocklist_create(&options.send_blocklist), 0);
    assert_int_equal(
        dgram_blocklist_add_address(options.send_blocklist, "127.0.0.1"), 0);
    socket = new_socket_with(&options);
    dgram_blocklist_release(options.send_blocklist);
    assert_int_equal(dgram_sendv(socket, NULL, 0, &to, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, DGRAM_ERR_IP_BLOCKED);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(is_sent_empty),
        IN_LOOP(is_refused_by_a_block_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
