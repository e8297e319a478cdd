/* A longjmp(), like an exception, leaves a callback and uv_run(). When the loop
   runs again it continues behind that callback: each datagram, send, request
   and close is reported once, and no memory is leaked. */
#include "memory.h"
#include "peer.h"

#define DATAGRAMS 40

static jmp_buf out;
static int leaves;   /* so often the next callbacks are left */
static int calls[9]; /* of each kind of callback */

enum kind {
    LISTENING,
    CONNECT,
    MESSAGE,
    BATCH,
    ERROR,
    CLOSE,
    SENT,
    CONNECTED,
    HOOK
};

static void called(enum kind kind) {
    calls[kind]++;
    if (leaves > 0) {
        leaves--;
        longjmp(out, 1);
    }
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    called(LISTENING);
}

static void on_connect(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    called(CONNECT);
}

static unsigned char seen[DATAGRAMS];
static dgram_socket *close_in_turn; /* when its next message comes */

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    seen[message->payload[0]]++;
    if (close_in_turn == socket)
        dgram_close(socket);
    called(MESSAGE);
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)socket;
    (void)data;
    for (size_t i = 0; i < count; i++)
        seen[messages[i].payload[0]]++;
    called(BATCH);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)error;
    (void)data;
    called(ERROR);
}

static void on_close(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    called(CLOSE);
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
    called(SENT);
}

static void on_connected(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
    called(CONNECTED);
}

static void on_unheard(dgram_socket *socket, const dgram_error *error,
                       void *data) {
    (void)socket;
    (void)error;
    (void)data;
    called(HOOK);
}

static const dgram_events all_events = {.size = sizeof all_events,
                                        .listening = on_listening,
                                        .connect = on_connect,
                                        .message = on_message,
                                        .error = on_error,
                                        .close = on_close};
static const dgram_events batch_events = {
    .size = sizeof batch_events, .batch = on_batch, .close = on_close};

/* Runs the loop, again when it is left, until nothing keeps it running or
   *value has its goal, and once more, for libuv. Returns how often it was
   left. */
static int run(const int *value, int goal) {
    volatile int left = 0;
    volatile bool over = false;

    while (!over) {
        if (setjmp(out) != 0)
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

static int begin(void **state) {
    (void)state;
    memory_begin();
    memset(calls, 0, sizeof calls);
    memset(seen, 0, sizeof seen);
    leaves = 0;
    close_in_turn = NULL;
    return uv_loop_init(&test_loop);
}

static int end(void **state) {
    (void)state;
    leaves = 0;
    run(NULL, 0);
    if (uv_loop_close(&test_loop) != 0 || memory.blocks != 0)
        return -1;
    memory_end();
    return 0;
}

static dgram_socket *new_heard(dgram_listener *listener) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    dgram_on(socket, listener, &all_events, NULL);
    return socket;
}

/* ---- One kind after the other ------------------------------------------- */

static void every_listening(void **state) {
    dgram_listener listeners[3];
    dgram_socket *sockets[3];

    (void)state;
    leaves = 2;
    for (int i = 0; i < 3; i++) {
        sockets[i] = new_heard(&listeners[i]);
        if (i == 0)
            assert_int_equal(dgram_bind(sockets[i], "127.0.0.1", 0), 0);
        else
            assert_int_equal(dgram_bind_sync(sockets[i], "127.0.0.1", 0), 0);
    }
    assert_int_equal(run(&calls[LISTENING], 3), 2);
    for (int i = 0; i < 3; i++)
        dgram_close(sockets[i]);
    run(NULL, 0);
    assert_int_equal(calls[LISTENING], 3);
}

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
        assert_int_equal(seen[i], 1);
}

static void every_message(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_heard(&listener);

    (void)state;
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    send_numbers(socket);
    leaves = DATAGRAMS;
    run(&calls[MESSAGE], DATAGRAMS);
    expect_all_seen();
    dgram_close(socket);
    run(NULL, 0);
    assert_int_equal(calls[MESSAGE], DATAGRAMS);
    assert_int_equal(calls[CLOSE], 1);
}

/* Nothing else comes that would wake the socket. */
static void the_first_message_of_many(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_heard(&listener);

    (void)state;
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    run(&calls[LISTENING], 1);
    send_numbers(socket);
    leaves = 1;
    assert_int_equal(run(&calls[MESSAGE], DATAGRAMS), 1);
    expect_all_seen();
    dgram_close(socket);
    run(NULL, 0);
}

static void every_batch(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    dgram_on(socket, &listener, &batch_events, NULL);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    leaves = 3;
    send_numbers(socket);
    while (seen[DATAGRAMS - 1] == 0)
        run(&calls[BATCH], calls[BATCH] + 1);
    expect_all_seen();
    dgram_close(socket);
    run(NULL, 0);
}

/* Between two that are left the socket is closed: the rest is not shown. */
static void a_close_between_messages(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_heard(&listener);

    (void)state;
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    run(&calls[LISTENING], 1);
    send_numbers(socket);
    leaves = DATAGRAMS - 1;
    if (setjmp(out) == 0)
        uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(calls[MESSAGE], 1);
    close_in_turn = socket;
    run(NULL, 0);
    assert_int_equal(calls[MESSAGE], 2);
    assert_int_equal(calls[CLOSE], 1);
}

static void every_sent(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = loopback_of(socket);

    (void)state;
    for (int i = 0; i < 30; i++)
        assert_int_equal(dgram_send(socket, "x", 1, &to, on_sent, NULL), 0);
    leaves = 30;
    assert_int_equal(run(&calls[SENT], 30), 30);
    dgram_close(socket);
    run(NULL, 0);
    assert_int_equal(calls[SENT], 30);
}

static void fail_sends(dgram_socket *socket, int count) {
    static const char too_long[70000];
    dgram_address to = address_of("127.0.0.1", 9);

    for (int i = 0; i < count; i++)
        assert_int_equal(
            dgram_send(socket, too_long, sizeof too_long, &to, NULL, NULL), 0);
}

static void every_error(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_heard(&listener);

    (void)state;
    fail_sends(socket, 10);
    run(&calls[LISTENING], 1);
    leaves = 10;
    run(&calls[ERROR], 10);
    dgram_close(socket);
    run(NULL, 0);
    assert_int_equal(calls[ERROR], 10);
}

static void every_hook(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    assert_int_equal(dgram_on_unhandled_error(&test_loop, on_unheard, NULL), 0);
    fail_sends(socket, 10);
    leaves = 10;
    run(&calls[HOOK], 10);
    assert_int_equal(calls[HOOK], 10);
    dgram_close(socket);
    run(NULL, 0);
}

/* The kernel's error stops the watch; the socket hears on. */
static void an_error_of_the_peer(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address there = peer_address(peer);
    dgram_listener listener;
    dgram_socket *socket = new_heard(&listener);

    (void)state;
    peer_close(peer);
    assert_int_equal(
        dgram_connect_sync(socket, "127.0.0.1", dgram_address_port(&there)), 0);
    run(&calls[CONNECT], 1);
    assert_int_equal(dgram_send(socket, "?", 1, NULL, NULL, NULL), 0);
    leaves = 1;
    assert_int_equal(run(&calls[ERROR], 1), 1);
    assert_int_equal(dgram_send(socket, "?", 1, NULL, NULL, NULL), 0);
    run(&calls[ERROR], 2);
    dgram_close(socket);
    run(NULL, 0);
}

static void every_connect(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_heard(&listener);

    (void)state;
    assert_int_equal(dgram_connect(socket, "127.0.0.1", 9, on_connected, NULL),
                     0);
    leaves = 3; /* `listening`, `connect`, the callback */
    assert_int_equal(run(&calls[CONNECTED], 1), 3);
    assert_int_equal(calls[CONNECT], 1);
    assert_int_equal(dgram_disconnect(socket), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), 0);
        assert_int_equal(dgram_disconnect(socket), 0);
    }
    leaves = 3;
    assert_int_equal(run(&calls[CONNECT], 4), 3);
    dgram_close(socket);
    run(NULL, 0);
    assert_int_equal(calls[CONNECT], 4);
    assert_int_equal(calls[CONNECTED], 1);
}

/* ---- The end ------------------------------------------------------------ */

static void every_callback_of_the_end(void **state) {
    dgram_listener listeners[4][3];
    dgram_address to = address_of("127.0.0.1", 9);

    (void)state;
    for (int i = 0; i < 4; i++) {
        dgram_socket *socket = new_heard(&listeners[i][0]);

        dgram_on(socket, &listeners[i][1], &batch_events, NULL);
        dgram_on(socket, &listeners[i][2], &all_events, NULL);
        if (i > 1)
            assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
        for (int k = 0; k < 5; k++)
            assert_int_equal(dgram_send_to(socket, "x", 1, "some.name.invalid",
                                           9, on_sent, NULL),
                             0);
        for (int k = 0; k < 5; k++)
            assert_int_equal(dgram_send(socket, "x", 1, &to, on_sent, NULL), 0);
        assert_int_equal(
            dgram_connect(socket, "some.name.invalid", 9, on_connected, NULL),
            0);
        dgram_close(socket);
    }
    leaves = 1000;
    run(NULL, 0);
    assert_int_equal(calls[SENT], 40);
    assert_int_equal(calls[CONNECTED], 4);
    assert_int_equal(calls[CLOSE], 12);
}

/* Further down on the stack than the callback that was left. */
static int run_deeper(const int *value, int goal) {
    volatile char room[4000];

    memset((void *)room, 1, sizeof room);
    return run(value, goal) + room[17] - 1;
}

static void before_the_loop_runs_deeper(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_heard(&listener);

    (void)state;
    leaves = 1;
    fail_sends(socket, 3);
    assert_int_equal(run(&calls[LISTENING], 1), 1);
    run_deeper(&calls[ERROR], 3);
    dgram_close(socket);
    run_deeper(NULL, 0);
    assert_int_equal(calls[ERROR], 3);
    assert_int_equal(calls[CLOSE], 1);
}

/* ---- Resolvers ---------------------------------------------------------- */

static int asked, cancelled;

static int leave_resolver(dgram_lookup *lookup, const char *host,
                          dgram_type type, void *data) {
    (void)lookup;
    (void)host;
    (void)type;
    asked++;
    if (data != NULL)
        dgram_lookup_done(lookup, 0, data);
    if (leaves > 0) {
        leaves--;
        longjmp(out, 1);
    }
    return 0;
}

static void leave_cancel(dgram_lookup *lookup, void *data) {
    (void)lookup;
    (void)data;
    cancelled++;
    if (leaves > 0) {
        leaves--;
        longjmp(out, 1);
    }
}

static dgram_socket *new_resolving(dgram_listener *listener, void *answer) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .lookup = leave_resolver,
                             .lookup_cancel = leave_cancel,
                             .lookup_data = answer};
    dgram_socket *socket = new_socket_with(&options);

    asked = cancelled = 0;
    dgram_on(socket, listener, &all_events, NULL);
    return socket;
}

/* One that gave no answer has failed. */
static void a_resolver(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_resolving(&listener, NULL);

    (void)state;
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    leaves = 1;
    assert_int_equal(run(&calls[ERROR], 1), 1);
    assert_int_equal(dgram_last_error(socket)->code, UV_ECANCELED);
    assert_int_equal(asked, 1);
    dgram_close(socket);
    run(NULL, 0);
}

static void a_resolver_that_has_answered(void **state) {
    dgram_address answer = address_of("127.0.0.1", 0);
    dgram_listener listener;
    dgram_socket *socket = new_resolving(&listener, &answer);

    (void)state;
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    leaves = 1;
    assert_int_equal(run(&calls[LISTENING], 1), 1);
    dgram_close(socket);
    run(NULL, 0);
}

/* dgram_close() itself is left, again and again. */
static void a_cancelled_lookup(void **state) {
    dgram_listener listener;
    dgram_socket *volatile socket = new_resolving(&listener, NULL);

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            dgram_send_to(socket, "x", 1, "some.name", 9, on_sent, NULL), 0);
    while (asked < 5)
        uv_run(&test_loop, UV_RUN_NOWAIT);
    leaves = 4;
    if (setjmp(out) == 0)
        dgram_close(socket);
    run(NULL, 0);
    assert_int_equal(cancelled, 5);
    assert_int_equal(calls[SENT], 5);
    assert_int_equal(calls[CLOSE], 1);
}

#define LEFT(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        LEFT(every_listening),
        LEFT(every_message),
        LEFT(the_first_message_of_many),
        LEFT(every_batch),
        LEFT(a_close_between_messages),
        LEFT(every_sent),
        LEFT(every_error),
        LEFT(every_hook),
        LEFT(an_error_of_the_peer),
        LEFT(every_connect),
        LEFT(every_callback_of_the_end),
        LEFT(before_the_loop_runs_deeper),
        LEFT(a_resolver),
        LEFT(a_resolver_that_has_answered),
        LEFT(a_cancelled_lookup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
