/* The callbacks of datagrams to one destination come in order, also if some of
   them had to wait for buffers of the kernel. */
#include "harness.h"

#include "os/platform.h"

static struct platform scripted;
static const struct platform *real;

static bool without_buffers;
static char order[16]; /* the first byte of each datagram, as reported */
static size_t reported;
static dgram_address busy[2], to; /* destinations */

static int scripted_send(dgram_fd fd, const struct platform_out *messages,
                         uint32_t count) {
    (void)fd;
    (void)messages;
    return without_buffers ? UV_ENOBUFS : (int)count;
}

static int begin(void **state) {
    real = platform;
    scripted = *platform;
    scripted.send = scripted_send;
    platform = &scripted;
    memset(order, 0, sizeof order);
    reported = 0;
    return loop_open(state);
}

static int end(void **state) {
    platform = real;
    return loop_end(state);
}

static void note_order(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    assert_in_range(reported, 0, sizeof order - 2);
    order[reported++] = *(const char *)data;
}

static void send_one(dgram_socket *socket, const char *name,
                     const dgram_address *address, dgram_send_cb cb) {
    assert_int_equal(
        dgram_send(socket, name, 1, address, cb, (void *)(uintptr_t)name), 0);
}

/* "b" is done and not reported yet. "c" is sent, and "d" must wait for buffers
   until the close cancels it. */
static void send_more_and_close(dgram_socket *socket, int status, void *data) {
    note_order(socket, status, data);
    send_one(socket, "c", &to, note_order);
    assert_int_equal(dgram_flush(socket), 0);
    without_buffers = true;
    send_one(socket, "d", &to, note_order);
    assert_int_equal(dgram_flush(socket), 1);
    dgram_close(socket);
}

static void if_the_socket_closes_in_a_callback(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    busy[0] = address_of("127.0.0.1", 1);
    busy[1] = address_of("127.0.0.1", 2);
    to = address_of("127.0.0.1", 3);
    without_buffers = true;
    send_one(socket, "a", &busy[0], send_more_and_close);
    send_one(socket, "b", &busy[1], note_order);
    assert_int_equal(dgram_flush(socket), 2);
    without_buffers = false;
    run_to_end();
    assert_string_equal(order, "abcd");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(if_the_socket_closes_in_a_callback,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
