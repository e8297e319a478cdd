/* Datagrams from senders on the receive list are dropped, and datagrams to
   destinations on the send list fail. Changes of a list take effect at once. */
#include "peer.h"

static dgram_blocklist *new_list(void) {
    dgram_blocklist *list = NULL;

    assert_int_equal(dgram_blocklist_create(&list), 0);
    return list;
}

static dgram_socket *new_listed(dgram_type type, dgram_blocklist *receive,
                                dgram_blocklist *send, const char *address) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .receive_blocklist = receive,
                             .send_blocklist = send};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, address, 0), 0);
    return socket;
}

static void blocked_senders_are_dropped(dgram_type type) {
    dgram_blocklist *list = new_list();
    dgram_socket *socket = new_listed(type, list, NULL, loopback(type));
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    peer_send_text(peer, "before", &here);
    run_until(&recorder.messages, 1);

    assert_int_equal(dgram_blocklist_add_address(list, loopback(type)), 0);
    for (int i = 0; i < 100; i++)
        peer_send_text(peer, "no", &here);
    run_for(20);
    assert_int_equal(recorder.messages, 1);
    assert_int_equal(recorder.batches, 1);
    assert_int_equal(recorder.errors, 0);
    dgram_close(socket);
    run_to_end();
    dgram_blocklist_release(list);
    peer_close(peer);
}
BOTH(blocked_senders_are_dropped)

/* All of 127/8 is local, so two senders differ by address. */
static void others_of_the_same_wake_up_are_received(void **state) {
    dgram_blocklist *list = new_list();
    dgram_socket *socket = new_listed(DGRAM_UDP4, list, NULL, "0.0.0.0");
    dgram_socket *bad = new_listed(DGRAM_UDP4, NULL, NULL, "127.0.0.2");
    dgram_address here = loopback_of(socket);
    int good = peer_open(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    assert_int_equal(dgram_blocklist_add_subnet(list, "127.0.0.2", 32), 0);
    record_events(&recorder, socket);
    for (int i = 0; i < 20; i++) {
        dgram_send(bad, "no", 2, &here, NULL, NULL);
        dgram_flush(bad);
        peer_send_text(good, "yes", &here);
    }
    run_until(&recorder.messages, 20);
    run_for(5);
    assert_int_equal(recorder.messages, 20);
    for (int i = 0; i < 20; i++)
        assert_string_equal(recorder.message[i].payload, "yes");
    dgram_close(socket);
    dgram_close(bad);
    run_to_end();
    dgram_blocklist_release(list);
    peer_close(good);
}

static void ipv4_rules_match_mapped_senders(void **state) {
    dgram_blocklist *list;
    dgram_socket *socket;
    dgram_address here, there;
    int four, six;
    struct sent sent = {0};
    struct recorder recorder;

    (void)state;
    if (!has_ipv6())
        skip();
    list = new_list();
    assert_int_equal(dgram_blocklist_add_range(list, "127.0.0.0", "127.0.0.5"),
                     0);
    socket = new_listed(DGRAM_UDP6, list, list, "::");
    four = peer_open(DGRAM_UDP4);
    six = peer_open(DGRAM_UDP6);
    record_events(&recorder, socket);
    here = address_of("127.0.0.1", port_of(socket));
    peer_send_text(four, "no", &here);
    here = address_of("::1", port_of(socket));
    peer_send_text(six, "yes", &here);
    run_until(&recorder.messages, 1);
    run_for(5);
    assert_int_equal(recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "yes");

    there = peer_address(four);
    there = address_of("::ffff:127.0.0.1", dgram_address_port(&there));
    assert_int_equal(dgram_send(socket, "x", 1, &there, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, DGRAM_ERR_IP_BLOCKED);
    dgram_close(socket);
    run_to_end();
    dgram_blocklist_release(list);
    peer_close(four);
    peer_close(six);
}

static void sends_to_blocked_destinations_fail(dgram_type type) {
    dgram_blocklist *list = new_list();
    dgram_socket *socket = new_listed(type, NULL, list, loopback(type));
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    struct sent sent[3] = {{0}};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_send(socket, "ok", 2, &there, note_sent, &sent[0]),
                     0);
    assert_int_equal(dgram_blocklist_add_subnet(list, loopback(type),
                                                type == DGRAM_UDP6 ? 128 : 8),
                     0);
    assert_true(dgram_blocklist_check(list, &there));
    dgram_blocklist_release(list);
    assert_int_equal(dgram_send(socket, "no", 2, &there, note_sent, &sent[1]),
                     0);
    assert_int_equal(dgram_send_to(socket, "no", 2, NULL,
                                   dgram_address_port(&there), note_sent,
                                   &sent[2]),
                     0);
    assert_int_equal(dgram_send(socket, "no", 2, &there, NULL, NULL), 0);
    run_until(&sent[2].calls, 1);
    run_until(&recorder.errors, 1);
    assert_int_equal(sent[0].status, 2);
    assert_int_equal(sent[1].status, DGRAM_ERR_IP_BLOCKED);
    assert_int_equal(sent[2].status, DGRAM_ERR_IP_BLOCKED);
    assert_int_equal(recorder.error, DGRAM_ERR_IP_BLOCKED);
    peer_expect(peer, "ok");
    peer_expect_nothing(peer);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(sends_to_blocked_destinations_fail)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(blocked_senders_are_dropped),
        IN_LOOP(others_of_the_same_wake_up_are_received),
        IN_LOOP(ipv4_rules_match_mapped_senders),
        IN_LOOP_BOTH(sends_to_blocked_destinations_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
