/* Workers are killed at random while they answer a flood. Each kill loses at
   most one datagram, that which the worker had read; all others that the kernel
   took are answered. The primary has no more descriptors than before.

   usage: [SECONDS [SEED]], by default 3 and the time, or the environment
   variables TEST_SECONDS and TEST_SEED */
#include "load.h"
#include "workers.h"

#include <signal.h>
#include <unistd.h>

#define WORKERS 4
#define KILLS_MAX 4096
#define IN_FLIGHT 64u     /* and what may be lost: less than a queue holds */
#define RATE_MAX 400000u  /* datagrams a second */
#define PAUSE_MAX_MS 200u /* from one kill to the next */

static struct {
    unsigned seconds;
    uint32_t random;
    int victims[KILLS_MAX]; /* their pids */
    int kills;
    int *readers; /* the pid that read each datagram, or 0 */
} it;

static uint32_t any(uint32_t below) {
    it.random = it.random * 1664525u + 1013904223u;
    return (it.random >> 16) % below;
}

static void kill_one(void) {
    int pid = dgram_spawner_get_pid(pool.spawner, any(WORKERS));

    if (pid == 0)
        return;
    assert_int_equal(kill(pid, SIGKILL), 0);
    it.victims[it.kills++] = pid;
    run_until(&pool.killed, it.kills);
}

static bool was_killed(int pid) {
    for (int i = 0; i < it.kills; i++) {
        if (it.victims[i] == pid)
            return true;
    }
    return false;
}

/* Each datagram is answered, dropped or lost. */
static void account(uint32_t drops, uint32_t answers_dropped) {
    uint32_t unread = 0, read_by_killed = 0, read_by_others = 0;

    for (uint32_t i = 0; i < load.sent; i++) {
        if (load.seen[i])
            assert_int_not_equal(it.readers[i], 0);
        else if (it.readers[i] == 0)
            unread++;
        else if (was_killed(it.readers[i]))
            read_by_killed++;
        else
            read_by_others++;
    }
    print_message("%u sent, %u answered; %u dropped by the kernel; read by "
                  "%d workers that were killed, and lost: %u\n",
                  load.sent, load.answered, drops, it.kills,
                  unread - drops + read_by_killed);
    assert_true(read_by_others <= answers_dropped);
    assert_true(unread >= drops);
    assert_true(unread - drops + read_by_killed <=
                (unsigned)it.kills + answers_dropped);
    assert_true(load.answered > 0);
}

static void under_load(bool floods, int kills_max) {
    const dgram_spawner_options options = {
        .workers = WORKERS, .restart_min_ms = 10, .restart_max_ms = 50};
    uint32_t most = it.seconds * RATE_MAX;
    dgram_address peer;
    int before, steady;
    uint64_t end;

    it.kills = 0;
    run_for(1);
    before = count_descriptors();
    it.readers = pool_note_readers(most);
    pool_open_with(options, "echo", 0);
    run_until(&pool.listening, WORKERS);
    steady = count_descriptors();
    load_begin(floods ? 0 : IN_FLIGHT, most);
    peer = peer_address(load.peer);
    end = uv_hrtime() + it.seconds * (uint64_t)1000000000;
    while (uv_hrtime() < end && it.kills < kills_max) {
        run_for(any(PAUSE_MAX_MS));
        kill_one();
        load.in_flight += !floods;
    }
    load_stop();
    load_settle(false);
    /* Some may have been killed before they were bound. */
    run_until(&pool.started, WORKERS + it.kills);
    account(load_drops(&pool.address), load_drops(&peer));
    assert_int_equal(pool.killed, it.kills);
    assert_int_equal(count_descriptors(), steady + 1); /* the peer */
    load_end();
    pool_end();
    assert_int_equal(pool.killed, it.kills);
    pool_forget_readers(it.readers, most);
    assert_int_equal(count_descriptors(), before);
}

static void a_flood_is_answered_but_for_the_killed(void **state) {
    (void)state;
    under_load(true, KILLS_MAX);
}

/* So few datagrams that the kernel drops none. */
static void a_small_load_is_answered_but_for_the_killed(void **state) {
    (void)state;
    under_load(false, 6);
}

static unsigned setting(int argc, char **argv, int at, const char *name,
                        unsigned otherwise) {
    const char *text = argc > at ? argv[at] : getenv(name);

    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_flood_is_answered_but_for_the_killed),
        IN_LOOP(a_small_load_is_answered_but_for_the_killed),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    it.seconds = setting(argc, argv, 1, "TEST_SECONDS", 3);
    it.random = setting(argc, argv, 2, "TEST_SEED", (unsigned)uv_hrtime());
    print_message("%u seconds, seed %u\n", it.seconds, it.random);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
