/* Datagrams to a Unix socket whose queue is full wait, and others do not wait
   for them. Long datagrams arrive whole. */
#include "paths.h"

#define MANY 200 /* more than net.unix.max_dgram_qlen */

static int arrived, elsewhere;

static void count(dgram_socket *socket, const dgram_message *message,
                  void *data) {
    int *counter = data;
    int number;

    (void)socket;
    memcpy(&number, message->payload, sizeof number);
    assert_int_equal(number, *counter);
    (*counter)++;
}

static const dgram_events counting = {.size = sizeof counting,
                                      .message = count};

static void fill(bool connected) {
    dgram_socket *slow = new_bound_to(path_of("slow")),
                 *other = new_bound_to(path_of("other")),
                 *from = new_socket(DGRAM_UNIX);
    const dgram_address to = unix_address(path_of("slow")),
                        to_other = unix_address(path_of("other"));
    dgram_listener a, b;
    struct sent sent = {0};

    arrived = elsewhere = 0;
    dgram_on(slow, &a, &counting, &arrived);
    dgram_on(other, &b, &counting, &elsewhere);
    dgram_receive_stop(slow);
    if (connected)
        assert_int_equal(dgram_connect_sync(from, path_of("slow"), 0), 0);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(dgram_send(from, &i, sizeof i, connected ? NULL : &to,
                                    note_sent, &sent),
                         0);
    if (!connected) {
        int first = 0;

        assert_int_equal(
            dgram_send(from, &first, sizeof first, &to_other, NULL, NULL), 0);
        run_until(&elsewhere, 1);
    } else {
        run_for(20);
    }
    assert_in_range(sent.calls, 1, MANY - 1);
    dgram_receive_start(slow);
    run_until(&arrived, MANY);
    run_until(&sent.calls, MANY);
    dgram_close(slow);
    dgram_close(other);
    dgram_close(from);
    run_to_end();
}

static void from_an_unconnected_socket(void **state) {
    (void)state;
    fill(false);
}

static void from_a_connected_socket(void **state) {
    (void)state;
    fill(true);
}

static void long_datagrams_arrive_whole(void **state) {
    static const size_t sizes[] = {65507, 65508, 65536, 65537, 200000};
    dgram_socket *to = new_bound_to(path_of("server")),
                 *from = new_socket(DGRAM_UNIX);
    static unsigned char payload[200000];
    struct recorder recorder;
    struct sent sent = {0};

    (void)state;
    record_events(&recorder, to);
    assert_int_equal(dgram_connect_sync(from, path_of("server"), 0), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(
            dgram_send(from, payload, sizes[i], NULL, note_sent, &sent), 0);
        run_until(&recorder.messages, i + 1);
        run_until(&sent.calls, i + 1);
        assert_int_equal(sent.status, sizes[i]);
        assert_int_equal(recorder.message[i].length, sizes[i]);
        assert_int_equal(recorder.message[i].flags, 0);
    }
    dgram_close(to);
    dgram_close(from);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(from_an_unconnected_socket),
        IN_LOOP_WITH_FOLDER(from_a_connected_socket),
        IN_LOOP_WITH_FOLDER(long_datagrams_arrive_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
