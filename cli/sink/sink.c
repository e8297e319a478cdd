/* dgram sink: counts received datagrams. */
#include <stdio.h>

#include "args/common.h"
#include "measure/clock.h"
#include "measure/senders.h"
#include "measure/order.h"
#include "measure/rate.h"
#include "output/intervals.h"
#include "output/output.h"
#include "output/term.h"
#include "session/faults.h"
#include "session/session.h"
#include "sink/serve.h"
#include "verbs.h"

#define RECEIVE_BUFFER_SIZE (8u << 20) /* the system may limit it */
#define SEND_LIMIT 1000000000u         /* bits per second */

static struct {
    struct session session;
    struct endpoint endpoint;
    double seconds;
    bool check, serves;
    uint64_t send_limit; /* bits per second sent back; 0: the default */
    uint64_t floods;     /* end after this many; 0: never */

    struct rate total;
    uint64_t first_time; /* of the first datagram; 0: none yet */
    struct rate_row row; /* on a terminal */
    struct intervals intervals;
    struct sender_counts printed; /* in the previous interval */
    struct senders senders;       /* with --check */
    struct faults faults;
    struct serve serve; /* with --serve */
} it;

static void note_number(const dgram_message *message, uint64_t clock) {
    senders_note(&it.senders, message->payload, message->length,
                 uv_now(&it.session.loop), clock_arrival(message, clock));
}

/* Returns false if the kernel does not tell. */
static bool get_drops(uint64_t *drops_out) {
    *drops_out = session_drops(&it.session);
    return *drops_out != DGRAM_STATS_UNKNOWN;
}

static void count_total(struct rate *total_out) {
    *total_out = it.total;
}

static void draw_row(void) {
    uint64_t drops;

    rate_row_draw(&it.row, &it.total);
    if (it.check)
        live_printf(" %11llu",
                    (unsigned long long)senders_sum(&it.senders).lost);
    if (get_drops(&drops))
        live_printf(" %11llu", (unsigned long long)drops);
}

/* Returns what this interval adds. A late datagram reduces the loss. */
static struct sender_counts since_printed(void) {
    struct sender_counts now = senders_sum(&it.senders), since = now;

    since.received -= it.printed.received;
    since.lost = now.lost > it.printed.lost ? now.lost - it.printed.lost : 0;
    it.printed = now;
    return since;
}

static void print_interval_order(void) {
    const struct sender_counts since = since_printed();

    fprintf(output,
            common.json
                ? ",\"lost\":%llu,\"loss_percent\":%.3f,\"jitter_ms\":%.6f"
                : " %11llu %10.2f %12.3f",
            (unsigned long long)since.lost, sender_loss_percent(&since),
            since.jitter_ms);
}

static void begin_lines(void) {
    it.intervals.session = &it.session;
    it.intervals.end = it.seconds;
    it.intervals.count = count_total;
    if (it.check) {
        it.intervals.more = print_interval_order;
        it.intervals.heading = "        lost   loss (%)  jitter (ms)";
    }
    intervals_begin(&it.intervals, it.first_time);
}

static const char *row_heading(void) {
    uint64_t drops;

    if (get_drops(&drops))
        return it.check ? RATE_ROW_HEADING "        lost     dropped"
                        : RATE_ROW_HEADING "     dropped";
    return it.check ? RATE_ROW_HEADING "        lost" : RATE_ROW_HEADING;
}

static void on_first(void) {
    it.first_time = uv_hrtime();
    rate_row_begin(&it.row);
    begin_lines();
    if (!common.json && it.intervals.period == 0)
        live_begin(&it.session.loop, row_heading(), draw_row);
    if (it.seconds > 0)
        session_stop_after(&it.session, it.seconds);
}

/* Returns whether it is a datagram to count, and not one of the control
   protocol. */
static bool is_data(const dgram_message *message, uint64_t now,
                    uint64_t clock) {
    return !it.serves || !serve_receive(&it.serve, message, now,
                                        clock_arrival(message, clock));
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    uint64_t now = uv_hrtime(), clock = clock_now();
    uint64_t datagrams = it.total.datagrams;

    (void)socket;
    (void)data;
    for (size_t i = 0; i < count; i++) {
        if (!is_data(&messages[i], now, clock))
            continue;
        it.total.datagrams++;
        it.total.bytes += messages[i].length;
        if (it.check)
            note_number(&messages[i], clock);
    }
    if (it.first_time == 0 && it.total.datagrams > datagrams)
        on_first();
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    if (common_listen(&it.session, "sink") && it.seconds > 0 &&
        it.first_time == 0)
        session_stop_after(&it.session, it.seconds);
}

/* Once the socket is bound, errors do not end the count. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    if (dgram_fileno(socket) < 0)
        session_fail(&it.session, error);
    else if (faults_note(&it.faults, error->code))
        session_log_error(&it.session, "", error);
}

static void print_order_json(const struct sender_counts *sum) {
    fprintf(output,
            ",\"lost\":%llu,\"reordered\":%llu,\"duplicates\":%llu,"
            "\"unstamped\":%llu,\"loss_percent\":%.3f",
            (unsigned long long)sum->lost, (unsigned long long)sum->reordered,
            (unsigned long long)sum->duplicates,
            (unsigned long long)it.senders.unstamped, sender_loss_percent(sum));
    if (sum->jitters > 0)
        fprintf(output, ",\"jitter_ms\":%.6f", sum->jitter_ms);
}

static void print_order(void) {
    const struct sender_counts sum = senders_sum(&it.senders);

    if (common.json) {
        print_order_json(&sum);
        return;
    }
    fprintf(output, "\n%llu lost (%.2f%%), %llu reordered, %llu duplicates, ",
            (unsigned long long)sum.lost, sender_loss_percent(&sum),
            (unsigned long long)sum.reordered,
            (unsigned long long)sum.duplicates);
    if (sum.jitters > 0)
        fprintf(output, "jitter %.3f ms, ", sum.jitter_ms);
    fprintf(output, "%llu without a number",
            (unsigned long long)it.senders.unstamped);
}

static void print_drops(void) {
    uint64_t drops;

    if (!get_drops(&drops))
        return;
    if (common.json)
        fprintf(output, ",\"dropped\":%llu", (unsigned long long)drops);
    else if (drops > 0)
        fprintf(output, "\n%llu dropped by the kernel",
                (unsigned long long)drops);
}

static void print_result(void *data) {
    (void)data;
    if (it.serves)
        serve_stop(&it.serve);
    intervals_end(&it.intervals);
    rate_row_end(&it.row);
    live_end();
    if (it.session.status != 0)
        return;
    if (it.first_time != 0)
        it.total.seconds = (double)(uv_hrtime() - it.first_time) / 1e9;
    if (common.json) {
        fprintf(output, "{\"event\":\"result\",");
        rate_print_json(output, &it.total);
    } else {
        rate_print(output, &it.total);
    }
    if (it.check)
        print_order();
    print_drops();
    fprintf(output, common.json ? "}\n" : "\n");
}

static const struct option options[] = {
    {"seconds", OPTION_TIME, &it.seconds, "S",
     "end S seconds after the first datagram", 0.001, 1e6},
    {"interval", OPTION_TIME, &it.intervals.period, "S",
     "print a line every S seconds", 0.001, 1e6},
    {"check", OPTION_FLAG, &it.check, NULL,
     "print loss and order of 'dgram flood --check'", 0, 0},
    {"serve", OPTION_FLAG | OPTION_UDP, &it.serves, NULL,
     "answer 'dgram flood --results', and send back", 0, 0},
    {"floods", OPTION_NUMBER, &it.floods, "N",
     "with --serve: end after N floods", 1, 1e15},
    {"send-limit", OPTION_NUMBER, &it.send_limit, "BITS",
     "with --serve: send back at most BITS per second (1G)", 1, 1e15},
};

static const struct usage usage = {
    .verb = "sink",
    .arguments = "[HOST:]PORT | unix:PATH",
    .about =
        "Counts the datagrams that it receives, for --seconds or until it is"
        " interrupted.\nOn a terminal it shows the rate once a second.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON | COMMON_GROUPS | COMMON_PORT | COMMON_DEVICE |
              COMMON_OFFLOAD | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1,
};

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .batch = on_batch,
    .error = on_error,
};

/* The kernel's times are exact, where the jitter is measured. Answers leave
   from the address that was asked. */
static uint32_t info_wanted(void) {
    uint32_t info = it.check || it.serves ? DGRAM_INFO_TIMESTAMP : 0;

    return it.serves ? info | DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE : info;
}

static int start(void) {
    dgram_options socket_options = {
        .size = sizeof socket_options,
        .receive_buffer_size = RECEIVE_BUFFER_SIZE,
        .receive_info = info_wanted(),
    };
    int status = session_begin(&it.session, "sink");

    if (status != 0)
        return status;
    it.session.on_stop = print_result;
    it.session.takes_rest = true;
    if (it.serves)
        serve_start(&it.serve, &it.session);
    common_begin(&usage, &it.endpoint, &it.session);
    common_set(&socket_options, &it.endpoint);
    if (session_create(&it.session, &socket_options, &events))
        session_bind(&it.session, &it.endpoint);
    return session_run(&it.session);
}

static bool begin(void) {
    int result;

    if (!senders_begin(&it.senders)) {
        fprintf(stderr, "dgram sink: out of memory\n");
        return false;
    }
    it.serve.back_limit = it.send_limit > 0 ? it.send_limit : SEND_LIMIT;
    it.serve.floods_max = it.floods;
    result = it.serves ? serve_begin(&it.serve) : 0;
    if (result < 0)
        fprintf(stderr, "dgram sink: cannot serve: %s\n",
                dgram_strerror(result));
    return result == 0;
}

static int check_options(void) {
    if (it.serves && it.seconds > 0)
        return usage_error("sink", "--seconds cannot be used with --serve; "
                                   "--floods ends it");
    if (!it.serves && it.floods > 0)
        return usage_error("sink", "--floods needs --serve");
    if (!it.serves && it.send_limit > 0)
        return usage_error("sink", "--send-limit needs --serve");
    return 0;
}

int run_sink(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = endpoint_parse_any("sink", argv[0], &common.family, &it.endpoint);
    if (status == 0)
        status = common_check(&usage, &it.endpoint);
    if (status == 0)
        status = check_options();
    if (status != 0)
        return status;
    status = begin() ? start() : 1;
    serve_end(&it.serve);
    senders_end(&it.senders);
    return status;
}
