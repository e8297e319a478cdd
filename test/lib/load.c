#include "load.h"

#include <inttypes.h>
#include <poll.h>

#define QUIET_TURNS 30     /* of 10 ms, without an answer */
#define WAIT_TURNS 1000    /* of 10 ms */
#define UNLIMITED_BURST 64 /* datagrams a turn, without a limit */

struct load load;

static uv_idle_t idle;

static void take_answers(void) {
    uint32_t number[2];

    while (recv(load.peer, number, sizeof number, MSG_DONTWAIT) ==
           sizeof number) {
        assert_true(number[0] < load.sent);
        assert_int_equal(load.seen[number[0]], 0);
        load.seen[number[0]] = 1;
        load.answered++;
    }
}

static void send_more(uv_idle_t *handle) {
    uint32_t until = load.sent + UNLIMITED_BURST;

    (void)handle;
    take_answers();
    if (load.in_flight > 0)
        until = load.answered + load.in_flight;
    while (load.sent < until && load.sent < load.most) {
        uint32_t number[2] = {load.sent, 0};

        peer_send(load.peer, number, sizeof number, &pool.address);
        load.sent++;
    }
}

void load_begin(uint32_t in_flight, uint32_t most) {
    load = (struct load){.in_flight = in_flight,
                         .most = most,
                         .peer = peer_open(DGRAM_UDP4),
                         .seen = calloc(most, 1)};
    assert_non_null(load.seen);
    uv_idle_init(&test_loop, &idle);
    uv_idle_start(&idle, send_more);
}

void load_stop(void) {
    uv_close((uv_handle_t *)&idle, NULL);
}

void load_settle(bool all) {
    uint32_t drops = load_drops(&pool.address);
    int quiet = 0;

    for (int i = 0; i < WAIT_TURNS && load.answered + drops < load.sent &&
                    (all || quiet < QUIET_TURNS);
         i++) {
        struct pollfd poll_fd = {.fd = load.peer, .events = POLLIN};
        uint32_t before = load.answered;

        poll(&poll_fd, 1, 10);
        uv_run(&test_loop, UV_RUN_NOWAIT);
        take_answers();
        quiet = load.answered > before ? 0 : quiet + 1;
    }
    if (all)
        assert_int_equal(load.answered + drops, load.sent);
}

void load_end(void) {
    peer_close(load.peer);
    free(load.seen);
}

uint32_t load_drops(const dgram_address *address) {
    FILE *table = fopen("/proc/net/udp", "r");
    uint32_t drops = 0, host, port, count;
    char line[256];

    while (table != NULL && fgets(line, sizeof line, table) != NULL) {
        if (sscanf(line,
                   "%*u: %" SCNx32 ":%" SCNx32 " %*s %*s %*s %*s %*s %*s %*s "
                   "%*s %*s %*s %" SCNu32,
                   &host, &port, &count) == 3 &&
            host == address->v4.sin_addr.s_addr &&
            port == dgram_address_port(address))
            drops += count;
    }
    if (table != NULL)
        fclose(table);
    return drops;
}
