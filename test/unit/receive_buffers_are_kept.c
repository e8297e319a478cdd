/* The receive buffers that stopped sockets keep are not among those in use,
   which each wake-up of any socket walks. So a socket is as fast beside
   thousands that are stopped. */
#include "peer.h"

#include "loop/loop.h"

#define SOCKETS 20
#define DATAGRAMS 3 /* to each */

static dgram_socket *sockets[SOCKETS];
static int received;

static void stop(dgram_socket *socket, const dgram_message *message,
                 void *data) {
    (void)message;
    (void)data;
    received++;
    dgram_receive_stop(socket);
}

static const dgram_events stops = {.size = sizeof(stops), .message = stop};

static bool any_in_use(void) {
    return !list_empty(&loop_find(&test_loop)->receive_buffers.in_use);
}

static void create_all(dgram_listener *listeners) {
    int peer = peer_open(DGRAM_UDP4);

    for (int i = 0; i < SOCKETS; i++) {
        dgram_address here;

        sockets[i] = new_bound(DGRAM_UDP4);
        here = loopback_of(sockets[i]);
        dgram_on(sockets[i], &listeners[i], &stops, NULL);
        for (int j = 0; j < DATAGRAMS; j++)
            peer_send_text(peer, "one of some", &here);
    }
    peer_close(peer);
}

/* Each of them stops in the middle of what it has received. */
static void apart_from_those_in_use(void **state) {
    dgram_listener listeners[SOCKETS];

    (void)state;
    received = 0;
    create_all(listeners);
    run_until(&received, SOCKETS);
    assert_false(any_in_use());
    for (int i = 0; i < SOCKETS / 2; i++)
        dgram_receive_start(sockets[i]);
    run_until(&received, SOCKETS + SOCKETS / 2);
    assert_false(any_in_use());
    for (int i = 0; i < SOCKETS; i++)
        dgram_close(sockets[i]);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(apart_from_those_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
