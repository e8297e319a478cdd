/* A socket that busy polls receives as any other, does not starve other
   sockets, and does not keep the loop running. */
#include "harness.h"

#define ROUNDS 50

static void send_back(dgram_socket *socket, const dgram_message *message,
                      void *data) {
    int *rounds = data;

    if (++*rounds < ROUNDS)
        dgram_send(socket, message->payload, message->length, message->from,
                   NULL, NULL);
}

static const dgram_events events = {.size = sizeof events,
                                    .message = send_back};

static dgram_socket *new_busy(dgram_type type, uint32_t microseconds) {
    dgram_options options = {
        .size = sizeof options, .type = type, .busy_poll_us = microseconds};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void exchange_messages(dgram_type type) {
    dgram_socket *busy = new_busy(type, 100000);
    dgram_socket *quiet = new_bound(type);
    dgram_address to = loopback_of(busy);
    dgram_listener busy_listener, quiet_listener;
    int busy_rounds = 0, quiet_rounds = 0;

    dgram_on(busy, &busy_listener, &events, &busy_rounds);
    dgram_on(quiet, &quiet_listener, &events, &quiet_rounds);
    assert_int_equal(dgram_send(quiet, "ball", 4, &to, NULL, NULL), 0);
    run_until(&busy_rounds, ROUNDS - 1);
    run_until(&quiet_rounds, ROUNDS - 1);
    dgram_close(busy);
    dgram_close(quiet);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    exchange_messages(DGRAM_UDP4);
}

static void over_ipv6(void **state) {
    (void)state;
    if (!has_ipv6())
        skip();
    exchange_messages(DGRAM_UDP6);
}

/* It sleeps again; else the loop would spin. */
static void count_iteration(uv_prepare_t *prepare) {
    ++*(int *)prepare->data;
}

static void sleeps_when_the_time_is_over(void **state) {
    dgram_socket *busy = new_busy(DGRAM_UDP4, 1000);
    dgram_address to = loopback_of(busy);
    uv_prepare_t prepare;
    struct recorder recorder;
    int turns = 0;

    (void)state;
    record_events(&recorder, busy);
    assert_int_equal(dgram_send(busy, "x", 1, &to, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    run_for(20);
    uv_prepare_init(&test_loop, &prepare);
    prepare.data = &turns;
    uv_prepare_start(&prepare, count_iteration);
    run_for(20);
    assert_in_range(turns, 1, 10);
    uv_close((uv_handle_t *)&prepare, NULL);
    dgram_close(busy);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(over_ipv4),
        IN_LOOP(over_ipv6),
        IN_LOOP(sleeps_when_the_time_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
