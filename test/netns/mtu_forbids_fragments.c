/* If the program forbids fragments, a datagram larger than the MTU fails with
   EMSGSIZE. The others of its batch are sent. */
#include "netns.h"

#define BATCH 60

static int statuses[BATCH];
static int calls;

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    statuses[(intptr_t)data] = status;
    calls++;
}

static void send_batch(dgram_socket *sender, const dgram_address *to,
                       const size_t *sizes) {
    static const unsigned char payload[2000];

    calls = 0;
    for (intptr_t i = 0; i < BATCH; i++)
        assert_int_equal(
            dgram_send(sender, payload, sizes[i], to, on_sent, (void *)i), 0);
    run_until(&calls, BATCH);
    assert_int_equal(calls, BATCH);
}

static void over(const struct side *side) {
    dgram_socket *receiver = new_bound_on(NEAR, side->near);
    dgram_socket *sender = new_bound_on(FAR, side->far);
    dgram_address to = address_of(side->near, port_of(receiver));
    size_t sizes[BATCH];
    struct recorder recorder;
    int fitting = 0;

    record_events(&recorder, receiver);
    enlarge_receive_buffer(receiver);
    set_mtu(1280);
    assert_int_equal(dgram_set_dont_fragment(sender, DGRAM_PMTU_DO), 0);
    for (int i = 0; i < BATCH; i++)
        sizes[i] = 1400;
    send_batch(sender, &to, sizes);
    for (int i = 0; i < BATCH; i++)
        assert_int_equal(statuses[i], UV_EMSGSIZE);

    for (int i = 0; i < BATCH; i++) {
        sizes[i] = i % 5 == 4 ? 1300 : i % 2 == 0 ? 1000 : 1001;
        fitting += sizes[i] < 1200;
    }
    send_batch(sender, &to, sizes);
    for (int i = 0; i < BATCH; i++)
        assert_int_equal(statuses[i],
                         sizes[i] < 1200 ? (int)sizes[i] : UV_EMSGSIZE);
    run_until(&recorder.messages, fitting);
    assert_int_equal(recorder.messages, fitting);
    assert_int_equal(recorder.errors, 0);
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
    set_mtu(1500);
}

static void over_ipv4(void **state) {
    (void)state;
    over(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    over(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
