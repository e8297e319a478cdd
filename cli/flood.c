/* dgram flood: sends as fast as the kernel takes it, or at a rate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "faults.h"
#include "headers.h"
#include "output.h"
#include "session.h"
#include "stats.h"
#include "term.h"
#include "verbs.h"

#define BATCH_MAX 1024          /* datagrams in one call */
#define BATCH_SIZE_MAX 65536u   /* bytes in one call: they stay in the cache */
#define BATCHES_PER_ITERATION 8 /* in one loop iteration */
#define RATE_TICK_MS 1
#define RATE_ITERATION_NS 10000000u /* limit of a loop iteration */
#define SILENCE_S 1.5               /* without an error: the errors are over */

static struct {
    struct session session;
    struct endpoint to;
    uint64_t size, rate; /* bytes; datagrams per second, 0: no limit */
    double seconds;
    bool check;

    unsigned char *payloads; /* of a batch, adjacent */
    dgram_outgoing batch[BATCH_MAX];
    size_t batch_count;
    uint32_t id;       /* of this run, in the stamps */
    uint64_t accepted; /* datagrams that the library accepted */
    uint64_t failed;   /* accepted datagrams that failed */
    uint64_t settled;  /* accepted before this loop iteration */
    struct faults faults;
    bool is_refused;       /* the peer's network reported an error */
    bool is_refused_early; /* the first such error was about the first sends */
    double refused_at;     /* seconds from the start to the latest such error */
    bool fails_here;       /* this host refused the latest failed datagram */
    uint64_t failed_last;  /* `accepted` when that was reported */
    bool rests;            /* pauses after an error */
    struct rate total;
    struct rate_row row; /* on a terminal */
    uint64_t started;
    bool is_last_iteration; /* at a rate */
    uv_idle_t idle;         /* without a rate: runs all the time */
    uv_timer_t ticks; /* with a rate, and while the kernel takes no more */
    bool running;
} it = {.size = 64, .seconds = 10};

static void stamp_batch(size_t count) {
    struct stamp stamp = {
        .session = it.id, .number = it.accepted, .time = uv_hrtime()};

    for (size_t i = 0; i < count; i++) {
        stamp_write(it.payloads + i * (size_t)it.size, &stamp);
        stamp.number++;
    }
}

/* Sends up to `count`. Returns false if the kernel takes no more now, or
   refused some. */
static bool send_some(size_t count) {
    int accepted;

    if (it.rests && it.rate == 0) {
        it.rests = false;
        return false;
    }
    if (dgram_get_send_queue_count(it.session.socket) > 0)
        return false;
    if (count > it.batch_count)
        count = it.batch_count;
    if (it.check)
        stamp_batch(count);
    accepted = dgram_send_batch(it.session.socket, it.batch, count, NULL, NULL);
    if (accepted < 0) {
        session_fail(&it.session, dgram_last_error(it.session.socket));
        return false;
    }
    it.accepted += (uint64_t)accepted;
    return dgram_get_send_queue_count(it.session.socket) == 0;
}

static double seconds_since_start(void) {
    return (double)(uv_hrtime() - it.started) / 1e9;
}

/* Returns false when the time is over and something was sent, however late this
   process ran. At a rate this is one loop iteration later, which sends what is
   due by then. Failures of the previous iteration have been reported. */
static bool go_on(void) {
    it.settled = it.accepted;
    if (seconds_since_start() < it.seconds || it.accepted == 0)
        return true;
    if (it.rate > 0 && !it.is_last_iteration) {
        it.is_last_iteration = true;
        return true;
    }
    session_stop(&it.session);
    return false;
}

static uint64_t lesser(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Returns how many datagrams are due. The first is due at once. At the end the
   sum is rate times seconds, at least one. */
static uint64_t count_due(void) {
    double rate = (double)it.rate;
    uint64_t all = (uint64_t)(rate * it.seconds + 1e-6);
    uint64_t due = (uint64_t)(rate * seconds_since_start()) + 1;

    due = lesser(due, all > 1 ? all : 1);
    return due > it.accepted ? due - it.accepted : 0;
}

/* Returns to the loop after a while, for the signals, however much is due. */
static void send_due(void) {
    uint64_t iteration_end = uv_hrtime() + RATE_ITERATION_NS;
    uint64_t due = count_due();

    while (due > 0 && send_some((size_t)lesser(due, it.batch_count)) &&
           uv_hrtime() < iteration_end)
        due -= lesser(due, it.batch_count);
}

static void on_idle(uv_idle_t *idle);

static void on_tick(uv_timer_t *timer) {
    if (!go_on())
        return;
    if (it.rate > 0)
        send_due();
    else if (dgram_get_send_queue_count(it.session.socket) == 0) {
        uv_timer_stop(timer);
        uv_idle_start(&it.idle, on_idle);
    }
}

static void on_idle(uv_idle_t *idle) {
    int batches = 0;

    if (!go_on())
        return;
    while (send_some(it.batch_count)) {
        if (++batches == BATCHES_PER_ITERATION)
            return;
    }
    if (it.session.stopping)
        return;
    uv_idle_stop(idle);
    uv_timer_start(&it.ticks, on_tick, RATE_TICK_MS, RATE_TICK_MS);
}

static void update_total(void) {
    it.total.datagrams = it.accepted - it.failed;
    it.total.bytes = it.total.datagrams * it.size;
}

static void draw_row(void) {
    update_total();
    rate_row_draw(&it.row, &it.total);
}

static void on_connect(dgram_socket *socket, void *data) {
    (void)data;
    if (headers_set(socket) < 0) {
        session_fail(&it.session, dgram_last_error(socket));
        return;
    }
    it.running = true;
    it.started = uv_hrtime();
    rate_row_begin(&it.row);
    if (!common.json)
        live_begin(&it.session.loop, RATE_ROW_HEADING, draw_row);
    if (it.rate > 0)
        uv_timer_start(&it.ticks, on_tick, 0, RATE_TICK_MS);
    else
        uv_idle_start(&it.idle, on_idle);
}

/* Whether an error is about the first sends: those of the first loop
   iterations, or of the first quarter of the time, at most a second. */
static bool is_early(double elapsed) {
    uint64_t two_iterations =
        it.rate > 0 ? it.rate / 50 : 2 * it.batch_count * BATCHES_PER_ITERATION;

    return it.accepted <= 2 + two_iterations ||
           elapsed < fmin(1, it.seconds / 4);
}

static void report(const dgram_error *error) {
    if (error->code == UV_ECONNREFUSED && !it.is_refused_early)
        session_log(&it.session, "nobody listens there any more (%s)",
                    dgram_strerror(error->code));
    else
        session_report(&it.session, "", error);
}

/* Notes an error that the peer's network reported, maybe with the next send. A
   link that carries fewer bytes is no refusal: later datagrams are fragmented.
 */
static void note_refusal(void) {
    double elapsed = seconds_since_start();

    if (!it.is_refused)
        it.is_refused_early = is_early(elapsed);
    it.is_refused = true;
    it.refused_at = elapsed;
}

/* Goes on after errors: a route may come back, a receiver may start later.
   Stops if the first step fails. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    bool by_send = strcmp(error->syscall, "send") == 0;

    (void)data;
    if (!it.running || dgram_fileno(socket) < 0) {
        session_fail(&it.session, error);
        return;
    }
    if (error->code == UV_ECONNREFUSED ||
        (!by_send && error->code != UV_EMSGSIZE))
        note_refusal();
    if (by_send) {
        it.failed++;
        it.fails_here = error->code != UV_ECONNREFUSED;
        it.failed_last = it.accepted;
    }
    it.rests = true;
    if (faults_note(&it.faults, error->code))
        report(error);
}

/* Whether nothing left this host since its latest own error. */
static bool fails_here(void) {
    return it.fails_here && it.settled <= it.failed_last;
}

/* Whether errors lasted from the start to the end, or nothing was sent since
   the latest. The network may report an error only once a second. So only a
   longer silence at the end shows that its errors are over. */
static bool is_failure(double elapsed) {
    return fails_here() ||
           (it.is_refused_early && elapsed - it.refused_at < SILENCE_S);
}

static void print_result(void) {
    if (common.json) {
        fprintf(output, "{\"event\":\"result\",");
        rate_print_json(output, &it.total);
        fprintf(output,
                ",\"failed\":%llu,\"errors\":", (unsigned long long)it.failed);
        faults_print_json(output, &it.faults);
        fprintf(output, "}\n");
        return;
    }
    rate_print(output, &it.total);
    if (it.faults.count > 0) {
        fprintf(output,
                "\n%llu failed; errors: ", (unsigned long long)it.failed);
        faults_print(output, &it.faults);
    }
    putc('\n', output);
}

static void on_stop(void *data) {
    (void)data;
    rate_row_end(&it.row);
    live_end();
    uv_close((uv_handle_t *)&it.idle, NULL);
    uv_close((uv_handle_t *)&it.ticks, NULL);
    if (!it.running)
        return;
    if (fails_here())
        it.accepted = it.settled; /* a signal ended it before the callbacks */
    update_total();
    it.total.seconds = seconds_since_start();
    if (is_failure(it.total.seconds))
        it.session.status = 1;
    print_result();
}

static const struct option options[] = {
    OPTION_SIZE(it.size, 0),
    {"seconds", OPTION_TIME, &it.seconds, "S", "how long to send (10)", 0.001,
     1e6},
    {"rate", OPTION_NUMBER, &it.rate, "PPS",
     "datagrams per second (as many as possible)", 1, 1e9},
    {"check", OPTION_FLAG, &it.check, NULL,
     "number the datagrams, for 'dgram sink --check'", 0, 0},
};

static const struct usage usage = {
    .verb = "flood",
    .arguments = "HOST:PORT",
    .about = "Sends datagrams as fast as the system takes them, or at a rate."
             " On a terminal\nit shows the rate once a second. Flood only"
             " hosts that expect it.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON | COMMON_BIND | COMMON_BROADCAST | COMMON_HEADERS |
              COMMON_DEVICE | COMMON_OFFLOAD | COMMON_SEGMENTS | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1,
};

static const dgram_events events = {
    .size = sizeof events,
    .connect = on_connect,
    .error = on_error,
};

static bool make_batch(void) {
    size_t size = (size_t)it.size;

    it.batch_count = size > 0 ? BATCH_SIZE_MAX / size : BATCH_MAX;
    if (it.batch_count > BATCH_MAX)
        it.batch_count = BATCH_MAX;
    it.payloads = calloc(it.batch_count, size > 0 ? size : 1);
    if (it.payloads == NULL)
        return false;
    for (size_t i = 0; i < it.batch_count; i++) {
        it.batch[i].payload = it.payloads + i * size;
        it.batch[i].length = size;
        it.batch[i].info = headers_info();
    }
    return true;
}

static int start(void) {
    dgram_options socket_options = {.size = sizeof socket_options};
    int status = session_begin(&it.session, "flood");

    if (status != 0)
        return status;
    uv_idle_init(&it.session.loop, &it.idle);
    uv_timer_init(&it.session.loop, &it.ticks);
    it.session.on_stop = on_stop;
    common_begin(&usage, &it.to, &it.session);
    common_set(&socket_options, &it.to);
    if (session_create(&it.session, &socket_options, &events))
        session_connect(&it.session, &it.to);
    return session_run(&it.session);
}

int run_flood(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = endpoint_parse("flood", argv[0], &common.family, &it.to);
    if (status == 0)
        status = common_check(&usage, &it.to);
    if (status != 0)
        return status;
    if (it.to.port == 0)
        return usage_error("flood", "cannot send to port 0");
    if (it.check && it.size < STAMP_SIZE)
        return usage_error("flood", "--check needs --size %d or more",
                           STAMP_SIZE);
    it.id = (uint32_t)(uv_hrtime() ^ (uint64_t)uv_os_getpid() << 16);
    if (!make_batch()) {
        fprintf(stderr, "dgram flood: no memory\n");
        return 1;
    }
    status = start();
    free(it.payloads);
    return status;
}
