/* The CPU that receives a datagram, or a program of the caller, chooses one of
   the sockets of a port. */
#define _GNU_SOURCE /* sched_setaffinity() */
#include <sched.h>

#include "group.h"

#if defined(TEST_COALESCES)
#include <linux/filter.h>

/* Where the lowest byte of a number is. */
#define LAST (htonl(1) == 1 ? 3 : 0)

static void send_number(uint32_t number, dgram_type type, uint16_t port) {
    dgram_address to = address_of(loopback(type), port);
    int fd = peer_open(type);

    peer_send(fd, &number, sizeof number, &to);
    peer_close(fd);
}

/* On loopback the CPU of the sender receives. Returns how many CPUs sent. */
static int send_on_each_cpu(const cpu_set_t *allowed, dgram_type type,
                            uint16_t port) {
    int sent = 0;

    for (uint32_t cpu = 0; cpu < GROUP_SOURCES_MAX; cpu++) {
        cpu_set_t one;

        if (!CPU_ISSET(cpu, allowed))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
        send_number(cpu, type, port);
        sent++;
    }
    assert_int_equal(sched_setaffinity(0, sizeof *allowed, allowed), 0);
    return sent;
}

static void each_cpu_has_its_socket(dgram_type type) {
    struct group group;
    cpu_set_t allowed;
    int sent;

    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    group_open(&group, type, loopback(type), DGRAM_STEERING_CPU);
    sent = send_on_each_cpu(&allowed, type, group.port);
    run_until(&group.total, sent);
    for (int cpu = 0; cpu < GROUP_SOURCES_MAX; cpu++) {
        if (CPU_ISSET((unsigned)cpu, &allowed))
            assert_int_equal(group.received[cpu % GROUP_SOCKETS][cpu], 1);
    }
    group_close(&group);
}
BOTH(each_cpu_has_its_socket)

/* The lowest byte of the payload is the number of the socket. */
static void by_the_payload(struct sock_filter program[2]) {
    const struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, LAST),
        BPF_STMT(BPF_RET | BPF_A, 0),
    };

    memcpy(program, instructions, sizeof instructions);
}

static void a_program_chooses(dgram_type type) {
    struct sock_filter program[2];
    dgram_options options = {.steering = DGRAM_STEERING_PROGRAM,
                             .steering_program = program,
                             .steering_program_length = 2};
    struct group group;

    by_the_payload(program);
    group_open_with(&group, type, loopback(type), &options);
    memset(program, 0xff, sizeof program); /* it was copied */
    for (uint32_t i = 0; i < GROUP_SOCKETS; i++)
        send_number(i, type, group.port);
    run_until(&group.total, GROUP_SOCKETS);
    for (int i = 0; i < GROUP_SOCKETS; i++)
        assert_int_equal(group.received[i][i], 1);
    group_close(&group);
}
BOTH(a_program_chooses)

/* The kernel refuses it. The descriptor is closed, and the socket unbound. */
static void a_wrong_program_fails_the_bind(dgram_type type) {
    static const struct sock_filter bad[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0)};
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .reuse_port = true,
                             .steering = DGRAM_STEERING_PROGRAM,
                             .steering_program = bad,
                             .steering_program_length = 1};
    dgram_socket *socket = new_socket_with(&options);

    for (int i = 0; i < 2; i++) {
        assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), UV_EINVAL);
        assert_string_equal(dgram_last_error(socket)->syscall, "bind");
        assert_int_equal(dgram_fileno(socket), UV_EBADF);
    }
    dgram_close(socket);
    run_to_end();
}
BOTH(a_wrong_program_fails_the_bind)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(each_cpu_has_its_socket),
        IN_LOOP_BOTH(a_program_chooses),
        IN_LOOP_BOTH(a_wrong_program_fails_the_bind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void) {
    puts("skipped: this platform has no steering");
    return SKIPPED;
}
#endif
