/* Of the workers that share a socket, those that ask for it learn where and how
   a datagram arrived. */
#include "info.h"
#include "workers.h"

#define TOS DGRAM_TOS(8, DGRAM_ECN_NOT_ECT)
#define TTL 21
#define COUNT 40

static int calls;
static dgram_address expected;

static void with_info(dgram_socket *socket, const dgram_message *message,
                      void *data) {
    (void)socket;
    (void)data;
    calls++;
    expect_info(message->info, &expected, loopback_index(), TOS, TTL);
}

static void without_info(dgram_socket *socket, const dgram_message *message,
                         void *data) {
    (void)socket;
    (void)data;
    calls++;
    assert_null(message->info);
}

static void one_worker_asks(dgram_type type) {
    static const dgram_events asking = {.size = sizeof asking,
                                        .message = with_info};
    static const dgram_events plain = {.size = sizeof plain,
                                       .message = without_info};
    const dgram_options options = {
        .size = sizeof options, .type = type, .receive_info = DGRAM_INFO_ALL};
    dgram_listener listeners[2];
    struct recorder recorders[2];
    dgram_socket *first, *second;
    int peer = peer_open(type);

    calls = 0;
    workers_open(2);
    assert_int_equal(
        dgram_create_with(&workers.worker[0].loop, &options, &first), 0);
    record_events(&recorders[0], first);
    dgram_on(first, &listeners[0], &asking, NULL);
    assert_int_equal(dgram_bind(first, loopback(type), 0), 0);
    workers_run_until(&recorders[0].listening, 1);
    expected = loopback_of(first);
    second = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[1]);
    assert_int_equal(port_of(first), port_of(second));
    dgram_on(second, &listeners[1], &plain, NULL);
    set_tos_and_ttl(peer, type, TOS, TTL);
    for (int i = 0; i < COUNT; i++)
        peer_send_text(peer, "x", &expected);
    workers_run_until(&calls, COUNT);
    assert_true(recorders[0].messages > 0 && recorders[1].messages > 0);
    dgram_close(first);
    dgram_close(second);
    workers_end();
    peer_close(peer);
}
BOTH(one_worker_asks)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(one_worker_asks),
    };

    if (!has_receive_info()) {
        printf("skipped: this system does not report all information\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
