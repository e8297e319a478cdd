/* A call that switches coalescing off first reads the coalesced messages that
   wait. It does not give up because the kernel reports errors between them, so
   each datagram is delivered alone. */
#include "kernel.h"

#include <netinet/in.h>
#include <unistd.h>

#if !defined(UDP_SEGMENT)
#define UDP_SEGMENT 103
#endif

#define COUNT 6400
#define SIZE 60
#define TOGETHER 64 /* in one message */
#define ERRORS 2    /* before each message */

static int errors, received;

static int errors_before_each(dgram_fd fd, struct platform_in *messages,
                              uint32_t count) {
    int result;

    if (errors++ < ERRORS) {
        messages[0].error = UV_ECONNREFUSED;
        return 1;
    }
    errors = 0;
    kernel.receive = NULL;
    result = platform->receive(fd, messages, count);
    kernel.receive = errors_before_each;
    return result;
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    int number;

    (void)socket;
    (void)data;
    assert_int_equal(message->length, SIZE);
    memcpy(&number, message->payload, sizeof number);
    assert_int_equal(number, received++);
}

static void ignore_error(dgram_socket *socket, const dgram_error *error,
                         void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(error->code, UV_ECONNREFUSED);
}

static const dgram_events events = {
    .size = sizeof events, .message = on_message, .error = ignore_error};

/* Past the scripted kernel. Returns false on a system without GSO. */
static bool send_all(const dgram_address *to) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = SIZE;
    unsigned char payload[TOGETHER][SIZE] = {{0}};
    bool any =
        setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) == 0;

    for (int i = 0; any && i < COUNT; i++) {
        memcpy(payload[i % TOGETHER], &i, sizeof i);
        if (i % TOGETHER == TOGETHER - 1)
            sendto(fd, payload, sizeof payload, 0, &to->any, sizeof to->v4);
    }
    close(fd);
    return any;
}

static void when_it_is_shared(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address here = loopback_of(socket);
    dgram_listener listener;
    int expected;

    (void)state;
    if (!platform->coalesces(dgram_fileno(socket))) {
        print_message("skipped: the system does not coalesce\n");
        dgram_close(socket);
        run_to_end();
        return;
    }
    errors = received = 0;
    dgram_set_receive_buffer_size(socket, 4 << 20);
    dgram_on(socket, &listener, &events, NULL);
    expected = send_all(&here) ? COUNT / 2 : 0; /* the buffer may be small */
    kernel.receive = errors_before_each;
    assert_int_equal(dgram_set_shared(socket, true), 0);
    kernel.receive = NULL;
    run_until(&received, expected);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(when_it_is_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
