/* A socket that busy polls does not keep the loop running: once it is
   unreferenced or closed, the loop ends at once. */
#include "peer.h"

#define MINUTE_US 60000000u

static dgram_socket *new_awake(struct recorder *recorder) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .busy_poll_us = MINUTE_US};
    dgram_socket *socket = new_socket_with(&options);
    dgram_address to;

    record_events(recorder, socket);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    to = loopback_of(socket);
    assert_int_equal(dgram_send(socket, "x", 1, &to, NULL, NULL), 0);
    run_until(&recorder->messages, 1);
    return socket;
}

static void when_it_is_unreferenced(void **state) {
    struct recorder recorder;
    dgram_socket *socket = new_awake(&recorder);

    (void)state;
    dgram_unref(socket);
    run_to_end();
    dgram_close(socket);
    run_to_end();
}

static void when_it_was_so_from_the_start(void **state) {
    struct recorder recorder, other_recorder;
    dgram_socket *other = new_bound(DGRAM_UDP4);
    dgram_socket *socket = new_awake(&recorder);

    (void)state;
    record_events(&other_recorder, other);
    dgram_unref(socket);
    dgram_close(other);
    run_to_end();
    assert_int_equal(other_recorder.closed, 1);
    dgram_close(socket);
    run_to_end();
}

static void when_it_is_closed(void **state) {
    struct recorder recorder;

    (void)state;
    dgram_close(new_awake(&recorder));
    run_to_end();
    assert_int_equal(recorder.closed, 1);
}

static void count_iteration(uv_prepare_t *prepare) {
    ++*(int *)prepare->data;
}

/* Another socket keeps the loop running, and it sleeps. */
static void others_sleep_when_it_is_closed(void **state) {
    dgram_socket *other = new_bound(DGRAM_UDP4);
    uv_prepare_t prepare;
    struct recorder recorder;
    int turns = 0;

    (void)state;
    dgram_close(new_awake(&recorder));
    run_until(&recorder.closed, 1);
    uv_prepare_init(&test_loop, &prepare);
    prepare.data = &turns;
    uv_prepare_start(&prepare, count_iteration);
    run_for(20);
    assert_in_range(turns, 1, 20);
    uv_close((uv_handle_t *)&prepare, NULL);
    dgram_close(other);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(when_it_is_unreferenced),
        IN_LOOP(when_it_was_so_from_the_start),
        IN_LOOP(when_it_is_closed),
        IN_LOOP(others_sleep_when_it_is_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
