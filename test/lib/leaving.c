#include "leaving.h"

struct leaving leaving;

void leave(enum callback kind) {
    leaving.calls[kind]++;
    if (leaving.times > 0) {
        leaving.times--;
        longjmp(leaving.out, 1);
    }
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    leave(LISTENING);
}

static void on_connect(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    leave(CONNECT);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    leaving.seen[message->payload[0]]++;
    if (leaving.close_at_message == socket)
        dgram_close(socket);
    leave(MESSAGE);
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)socket;
    (void)data;
    for (size_t i = 0; i < count; i++)
        leaving.seen[messages[i].payload[0]]++;
    leave(BATCH);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)error;
    (void)data;
    leave(ERROR);
}

static void on_close(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    leave(CLOSE);
}

void leave_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
    leave(SENT);
}

void leave_connected(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
    leave(CONNECTED);
}

static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    (void)socket;
    (void)error;
    (void)data;
    leave(PATH_ERROR);
}

static void on_drain(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    leave(DRAIN);
}

const dgram_events all_events = {.size = sizeof all_events,
                                 .listening = on_listening,
                                 .connect = on_connect,
                                 .message = on_message,
                                 .error = on_error,
                                 .close = on_close,
                                 .path_error = on_path_error,
                                 .drain = on_drain};
const dgram_events batch_events = {
    .size = sizeof batch_events, .batch = on_batch, .close = on_close};

int run_again(const int *value, int goal) {
    volatile int left = 0;
    volatile bool over = false;

    while (!over) {
        if (setjmp(leaving.out) != 0)
            left++;
        else if (value == NULL || *value >= goal)
            over = !uv_run(&test_loop,
                           value == NULL ? UV_RUN_DEFAULT : UV_RUN_NOWAIT) ||
                   value != NULL;
        else
            uv_run(&test_loop, UV_RUN_ONCE);
    }
    return left;
}

int leaving_begin(void **state) {
    (void)state;
    memory_begin();
    memset(&leaving, 0, sizeof leaving);
    return uv_loop_init(&test_loop);
}

int leaving_end(void **state) {
    (void)state;
    leaving.times = 0;
    run_again(NULL, 0);
    if (uv_loop_close(&test_loop) != 0 || memory.blocks != 0)
        return -1;
    memory_end();
    return 0;
}

dgram_socket *new_leaving(dgram_listener *listener) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    dgram_on(socket, listener, &all_events, NULL);
    return socket;
}

void fail_sends(dgram_socket *socket, int count) {
    static const char too_long[70000];
    dgram_address to = address_of("127.0.0.1", 9);

    for (int i = 0; i < count; i++)
        assert_int_equal(
            dgram_send(socket, too_long, sizeof too_long, &to, NULL, NULL), 0);
}
