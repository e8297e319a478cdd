/* Datagrams to a Unix socket with a full queue wait until it reads. That costs
   no wake-ups, and no descriptor longer than needed. */
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Loop iterations in 30 ms. Where a timer retries, its interval doubles from
   2 ms on. */
#define QUIET 8
#define MANY                                                                   \
    100 /* more than net.unix.max_dgram_qlen, or than fit otherwise            \
         */

static int receiver; /* a plain descriptor that is bound to "slow" */
static int next;     /* the number it receives next */
static dgram_socket *sender;
static struct sent sent;

static void open_receiver(void) {
    dgram_address to = unix_address(path_of("slow"));

    receiver = open_unix(SOCK_DGRAM);
    assert_true(receiver >= 0);
    assert_int_equal(bind(receiver, &to.any, sizeof to.un.name), 0);
    next = 0;
}

static void close_receiver(void) {
    close(receiver);
    unlink(path_of("slow"));
}

/* Reads what is there: numbers in order. */
static void read_numbers(void) {
    static unsigned char payload[70000];
    int number;

    while (recv(receiver, payload, sizeof payload, 0) > 0) {
        memcpy(&number, payload, sizeof number);
        assert_int_equal(number, next);
        next++;
    }
    assert_int_equal(errno, EAGAIN);
}

static void read_until(int goal) {
    while (next < goal) {
        read_numbers();
        uv_run(&test_loop, UV_RUN_NOWAIT);
    }
}

static void send_number(int number, size_t length, const dgram_address *to) {
    static unsigned char payload[60000];

    memcpy(payload, &number, sizeof number);
    assert_int_equal(dgram_send(sender, payload, length, to, note_sent, &sent),
                     0);
}

/* Sends so many that most of them wait. */
static void send_numbers(size_t length) {
    const dgram_address to = unix_address(path_of("slow"));

    for (int i = 0; i < MANY; i++)
        send_number(i, length, &to);
    run_for(20);
    assert_in_range(sent.calls, 1, MANY - 1);
}

static int descriptors(void) {
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static int begin(void **state) {
    int result = folder_open(state);

    open_receiver();
    sender = new_socket(DGRAM_UNIX);
    assert_int_equal(dgram_bind_sync(sender, path_of("sender"), 0), 0);
    run_for(1);
    sent = (struct sent){0};
    return result;
}

static int end(void **state) {
    dgram_close(sender);
    run_to_end();
    close_receiver();
    return folder_end(state);
}

static void without_waking_up(void **state) {
    (void)state;
    send_numbers(4);
    run_for(100);
    expect_rest(QUIET);
    read_until(MANY);
    run_until(&sent.calls, MANY);
}

static void without_keeping_descriptors(void **state) {
    int before = descriptors();

    (void)state;
    send_numbers(4);
    assert_in_range(descriptors(), before, before + 1);
    read_until(MANY);
    run_until(&sent.calls, MANY);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    assert_int_equal(descriptors(), before);
}

static void the_loop_does_not_end(void **state) {
    (void)state;
    dgram_unref(sender);
    send_numbers(4);
    assert_true(uv_loop_alive(&test_loop));
    read_until(MANY);
    run_to_end();
    assert_int_equal(sent.calls, MANY);
}

static void until_the_close(void **state) {
    int before = descriptors();

    (void)state;
    send_numbers(4);
    dgram_close(sender);
    run_until(&sent.calls, MANY);
    assert_int_equal(sent.status, UV_ECANCELED);
    run_to_end();
    assert_int_equal(descriptors(), before - 1);
    sender = new_socket(DGRAM_UNIX);
}

/* What fits by then is sent. */
static void the_close_sends_what_fits(void **state) {
    (void)state;
    send_numbers(4);
    read_numbers();
    dgram_close(sender);
    run_until(&sent.calls, MANY);
    int taken = next;
    read_numbers();
    assert_true(next > taken);
    sender = new_socket(DGRAM_UNIX);
}

static void until_it_is_closed(void **state) {
    (void)state;
    send_numbers(4);
    close_receiver();
    run_until(&sent.calls, MANY);
    assert_int_equal(sent.status, UV_ENOENT);
    open_receiver();
}

/* The first of them are lost with the first receiver. */
static void its_successor_gets_the_rest(void **state) {
    (void)state;
    send_numbers(4);
    int first = sent.calls;
    close_receiver();
    open_receiver();
    next = first;
    read_until(MANY);
    run_until(&sent.calls, MANY);
    assert_int_equal(sent.status, 4);
}

/* Its successor may have the name while it still is there, and never reads. */
static void a_stuck_one_is_replaced(void **state) {
    int stuck = receiver;

    (void)state;
    send_numbers(4);
    int first = sent.calls;
    unlink(path_of("slow"));
    open_receiver();
    next = first;
    run_for(1100);
    const dgram_address to = unix_address(path_of("slow"));
    send_number(MANY, 4, &to);
    read_until(MANY + 1);
    close(stuck);
}

/* Its successor has a full queue, too. */
static void a_closed_one_is_replaced(void **state) {
    const dgram_address to = unix_address(path_of("slow"));
    int other = open_unix(SOCK_DGRAM);
    int closed = receiver, number = 0;

    (void)state;
    send_numbers(4);
    int first = sent.calls;
    unlink(path_of("slow"));
    open_receiver();
    while (sendto(other, &number, sizeof number, 0, &to.any,
                  sizeof to.un.name) > 0)
        number++;
    close(closed);
    run_for(10);
    expect_rest(QUIET);
    read_numbers();
    next = first;
    read_until(MANY);
    run_until(&sent.calls, MANY);
    close(other);
}

static void it_connects_to_another(void **state) {
    const dgram_address to = unix_address(path_of("other"));
    int other = receiver, first;

    (void)state;
    send_numbers(4);
    first = sent.calls;
    other = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(other, &to.any, sizeof to.un.name), 0);
    assert_int_equal(connect(receiver, &to.any, sizeof to.un.name), 0);
    read_numbers();
    run_until(&sent.calls, MANY);
    assert_in_range(first, 1, MANY - 1);
    assert_int_equal(sent.status, UV_EPERM);
    close(other);
}

static void it_connects_to_the_sender(void **state) {
    const dgram_address to = unix_address(path_of("sender"));

    (void)state;
    send_numbers(4);
    assert_int_equal(connect(receiver, &to.any, sizeof to.un.name), 0);
    read_until(MANY);
    run_until(&sent.calls, MANY);
}

static void the_sender_connects_to_it(void **state) {
    (void)state;
    send_numbers(4);
    assert_int_equal(dgram_connect_sync(sender, path_of("slow"), 0), 0);
    for (int i = 0; i < 5; i++)
        send_number(MANY + i, 4, NULL);
    run_for(10);
    read_until(MANY + 5);
    run_until(&sent.calls, MANY + 5);
}

/* It is full while the sender connects to another, and does not block it. */
static void the_sender_connects_to_another(void **state) {
    dgram_socket *other = new_bound_to(path_of("other"));
    static struct recorder recorder;

    (void)state;
    send_numbers(4);
    record_events(&recorder, other);
    assert_int_equal(dgram_connect_sync(sender, path_of("other"), 0), 0);
    send_number(7, 4, NULL);
    run_until(&recorder.messages, 1);
    expect_rest(QUIET);
    read_until(MANY);
    run_until(&sent.calls, MANY + 1);
    dgram_close(other);
}

static void the_sender_disconnects(void **state) {
    dgram_socket *other = new_bound_to(path_of("other"));
    const dgram_address to = unix_address(path_of("other"));
    static struct recorder recorder;

    (void)state;
    record_events(&recorder, other);
    assert_int_equal(dgram_connect_sync(sender, path_of("slow"), 0), 0);
    for (int i = 0; i < MANY; i++)
        send_number(i, 4, NULL);
    run_for(10);
    assert_int_equal(dgram_disconnect(sender), 0);
    send_number(7, 4, &to);
    run_until(&recorder.messages, 1);
    read_until(MANY);
    run_until(&sent.calls, MANY + 1);
    dgram_close(other);
}

/* A quarter of the send buffer is used: the socket polls as not writable. */
static void long_datagrams_block_no_others(void **state) {
    dgram_socket *other = new_bound_to(path_of("other"));
    const dgram_address to = unix_address(path_of("other"));
    static struct recorder recorder;

    (void)state;
    record_events(&recorder, other);
    send_numbers(8000);
    send_number(7, 4, &to);
    run_until(&recorder.messages, 1);
    expect_rest(QUIET);
    read_until(MANY);
    run_until(&sent.calls, MANY + 1);
    dgram_close(other);
}

/* The same if the sender connects to another. */
static void long_datagrams_do_not_block_the_peer(void **state) {
    static unsigned char payload[60000];
    dgram_socket *peer = new_bound_to(path_of("other"));
    const dgram_address to = unix_address(path_of("slow"));
    static struct recorder recorder;

    (void)state;
    record_events(&recorder, peer);
    for (int i = 0; i < 2; i++)
        send_number(i, 40000, &to);
    run_until(&sent.calls, 2);
    assert_int_equal(dgram_connect_sync(sender, path_of("other"), 0), 0);
    for (int i = 0; i < MANY; i++)
        dgram_send(sender, payload, sizeof payload, NULL, note_sent, &sent);
    run_until(&recorder.messages, MANY);
    read_until(2);
    dgram_close(peer);
}

/* Until somebody reads, no datagram fits. */
static void a_full_send_buffer_loses_nothing(void **state) {
    dgram_socket *other = new_bound_to(path_of("other"));
    const dgram_address to = unix_address(path_of("other"));
    static struct recorder recorder;

    (void)state;
    record_events(&recorder, other);
    send_numbers(60000);
    send_number(7, 4, &to);
    run_for(100);
    expect_rest(QUIET);
    read_until(MANY);
    run_until(&recorder.messages, 1);
    run_until(&sent.calls, MANY + 1);
    dgram_close(other);
}

#define WITH_RECEIVER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_RECEIVER(without_waking_up),
        WITH_RECEIVER(without_keeping_descriptors),
        WITH_RECEIVER(the_loop_does_not_end),
        WITH_RECEIVER(until_the_close),
        WITH_RECEIVER(the_close_sends_what_fits),
        WITH_RECEIVER(until_it_is_closed),
        WITH_RECEIVER(its_successor_gets_the_rest),
        WITH_RECEIVER(a_stuck_one_is_replaced),
        WITH_RECEIVER(a_closed_one_is_replaced),
        WITH_RECEIVER(it_connects_to_another),
        WITH_RECEIVER(it_connects_to_the_sender),
        WITH_RECEIVER(the_sender_connects_to_it),
        WITH_RECEIVER(the_sender_connects_to_another),
        WITH_RECEIVER(the_sender_disconnects),
        WITH_RECEIVER(long_datagrams_block_no_others),
        WITH_RECEIVER(long_datagrams_do_not_block_the_peer),
        WITH_RECEIVER(a_full_send_buffer_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
