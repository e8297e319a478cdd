/* dgram ping: measures round trips to an echo server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "faults.h"
#include "headers.h"
#include "histogram.h"
#include "output.h"
#include "path_errors.h"
#include "print.h"
#include "session.h"
#include "stats.h"
#include "term.h"
#include "verbs.h"

static struct {
    struct session session;
    struct endpoint to;
    uint64_t count; /* 0: no end */
    uint64_t size;
    double interval, timeout; /* seconds */

    dgram_address peer;
    bool asks_many; /* broadcast or multicast: replies come from others */
    unsigned char *payload;
    uint64_t *sent_at; /* nanoseconds, of the latest ORDER_WINDOW numbers */
    uint32_t id;       /* of this run, in the stamps */
    uv_timer_t timer;
    uint64_t sent;
    uint64_t refused;        /* datagrams that failed with an error */
    uint64_t refused_latest; /* `sent` at the latest of these errors */
    struct faults faults;
    struct order order;
    struct times times;
    struct histogram histogram;
    double sum, latest, greatest; /* milliseconds */
} it = {.interval = 1, .size = 64, .timeout = 1};

static void print_name(void) {
    if (it.peer.any.sa_family != 0)
        print_endpoint(output, &it.peer);
    else
        fprintf(output, "%s:%u", it.to.host, (unsigned)it.to.port);
}

static void on_timer(uv_timer_t *timer);

static void send_next(void) {
    struct stamp stamp = {
        .session = it.id, .number = it.sent, .time = uv_hrtime()};

    it.sent_at[it.sent % ORDER_WINDOW] = stamp.time;
    stamp_write(it.payload, &stamp);
    if (headers_send(it.session.socket, it.payload, (size_t)it.size,
                     it.asks_many ? &it.peer : NULL, NULL, NULL) < 0)
        session_fail(&it.session, dgram_last_error(it.session.socket));
    else
        it.sent++;
}

static bool all_sent(void) {
    return it.count > 0 && it.sent >= it.count;
}

/* With many peers, each may answer until the timeout. */
static void stop_if_answered(void) {
    if (!it.asks_many && all_sent() && it.order.unique + it.refused >= it.sent)
        session_stop(&it.session);
}

/* After the last datagram, the timer waits for replies. */
static void on_timer(uv_timer_t *timer) {
    if (all_sent()) {
        session_stop(&it.session);
        return;
    }
    send_next();
    if (!it.session.stopping)
        uv_timer_start(
            timer, on_timer,
            (uint64_t)((all_sent() ? it.timeout : it.interval) * 1000), 0);
}

static void print_reply(const dgram_message *message, uint64_t number,
                        double milliseconds, const char *note) {
    live_clear();
    if (common.json) {
        fprintf(output,
                "{\"event\":\"reply\",\"seq\":%llu,\"size\":%u,"
                "\"ms\":%.3f,\"note\":\"%s\"}\n",
                (unsigned long long)number + 1, message->length, milliseconds,
                note);
    } else {
        fprintf(output, "%u bytes from ", message->length);
        print_endpoint(output, message->from);
        fprintf(output, ": seq=%llu time=%.3f ms",
                (unsigned long long)number + 1, milliseconds);
        if (note[0] != '\0')
            fprintf(output, " %s(%s)%s", tint(stdout, TINT_NOTE), note,
                    tint(stdout, TINT_NONE));
        putc('\n', output);
    }
    session_flush(&it.session);
    live_draw();
}

static bool note_time(double milliseconds) {
    it.sum += milliseconds;
    if (milliseconds > it.greatest)
        it.greatest = milliseconds;
    return times_add(&it.times, milliseconds);
}

/* Measures by our own record, not by the time in the reply. */
static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    uint64_t now = uv_hrtime();
    uint64_t reordered = it.order.reordered;
    struct stamp stamp;
    const char *note = "";
    double milliseconds;

    (void)socket;
    (void)data;
    if (!stamp_read(message->payload, message->length, &stamp) ||
        stamp.session != it.id || stamp.number >= it.sent)
        return;
    if (it.sent - stamp.number >
        ORDER_WINDOW) { /* its time is no longer known */
        it.order.duplicates++;
        return;
    }
    milliseconds =
        (double)(now - it.sent_at[stamp.number % ORDER_WINDOW]) / 1e6;
    it.latest = milliseconds;
    if (!order_note(&it.order, stamp.number))
        note = "DUP!";
    else if (!note_time(milliseconds))
        session_stop(&it.session);
    else if (it.order.reordered > reordered)
        note = "late";
    print_reply(message, stamp.number, milliseconds, note);
    stop_if_answered();
}

static void draw_row(void) {
    live_printf("%llu sent, %llu received", (unsigned long long)it.sent,
                (unsigned long long)it.order.unique);
    if (it.times.count > 0)
        live_printf("; last/avg/max %.3f/%.3f/%.3f ms", it.latest,
                    it.sum / (double)it.times.count, it.greatest);
}

static void begin(void) {
    if (!common.json) {
        fprintf(output, "PING ");
        print_name();
        fprintf(output, ": %llu bytes of data\n", (unsigned long long)it.size);
        session_flush(&it.session);
    }
    if (!common.json)
        live_begin(&it.session.loop, NULL, draw_row);
    if (!it.session.stopping)
        on_timer(&it.timer);
}

static void on_connect(dgram_socket *socket, void *data) {
    (void)data;
    dgram_get_remote_address(socket, &it.peer);
    begin();
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)data;
    if (headers_set(socket) < 0) {
        session_fail(&it.session, dgram_last_error(socket));
        return;
    }
    if (!it.asks_many)
        return; /* the connect goes on */
    session_resolve(&it.session, &it.to, &it.peer, begin);
}

/* One datagram may cause several errors: the firewall of this host refuses it
   and also sends an ICMP message. Only one is counted, or the others would
   count for the datagrams after it. */
static void count_refused(void) {
    if (it.refused_latest < it.sent)
        it.refused++;
    it.refused_latest = it.sent;
}

static void print_error(int code, const dgram_path_error *error) {
    char text[PATH_ERROR_TEXT_MAX];

    if (common.json) {
        fprintf(output, "{\"event\":\"error\",\"code\":\"%s\"",
                dgram_err_name(code));
        if (error != NULL) {
            putc(',', output);
            path_error_print_json(output, error);
        }
        fprintf(output, "}\n");
        return;
    }
    if (error != NULL)
        path_error_text(error, text);
    fprintf(output, "%sno reply:%s %s\n", tint(stdout, TINT_NOTE),
            tint(stdout, TINT_NONE),
            error != NULL ? text : dgram_strerror(code));
}

/* Returns whether advice is due. `error` is NULL if no path error says more. */
static bool report(int code, const dgram_path_error *error) {
    count_refused();
    live_clear();
    print_error(code, error);
    session_flush(&it.session);
    return faults_note(&it.faults, code);
}

/* An error is about one datagram; the next may be answered. */
static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    (void)socket;
    (void)data;
    if (report(error->code, error))
        path_error_advise(&it.session, error);
    live_draw();
    stop_if_answered();
}

/* A path error says the MTU, too, so it is reported instead. */
static bool is_reported_otherwise(const dgram_error *error) {
    return error->code == UV_EMSGSIZE && it.session.has_path_errors;
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)data;
    if (it.sent == 0) {
        session_fail(&it.session, error);
        return;
    }
    if (is_reported_otherwise(error))
        return;
    if (report(error->code, NULL))
        session_advise(&it.session, error);
    live_draw();
    stop_if_answered();
}

static void print_result_json(double lost) {
    const struct times *times = &it.times;

    fprintf(output,
            "{\"event\":\"result\",\"sent\":%llu,\"received\":%llu,"
            "\"loss_percent\":%.2f,\"duplicates\":%llu,\"reordered\":%llu,"
            "\"errors\":",
            (unsigned long long)it.sent, (unsigned long long)it.order.unique,
            lost, (unsigned long long)it.order.duplicates,
            (unsigned long long)it.order.reordered);
    faults_print_json(output, &it.faults);
    if (times->count > 0) {
        fprintf(output,
                ",\"min_ms\":%.3f,\"avg_ms\":%.3f,\"max_ms\":%.3f,"
                "\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,"
                "\"jitter_ms\":%.3f",
                times_share(times, 0), times_mean(times), times_share(times, 1),
                times_share(times, 0.5), times_share(times, 0.95),
                times_share(times, 0.99), times->jitter);
        fprintf(output, ",\"histogram\":");
        histogram_print_json(output, &it.histogram);
    }
    fprintf(output, "}\n");
}

static void print_result(double lost) {
    const struct times *times = &it.times;

    fprintf(output, "\n--- ");
    print_name();
    fprintf(output,
            " ---\n%llu sent, %llu received, %.4g%% loss, %llu duplicates, "
            "%llu reordered\n",
            (unsigned long long)it.sent, (unsigned long long)it.order.unique,
            lost, (unsigned long long)it.order.duplicates,
            (unsigned long long)it.order.reordered);
    if (it.faults.count > 0) {
        fprintf(output, "errors: ");
        faults_print(output, &it.faults);
        putc('\n', output);
    }
    if (times->count == 0)
        return;
    fprintf(output,
            "round trip min/avg/max %.3f/%.3f/%.3f ms, "
            "p50/p95/p99 %.3f/%.3f/%.3f ms, jitter %.3f ms\n",
            times_share(times, 0), times_mean(times), times_share(times, 1),
            times_share(times, 0.5), times_share(times, 0.95),
            times_share(times, 0.99), times->jitter);
    histogram_print(output, &it.histogram);
}

static void on_stop(void *data) {
    double lost = it.sent > 0 ? 100.0 * (double)(it.sent - it.order.unique) /
                                    (double)it.sent
                              : 0;

    (void)data;
    live_end();
    uv_close((uv_handle_t *)&it.timer, NULL);
    if (it.session.status != 0)
        return;
    times_sort(&it.times);
    if (it.times.count > 0)
        histogram_fill(&it.histogram, &it.times);
    if (common.json)
        print_result_json(lost);
    else
        print_result(lost);
    if (it.order.unique == 0)
        it.session.status = 1;
}

static const struct option options[] = {
    {"count", OPTION_NUMBER, &it.count, "N", "end after N datagrams", 1, 1e12},
    {"interval", OPTION_TIME, &it.interval, "S",
     "seconds between datagrams (1)", 0.001, 1e6},
    OPTION_SIZE(it.size, STAMP_SIZE),
    {"timeout", OPTION_TIME, &it.timeout, "S",
     "how long to wait for the last reply (1)", 0.001, 1e6},
};

static const struct usage usage = {
    .verb = "ping",
    .arguments = "HOST:PORT",
    .about =
        "Sends numbered datagrams to an echo server and measures the"
        " round trips.\n'dgram echo' is such a server. Exits with status 1 if"
        " no reply came.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON | COMMON_BIND | COMMON_BROADCAST | COMMON_HEADERS |
              COMMON_DEVICE | COMMON_OFFLOAD | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1,
};

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .connect = on_connect,
    .message = on_message,
    .error = on_error,
    .path_error = on_path_error,
};

/* A connected socket receives only from its peer, which a group is not. */
static bool needs_many(void) {
    dgram_address address;

    if (common.broadcast || dgram_address_parse(it.to.host, 0, &address) < 0)
        return common.broadcast;
    return address.any.sa_family == AF_INET6
               ? IN6_IS_ADDR_MULTICAST(&address.v6.sin6_addr)
               : IN_MULTICAST(ntohl(address.v4.sin_addr.s_addr));
}

static int start(void) {
    dgram_options socket_options = {.size = sizeof socket_options,
                                    .path_errors = true};
    int status = session_begin(&it.session, "ping");

    if (status != 0)
        return status;
    uv_timer_init(&it.session.loop, &it.timer);
    it.session.on_stop = on_stop;
    common_begin(&usage, &it.to, &it.session);
    common_set(&socket_options, &it.to);
    it.asks_many = needs_many();
    if (session_create(&it.session, &socket_options, &events)) {
        if (it.asks_many)
            session_bind(&it.session, &common.from);
        else
            session_connect(&it.session, &it.to);
    }
    return session_run(&it.session);
}

int run_ping(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = endpoint_parse("ping", argv[0], &common.family, &it.to);
    if (status == 0)
        status = common_check(&usage, &it.to);
    if (status != 0)
        return status;
    if (it.to.port == 0)
        return usage_error("ping", "cannot send to port 0");
    it.id = (uint32_t)(uv_hrtime() ^ (uint64_t)uv_os_getpid() << 16);
    it.payload = calloc(1, (size_t)it.size);
    it.sent_at = calloc(ORDER_WINDOW, sizeof *it.sent_at);
    if (it.payload == NULL || it.sent_at == NULL) {
        fprintf(stderr, "dgram ping: no memory\n");
        return 1;
    }
    status = start();
    free(it.payload);
    free(it.sent_at);
    free(it.times.values);
    return status;
}
