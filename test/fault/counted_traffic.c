/* Every call that sending, receiving and closing makes fails in turn. Each
   datagram arrives once and in order, or fails once with the reason, and can be
   sent again. */
#include "faults_sockets.h"
#include "resolver.h"

/* A bound receiver and a sender that is not bound yet. */
static bool pair(struct tracked *to, struct tracked *from, dgram_type type) {
    tracking_begin();
    return tracked_create_plain(to, type) && tracked_bind_sync(to) &&
           tracked_create_plain(from, type);
}

static void one_by_each_way(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type)) {
        datagrams_send(&from, &to, SEND_TO_ADDRESS, 100);
        datagrams_send(&from, &to, SEND_PARTS, 200);
        datagrams_send(&from, &to, SEND_NO_COPY, 2000);
        datagrams_send(&from, &to, SEND_NO_COPY, 20);
        datagrams_settle();
    }
    tracking_end();
}

/* The failure of a datagram without callback is an error event, and is not
   repeated. */
static void without_callback(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type)) {
        for (int i = 0; i < 3; i++)
            datagrams_send(&from, &to, SEND_WITHOUT_CALLBACK, 100);
        datagrams_settle();
    }
    tracking_end();
}

static void coalesced_sends(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type)) {
        for (int i = 0; i < 70; i++)
            datagrams_send(&from, &to,
                           i % 9 == 0 ? SEND_WITHOUT_CALLBACK : SEND_TO_ADDRESS,
                           i % 20 == 0 ? 50 : 90);
        datagrams_settle();
    }
    tracking_end();
}

/* The queue grows by several chunks, and is flushed by hand. */
static void long_queue(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type)) {
        TRY(dgram_set_receive_buffer_size(to.socket, 200000));
        for (int i = 0; i < 12; i++)
            datagrams_send(&from, &to, SEND_TO_ADDRESS, 8000);
        TRY(dgram_flush(from.socket));
        datagrams_settle();
    }
    tracking_end();
}

static void batches(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type) && tracked_bind_sync(&from)) {
        datagrams_send_batch(&from, &to, 20, 100, false);
        datagrams_send_batch(&from, &to, 40, 100, false);
        datagrams_send_batch(&from, &to, 40, 700, true);
        datagrams_settle();
    }
    tracking_end();
}

static void tries(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type)) {
        for (int i = 0; i < 6; i++)
            datagrams_send(&from, &to, SEND_TRY, 100);
        datagrams_settle();
    }
    tracking_end();
}

static void with_information(dgram_type type) {
    struct tracked to, from;

    datagrams_host = type == DGRAM_UDP4 ? "localhost" : "::1";
    if (pair(&to, &from, type)) {
        for (int i = 0; i < 8; i++)
            datagrams_send(&from, &to, SEND_WITH_INFO, 100);
        datagrams_send(&from, &to, SEND_NAME_WITH_INFO, 100);
        datagrams_settle();
    }
    tracking_end();
}

static void answers(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type)) {
        datagrams_send(&from, &to, SEND_REPLY, 100);
        datagrams_settle();
        if (tracked_connect(&from, &to, NULL)) {
            datagrams_send(&from, &to, SEND_REPLY, 100);
            datagrams_settle();
        }
    }
    tracking_end();
}

static void to_the_peer(dgram_type type) {
    struct tracked to, from;

    if (pair(&to, &from, type) && tracked_connect(&from, &to, NULL)) {
        for (int i = 0; i < 20; i++)
            datagrams_send(&from, &to, SEND_TO_PEER, 100);
        datagrams_settle();
    }
    tracking_end();
}

static void to_a_name(dgram_type type) {
    struct tracked to, from;

    datagrams_host = type == DGRAM_UDP4 ? "localhost" : "::1";
    if (pair(&to, &from, type)) {
        for (int i = 0; i < 3; i++)
            datagrams_send(&from, &to, SEND_TO_NAME, 100);
        datagrams_settle();
    }
    tracking_end();
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)socket;
    (void)messages;
    *(size_t *)data += count;
}

static void truncated_and_batched(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .message_size_max = 1000,
                             .busy_poll_us = 1,
                             .receive_info = DGRAM_INFO_ALL};
    dgram_listener listener;
    struct tracked to, from;
    size_t received = 0;

    tracking_begin();
    if (tracked_create(&to, &options) && tracked_bind_sync(&to) &&
        tracked_create_plain(&from, type)) {
        dgram_on(to.socket, &listener, &events, &received);
        for (int i = 0; i < 10; i++)
            datagrams_send(&from, &to, SEND_TO_ADDRESS, 100);
        datagrams_settle();
        WAIT(received >= 10);
    }
    tracking_end();
}

static void count_drains(dgram_socket *socket, void *data) {
    (void)socket;
    ++*(int *)data;
}

/* Each round fills the queue; a datagram that the fault refuses does not. */
static void through_a_full_queue(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .drain = count_drains};
    const size_t half = 2 * (100 + 256);
    dgram_options options = {
        .size = sizeof options, .type = type, .send_queue_size_max = 2 * half};
    dgram_listener listener;
    struct tracked to, from;
    int drains = 0, due = 0;

    tracking_begin();
    if (tracked_create_plain(&to, type) && tracked_bind_sync(&to) &&
        tracked_create(&from, &options)) {
        dgram_on(from.socket, &listener, &events, &drains);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++)
                datagrams_send(&from, &to, SEND_TO_ADDRESS, 100);
            due += dgram_get_send_queue_space(from.socket) <= half;
            WAIT(drains >= due);
            datagrams_settle();
        }
    }
    tracking_end();
}

/* Stops receiving at each datagram. The next iteration starts again. */
static struct tracked *stopping[2];

static void stop(dgram_socket *socket, const dgram_message *message,
                 void *data) {
    (void)message;
    (void)data;
    assert_int_equal(dgram_receive_stop(socket), 0);
}

static void start(void) {
    for (int i = 0; i < 2; i++) {
        if (stopping[i]->socket != NULL)
            assert_int_equal(dgram_receive_start(stopping[i]->socket), 0);
    }
}

static void provide_memory(dgram_socket *socket, size_t size, uv_buf_t *memory,
                           void *data) {
    (void)socket;
    (void)size;
    *memory = uv_buf_init(data, DGRAM_RECEIVE_MESSAGE_SIZE);
}

/* Both keep what they have received, so that each needs buffers of its own. */
static void stopped_and_started(dgram_type type) {
    static const dgram_events events = {.size = sizeof events, .message = stop};
    static char memory[2][DGRAM_RECEIVE_MESSAGE_SIZE];
    dgram_options options = {
        .size = sizeof options, .type = type, .receive_memory = provide_memory};
    struct tracked to[2], from;
    dgram_listener listeners[2];

    tracking_begin();
    for (int i = 0; i < 2; i++) {
        options.receive_memory_data = memory[i];
        stopping[i] = &to[i];
        if (!tracked_create(&to[i], &options) || !tracked_bind_sync(&to[i])) {
            tracking_end();
            return;
        }
        dgram_on(to[i].socket, &listeners[i], &events, NULL);
    }
    if (tracked_create_plain(&from, type)) {
        faults_each_iteration = start;
        datagrams_host = loopback(type);
        for (int i = 0; i < 8; i++)
            datagrams_send(&from, &to[i / 4], SEND_TO_NAME, 100);
        datagrams_settle();
        faults_each_iteration = NULL;
    }
    tracking_end();
}

/* Everything is pending at the close. Only IPv4 names are resolved: the
   system's resolver may ask the network for an IPv6 name. */
static void closed_in_the_middle(dgram_type type) {
    dgram_options options = {
        .size = sizeof options,
        .type = type,
        .lookup = type == DGRAM_UDP6 ? resolver_silent : NULL,
        .lookup_cancel = resolver_forget,
    };
    struct tracked bind, connect, send;
    dgram_address nobody = address_of(loopback(type), 9);
    struct sent named = {0}, queued = {0}, asked = {0};
    int accepted_named = 0, accepted_queued = 0, accepted_connect = 0;

    tracking_begin();
    if (tracked_create_plain(&bind, type))
        TRY(dgram_bind(bind.socket, loopback(type), 0));
    if (tracked_create(&connect, &options))
        accepted_connect = TRY(
            dgram_connect(connect.socket, "localhost", 9, note_sent, &asked));
    if (tracked_create(&send, &options)) {
        accepted_named = TRY(dgram_send_to(send.socket, "x", 1, "localhost", 9,
                                           note_sent, &named));
        accepted_queued =
            TRY(dgram_send(send.socket, "x", 1, &nobody, note_sent, &queued));
    }
    tracking_end();
    assert_int_equal(named.calls, accepted_named);
    assert_int_equal(queued.calls, accepted_queued);
    assert_int_equal(asked.calls, accepted_connect);
}

/* A datagram that is too long is queued, and fails in its turn. */
static void too_long(dgram_type type) {
    static unsigned char payload[65536];
    struct sent sent = {0};
    struct tracked to, from;

    if (pair(&to, &from, type)) {
        bool accepted = TRY(dgram_send(from.socket, payload, sizeof payload,
                                       &to.where, note_sent, &sent));

        datagrams_send(&from, &to, SEND_TO_ADDRESS, 100);
        datagrams_settle();
        WAIT(sent.calls == accepted);
        if (accepted && !faults_are_lasting())
            assert_int_equal(sent.status, UV_EMSGSIZE);
    }
    tracking_end();
    assert_in_range(sent.calls, 0, 1);
}

COUNTED(one_by_each_way)
COUNTED(without_callback)
COUNTED(coalesced_sends)
COUNTED(long_queue)
COUNTED(batches)
COUNTED(tries)
COUNTED(with_information)
COUNTED(answers)
COUNTED(to_the_peer)
COUNTED(to_a_name)
COUNTED(truncated_and_batched)
COUNTED(through_a_full_queue)
COUNTED(stopped_and_started)
COUNTED(closed_in_the_middle)
COUNTED(too_long)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_by_each_way),
        cmocka_unit_test(test_without_callback),
        cmocka_unit_test(test_coalesced_sends),
        cmocka_unit_test(test_long_queue),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_tries),
        cmocka_unit_test(test_with_information),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_to_the_peer),
        cmocka_unit_test(test_to_a_name),
        cmocka_unit_test(test_truncated_and_batched),
        cmocka_unit_test(test_through_a_full_queue),
        cmocka_unit_test(test_stopped_and_started),
        cmocka_unit_test(test_closed_in_the_middle),
        cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
