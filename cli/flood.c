/* dgram flood: sends as fast as the kernel takes it, or at a rate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "offload.h"
#include "options.h"
#include "output.h"
#include "session.h"
#include "stats.h"
#include "term.h"
#include "verbs.h"

#define BATCH_MAX 1024        /* datagrams handed over at once */
#define BATCH_SIZE_MAX 65536u /* and their bytes: they stay in the cache */
#define BATCHES_A_TURN 8      /* of the loop */
#define RATE_TICK_MS 1
#define RATE_TURN_NS 10000000u /* of the loop, at most */
#define SILENCE_S 1.5          /* after the latest error: it is over */

static struct {
    struct session session;
    struct endpoint to;
    struct family family;
    struct offload offload;
    uint64_t size, rate; /* bytes; datagrams a second, 0: no limit */
    double seconds;
    bool check, json;

    unsigned char *payloads; /* of a batch, one behind the other */
    dgram_outgoing batch[BATCH_MAX];
    size_t batch_count;
    uint32_t id;       /* of this run, for the stamps */
    uint64_t accepted; /* by the library */
    uint64_t failed;   /* of these */
    uint64_t settled;  /* accepted before this turn of the loop */
    struct faults faults;
    bool is_refused;       /* the peer's network has reported an error, */
    bool is_refused_early; /* of what was sent first */
    double refused_at;     /* seconds from the start to the latest of these */
    bool fails_here;       /* the latest datagram that failed, by this host */
    uint64_t failed_last;  /* accepted when that was reported */
    bool rests;            /* after an error */
    struct rate total;
    struct rate_row row; /* on a terminal */
    uint64_t started;
    bool is_last_turn; /* at a rate */
    uv_idle_t idle;    /* without a rate: all the time */
    uv_timer_t ticks;  /* with one, and while the kernel takes no more */
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

/* Sends up to `count`. Returns false when the kernel takes no more for now, or
   has refused some. */
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

/* Looks at the clock. Returns false when the time is over and something was
   sent, however late this process was run; at a rate a turn later, which sends
   what is due by then. By now what failed of the turn before has been reported.
 */
static bool go_on(void) {
    it.settled = it.accepted;
    if (seconds_since_start() < it.seconds || it.accepted == 0)
        return true;
    if (it.rate > 0 && !it.is_last_turn) {
        it.is_last_turn = true;
        return true;
    }
    session_stop(&it.session);
    return false;
}

static uint64_t lesser(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Datagrams that the rate asks for by now: the first at once, one at least, and
   in the end as many as rate and time make. */
static uint64_t count_due(void) {
    double rate = (double)it.rate;
    uint64_t all = (uint64_t)(rate * it.seconds + 1e-6);
    uint64_t due = (uint64_t)(rate * seconds_since_start()) + 1;

    due = lesser(due, all > 1 ? all : 1);
    return due > it.accepted ? due - it.accepted : 0;
}

/* Ends the turn after a while, for the signals, however much is due. */
static void send_due(void) {
    uint64_t turn_end = uv_hrtime() + RATE_TURN_NS;
    uint64_t due = count_due();

    while (due > 0 && send_some((size_t)lesser(due, it.batch_count)) &&
           uv_hrtime() < turn_end)
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
        if (++batches == BATCHES_A_TURN)
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

static void draw_row(FILE *out) {
    update_total();
    rate_row_print(out, &it.row, &it.total);
}

static void on_connect(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    it.running = true;
    it.started = uv_hrtime();
    rate_row_begin(&it.row);
    if (!it.json)
        live_begin(&it.session.loop, RATE_ROW_HEADING, draw_row);
    if (it.rate > 0)
        uv_timer_start(&it.ticks, on_tick, 0, RATE_TICK_MS);
    else
        uv_idle_start(&it.idle, on_idle);
}

/* Whether it comes of what was sent first: of the first turns, or in the first
   quarter of the time, a second at most. */
static bool is_early(double elapsed) {
    uint64_t two_turns =
        it.rate > 0 ? it.rate / 50 : 2 * it.batch_count * BATCHES_A_TURN;

    return it.accepted <= 2 + two_turns || elapsed < fmin(1, it.seconds / 4);
}

static void report(const dgram_error *error) {
    if (error->code == UV_ECONNREFUSED && !it.is_refused_early)
        session_say(&it.session, "nobody listens there any more (%s)",
                    dgram_strerror(error->code));
    else
        session_report(&it.session, "", error);
}

/* What the peer's network says, maybe by the next send. That a link on the way
   carries fewer bytes is no refusal: what follows is cut to them. */
static void note_refusal(void) {
    double elapsed = seconds_since_start();

    if (!it.is_refused)
        it.is_refused_early = is_early(elapsed);
    it.is_refused = true;
    it.refused_at = elapsed;
}

/* None is a reason to stop: a route comes back, a receiver comes later. What
   fails at the first step is. */
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

/* Whether nothing left this host since the latest error of its own. */
static bool fails_here(void) {
    return it.fails_here && it.settled <= it.failed_last;
}

/* Whether errors lasted from the beginning to the end, or since one nothing was
   sent. Of what the network says, silence in the end is the only sign that it
   is over, and it may say it once a second. */
static bool is_failure(double elapsed) {
    return fails_here() ||
           (it.is_refused_early && elapsed - it.refused_at < SILENCE_S);
}

static void print_result(void) {
    if (it.json) {
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
        it.accepted = it.settled; /* a signal ended it before the reports */
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
    {"json", OPTION_FLAG, &it.json, NULL, "print the result as JSON", 0, 0},
    OPTION_NO_OFFLOAD(it.offload),
    OPTION_SEGMENTS(it.offload),
    OPTIONS_FAMILY(it.family),
};

static const struct usage usage = {
    .verb = "flood",
    .arguments = "HOST:PORT",
    .about = "Sends datagrams as fast as the system takes them, or at a rate."
             " On a terminal\nit shows the rate once a second. Flood only"
             " hosts that expect it.",
    USAGE_OPTIONS(options),
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
    }
    return true;
}

static int start(void) {
    dgram_options socket_options = {.size = sizeof socket_options,
                                    .type = it.to.type};
    int status = session_begin(&it.session, "flood");

    if (status != 0)
        return status;
    uv_idle_init(&it.session.loop, &it.idle);
    uv_timer_init(&it.session.loop, &it.ticks);
    it.session.on_stop = on_stop;
    offload_set(&it.offload, &socket_options);
    it.session.given.v6 = it.to.type == DGRAM_UDP6;
    if (session_create(&it.session, &socket_options, &events))
        session_connect(&it.session, &it.to);
    return session_run(&it.session);
}

int run_flood(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = endpoint_parse("flood", argv[0], &it.family, &it.to);
    if (status == 0)
        status = offload_check("flood", &it.offload);
    if (status != 0)
        return status;
    if (it.to.port == 0)
        return usage_error("flood", "nothing can be sent to port 0");
    if (it.check && it.size < STAMP_SIZE)
        return usage_error("flood", "--check needs --size %d or more",
                           STAMP_SIZE);
    it.id = (uint32_t)(uv_hrtime() ^ (uint64_t)getpid() << 16);
    if (!make_batch()) {
        fprintf(stderr, "dgram flood: no memory\n");
        return 1;
    }
    status = start();
    free(it.payloads);
    return status;
}
