/* dgram flood: sends as fast as the kernel accepts datagrams, or at a rate. */
#include <stdio.h>
#include <string.h>

#include "args/common.h"
#include "args/headers.h"
#include "flood/farend.h"
#include "flood/pump.h"
#include "flood/refusal.h"
#include "output/intervals.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "verbs.h"
#include "measure/stamp.h"
#include "measure/rate.h"

#define RECEIVE_BUFFER_SIZE (8u << 20) /* the system may limit it */

static struct {
    struct session session;
    struct endpoint to;
    dgram_address peer;
    char host[DGRAM_ADDRESS_TEXT_MAX]; /* of the peer */
    uint64_t size, rate, bitrate;      /* 0: no limit */
    uint64_t parallel;
    bool check;
    bool results, bidir, reverse; /* what is requested from the far end */

    struct batch batch;
    struct streams streams;
    struct pump pump;
    unsigned waiting;      /* streams that start */
    struct faults faults;  /* of all streams */
    struct faults endings; /* errors that ended streams */
    struct refusal refusal;
    struct rate total;
    struct rate_row row; /* on a terminal */
    struct intervals intervals;
    struct farend farend;
    uv_timer_t limit;  /* with --reverse */
    bool running;      /* sends, or with --reverse receives */
    bool has_ended;    /* after that */
    bool has_reported; /* that there are no results of the far end */
} it = {.size = 64, .parallel = 1, .pump.schedule.seconds = 10};

static bool asks(void) {
    return it.results || it.bidir || it.reverse;
}

/* Of what was sent, or with --reverse of what came back. */
static void count_total(struct rate *total_out) {
    if (it.reverse) {
        *total_out = farend_back_rate(&it.farend);
        return;
    }
    total_out->datagrams = streams_sent(&it.streams);
    total_out->bytes = total_out->datagrams * it.size;
}

static void draw_row(void) {
    count_total(&it.total);
    rate_row_draw(&it.row, &it.total);
}

static void begin_lines(void) {
    it.intervals.session = &it.session;
    it.intervals.end = it.pump.schedule.seconds;
    it.intervals.count = count_total;
    intervals_begin(&it.intervals, it.pump.started);
    rate_row_begin(&it.row);
    if (!common.json && it.intervals.period == 0)
        live_begin(&it.session.loop, RATE_ROW_HEADING, draw_row);
}

static void end_sending(void) {
    if (it.has_ended)
        return;
    it.has_ended = true;
    rate_row_end(&it.row);
    live_end();
    pump_close(&it.pump);
    uv_close((uv_handle_t *)&it.limit, NULL);
    it.total.seconds = pump_seconds(&it.pump);
}

/* The results of the far end follow, if there are any. */
static void on_end(void) {
    if (!farend_has_results(&it.farend)) {
        session_stop(&it.session);
        return;
    }
    end_sending();
    intervals_end(&it.intervals);
    for (unsigned i = 0; i < it.streams.count; i++)
        farend_finish_stream(&it.farend, i, stream_sent(&it.streams.all[i]));
    farend_finish(&it.farend);
}

static void on_limit(uv_timer_t *timer) {
    (void)timer;
    on_end();
}

/* A flood that is interrupted still fetches its results. */
static bool on_interrupt(void *data) {
    (void)data;
    if (!it.running || it.has_ended || !farend_has_results(&it.farend))
        return false;
    on_end();
    return true;
}

static void begin_sending(void) {
    it.running = true;
    if (it.reverse) {
        it.pump.started = uv_hrtime();
        uv_timer_start(&it.limit, on_limit,
                       (uint64_t)(it.pump.schedule.seconds * 1000), 0);
    } else {
        pump_start(&it.pump);
    }
    begin_lines();
}

/* Once: the far end fails at the start, while the flood runs, or at the end. */
static void report_failure(void) {
    const char *failure = farend_failure(&it.farend);
    unsigned failed = farend_failed(&it.farend);

    if (it.has_reported)
        return;
    it.has_reported = true;
    it.session.status = 1;
    if (failed < it.streams.count)
        session_log(&it.session, "no results of %u of the %u streams: %s",
                    failed, it.streams.count, failure);
    else
        session_log(&it.session, "no results of the far end: %s", failure);
    if (!farend_answers(&it.farend))
        fprintf(stderr, "Run 'dgram sink --serve' there; a sink without --serve"
                        " does not answer.\n");
}

/* The far end has answered, or does not. */
static void on_ready(void) {
    if (farend_has_results(&it.farend)) {
        begin_sending();
        return;
    }
    report_failure();
    if (it.bidir || it.reverse)
        session_stop(&it.session);
    else
        begin_sending();
}

static void on_done(void) {
    if (farend_failure(&it.farend) != NULL)
        report_failure();
    session_stop(&it.session);
}

static void ask_farend(void) {
    for (unsigned i = 0; i < it.streams.count; i++) {
        struct stream *stream = &it.streams.all[i];

        if (stream->runs)
            farend_open(&it.farend, i, stream->socket, headers_info(),
                        stream->id);
    }
    farend_start(&it.farend);
}

static void on_receive(struct stream *stream, const dgram_message *messages,
                       size_t count) {
    farend_receive(&it.farend, stream->index, messages, count);
}

/* The streams send when all have started, so that they do so together. */
static void on_start(struct stream *stream) {
    (void)stream;
    if (--it.waiting > 0 || it.session.stopping)
        return;
    if (!streams_runs(&it.streams))
        session_stop(&it.session);
    else if (asks())
        ask_farend();
    else
        begin_sending();
}

/* Names the peer in an error that has no address. */
static dgram_error named(const dgram_error *error) {
    dgram_error copy = *error;

    if (copy.address[0] == '\0' && copy.syscall[0] != '\0') {
        copy.address = it.host;
        copy.port = it.to.port;
    }
    return copy;
}

static void report(const dgram_error *error) {
    const dgram_error copy = named(error);

    if (error->code == UV_ECONNREFUSED && !it.refusal.is_early)
        session_log(&it.session, "nobody listens on that port any more (%s)",
                    dgram_strerror(error->code));
    else
        session_report(&it.session, "", &copy);
}

/* The network may report an error with the next send. A link that carries fewer
   bytes is no refusal: later datagrams are fragmented. */
static bool is_refusal(const dgram_error *error, bool by_send) {
    return error->code == UV_ECONNREFUSED ||
           (!by_send && error->code != UV_EMSGSIZE);
}

static void on_error(struct stream *stream, const dgram_error *error,
                     bool by_send) {
    (void)stream;
    if (!it.running)
        return; /* the far end is asked again */
    if (is_refusal(error, by_send))
        refusal_note(&it.refusal, &it.pump);
    if (faults_note(&it.faults, error->code))
        report(error);
}

/* The other streams continue. Errors of one kind are reported once, because
   they may concern many streams; the result has all of them. */
static void on_failure(struct stream *stream, const dgram_error *error) {
    const dgram_error copy = named(error);
    char subject[32] = "";

    if (it.streams.count > 1)
        snprintf(subject, sizeof subject, "stream %u: ", stream->index + 1);
    it.session.status = 1;
    farend_leave(&it.farend, stream->index);
    if (faults_note(&it.endings, error->code))
        session_report(&it.session, subject, &copy);
    if (it.running && !streams_runs(&it.streams))
        session_stop(&it.session);
}

/* Whether a stream sent nothing since its latest error, or the network of the
   peer reported errors to the end. */
static bool is_failure(double elapsed) {
    return streams_fails_here(&it.streams) ||
           refusal_lasts(&it.refusal, elapsed);
}

static void print_result_json(void) {
    fprintf(output, "{\"event\":\"result\",");
    rate_print_json(output, &it.total);
    putc(',', output);
    streams_print_json(output, &it.streams, it.total.seconds);
    fprintf(output, ",\"failed\":%llu,\"errors\":",
            (unsigned long long)streams_failed(&it.streams));
    faults_print_json(output, &it.faults);
    farend_print_json(output, &it.farend);
    fprintf(output, "}\n");
}

static void print_sent(void) {
    if (it.streams.count > 1) {
        streams_print(output, &it.streams, it.total.seconds);
        fprintf(output, "sum: ");
    }
    rate_print(output, &it.total);
    if (it.faults.count > 0) {
        fprintf(output, "\n%llu failed; errors: ",
                (unsigned long long)streams_failed(&it.streams));
        faults_print(output, &it.faults);
    }
    putc('\n', output);
}

static void print_result(void) {
    if (common.json) {
        print_result_json();
        return;
    }
    if (!it.reverse)
        print_sent();
    farend_print(output, &it.farend);
}

static void on_stop(void *data) {
    (void)data;
    end_sending();
    farend_close(&it.farend);
    streams_close(&it.streams);
    intervals_end(&it.intervals);
    if (!it.running)
        return;
    if (farend_failure(&it.farend) != NULL)
        report_failure();
    it.total.datagrams = streams_sent(&it.streams);
    it.total.bytes = it.total.datagrams * it.size;
    if (is_failure(it.total.seconds))
        it.session.status = 1;
    print_result();
}

static void set_plan(struct stream_plan *plan) {
    *plan = (struct stream_plan){
        .loop = &it.session.loop,
        .options = {.size = sizeof plan->options},
        .binds = it.to.type != DGRAM_UNIX || common.bind != NULL,
        .from = {.size = sizeof plan->from,
                 .address = common.from.host[0] != '\0' ? common.from.host
                                                        : common.source,
                 .port = common.from.port,
                 .device = common.device},
        .host = it.to.type == DGRAM_UNIX ? it.to.host : it.host,
        .port = it.to.port,
        .set_options = headers_set,
        .batch = &it.batch,
        .stamps = it.check,
        .is_paced = pump_is_paced(&it.pump),
        .on_start = on_start,
        .on_receive = asks() ? on_receive : NULL,
        .on_error = on_error,
        .on_failure = on_failure,
    };
    if (it.farend.back) {
        plan->options.receive_buffer_size = RECEIVE_BUFFER_SIZE;
        plan->options.receive_info = DGRAM_INFO_TIMESTAMP;
    }
    common_set(&plan->options, &it.to);
}

static void on_found(void) {
    address_text(&it.peer, it.host);
    set_plan(&it.streams.plan);
    it.waiting = it.streams.count;
    streams_open(&it.streams, stamp_new_session());
}

static const struct option options[] = {
    OPTION_SIZE(it.size, 0),
    {"seconds", OPTION_TIME, &it.pump.schedule.seconds, "S",
     "seconds to send (10)", 0.001, 1e6},
    {"rate", OPTION_NUMBER, &it.rate, "PPS",
     "datagrams per second (as many as possible)", 1, 1e9},
    {"bitrate", OPTION_NUMBER, &it.bitrate, "BITS",
     "bits of payload per second, instead of --rate", 1, SCHEDULE_BITRATE_MAX},
    {"parallel", OPTION_NUMBER, &it.parallel, "N",
     "send from N ports, which share the rate (1)", 1, STREAMS_MAX},
    {"interval", OPTION_TIME, &it.intervals.period, "S",
     "print a line every S seconds", 0.001, 1e6},
    {"check", OPTION_FLAG, &it.check, NULL,
     "number the datagrams, for 'dgram sink --check'", 0, 0},
    {"results", OPTION_FLAG | OPTION_UDP, &it.results, NULL,
     "ask the 'dgram sink --serve' how many arrived", 0, 0},
    {"bidir", OPTION_FLAG | OPTION_UDP, &it.bidir, NULL,
     "let the sink send back at the same time", 0, 0},
    {"reverse", OPTION_FLAG | OPTION_UDP, &it.reverse, NULL,
     "let only the sink send", 0, 0},
};

static const struct usage usage = {
    .verb = "flood",
    .arguments = "HOST:PORT | unix:PATH",
    .about = "Sends datagrams as fast as the system accepts them, or at a rate."
             " On a terminal\nit shows the rate once a second. Flood only"
             " hosts that expect it.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON | COMMON_BIND | COMMON_BROADCAST | COMMON_HEADERS |
              COMMON_DEVICE | COMMON_OFFLOAD | COMMON_SEGMENTS | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1,
};

/* A port of --bind is that of the first stream. */
static int check_ports(void) {
    unsigned least = common.from.port;
    unsigned greatest = least + (unsigned)it.parallel - 1;

    if (common.bind == NULL || it.parallel == 1)
        return 0;
    if (it.to.type == DGRAM_UNIX)
        return usage_error("flood",
                           "--parallel: only one stream can send from "
                           "%s",
                           common.bind);
    if (least > 0 && greatest > UINT16_MAX)
        return usage_error("flood",
                           "--parallel: %u streams from port %u on need more "
                           "ports than there are",
                           (unsigned)it.parallel, least);
    return 0;
}

static int check_arguments(const char *to) {
    int status = endpoint_parse_any("flood", to, &common.family, &it.to);

    if (status == 0)
        status = endpoint_check_peer("flood", &it.to);
    if (status == 0)
        status = common_check(&usage, &it.to);
    if (status != 0)
        return status;
    if (it.check && it.size < STAMP_SIZE)
        return usage_error("flood", "--check needs --size %d or more",
                           STAMP_SIZE);
    if (it.bidir && it.reverse)
        return usage_error("flood",
                           "use either --bidir or --reverse, not both");
    if (it.rate > 0 && it.bitrate > 0)
        return usage_error("flood", "use either --rate or --bitrate, not both");
    if (it.bitrate > 0 && it.size == 0)
        return usage_error("flood", "--bitrate needs --size 1 or more");
    return check_ports();
}

static int start(void) {
    int status = session_begin(&it.session, "flood");

    if (status != 0)
        return status;
    it.pump.streams = &it.streams;
    it.pump.on_end = on_end;
    pump_begin(&it.pump, &it.session.loop);
    uv_timer_init(&it.session.loop, &it.limit);
    it.session.on_stop = on_stop;
    it.session.on_interrupt = on_interrupt;
    common_begin(&usage, &it.to, &it.session);
    session_resolve(&it.session, &it.to, &it.peer, on_found);
    return session_run(&it.session);
}

/* Returns 0 or a negative code. */
static int begin(void) {
    it.farend = (struct farend){.loop = &it.session.loop,
                                .check = it.check,
                                .back = it.bidir || it.reverse,
                                .size = it.size,
                                .rate = it.pump.schedule.rate,
                                .seconds = it.pump.schedule.seconds,
                                .on_ready = on_ready,
                                .on_done = on_done};
    if (!batch_begin(&it.batch, (size_t)it.size, headers_info()) ||
        !streams_begin(&it.streams, (unsigned)it.parallel))
        return UV_ENOMEM;
    return asks() ? farend_begin(&it.farend, it.streams.count) : 0;
}

int run_flood(int argc, char **argv) {
    int status, result;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = check_arguments(argv[0]);
    if (status != 0)
        return status;
    it.pump.schedule.rate = it.bitrate > 0
                                ? schedule_rate((double)it.bitrate, it.size)
                                : (double)it.rate;
    it.pump.schedule.streams = (unsigned)it.parallel;
    result = begin();
    if (result < 0)
        fprintf(stderr, "dgram flood: cannot start: %s\n",
                dgram_strerror(result));
    status = result < 0 ? 1 : start();
    farend_free(&it.farend);
    streams_end(&it.streams);
    batch_end(&it.batch);
    return status;
}
