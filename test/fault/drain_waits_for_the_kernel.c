/* Datagrams that the kernel does not take fill the send queue, whatever they
   wait for. `drain` comes when it has taken enough of them. */
#include "kernel.h"

#define COST 256
#define SIZE 44 /* of a datagram */
#define COUNT 10

static int code;            /* that refuses a datagram, or 0 */
static uint32_t refused_at; /* datagrams from this one on */

static int refuse(uint32_t first, uint32_t count) {
    return first + count > refused_at ? code : 0;
}

static dgram_socket *new_bounded(struct recorder *recorder) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .segments_max = 1,
                                   .send_queue_size_max =
                                       COUNT * (SIZE + COST)};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    record_events(recorder, socket);
    kernel.verdict = refuse;
    return socket;
}

/* No callback of a send reports that the queue has shrunk. */
static void fill(dgram_socket *socket) {
    static char payload[SIZE];
    int result = 0;

    for (uint32_t number = 0; result == 0; number++) {
        dgram_address to = address_of("127.0.0.1", (uint16_t)(1000 + number));

        memcpy(payload, &number, sizeof number);
        result = dgram_send(socket, payload, SIZE, &to, NULL, NULL);
        assert_int_equal(result, number < COUNT ? 0 : UV_ENOBUFS);
    }
}

static void end(dgram_socket *socket) {
    dgram_close(socket);
    run_to_end();
}

/* It takes five, and the queue is still at half of its limit. */
static void until_the_socket_is_writable(void **state) {
    struct recorder recorder;
    dgram_socket *socket = new_bounded(&recorder);

    (void)state;
    code = UV_EAGAIN;
    refused_at = 5;
    fill(socket);
    assert_int_equal(dgram_flush(socket), 5);
    assert_int_equal(dgram_get_send_queue_space(socket), 5 * (SIZE + COST));
    assert_int_equal(uv_run(&test_loop, UV_RUN_NOWAIT) != 0, 1);
    assert_int_equal(recorder.drains, 0);
    code = 0;
    run_until(&recorder.drains, 1);
    run_for(2);
    assert_int_equal(recorder.drains, 1);
    assert_int_equal(kernel.logged, COUNT);
    end(socket);
}

static void until_it_is_flushed(void **state) {
    struct recorder recorder;
    dgram_socket *socket = new_bounded(&recorder);

    (void)state;
    code = UV_EAGAIN;
    refused_at = 5;
    fill(socket);
    assert_int_equal(dgram_flush(socket), 5);
    refused_at = 6;
    assert_int_equal(dgram_flush(socket), 4);
    assert_int_equal(recorder.drains, 0);
    code = 0;
    run_until(&recorder.drains, 1);
    end(socket);
}

/* Each waits in the retry queue. */
static void until_there_are_buffers(void **state) {
    struct recorder recorder;
    dgram_socket *socket = new_bounded(&recorder);

    (void)state;
    code = UV_ENOBUFS;
    refused_at = 0;
    fill(socket);
    run_for(10);
    assert_int_equal(dgram_get_send_queue_count(socket), COUNT);
    assert_int_equal(dgram_get_send_queue_space(socket), 0);
    assert_int_equal(recorder.drains, 0);
    code = 0;
    run_until(&recorder.drains, 1);
    run_for(2);
    assert_int_equal(recorder.drains, 1);
    assert_int_equal(kernel.logged, COUNT);
    assert_int_equal(recorder.errors, 0);
    end(socket);
}

/* The errors come before the event. */
static void until_they_fail(void **state) {
    struct recorder recorder;
    dgram_socket *socket = new_bounded(&recorder);

    (void)state;
    code = UV_EPERM;
    refused_at = 3;
    fill(socket);
    run_until(&recorder.drains, 1);
    end(socket);
    assert_string_equal(recorder.log, "leeeeeeedx");
}

static void never_if_it_is_closed_meanwhile(void **state) {
    struct recorder recorder;
    dgram_socket *socket = new_bounded(&recorder);

    (void)state;
    code = UV_EAGAIN;
    refused_at = 0;
    fill(socket);
    assert_int_equal(dgram_flush(socket), COUNT);
    refused_at = 8;
    end(socket);
    assert_int_equal(kernel.logged, 8);
    assert_string_equal(recorder.log, "x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(until_the_socket_is_writable),
        IN_KERNEL(until_it_is_flushed),
        IN_KERNEL(until_there_are_buffers),
        IN_KERNEL(until_they_fail),
        IN_KERNEL(never_if_it_is_closed_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
