/* Worker processes that echo on one port while they are killed, asked to end,
   and replaced. What a killed one had read is lost; all else is answered, once.

   Each worker reads in the order of the queue and answers in the order of its
   reading. So when every worker of now has answered something newer, whatever
   is not answered never will be. */
#include "soak.h"

#include <signal.h>
#include <unistd.h>

#include <dgram_cluster.h>

#define WORKERS 2u
#define IN_FLIGHT 64u     /* less than the receive buffer holds */
#define REMEMBERED 65536u /* numbers, from the oldest unanswered one */
#define BETWEEN 500u      /* answers between two actions */
#define PATIENCE_NS 20000000000u

struct ping {
    uint64_t number;
    int32_t pid; /* of the process that answered; 0: a request */
    uint32_t rest;
};

enum blow { RESTART, KILL, STOP, BLOWS };

static dgram_spawner *spawner;
static dgram_socket *client;
static dgram_listener listener;
static dgram_address to;
static uint64_t sent, answered, lost, oldest;
static bool seen[REMEMBERED]; /* by number: answered or given up */
static int pids[WORKERS];
static uint64_t newest[WORKERS]; /* that it answered, + 1 */
static uint64_t waiting;         /* sends whose callback is pending */
static bool listening[WORKERS], stopped;

/* The action on the workers. */
static struct {
    enum blow blow;
    bool under_way, replaced;
    uint64_t boundary; /* the first number after all workers were ready */
    uint64_t after;    /* answers until the next one */
    uint64_t since;
    unsigned worker;
    uint64_t count[BLOWS];
} now;

static uint64_t started, ended;

/* ---- A worker ----------------------------------------------------------- */

static void echo(dgram_socket *socket, const dgram_message *message,
                 void *data) {
    const uint16_t *asking = data; /* port; others are strangers */
    struct ping ping;

    if (dgram_address_port(message->from) != *asking)
        return;
    MUST(message->length == sizeof ping);
    memcpy(&ping, message->payload, sizeof ping);
    ping.pid = (int32_t)getpid();
    MUST(dgram_send(socket, &ping, sizeof ping, message->from, NULL, NULL) ==
         0);
}

static void end_worker(dgram_socket *socket, const dgram_error *error,
                       void *data) {
    (void)data;
    MUST(error->code == UV_EPIPE); /* the primary is gone */
    (void)dgram_close(socket);
}

void workers_work(uint16_t asking) {
    static const dgram_events events = {
        .size = sizeof events, .message = echo, .error = end_worker};
    static dgram_listener recorder;
    const dgram_worker_options options = {.size = sizeof options,
                                          .signals = true};
    dgram_socket *socket;

    MUST(uv_loop_init(&loop) == 0);
    MUST(dgram_worker_join(&loop, &options) == 0);
    MUST(dgram_create(&loop, DGRAM_UDP4, &socket) == 0);
    dgram_on(socket, &recorder, &events, &asking);
    MUST(dgram_bind(socket, "127.0.0.1", 0) == 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    (void)dgram_worker_leave(&loop); /* unless it is over already */
    uv_run(&loop, UV_RUN_DEFAULT);
    MUST(uv_loop_close(&loop) == 0);
}

/* ---- Requests and answers ------------------------------------------------ */

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)data;
    MUST(status == (int)sizeof(struct ping));
    waiting--;
}

static void on_answer(dgram_socket *socket, const dgram_message *message,
                      void *data) {
    struct ping ping;

    (void)socket;
    (void)data;
    if (!dgram_address_equal(message->from, &to))
        return;
    MUST(message->length == sizeof ping);
    memcpy(&ping, message->payload, sizeof ping);
    MUST(ping.number >= oldest && ping.number < sent);
    MUST(!seen[ping.number % REMEMBERED]);
    seen[ping.number % REMEMBERED] = true;
    answered++;
    for (unsigned i = 0; i < WORKERS; i++) {
        if (pids[i] == ping.pid)
            newest[i] = ping.number + 1;
    }
    while (oldest < sent && seen[oldest % REMEMBERED])
        oldest++;
}

/* Old unanswered requests may be lost, so they do not count. */
static uint64_t in_flight(void) {
    return sent - answered - lost;
}

static void ask(void) {
    uint64_t limit = IN_FLIGHT;

    /* While a worker is restarted, the requests that it lost must not stop the
       others. */
    if (now.under_way && now.blow == KILL)
        limit += IN_FLIGHT;
    while (in_flight() < limit && sent - oldest < REMEMBERED) {
        struct ping ping = {.number = sent};

        seen[sent++ % REMEMBERED] = false;
        waiting++;
        MUST(dgram_send(client, &ping, sizeof ping, &to, on_sent, NULL) == 0);
    }
}

/* ---- Actions ------------------------------------------------------------- */

static void on_started(dgram_spawner *of, unsigned worker, int pid,
                       void *data) {
    (void)of;
    (void)data;
    started++;
    pids[worker] = pid;
    listening[worker] = false;
    newest[worker] = 0;
}

static void on_listening(dgram_spawner *of, unsigned worker,
                         const dgram_address *address, void *data) {
    (void)data;
    to = *address;
    listening[worker] = true;
    if (now.under_way && now.blow != RESTART && worker == now.worker &&
        dgram_spawner_get_pid(of, worker) == pids[worker])
        now.replaced = true;
}

static void on_ended(dgram_spawner *of, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    (void)of;
    (void)worker;
    (void)data;
    MUST(pid > 0);
    MUST(status == 0 && (signal == 0 || signal == SIGKILL));
    MUST(signal == 0 || (now.under_way && now.blow == KILL));
    ended++;
}

static void on_restarted(dgram_spawner *of, int status, void *data) {
    (void)of;
    (void)data;
    MUST(status == 0);
    now.replaced = true;
}

static void on_stopped(dgram_spawner *of, void *data) {
    (void)of;
    (void)data;
    stopped = true;
}

static void strike(void) {
    now.blow = (enum blow)(
        (now.count[RESTART] + now.count[KILL] + now.count[STOP]) % BLOWS);
    now.count[now.blow]++;
    now.worker = now.count[now.blow] % WORKERS;
    now.under_way = true;
    now.replaced = false;
    now.boundary = 0;
    now.since = uv_hrtime();
    if (now.blow == RESTART)
        MUST(dgram_spawner_restart(spawner) == 0);
    else
        MUST(kill(pids[now.worker], now.blow == KILL ? SIGKILL : SIGTERM) == 0);
}

/* All current workers have answered requests that were sent after the
   action. */
static bool is_over(void) {
    if (!now.replaced)
        return false;
    if (now.boundary == 0)
        now.boundary = sent;
    for (unsigned i = 0; i < WORKERS; i++) {
        if (newest[i] <= now.boundary)
            return false;
    }
    return true;
}

static void settle(void) {
    uint64_t missing = 0;

    for (; oldest < now.boundary; oldest++)
        missing += !seen[oldest % REMEMBERED];
    while (oldest < sent && seen[oldest % REMEMBERED])
        oldest++;
    MUST(missing <= (now.blow == KILL ? IN_FLIGHT : 0));
    lost += missing;
    now.under_way = false;
    now.after = answered + BETWEEN;
}

/* ---- The soak's side ---------------------------------------------------- */

static bool all_listen(void) {
    for (unsigned i = 0; i < WORKERS; i++) {
        if (!listening[i])
            return false;
    }
    return true;
}

void workers_begin(void) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_answer};
    static char port[8];
    static const char *const args[] = {"soak", port, NULL};
    const dgram_spawner_options options = {.size = sizeof options,
                                           .args = args,
                                           .workers = WORKERS,
                                           .restart_min_ms = 1,
                                           .restart_max_ms = 1,
                                           .started = on_started,
                                           .listening = on_listening,
                                           .ended = on_ended,
                                           .restarted = on_restarted,
                                           .stopped = on_stopped};
    dgram_address here;

    MUST(dgram_create(&loop, DGRAM_UDP4, &client) == 0);
    MUST(dgram_bind_sync(client, "127.0.0.1", 0) == 0);
    MUST(dgram_get_local_address(client, &here) == 0);
    snprintf(port, sizeof port, "%u", dgram_address_port(&here));
    dgram_on(client, &listener, &events, NULL);
    MUST(dgram_spawner_create(&loop, &options, &spawner) == 0);
    while (!all_listen())
        uv_run(&loop, UV_RUN_ONCE);
    now.after = BETWEEN;
}

void workers_iterate(void) {
    ask();
    if (!now.under_way) {
        if (answered >= now.after)
            strike();
        return;
    }
    MUST(uv_hrtime() - now.since <= PATIENCE_NS);
    if (is_over())
        settle();
}

void workers_end(void) {
    while (now.under_way) {
        workers_iterate();
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    now.since = uv_hrtime();
    while (in_flight() > 0 || waiting > 0) {
        MUST(uv_hrtime() - now.since <= PATIENCE_NS);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    dgram_spawner_stop(spawner);
    while (!stopped)
        uv_run(&loop, UV_RUN_ONCE);
    printf("workers: %llu asked, %llu answered, %llu lost with the killed; "
           "%llu restarts, %llu killed, %llu asked to end\n",
           (unsigned long long)sent, (unsigned long long)answered,
           (unsigned long long)lost, (unsigned long long)now.count[RESTART],
           (unsigned long long)now.count[KILL],
           (unsigned long long)now.count[STOP]);
    MUST(answered + lost == sent && started == ended);
    dgram_close(client);
}
