/* With busy_poll_us the kernel polls as well: on the socket, if it may, and in
   each wait of the loop, until the last such socket is closed. */
#include "harness.h"

#if defined(TEST_COALESCES)
#include <sys/epoll.h>
#include <sys/ioctl.h>

struct parameters {
    uint32_t microseconds;
    uint16_t budget;
    uint8_t prefer, padding;
};

#define GET_PARAMETERS _IOR(0x8a, 0x02, struct parameters)
#define SET_PARAMETERS _IOW(0x8a, 0x01, struct parameters)

/* For musl a request is an int, which these constants are not. */
static int control(unsigned long request, void *parameters) {
    return ioctl(uv_backend_fd(&test_loop), request, parameters);
}

static struct parameters parameters(void) {
    struct parameters out = {0};

    if (control(GET_PARAMETERS, &out) < 0) {
        puts("skipped: the kernel cannot busy poll an epoll descriptor");
        skip();
    }
    return out;
}

static dgram_socket *new_busy(dgram_type type, uint32_t microseconds) {
    dgram_options options = {
        .size = sizeof options, .type = type, .busy_poll_us = microseconds};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void the_longest_time_counts(void **state) {
    dgram_socket *first, *second, *third;

    (void)state;
    assert_int_equal(parameters().microseconds, 0);
    first = new_busy(DGRAM_UDP4, 100);
    assert_int_equal(parameters().microseconds, 100);
    second = new_busy(DGRAM_UDP4, 300);
    third = new_busy(DGRAM_UDP4, 200);
    assert_int_equal(parameters().microseconds, 300);
    dgram_close(second);
    dgram_close(first);
    assert_int_not_equal(parameters().microseconds, 0);
    dgram_close(third);
    assert_int_equal(parameters().microseconds, 0);
    run_to_end();
}

static void what_the_program_set_comes_back(void **state) {
    struct parameters own = {.microseconds = 250, .budget = 16};
    dgram_socket *shorter, *longer;

    (void)state;
    parameters();
    assert_int_equal(control(SET_PARAMETERS, &own), 0);
    shorter = new_busy(DGRAM_UDP4, 100);
    assert_int_equal(parameters().microseconds, 250);
    longer = new_busy(DGRAM_UDP4, UINT32_MAX);
    assert_int_equal(parameters().microseconds, INT32_MAX);
    assert_int_equal(parameters().budget, 16);
    dgram_close(shorter);
    dgram_close(longer);
    assert_int_equal(parameters().microseconds, 250);
    assert_int_equal(parameters().budget, 16);
    run_to_end();
}

static void a_socket_without_it_changes_nothing(void **state) {
    dgram_socket *socket;

    (void)state;
    parameters(); /* skips the test while no socket is open */
    socket = new_bound(DGRAM_UDP4);
    assert_int_equal(parameters().microseconds, 0);
    dgram_close(socket);
    run_to_end();
}

static int set_by_hand(dgram_socket *socket, int microseconds) {
    return setsockopt(dgram_fileno(socket), SOL_SOCKET, SO_BUSY_POLL,
                      &microseconds, sizeof microseconds);
}

static void the_descriptor_polls_if_it_may(void **state) {
    dgram_socket *plain = new_bound(DGRAM_UDP4);
    dgram_socket *busy = new_busy(DGRAM_UDP4, 123);
    bool allowed = set_by_hand(plain, 1000) == 0;
    int value = -1;
    socklen_t size = sizeof value;

    (void)state;
    assert_int_equal(
        getsockopt(dgram_fileno(busy), SOL_SOCKET, SO_BUSY_POLL, &value, &size),
        0);
    if (allowed)
        assert_int_equal(value, 123);
    dgram_close(plain);
    dgram_close(busy);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(the_longest_time_counts),
        IN_LOOP(what_the_program_set_comes_back),
        IN_LOOP(a_socket_without_it_changes_nothing),
        IN_LOOP(the_descriptor_polls_if_it_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void) {
    puts("skipped: this platform does not busy poll in the kernel");
    return SKIPPED;
}
#endif
