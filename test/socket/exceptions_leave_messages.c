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
        LEAVING(every_message),
        LEAVING(the_first_message_of_many),
        LEAVING(every_batch),
        LEAVING(a_close_between_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
