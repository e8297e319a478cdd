/* A program may ask the kernel for its error queue. If nobody reads it, the
   loop still sleeps; a listener that reads it gets what is in it. */
#include "peer.h"

#if defined(MSG_ERRQUEUE)

static void ask_for_errors(dgram_socket *socket) {
    bool v6 = dgram_get_type(socket) == DGRAM_UDP6;
    int on = 1;

    assert_int_equal(setsockopt(dgram_fileno(socket),
                                v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                v6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof on),
                     0);
}

/* Empties the queue and returns how many errors it had. */
static int count_errors(dgram_socket *socket) {
    int count = 0;

    while (peer_take_error(dgram_fileno(socket)) >= 0)
        count++;
    return count;
}

static void the_loop_sleeps(dgram_type type) {
    dgram_address closed = peer_closed_port(type), here;
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    ask_for_errors(socket);
    for (int i = 0; i < 100; i++)
        assert_int_equal(dgram_send(socket, "?", 1, &closed, NULL, NULL), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_ECONNREFUSED);
    run_for(10);
    expect_rest(20);
    assert_int_equal(count_errors(socket), 0);

    here = loopback_of(socket);
    peer_send_text(peer, "alive", &here);
    run_until(&recorder.messages, 1);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(the_loop_sleeps)

static int read_in_listener;

static void read_errors(dgram_socket *socket, const dgram_error *error,
                        void *data) {
    (void)error;
    (void)data;
    read_in_listener += count_errors(socket);
}

static void a_listener_reads_it(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .error = read_errors};
    dgram_address closed = peer_closed_port(type);
    dgram_socket *socket = new_bound(type);
    dgram_listener listener;

    read_in_listener = 0;
    dgram_on(socket, &listener, &events, NULL);
    ask_for_errors(socket);
    assert_int_equal(dgram_send(socket, "?", 1, &closed, NULL, NULL), 0);
    run_until(&read_in_listener, 1);
    expect_rest(20);
    assert_int_equal(read_in_listener, 1);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_listener_reads_it)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(the_loop_sleeps),
        IN_LOOP_BOTH(a_listener_reads_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) {
    printf("skipped: this system keeps no queue of errors\n");
    return SKIPPED;
}

#endif
