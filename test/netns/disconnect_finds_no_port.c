/* A disconnect releases the port that the kernel chose. If no port is free
   then, a send fails instead of waiting for ever. */
#include "netns.h"

#include <stdio.h>

static void set_port_range(const char *range) {
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");

    if (file == NULL || fputs(range, file) < 0 || fclose(file) != 0) {
        print_message("skipped: the range of ports cannot be set\n");
        skip();
    }
}

static int turns;

static void count_iteration(uv_prepare_t *prepare) {
    (void)prepare;
    turns++;
}

static void each_send_is_reported(const struct side *side, bool shared) {
    dgram_address to = address_of(side->far, 9);
    dgram_socket *socket, *holder;
    struct sent sent = {0};
    uv_prepare_t prepare;

    set_port_range("50000 50000");
    socket = new_socket(side->type);
    assert_int_equal(dgram_connect_sync(socket, side->far, 9), 0);
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(dgram_set_shared(socket, shared), 0);
    holder = new_bound_on_with(
        NEAR, side->near, 50000,
        &(dgram_options){.size = sizeof(dgram_options), .type = side->type});
    uv_prepare_init(&test_loop, &prepare);
    turns = 0;
    uv_prepare_start(&prepare, count_iteration);
    for (int i = 0; i < 50; i++)
        assert_int_equal(dgram_send(socket, "x", 1, &to, note_sent, &sent), 0);
    run_until(&sent.calls, 50);
    assert_int_equal(sent.status, UV_EAGAIN);
    assert_in_range(turns, 1, 20);
    uv_close((uv_handle_t *)&prepare, NULL);
    dgram_close(holder);
    run_for(10);
    sent.calls = 0;
    assert_int_equal(dgram_send(socket, "x", 1, &to, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 1);
    dgram_close(socket);
    run_to_end();
    set_port_range("32768 60999");
}

static void of_ipv4(void **state) {
    (void)state;
    each_send_is_reported(&side_v4, false);
    each_send_is_reported(&side_v4, true);
}

static void of_ipv6(void **state) {
    (void)state;
    each_send_is_reported(&side_v6, false);
    each_send_is_reported(&side_v6, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(of_ipv4), IN_LOOP(of_ipv6)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
