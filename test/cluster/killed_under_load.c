/* Workers are killed while they answer. What a killed one had read is lost, one
   wake-up's messages at most; all else that the kernel took is answered, and
   the primary has no more descriptors than before. */
#include "team.h"

#include "pool.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define WORKERS 4
#define KILLS 6
#define READ_MAX 32u  /* messages of one wake-up */
#define IN_FLIGHT 64u /* with what may be lost, less than a queue holds */
#define DATAGRAMS_MAX 400000u

static struct {
    int peer;
    uint32_t sent, answered, allowed;
    unsigned char seen[DATAGRAMS_MAX];
} it;

static void take_answers(void) {
    uint32_t number[2];

    while (recv(it.peer, number, sizeof number, MSG_DONTWAIT) ==
           sizeof number) {
        assert_true(number[0] < it.sent);
        assert_int_equal(it.seen[number[0]], 0);
        it.seen[number[0]] = 1;
        it.answered++;
    }
}

static void load(uv_idle_t *idle) {
    (void)idle;
    take_answers();
    while (it.sent - it.answered < IN_FLIGHT + it.allowed &&
           it.sent < DATAGRAMS_MAX) {
        uint32_t number[2] = {it.sent, 0};

        peer_send(it.peer, number, sizeof number, &pool.address);
        it.sent++;
    }
}

static void the_rest_is_answered(void **state) {
    int before, steady;
    uint32_t random = 3;
    uv_idle_t idle;

    (void)state;
    it.peer = peer_open(DGRAM_UDP4);
    run_for(1);
    before = count_descriptors();
    pool_open(WORKERS, "echo", 0);
    run_until(&pool.listening, WORKERS);
    steady = count_descriptors();
    uv_idle_init(&test_loop, &idle);
    uv_idle_start(&idle, load);
    for (int i = 0; i < KILLS; i++) {
        random = random * 1664525u + 1013904223u;
        run_for(5);
        it.allowed += READ_MAX;
        assert_int_equal(kill(pool.pid[(random >> 16) % WORKERS], SIGKILL), 0);
        run_until(&pool.listening, WORKERS + i + 1);
    }
    uv_close((uv_handle_t *)&idle, NULL);
    for (int i = 0; i < 50; i++) {
        struct pollfd poll_fd = {.fd = it.peer, .events = POLLIN};

        poll(&poll_fd, 1, 10);
        uv_run(&test_loop, UV_RUN_NOWAIT);
        take_answers();
    }
    assert_int_equal(pool.killed, KILLS);
    assert_true(it.answered > IN_FLIGHT);
    assert_true(it.sent - it.answered <= KILLS * READ_MAX);
    assert_int_equal(count_descriptors(), steady);
    pool_end();
    assert_int_equal(count_descriptors(), before);
    peer_close(it.peer);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(the_rest_is_answered),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
