/* A filter that is attached through the library is run for each datagram,
   although the kernel coalesced them before. */
#include "harness.h"

#include <linux/filter.h>

#define COUNT 300
#define HEADER 8 /* of UDP, which the filter sees, too */

/* Drops packets that are longer than this number of bytes. */
static void limit_length(struct sock_filter instructions[4], unsigned most) {
    const struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, most + HEADER, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };

    memcpy(instructions, program, sizeof program);
}

static int small, large;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    *(message->length > 100 ? &large : &small) += 1;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static void send_some(dgram_socket *sender, const dgram_address *to,
                      size_t size) {
    static const unsigned char zeros[512];
    struct sent sent = {0};

    for (int i = 0; i < COUNT; i++)
        assert_int_equal(dgram_send(sender, zeros, size, to, note_sent, &sent),
                         0);
    run_until(&sent.calls, COUNT);
}

static void small_ones_pass(dgram_type type, bool off) {
    dgram_options options = {.size = sizeof options, .type = type};
    struct sock_filter filter[4];
    dgram_socket *receiver, *sender = new_bound(type);
    dgram_listener listener;
    dgram_address to;

    if (off)
        options.offload = DGRAM_OFFLOAD_OFF;
    receiver = new_socket_with(&options);
    limit_length(filter, 100);
    assert_int_equal(dgram_attach_filter(receiver, filter, 4), UV_EBADF);
    assert_int_equal(dgram_bind_sync(receiver, loopback(type), 0), 0);
    dgram_set_receive_buffer_size(receiver, 4 << 20);
    dgram_on(receiver, &listener, &events, NULL);
    to = loopback_of(receiver);
    small = large = 0;
    assert_int_equal(dgram_attach_filter(receiver, NULL, 4),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_attach_filter(receiver, filter, 0),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_attach_filter(receiver, filter, 70000), UV_EINVAL);
    if (off) /* by the program; the policy has switched GRO off */
        assert_int_equal(
            setsockopt(dgram_fileno(receiver), SOL_SOCKET, SO_ATTACH_FILTER,
                       &(struct sock_fprog){.len = 4, .filter = filter},
                       sizeof(struct sock_fprog)),
            0);
    else
        assert_int_equal(dgram_attach_filter(receiver, filter, 4), 0);
    send_some(sender, &to, 200);
    send_some(sender, &to, 50);
    run_until(&small, COUNT);
    assert_int_equal(large, 0);
    assert_int_equal(dgram_attach_filter(receiver, NULL, 0), 0);
    assert_int_equal(dgram_attach_filter(receiver, NULL, 0), 0);
    send_some(sender, &to, 200);
    run_until(&large, COUNT);
    assert_int_equal(dgram_close(receiver), 0);
    assert_int_equal(dgram_attach_filter(receiver, filter, 4),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    dgram_close(sender);
    run_to_end();
}

static void attached_through_the_library(void **state) {
    (void)state;
    small_ones_pass(DGRAM_UDP4, false);
    if (has_ipv6())
        small_ones_pass(DGRAM_UDP6, false);
}

static void attached_by_the_program_with_offload_off(void **state) {
    (void)state;
    small_ones_pass(DGRAM_UDP4, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(attached_through_the_library),
        IN_LOOP(attached_by_the_program_with_offload_off),
    };

#if !defined(TEST_COALESCES)
    puts("skipped: this platform has no socket filters");
    return SKIPPED;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
