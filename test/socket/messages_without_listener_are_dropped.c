/* A socket receives from `listening` on. A message without a listener is
   dropped. */
#include "peer.h"

static void a_late_listener_gets_later_messages(dgram_type type) {
    int peer = peer_open(type);
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    struct recorder recorder;

    for (int i = 0; i < 10; i++)
        peer_send_text(peer, "dropped", &here);
    run_for(20);
    record_events(&recorder, socket);
    run_for(5);
    assert_int_equal(recorder.messages, 0);
    peer_send_text(peer, "heard", &here);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "heard");

    dgram_off(socket, &recorder.listener);
    peer_send_text(peer, "dropped", &here);
    run_for(20);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 0);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "m");
    peer_close(peer);
}
BOTH(a_late_listener_gets_later_messages)

/* A listener without `message` does not hide messages from others. */
static int batched;

static void count_batch(dgram_socket *socket, const dgram_message *messages,
                        size_t count, void *data) {
    (void)socket;
    (void)messages;
    (void)data;
    batched += (int)count;
}

static void tables_may_lack_callbacks(dgram_type type) {
    static const dgram_events empty = {.size = sizeof empty};
    static const dgram_events batch = {.size = sizeof batch,
                                       .batch = count_batch};
    int peer = peer_open(type);
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    dgram_listener deaf = {0}, counting = {0};
    struct recorder recorder;

    batched = 0;
    dgram_on(socket, &deaf, &empty, NULL);
    dgram_on(socket, &counting, &batch, NULL);
    for (int i = 0; i < 10; i++)
        peer_send_text(peer, "x", &here);
    run_until(&batched, 10);
    record_events(&recorder, socket);
    peer_send_text(peer, "y", &here);
    run_until(&recorder.messages, 1);
    assert_int_equal(batched, 11);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(tables_may_lack_callbacks)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(a_late_listener_gets_later_messages),
        IN_LOOP_BOTH(tables_may_lack_callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
