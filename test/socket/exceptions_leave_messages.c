/* A longjmp() leaves the callback of a message and uv_run(). When the loop runs
   again, it delivers the messages behind, each once. */
#include "leaving.h"

static void send_numbers(dgram_socket *to_socket) {
    dgram_socket *client = new_bound(DGRAM_UDP4);
    dgram_address to = loopback_of(to_socket);

    for (unsigned char i = 0; i < DATAGRAMS; i++) {
        unsigned char payload[2] = {i, i};

        assert_int_equal(
            dgram_send(client, payload, 1 + i / 20, &to, NULL, NULL), 0);
    }
    assert_int_equal(dgram_flush(client), 0);
    dgram_close(client);
}

static void expect_all_seen(void) {
    for (int i = 0; i < DATAGRAMS; i++)
        assert_int_equal(leaving.seen[i], 1);
}

static void every_message(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_leaving(&listener);

    (void)state;
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    send_numbers(socket);
    leaving.times = DATAGRAMS;
    run_again(&leaving.calls[MESSAGE], DATAGRAMS);
    expect_all_seen();
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[MESSAGE], DATAGRAMS);
    assert_int_equal(leaving.calls[CLOSE], 1);
}

/* Nothing else comes that would wake the socket. */
static void the_first_message_of_many(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_leaving(&listener);

    (void)state;
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    run_again(&leaving.calls[LISTENING], 1);
    send_numbers(socket);
    leaving.times = 1;
    assert_int_equal(run_again(&leaving.calls[MESSAGE], DATAGRAMS), 1);
    expect_all_seen();
    dgram_close(socket);
    run_again(NULL, 0);
}

static void stop_then_leave(dgram_socket *socket, const dgram_message *message,
                            void *data) {
    (void)data;
    leaving.seen[*(const unsigned char *)message->payload]++;
    leaving.calls[MESSAGE]++;
    if (leaving.calls[MESSAGE] == 1)
        assert_int_equal(dgram_receive_stop(socket), 0);
    if (leaving.calls[MESSAGE] == 2)
        longjmp(leaving.out, 1);
}

/* A task delivers what was kept while the socket was stopped. */
static void one_that_was_kept(void **state) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = stop_then_leave};
    dgram_listener listener;
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    dgram_on(socket, &listener, &events, NULL);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    send_numbers(socket);
    run_until(&leaving.calls[MESSAGE], 1);
    send_numbers(socket);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_again(&leaving.calls[MESSAGE], 2 * DATAGRAMS);
    for (int i = 0; i < DATAGRAMS; i++)
        assert_int_equal(leaving.seen[i], 2);
    dgram_close(socket);
    run_again(NULL, 0);
}

/* It was read ahead, and the kernel has nothing more that would wake the
   socket. */
static void one_that_was_read_ahead(void **state) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .offload = DGRAM_OFFLOAD_ON};
    dgram_socket *socket = new_socket_with(&options);
    dgram_listener listener;

    (void)state;
    dgram_on(socket, &listener, &all_events, NULL);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    run_again(&leaving.calls[LISTENING], 1);
    send_numbers(socket);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    leaving.times = 1;
    run_again(&leaving.calls[MESSAGE], DATAGRAMS);
    expect_all_seen();
    dgram_close(socket);
    run_again(NULL, 0);
}

static void every_batch(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    dgram_on(socket, &listener, &batch_events, NULL);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    leaving.times = 3;
    send_numbers(socket);
    while (leaving.seen[DATAGRAMS - 1] == 0)
        run_again(&leaving.calls[BATCH], leaving.calls[BATCH] + 1);
    expect_all_seen();
    dgram_close(socket);
    run_again(NULL, 0);
}

/* The socket is closed between two callbacks that are left: the rest is
   dropped. */
static void a_close_between_messages(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_leaving(&listener);

    (void)state;
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    run_again(&leaving.calls[LISTENING], 1);
    send_numbers(socket);
    leaving.times = DATAGRAMS - 1;
    if (setjmp(leaving.out) == 0)
        uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(leaving.calls[MESSAGE], 1);
    leaving.close_at_message = socket;
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[MESSAGE], 2);
    assert_int_equal(leaving.calls[CLOSE], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEAVING(every_message),     LEAVING(the_first_message_of_many),
        LEAVING(one_that_was_kept), LEAVING(one_that_was_read_ahead),
        LEAVING(every_batch),       LEAVING(a_close_between_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
