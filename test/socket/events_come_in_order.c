/* Events of several operations come in the order in which these happened, and
   never inside a call. */
#include "peer.h"

/* Writes what happens as one letter each, with the letters of the recorder. */
static struct recorder *diary;

static void write_letter(char letter) {
    diary->log[strlen(diary->log)] = letter;
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    assert_true(status >= 0);
    write_letter(*(const char *)data);
}

static void on_connected(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(status, 0);
    write_letter('C');
}

static void bind_send_connect(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    diary = &recorder;
    assert_int_equal(dgram_send(socket, "1", 1, &there, on_sent, "1"), 0);
    assert_int_equal(dgram_send(socket, "2", 1, &there, on_sent, "2"), 0);
    assert_int_equal(dgram_connect(socket, loopback(type),
                                   dgram_address_port(&there), on_connected,
                                   NULL),
                     0);
    assert_string_equal(recorder.log, "");
    run_until(&recorder.connected, 1);
    assert_int_equal(dgram_send(socket, "3", 1, NULL, on_sent, "3"), 0);
    assert_int_equal(dgram_send(socket, "4", 1, NULL, on_sent, "4"), 0);
    assert_int_equal(dgram_close(socket), 0);
    run_to_end();
    peer_expect(peer, "1");
    peer_expect(peer, "2");
    peer_expect(peer, "3");
    peer_expect(peer, "4");
    assert_int_equal(recorder.log[0], 'l');
    assert_non_null(strstr(recorder.log, "cC"));
    assert_non_null(strstr(recorder.log, "34x"));
    assert_true(strchr(recorder.log, '1') < strchr(recorder.log, '2'));
    assert_true(strchr(recorder.log, '2') < strchr(recorder.log, '3'));
    assert_int_equal(strlen(recorder.log), strlen("l12cC34x"));
    peer_close(peer);
}
BOTH(bind_send_connect)

static void sent_before_a_synchronous_connect(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    diary = &recorder;
    run_for(1);
    recorder.log[0] = '\0';
    assert_int_equal(dgram_send(socket, "1", 1, &there, on_sent, "1"), 0);
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&there)),
        0);
    run_for(1);
    assert_string_equal(recorder.log, "1c");
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(sent_before_a_synchronous_connect)

static void all_at_once_synchronously(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    diary = &recorder;
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&there)),
        0);
    assert_int_equal(dgram_send(socket, "1", 1, NULL, on_sent, "1"), 0);
    assert_string_equal(recorder.log, "");
    run_until(&recorder.connected, 1);
    run_for(1);
    assert_string_equal(recorder.log, "lc1");
    peer_expect(peer, "1");
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lc1x");
    peer_close(peer);
}
BOTH(all_at_once_synchronously)

/* A datagram waits already when the socket is bound. */
static void listening_comes_before_messages(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < 5; i++)
        peer_send_text(peer, "early", &here);
    run_until(&recorder.messages, 5);
    assert_string_equal(recorder.log, "lmmmmm");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(listening_comes_before_messages)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(bind_send_connect),
        IN_LOOP_BOTH(sent_before_a_synchronous_connect),
        IN_LOOP_BOTH(all_at_once_synchronously),
        IN_LOOP_BOTH(listening_comes_before_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
