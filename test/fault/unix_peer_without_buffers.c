/* macOS and the BSDs refuse a datagram to a full Unix socket with ENOBUFS,
   while the sender polls writable. It is sent later, and until then the kernel
   is not asked all the time. */
#include "kernel.h"

#define REFUSALS 6

static int refused;

static int refuse_for_some_time(uint32_t first, uint32_t count) {
    (void)first;
    (void)count;
    return refused++ < REFUSALS ? UV_ENOBUFS : 0;
}

static void traffic_to(dgram_socket *socket, const char *path) {
    dgram_address to;

    assert_int_equal(dgram_address_unix(path, &to), 0);
    refused = 0;
    kernel.verdict = refuse_for_some_time;
    for (int i = 0; i < 5; i++)
        traffic_send(socket, 100, &to);
    traffic_check();
    assert_int_equal(kernel.logged, 5);
    assert_in_range(kernel.sends, REFUSALS + 1, REFUSALS + 10);
    dgram_close(socket);
    run_to_end();
}

static void they_are_sent_later(void **state) {
    (void)state;
    traffic_to(new_socket(DGRAM_UNIX), "peer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(they_are_sent_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
