/* Several connected senders fill the queue of one Unix socket. Nothing fails,
   each keeps its order, and none wakes up in vain again and again. */
#include "paths.h"

#include <unistd.h>

#define SENDERS 4
#define EACH 500

struct numbered {
    int sender, number;
};

static dgram_socket *senders[SENDERS];
static struct sent sent[SENDERS];
static int next[SENDERS], received, server;

static void start(void) {
    dgram_address to = unix_address(path_of("server"));

    server = open_unix(SOCK_DGRAM);
    assert_int_equal(bind(server, &to.any, sizeof to.un.name), 0);
    received = 0;
    memset(sent, 0, sizeof sent);
    memset(next, 0, sizeof next);
}

static void open_senders(bool connected) {
    const dgram_address to = unix_address(path_of("server"));

    for (int i = 0; i < SENDERS; i++) {
        senders[i] = new_socket(DGRAM_UNIX);
        if (connected)
            assert_int_equal(
                dgram_connect_sync(senders[i], path_of("server"), 0), 0);
        for (int n = 0; n < EACH; n++) {
            struct numbered payload = {i, n};

            assert_int_equal(dgram_send(senders[i], &payload, sizeof payload,
                                        connected ? NULL : &to, note_sent,
                                        &sent[i]),
                             0);
        }
    }
}

/* Reads one datagram. Returns false if there is none. */
static bool read_one(void) {
    struct numbered payload;

    if (recv(server, &payload, sizeof payload, 0) < 0)
        return false;
    assert_int_equal(payload.number, next[payload.sender]);
    next[payload.sender]++;
    received++;
    return true;
}

static void compete(bool connected) {
    int iterations = 0;

    start();
    open_senders(connected);
    run_for(10);
    expect_rest(4);
    for (; received < SENDERS * EACH; iterations++) {
        if (!read_one())
            uv_run(&test_loop, UV_RUN_ONCE);
    }
    /* At most one iteration in vain for each datagram. */
    assert_in_range(iterations, 0, 2 * SENDERS * EACH);
    for (int i = 0; i < SENDERS; i++) {
        run_until(&sent[i].calls, EACH);
        assert_int_equal(sent[i].status, sizeof(struct numbered));
        dgram_close(senders[i]);
    }
    run_to_end();
    close(server);
}

static void connected(void **state) {
    (void)state;
    compete(true);
}

static void unconnected(void **state) {
    (void)state;
    compete(false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(connected),
        IN_LOOP_WITH_FOLDER(unconnected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
