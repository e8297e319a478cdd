/* Where the kernel takes no more, dgram_try_send_batch() ends with the reason,
   and neither that datagram nor one behind it is sent or kept. */
#include "kernel.h"

#define MESSAGES 100

static dgram_outgoing messages[MESSAGES];
static dgram_address destinations[MESSAGES];
static uint32_t numbers[MESSAGES];
static int status[MESSAGES];

/* Numbered datagrams, each to another port. */
static void prepare(void) {
    memset(status, 0, sizeof status);
    for (uint32_t i = 0; i < MESSAGES; i++) {
        numbers[i] = i;
        destinations[i] = address_of("127.0.0.1", (uint16_t)(1000 + i));
        messages[i] = (dgram_outgoing){.payload = &numbers[i],
                                       .length = sizeof numbers[i],
                                       .to = &destinations[i]};
    }
}

static uint32_t refused_at;
static int refusal;

static int refuse_one(uint32_t first, uint32_t count) {
    return first <= refused_at && refused_at < first + count ? refusal : 0;
}

static void expect_sent(int first, int count) {
    assert_int_equal(kernel.logged, count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(kernel.log[i], first + i);
        assert_int_equal(status[first + i], sizeof numbers[0]);
    }
}

static void stops_at(uint32_t at, int code) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    int result;

    prepare();
    kernel.logged = 0;
    kernel.verdict = refuse_one;
    refused_at = at;
    refusal = code;
    result = dgram_try_send_batch(socket, messages, MESSAGES, status);
    assert_int_equal(result, at > 0 ? (int)at : code);
    if (at > 0)
        assert_int_equal(status[at], code);
    expect_sent(0, (int)at);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    kernel.verdict = NULL;
    kernel.logged = 0;
    assert_int_equal(
        dgram_try_send_batch(socket, messages + at, MESSAGES - at, status + at),
        MESSAGES - at);
    expect_sent((int)at, (int)(MESSAGES - at));
    dgram_close(socket);
    run_to_end();
}

static void at_each_index(void **state) {
    (void)state;
    for (uint32_t at = 0; at < MESSAGES; at += 7) {
        stops_at(at, UV_EAGAIN);
        stops_at(at, UV_ENOBUFS);
    }
}

/* While one waits in the queue, later ones are left to the caller. */
static void behind_a_queued_one(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct sent sent = {0};

    (void)state;
    prepare();
    kernel.logged = 0;
    kernel.verdict = refuse_one;
    refused_at = 0;
    refusal = UV_EAGAIN;
    assert_int_equal(dgram_send(socket, &numbers[0], sizeof numbers[0],
                                &destinations[0], note_sent, &sent),
                     0);
    assert_int_equal(dgram_try_send_batch(socket, messages + 1, 2, status),
                     UV_EAGAIN);
    assert_int_equal(kernel.logged, 0);
    kernel.verdict = NULL;
    run_until(&sent.calls, 1);
    assert_int_equal(dgram_try_send_batch(socket, messages + 1, 2, status + 1),
                     2);
    assert_int_equal(kernel.logged, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(kernel.log[i], i);
    dgram_close(socket);
    run_to_end();
}

/* One datagram waits for buffers. Those to its destination wait, others do
   not. */
static void behind_one_without_buffers(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct sent sent = {0};

    (void)state;
    prepare();
    kernel.logged = 0;
    kernel.verdict = refuse_one;
    refused_at = 0;
    refusal = UV_ENOBUFS;
    assert_int_equal(dgram_send(socket, &numbers[0], sizeof numbers[0],
                                &destinations[0], note_sent, &sent),
                     0);
    messages[2].to = &destinations[0];
    assert_int_equal(dgram_try_send_batch(socket, messages + 1, 3, status + 1),
                     1);
    assert_int_equal(status[1], sizeof numbers[0]);
    assert_int_equal(status[2], UV_ENOBUFS);
    assert_int_equal(kernel.logged, 1);
    assert_int_equal(dgram_try_send_batch(socket, messages + 3, 1, status + 3),
                     1);
    assert_int_equal(dgram_try_send_batch(socket, messages + 2, 1, status + 2),
                     UV_ENOBUFS);
    kernel.verdict = NULL;
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, sizeof numbers[0]);
    assert_int_equal(dgram_try_send_batch(socket, messages + 2, 1, status + 2),
                     1);
    assert_int_equal(kernel.logged, 4);
    assert_int_equal(kernel.log[2], 0);
    assert_int_equal(kernel.log[3], 2);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(at_each_index),
        IN_KERNEL(behind_a_queued_one),
        IN_KERNEL(behind_one_without_buffers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
