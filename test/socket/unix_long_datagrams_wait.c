/* Datagrams of 190 KB wait in the queue of a Unix socket, copied or not: they
   arrive whole and in order, the limit of the queue holds, and `drain` follows.
 */
#include "paths.h"

#include <errno.h>
#include <unistd.h>

#define COUNT 12
#define SIZE 190000u
#define LIMIT (5 * (SIZE + 256)) /* of the queue */

static unsigned char payloads[COUNT][SIZE];
static int receiver, next, drains;
static struct sent sent;

static void on_drain(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    drains++;
}

static void read_some(void) {
    static unsigned char payload[SIZE + 1];

    while (recv(receiver, payload, sizeof payload, 0) == (ssize_t)SIZE) {
        assert_memory_equal(payload, payloads[next], SIZE);
        next++;
    }
    assert_int_equal(errno, EAGAIN);
}

static int send_all(dgram_socket *socket, const dgram_address *to,
                    uint32_t flags) {
    dgram_outgoing messages[COUNT];
    int status[COUNT], accepted;

    for (int i = 0; i < COUNT; i++) {
        memset(payloads[i], i + 1, SIZE);
        messages[i] = (dgram_outgoing){.payload = payloads[i],
                                       .length = SIZE,
                                       .to = to,
                                       .flags = flags,
                                       .data = &sent};
    }
    accepted = dgram_send_batch(socket, messages, COUNT, status, note_sent);
    assert_in_range(accepted, 5, COUNT - 1);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(status[i], i < accepted ? 0 : UV_ENOBUFS);
    return accepted;
}

static void pass(bool connected, uint32_t flags) {
    static const dgram_events events = {.size = sizeof events,
                                        .drain = on_drain};
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UNIX,
                                   .send_queue_size_max = LIMIT};
    dgram_address to = unix_address(path_of("receiver"));
    dgram_socket *socket_ = new_socket_with(&options);
    dgram_listener listener;
    int accepted;

    receiver = open_unix(SOCK_DGRAM);
    assert_int_equal(bind(receiver, &to.any, sizeof to.un.name), 0);
    next = drains = 0;
    sent = (struct sent){0};
    dgram_on(socket_, &listener, &events, NULL);
    if (connected)
        assert_int_equal(dgram_connect_sync(socket_, path_of("receiver"), 0),
                         0);
    accepted = send_all(socket_, connected ? NULL : &to, flags);
    run_for(10);
    assert_int_equal(drains, 0);
    while (next < accepted) {
        read_some();
        uv_run(&test_loop, UV_RUN_NOWAIT);
    }
    run_until(&sent.calls, accepted);
    run_until(&drains, 1);
    assert_int_equal(sent.status, SIZE);
    dgram_close(socket_);
    run_to_end();
    close(receiver);
    unlink(path_of("receiver"));
}

static void copied(void **state) {
    (void)state;
    pass(true, 0);
    pass(false, 0);
}

static void not_copied(void **state) {
    (void)state;
    pass(true, DGRAM_NO_COPY);
    pass(false, DGRAM_NO_COPY);
}

/* A full destination ends the call; its code says that others may follow. */
static void a_try_names_the_reason(void **state) {
    dgram_socket *slow = new_bound_to(path_of("slow")),
                 *socket = new_socket(DGRAM_UNIX);
    dgram_address to = unix_address(path_of("slow"));
    const dgram_outgoing message = {.payload = "x", .length = 1, .to = &to},
                         to_peer = {.payload = "x", .length = 1};
    int status, taken = 0;

    (void)state;
    dgram_receive_stop(slow);
    while (dgram_try_send_batch(socket, &message, 1, &status) == 1)
        taken++;
    assert_true(taken > 0);
    assert_int_equal(status, UV_ENOBUFS);
    assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status),
                     UV_ENOBUFS);
    assert_int_equal(dgram_send(socket, "y", 1, &to, NULL, NULL), 0);
    assert_int_equal(dgram_flush(socket), 1);
    assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status),
                     UV_ENOBUFS);
    dgram_close(socket);
    socket = new_socket(DGRAM_UNIX);
    assert_int_equal(dgram_connect_sync(socket, path_of("slow"), 0), 0);
    assert_int_equal(dgram_try_send_batch(socket, &to_peer, 1, &status),
                     UV_EAGAIN);
    assert_int_equal(status, UV_EAGAIN);
    dgram_close(socket);
    dgram_close(slow);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(copied),
        IN_LOOP_WITH_FOLDER(not_copied),
        IN_LOOP_WITH_FOLDER(a_try_names_the_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
