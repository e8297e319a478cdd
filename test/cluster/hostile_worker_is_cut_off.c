/* A worker that sends invalid messages, or does not read, loses its connection.
   Other workers are not affected. The test writes the messages of the worker.
 */
#include "raw_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static struct recorder recorders[2];
static unsigned char bytes[RAW_SIZE];

static void expect_closed(int fd) {
    int left = workers.left;

    workers_run_until(&workers.left, left + 1);
    while (read(fd, bytes, RAW_SIZE) > 0)
        continue;
    close(fd);
}

/* The other worker still works. */
static void expect_other_worker_works(struct recorder *recorder) {
    dgram_socket *socket =
        worker_bound(&workers.worker[0], "127.0.0.1", 0, recorder);

    dgram_close(socket);
    workers_run_until(&recorder->closed, 1);
}

static void invalid_messages_close_the_connection(void **state) {
    static const struct {
        int greets;
        enum raw_kind kind;
        unsigned id;
    } wrong[] = {
        {0, BIND, 1},  {0, READY, 0},    {1, HELLO, 0},
        {1, CLOSE, 5}, {1, STOP, 0},     {1, ANSWER, 1},
        {1, BIND, 0},  {1, STOP + 1, 0}, {0, STOP, 0},
    };

    (void)state;
    workers_open(1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int fd = raw_connect();

        if (wrong[i].greets)
            raw_send(fd, HELLO, 0);
        raw_send(fd, wrong[i].kind, wrong[i].id);
        expect_closed(fd);
        expect_other_worker_works(&recorders[0]);
    }
    workers_end();
}

static void noise_closes_the_connection(void **state) {
    uint32_t random = 7;

    (void)state;
    workers_open(1);
    for (int i = 0; i < 200; i++) {
        int fd = raw_connect();

        raw_send(fd, HELLO, 0);
        raw_make(bytes, BIND, 1);
        random = random * 1664525u + 1013904223u;
        bytes[(random >> 8) % 8] ^= (unsigned char)(1 + (random >> 16) % 255);
        assert_int_equal(write(fd, bytes, RAW_SIZE), RAW_SIZE);
        expect_closed(fd);
    }
    expect_other_worker_works(&recorders[0]);
    workers_end();
}

static void bind_numbers_must_rise(void **state) {
    int fd;

    (void)state;
    workers_open(1);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_send(fd, BIND, 2);
    raw_send(fd, BIND, 2);
    expect_closed(fd);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_send(fd, BIND, 1);
    raw_send(fd, CLOSE, 1);
    raw_send(fd, CLOSE, 1);
    expect_closed(fd);
    expect_other_worker_works(&recorders[0]);
    workers_end();
}

static void messages_may_arrive_in_pieces(void **state) {
    int fd, listening;

    (void)state;
    workers_open(1);
    listening = workers.listening;
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_make(bytes, BIND, 1);
    for (int i = 0; i < RAW_SIZE; i++) {
        assert_int_equal(write(fd, &bytes[i], 1), 1);
        workers_run_iterations(1);
    }
    workers_run_until(&workers.listening, listening + 1);
    /* Half a message, then the end of the connection. */
    assert_int_equal(write(fd, bytes, RAW_SIZE / 2), RAW_SIZE / 2);
    shutdown(fd, SHUT_WR);
    expect_closed(fd);
    workers_end();
}

/* The kernel drops descriptors that a worker sends. */
static void descriptors_of_a_worker_are_dropped(void **state) {
    int fd, before;

    (void)state;
    workers_open(1);
    fd = raw_connect();
    before = count_descriptors();
    raw_make(bytes, HELLO, 0);
    raw_send_with_fds(fd, bytes, RAW_SIZE, fd, 1);
    workers_run_until(&workers.joined, 2);
    for (int i = 0; i < 100; i++) {
        raw_make(bytes, READY, 0);
        raw_send_with_fds(fd, bytes, RAW_SIZE, fd, 1);
        workers_run_iterations(1);
    }
    assert_int_equal(workers.ready, 100);
    assert_int_equal(count_descriptors(), before);
    raw_send(fd, STOP, 0);
    expect_closed(fd);
    workers_end();
}

static void messages_behind_an_invalid_one_are_ignored(void **state) {
    int fd;

    (void)state;
    workers_open(1);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_send(fd, STOP, 0);
    raw_send(fd, READY, 0);
    raw_send(fd, BIND, 1);
    expect_closed(fd);
    assert_int_equal(workers.ready, 0);
    assert_int_equal(workers.listening, 0);
    workers_end();
}

/* It closes each socket for a replacement, which never binds it. */
static void kept_sockets_are_bounded(void **state) {
    const dgram_primary_options options = {.sockets_max = 20,
                                           .linger_ms = 60000};
    int fd, before;

    (void)state;
    workers_open_with(1, options);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    workers_run_until(&workers.joined, 2);
    before = count_descriptors();
    for (unsigned i = 1; i <= 100; i++) {
        unsigned char answer[RAW_SIZE];

        raw_make(bytes, BIND, i);
        bytes[28] = (unsigned char)i;
        assert_int_equal(write(fd, bytes, RAW_SIZE), RAW_SIZE);
        raw_make(bytes, CLOSE, i);
        bytes[8] = RAW_KEEP;
        assert_int_equal(write(fd, bytes, RAW_SIZE), RAW_SIZE);
        workers_run_until(&workers.listening, (int)i);
        workers_run_iterations(2);
        assert_int_equal(read(fd, answer, RAW_SIZE), RAW_SIZE);
        assert_true(count_descriptors() - before <= 21);
    }
    raw_send(fd, STOP, 0);
    expect_closed(fd);
    expect_other_worker_works(&recorders[0]);
    workers_end();
}

/* It requests sockets without end and reads no answer: the primary stops
   reading, and the worker has at most `sockets_max`. */
static void a_worker_that_does_not_read_is_not_read(void **state) {
    const dgram_primary_options options = {.sockets_max = 50};
    int fd, before, flags;
    unsigned asked = 0;

    (void)state;
    workers_open_with(1, options);
    fd = raw_connect();
    flags = fcntl(fd, F_GETFL);
    assert_int_equal(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
    raw_send(fd, HELLO, 0);
    before = count_descriptors();
    for (int turns = 0; turns < 200; turns++) {
        raw_make(bytes, BIND, ++asked);
        bytes[28] = (unsigned char)asked; /* another index, another socket */
        if (write(fd, bytes, RAW_SIZE) != RAW_SIZE)
            asked--;
        workers_run_iterations(1);
        assert_true(count_descriptors() - before <= 51);
    }
    for (int turns = 0; turns < 20000; turns++) {
        raw_make(bytes, BIND, ++asked);
        if (write(fd, bytes, RAW_SIZE) != RAW_SIZE) {
            assert_int_equal(errno, EAGAIN);
            break;
        }
        workers_run_iterations(1);
    }
    expect_other_worker_works(&recorders[0]);
    assert_true(count_descriptors() - before <= 51);
    shutdown(fd, SHUT_RDWR);
    close(fd);
    workers_run_until(&workers.left, 1);
    assert_int_equal(count_descriptors(), before - 2);
    workers_end();
}

static void a_connection_can_be_ended(void **state) {
    int fd;

    (void)state;
    workers_open(1);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    workers_run_until(&workers.joined, 2);
    assert_true(dgram_connection_is_ready(workers.worker[0].connection, NULL));
    dgram_connection_end(workers.worker[0].connection);
    workers_run_iterations(5);
    assert_int_equal(workers.left, 0);
    raw_send(fd, STOP, 0);
    expect_closed(fd);
    workers_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(invalid_messages_close_the_connection),
        IN_LOOP(noise_closes_the_connection),
        IN_LOOP(bind_numbers_must_rise),
        IN_LOOP(messages_may_arrive_in_pieces),
        IN_LOOP(descriptors_of_a_worker_are_dropped),
        IN_LOOP(messages_behind_an_invalid_one_are_ignored),
        IN_LOOP(kept_sockets_are_bounded),
        IN_LOOP(a_worker_that_does_not_read_is_not_read),
        IN_LOOP(a_connection_can_be_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
