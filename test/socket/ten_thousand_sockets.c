/* Ten thousand sockets on one loop start, receive a datagram each, and close.
   An idle socket uses little memory. */
#include "harness.h"

#include <sys/resource.h>

#define SOCKETS 10000
#define MEMORY_MAX 1408 /* bytes of each, beyond libuv's handle */

static size_t allocated, most;

static void *allocate(size_t size, void *data) {
    size_t *memory = malloc(sizeof(max_align_t) + size);

    (void)data;
    if (memory == NULL)
        return NULL;
    *memory = size;
    allocated += size;
    most = allocated > most ? allocated : most;
    return (char *)memory + sizeof(max_align_t);
}

static void release(void *memory, void *data) {
    size_t *start = (size_t *)(void *)((char *)memory - sizeof(max_align_t));

    (void)data;
    allocated -= *start;
    free(start);
}

static int received, closed;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)message;
    (void)data;
    received++;
    dgram_close(socket);
}

static void on_close(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    closed++;
}

static const dgram_events events = {
    .size = sizeof events, .message = on_message, .close = on_close};

static void start_run_and_close(void **state) {
    static const dgram_allocator counting = {.allocate = allocate,
                                             .release = release};
    static dgram_socket *sockets[SOCKETS];
    static dgram_listener listeners[SOCKETS];
    dgram_socket *sender;
    size_t one;

    (void)state;
    assert_int_equal(dgram_set_allocator(&counting), 0);
    assert_int_equal(loop_open(NULL), 0);
    sender = new_bound(DGRAM_UDP4);
    one = allocated;
    for (int i = 0; i < SOCKETS; i++) {
        sockets[i] = new_bound(DGRAM_UDP4);
        dgram_on(sockets[i], &listeners[i], &events, NULL);
    }
    assert_in_range((allocated - one) / SOCKETS - sizeof(uv_poll_t), 0,
                    MEMORY_MAX);
    for (int i = 0; i < SOCKETS; i++) {
        dgram_address to = loopback_of(sockets[i]);

        assert_int_equal(dgram_send(sender, "x", 1, &to, NULL, NULL), 0);
    }
    run_until(&closed, SOCKETS);
    assert_int_equal(received, SOCKETS);
    dgram_close(sender);
    assert_int_equal(loop_end(NULL), 0);
    assert_int_equal(allocated, 0);
    assert_int_equal(dgram_set_allocator(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(start_run_and_close)};
    struct rlimit files = {SOCKETS + 100, SOCKETS + 100};

    if (setrlimit(RLIMIT_NOFILE, &files) < 0) {
        printf("skipped: %d descriptors are not allowed here\n", SOCKETS);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
