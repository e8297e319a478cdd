/* A worker that sends what no worker sends, or does not read, loses its own
   connection and nobody else's. What is sent here is written by hand. */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static struct recorder recorders[2];
static unsigned char bytes[WIRE_SIZE];

static void expect_cut(int fd) {
    int left = team.left;

    team_run_until(&team.left, left + 1);
    while (read(fd, bytes, WIRE_SIZE) > 0)
        continue;
    close(fd);
}

/* The other worker is served as ever. */
static void expect_service(struct recorder *recorder) {
    dgram_socket *socket =
        team_bound(&team.worker[0], "127.0.0.1", 0, recorder);

    dgram_close(socket);
    team_run_until(&recorder->closed, 1);
}

static void what_no_worker_sends_cuts(void **state) {
    static const struct {
        int greets;
        enum wire_kind kind;
        unsigned id;
    } wrong[] = {
        {0, BIND, 1},  {0, READY, 0},    {1, HELLO, 0},
        {1, CLOSE, 5}, {1, STOP, 0},     {1, ANSWER, 1},
        {1, BIND, 0},  {1, STOP + 1, 0}, {0, STOP, 0},
    };

    (void)state;
    team_open(1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int fd = wire_open();

        if (wrong[i].greets)
            wire_put(fd, HELLO, 0);
        wire_put(fd, wrong[i].kind, wrong[i].id);
        expect_cut(fd);
        expect_service(&recorders[0]);
    }
    team_end();
}

static void noise_cuts(void **state) {
    uint32_t random = 7;

    (void)state;
    team_open(1);
    for (int i = 0; i < 200; i++) {
        int fd = wire_open();

        wire_put(fd, HELLO, 0);
        wire_make(bytes, BIND, 1);
        random = random * 1664525u + 1013904223u;
        bytes[(random >> 8) % 8] ^= (unsigned char)(1 + (random >> 16) % 255);
        assert_int_equal(write(fd, bytes, WIRE_SIZE), WIRE_SIZE);
        expect_cut(fd);
    }
    expect_service(&recorders[0]);
    team_end();
}

static void numbers_go_up(void **state) {
    int fd;

    (void)state;
    team_open(1);
    fd = wire_open();
    wire_put(fd, HELLO, 0);
    wire_put(fd, BIND, 2);
    wire_put(fd, BIND, 2);
    expect_cut(fd);
    fd = wire_open();
    wire_put(fd, HELLO, 0);
    wire_put(fd, BIND, 1);
    wire_put(fd, CLOSE, 1);
    wire_put(fd, CLOSE, 1);
    expect_cut(fd);
    expect_service(&recorders[0]);
    team_end();
}

static void pieces_are_put_together(void **state) {
    int fd, listening;

    (void)state;
    team_open(1);
    listening = team.listening;
    fd = wire_open();
    wire_put(fd, HELLO, 0);
    wire_make(bytes, BIND, 1);
    for (int i = 0; i < WIRE_SIZE; i++) {
        assert_int_equal(write(fd, &bytes[i], 1), 1);
        team_run_turns(1);
    }
    team_run_until(&team.listening, listening + 1);
    /* Half a message, and the end. */
    assert_int_equal(write(fd, bytes, WIRE_SIZE / 2), WIRE_SIZE / 2);
    shutdown(fd, SHUT_WR);
    expect_cut(fd);
    team_end();
}

/* Descriptors that a worker sends do not come to be the primary's. */
static void descriptors_are_not_taken(void **state) {
    int fd, before;

    (void)state;
    team_open(1);
    fd = wire_open();
    before = count_descriptors();
    wire_make(bytes, HELLO, 0);
    wire_pass(fd, bytes, WIRE_SIZE, fd, 1);
    team_run_until(&team.joined, 2);
    for (int i = 0; i < 100; i++) {
        wire_make(bytes, READY, 0);
        wire_pass(fd, bytes, WIRE_SIZE, fd, 1);
        team_run_turns(1);
    }
    assert_int_equal(team.ready, 100);
    assert_int_equal(count_descriptors(), before);
    wire_put(fd, STOP, 0);
    expect_cut(fd);
    team_end();
}

static void nothing_behind_is_heard(void **state) {
    int fd;

    (void)state;
    team_open(1);
    fd = wire_open();
    wire_put(fd, HELLO, 0);
    wire_put(fd, STOP, 0);
    wire_put(fd, READY, 0);
    wire_put(fd, BIND, 1);
    expect_cut(fd);
    assert_int_equal(team.ready, 0);
    assert_int_equal(team.listening, 0);
    team_end();
}

/* It leaves each socket for a replacement that never comes. */
static void what_is_kept_is_bounded(void **state) {
    const dgram_primary_options options = {.sockets_max = 20,
                                           .linger_ms = 60000};
    int fd, before;

    (void)state;
    team_open_with(1, options);
    fd = wire_open();
    wire_put(fd, HELLO, 0);
    team_run_until(&team.joined, 2);
    before = count_descriptors();
    for (unsigned i = 1; i <= 100; i++) {
        unsigned char answer[WIRE_SIZE];

        wire_make(bytes, BIND, i);
        bytes[28] = (unsigned char)i;
        assert_int_equal(write(fd, bytes, WIRE_SIZE), WIRE_SIZE);
        wire_make(bytes, CLOSE, i);
        bytes[8] = WIRE_FOR_NEXT;
        assert_int_equal(write(fd, bytes, WIRE_SIZE), WIRE_SIZE);
        team_run_until(&team.listening, (int)i);
        team_run_turns(2);
        assert_int_equal(read(fd, answer, WIRE_SIZE), WIRE_SIZE);
        assert_true(count_descriptors() - before <= 21);
    }
    wire_put(fd, STOP, 0);
    expect_cut(fd);
    expect_service(&recorders[0]);
    team_end();
}

/* It asks for ever and reads nothing: it is heard no more, and holds no more
   than it may. */
static void one_that_does_not_read_is_not_heard(void **state) {
    const dgram_primary_options options = {.sockets_max = 50};
    int fd, before, flags;
    unsigned asked = 0;

    (void)state;
    team_open_with(1, options);
    fd = wire_open();
    flags = fcntl(fd, F_GETFL);
    assert_int_equal(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
    wire_put(fd, HELLO, 0);
    before = count_descriptors();
    for (int turns = 0; turns < 200; turns++) {
        wire_make(bytes, BIND, ++asked);
        bytes[28] = (unsigned char)asked; /* index: each another socket */
        if (write(fd, bytes, WIRE_SIZE) != WIRE_SIZE)
            asked--;
        team_run_turns(1);
        assert_true(count_descriptors() - before <= 51);
    }
    for (int turns = 0; turns < 20000; turns++) {
        wire_make(bytes, BIND, ++asked);
        if (write(fd, bytes, WIRE_SIZE) != WIRE_SIZE) {
            assert_int_equal(errno, EAGAIN);
            break;
        }
        team_run_turns(1);
    }
    expect_service(&recorders[0]);
    assert_true(count_descriptors() - before <= 51);
    shutdown(fd, SHUT_RDWR);
    close(fd);
    team_run_until(&team.left, 1);
    assert_int_equal(count_descriptors(), before - 2);
    team_end();
}

static void a_member_can_be_given_up(void **state) {
    int fd;

    (void)state;
    team_open(1);
    fd = wire_open();
    wire_put(fd, HELLO, 0);
    team_run_until(&team.joined, 2);
    assert_true(dgram_connection_is_ready(team.worker[0].connection, NULL));
    dgram_connection_end(team.worker[0].connection);
    team_run_turns(5);
    assert_int_equal(team.left, 0);
    wire_put(fd, STOP, 0);
    expect_cut(fd);
    team_end();
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
