/* A worker that sends invalid messages, or does not read, loses its connection.
   Other workers are not affected. The test writes the messages of the worker.
 */
#include "raw_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static struct recorder recorders[2];
static unsigned char bytes[RAW_SIZE];

static void expect_cut(int fd) {
    int left = workers.left;

    workers_run_until(&workers.left, left + 1);
    while (read(fd, bytes, RAW_SIZE) > 0)
        continue;
    close(fd);
}

/* The other worker is served as ever. */
static void expect_service(struct recorder *recorder) {
    dgram_socket *socket =
        worker_bound(&workers.worker[0], "127.0.0.1", 0, recorder);

    dgram_close(socket);
    workers_run_until(&recorder->closed, 1);
}

static void what_no_worker_sends_cuts(void **state) {
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
        expect_cut(fd);
        expect_service(&recorders[0]);
    }
    workers_end();
}

static void noise_cuts(void **state) {
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
        expect_cut(fd);
    }
    expect_service(&recorders[0]);
    workers_end();
}

static void numbers_go_up(void **state) {
    int fd;

    (void)state;
    workers_open(1);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_send(fd, BIND, 2);
    raw_send(fd, BIND, 2);
    expect_cut(fd);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_send(fd, BIND, 1);
    raw_send(fd, CLOSE, 1);
    raw_send(fd, CLOSE, 1);
    expect_cut(fd);
    expect_service(&recorders[0]);
    workers_end();
}

static void pieces_are_put_together(void **state) {
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
    /* Half a message, and the end. */
    assert_int_equal(write(fd, bytes, RAW_SIZE / 2), RAW_SIZE / 2);
    shutdown(fd, SHUT_WR);
    expect_cut(fd);
    workers_end();
}

/* Descriptors that a worker sends do not come to be the primary's. */
static void descriptors_are_not_taken(void **state) {
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
    expect_cut(fd);
    workers_end();
}

static void nothing_behind_is_heard(void **state) {
    int fd;

    (void)state;
    workers_open(1);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_send(fd, STOP, 0);
    raw_send(fd, READY, 0);
    raw_send(fd, BIND, 1);
    expect_cut(fd);
    assert_int_equal(workers.ready, 0);
    assert_int_equal(workers.listening, 0);
    workers_end();
}

/* It leaves each socket for a replacement that never comes. */
static void what_is_kept_is_bounded(void **state) {
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
    expect_cut(fd);
    expect_service(&recorders[0]);
    workers_end();
}

/* It asks for ever and reads nothing: it is heard no more, and holds no more
   than it may. */
static void one_that_does_not_read_is_not_heard(void **state) {
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
        bytes[28] = (unsigned char)asked; /* index: each another socket */
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
    expect_service(&recorders[0]);
    assert_true(count_descriptors() - before <= 51);
    shutdown(fd, SHUT_RDWR);
    close(fd);
    workers_run_until(&workers.left, 1);
    assert_int_equal(count_descriptors(), before - 2);
    workers_end();
}

static void a_member_can_be_given_up(void **state) {
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
    expect_cut(fd);
    workers_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(what_no_worker_sends_cuts),
        IN_LOOP(noise_cuts),
        IN_LOOP(numbers_go_up),
        IN_LOOP(pieces_are_put_together),
        IN_LOOP(descriptors_are_not_taken),
        IN_LOOP(nothing_behind_is_heard),
        IN_LOOP(what_is_kept_is_bounded),
        IN_LOOP(one_that_does_not_read_is_not_heard),
        IN_LOOP(a_member_can_be_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
