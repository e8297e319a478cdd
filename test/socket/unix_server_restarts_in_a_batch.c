/* A server restarts while a thousand datagrams are under way to it, at each of
   many moments. None is sent twice, their order stays, and each has one fate.
 */
#include "paths.h"

#include <unistd.h>

#define COUNT 1000

static struct { int calls, status; } fates[COUNT];
static int called, server, received, latest;

static void on_sent(dgram_socket *socket, int status, void *data) {
    int number = (int)(intptr_t)data;

    (void)socket;
    fates[number].calls++;
    fates[number].status = status;
    called++;
}

static void start_server(void) {
    dgram_address to = unix_address(path_of("server"));

    server = open_unix(SOCK_DGRAM);
    assert_int_equal(bind(server, &to.any, sizeof to.un.name), 0);
}

static void stop_server(void) {
    close(server);
    unlink(path_of("server"));
}

/* Reads up to `max` datagrams. Returns false if there was none. */
static bool read_some(int max) {
    int number, before = received;

    while (received - before < max &&
           recv(server, &number, sizeof number, 0) == sizeof number) {
        assert_true(number > latest);
        latest = number;
        received++;
    }
    return received > before;
}

static void send_all(dgram_socket *client, uint32_t flags) {
    static int numbers[COUNT][200];
    static dgram_outgoing messages[COUNT];

    memset(fates, 0, sizeof fates);
    called = received = 0;
    latest = -1;
    for (int i = 0; i < COUNT; i++) {
        numbers[i][0] = i;
        messages[i] = (dgram_outgoing){
            .payload = numbers[i],
            .length = flags != 0 ? sizeof numbers[i] : sizeof(int),
            .flags = flags,
            .data = (void *)(intptr_t)i,
        };
    }
    assert_int_equal(dgram_send_batch(client, messages, COUNT, NULL, on_sent),
                     COUNT);
}

/* What the old server had not read is lost; the kernel had taken it. */
static void check_fates(int length, int unread) {
    int taken = 0;

    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(fates[i].calls, 1);
        if (fates[i].status == length)
            taken++;
        else
            assert_int_equal(fates[i].status, UV_ENOENT);
    }
    assert_int_equal(taken, received + unread);
}

static int unread_in_server(void) {
    int number, count = 0;

    while (recv(server, &number, sizeof number, 0) >= 0) {
        latest = number;
        count++;
    }
    return count;
}

/* Restarts after `moment` datagrams, and is away for so many iterations. */
static void restart(int moment, int away, uint32_t flags) {
    dgram_socket *client = new_bound_to(path_of("client"));
    int unread;

    start_server();
    assert_int_equal(dgram_connect_sync(client, path_of("server"), 0), 0);
    send_all(client, flags);
    while (received < moment) {
        read_some(moment - received);
        uv_run(&test_loop, UV_RUN_NOWAIT);
    }
    unread = unread_in_server();
    stop_server();
    for (int i = 0; i < away; i++)
        uv_run(&test_loop, UV_RUN_NOWAIT);
    start_server();
    while (called < COUNT || read_some(COUNT)) {
        read_some(COUNT);
        uv_run(&test_loop, UV_RUN_NOWAIT);
    }
    check_fates(flags != 0 ? 800 : 4, unread);
    dgram_close(client);
    run_to_end();
    stop_server();
}

static void it_is_back_at_once(void **state) {
    (void)state;
    for (int moment = 0; moment < COUNT; moment += 37)
        restart(moment, 0, 0);
}

static void it_is_away_for_a_while(void **state) {
    (void)state;
    for (int moment = 0; moment < COUNT; moment += 111)
        restart(moment, 3, 0);
}

static void without_copying(void **state) {
    (void)state;
    for (int moment = 0; moment < COUNT; moment += 111)
        restart(moment, moment % 2, DGRAM_NO_COPY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(it_is_back_at_once),
        IN_LOOP_WITH_FOLDER(it_is_away_for_a_while),
        IN_LOOP_WITH_FOLDER(without_copying),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
