/* A socket that sends no checksums (SO_NO_CHECK) has no GSO. No datagram is
   lost, and other sockets keep their GSO. */
#include "netns.h"

#include <stdio.h>

#define COUNT 128

/* How many messages this host has sent; a GSO message is one. */
static long messages_sent(void) {
    char line[1024];
    long number = -1;
    FILE *file;

    enter_host(FAR);
    file = fopen("/proc/thread-self/net/snmp", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        sscanf(line, "Udp: %*d %*d %*d %ld", &number);
    fclose(file);
    enter_host(NEAR);
    return number;
}

static int received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)message;
    (void)data;
    received++;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

/* Returns the number of messages that were sent. */
static long send_some(dgram_socket *socket, const dgram_address *to) {
    static const unsigned char zeros[100];
    long before = messages_sent();
    int expected = received + COUNT;
    struct sent sent = {0};

    for (int i = 0; i < COUNT; i++)
        assert_int_equal(
            dgram_send(socket, zeros, sizeof zeros, to, note_sent, &sent), 0);
    run_until(&sent.calls, COUNT);
    assert_int_equal(sent.status, sizeof zeros);
    run_until(&received, expected);
    return messages_sent() - before;
}

static void set_no_checksums(dgram_socket *socket, int on) {
    assert_int_equal(setsockopt(dgram_fileno(socket), SOL_SOCKET, SO_NO_CHECK,
                                &on, sizeof on),
                     0);
}

static void others_keep_their_gso(void **state) {
    dgram_socket *receiver = new_bound_on(NEAR, side_v4.near);
    dgram_socket *without = new_bound_on(FAR, side_v4.far);
    dgram_socket *with = new_bound_on(FAR, side_v4.far);
    dgram_address to = address_of(side_v4.near, port_of(receiver));
    dgram_listener listener;
    long messages;

    (void)state;
    received = 0;
    enlarge_receive_buffer(receiver);
    dgram_on(receiver, &listener, &events, NULL);
    messages = send_some(with, &to);
    set_no_checksums(without, 1);
    assert_int_equal(send_some(without, &to), COUNT);
    assert_int_equal(send_some(without, &to), COUNT);
    assert_in_range(send_some(with, &to), 1, messages);
    dgram_close(receiver);
    dgram_close(without);
    dgram_close(with);
    run_to_end(); /* the listener is on this stack */
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(others_keep_their_gso)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
