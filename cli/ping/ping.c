/* dgram ping: measures round trips to an echo server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/common.h"
#include "args/headers.h"
#include "measure/order.h"
#include "measure/stamp.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "ping/print.h"
#include "ping/reporters.h"
#include "ping/row.h"
#include "ping/trips.h"
#include "session/faults.h"
#include "session/path_errors.h"
#include "session/session.h"
#include "verbs.h"

#define LAG_MAX 10000000u /* nanoseconds that sends catch up with */

static struct {
    struct session session;
    struct endpoint to;
    uint64_t count; /* 0: no end */
    uint64_t size;
    double interval, timeout; /* seconds */

    dgram_address peer;
    bool asks_many; /* broadcast or multicast: replies come from others */
    unsigned char *payload;
    uint32_t id;       /* of this run, in the stamps */
    uv_timer_t timer;  /* of the next send, and of the end */
    uint64_t due;      /* nanoseconds: when the latest send was due */
    uv_timer_t expiry; /* of the oldest datagram without a reply */
    struct trips trips;
    struct faults faults;
    struct reporters reporters;
    struct order order;
    struct times times;
    bool lacks_memory;       /* for the time of a reply */
    double latest, greatest; /* milliseconds */
} it = {.interval = 1, .size = 64, .timeout = 1};

static void print_name(void) {
    if (it.peer.any.sa_family != 0)
        print_endpoint(output, &it.peer);
    else if (it.to.type == DGRAM_UNIX)
        fprintf(output, "unix:%s", it.to.host);
    else
        fprintf(output, "%s:%u", it.to.host, (unsigned)it.to.port);
}

static uint64_t nanoseconds(double seconds) {
    return (uint64_t)(seconds * 1e9);
}

/* Of datagrams that were sent at `then` or earlier. */
static void print_timeouts(uint64_t then) {
    uint64_t number;

    live_clear();
    while (trips_expire(&it.trips, then, &number))
        ping_print_timeout(number, it.timeout);
    session_flush(&it.session);
    live_draw();
}

static bool all_sent(void) {
    return it.count > 0 && it.trips.sent >= it.count;
}

/* With many peers, each may answer until the timeout. */
static void stop_if_settled(void) {
    if (!it.asks_many && all_sent() && it.trips.pending == 0)
        session_stop(&it.session);
}

static void await_expiry(void);

static void on_expiry(uv_timer_t *timer) {
    (void)timer;
    print_timeouts(uv_hrtime() - nanoseconds(it.timeout));
    if (it.session.stopping)
        return;
    await_expiry();
    stop_if_settled();
}

static void await_expiry(void) {
    const struct trip *oldest = trips_oldest(&it.trips);
    uint64_t now = uv_hrtime(), end;

    if (oldest == NULL || uv_is_active((uv_handle_t *)&it.expiry))
        return;
    end = oldest->sent_at + nanoseconds(it.timeout);
    uv_update_time(&it.session.loop);
    uv_timer_start(&it.expiry, on_expiry,
                   end > now ? (end - now) / 1000000 + 1 : 0, 0);
}

static void send_next(void) {
    struct stamp stamp = {
        .session = it.id, .number = it.trips.sent, .time = uv_hrtime()};

    stamp_write(it.payload, &stamp);
    if (headers_send(it.session.socket, it.payload, (size_t)it.size,
                     it.asks_many ? &it.peer : NULL, NULL, NULL) < 0) {
        session_fail(&it.session, dgram_last_error(it.session.socket));
        return;
    }
    trips_send(&it.trips, stamp.time);
    await_expiry();
}

static void on_timer(uv_timer_t *timer);

/* The schedule is absolute, so that a late timer does not shift all that
   follows. What is very late, as after a sleep of this machine, is not made up
   for. */
static void await_next(double seconds) {
    uint64_t now = uv_hrtime();

    it.due += nanoseconds(seconds);
    if (it.due + LAG_MAX < now)
        it.due = now;
    uv_update_time(&it.session.loop);
    uv_timer_start(&it.timer, on_timer,
                   it.due > now ? (it.due - now + 999999) / 1000000 : 0, 0);
}

/* After the last datagram, the timer waits for the replies of many peers. That
   of one peer is awaited by the other timer. */
static void on_timer(uv_timer_t *timer) {
    (void)timer;
    if (all_sent()) {
        print_timeouts(UINT64_MAX);
        session_stop(&it.session);
        return;
    }
    send_next();
    if (it.session.stopping || (all_sent() && !it.asks_many))
        return;
    if (all_sent())
        it.due = uv_hrtime();
    await_next(all_sent() ? it.timeout : it.interval);
}

static void note_time(double milliseconds) {
    if (milliseconds > it.greatest)
        it.greatest = milliseconds;
    it.lacks_memory = !times_add(&it.times, milliseconds);
}

/* The ping ends early, with the result until then. */
static void stop_without_memory(void) {
    session_log(&it.session, "no memory for more round trips");
    session_stop(&it.session);
    it.session.status = 1;
}

/* Records a reply. Returns what is unusual about it. */
static const char *note_reply(uint64_t number, bool is_late, double ms) {
    uint64_t reordered = it.order.reordered;

    it.latest = ms;
    if (!order_note(&it.order, number))
        return "DUP!";
    note_time(ms);
    if (is_late)
        return "too late";
    return it.order.reordered > reordered ? "late" : "";
}

/* Measures by our own record, not by the time in the reply. */
static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    uint64_t now = uv_hrtime();
    const struct trip *trip;
    struct stamp stamp;
    bool is_late;
    double ms;

    (void)socket;
    (void)data;
    if (!stamp_read(message->payload, message->length, &stamp) ||
        stamp.session != it.id || stamp.number >= it.trips.sent)
        return;
    trip = trips_find(&it.trips, stamp.number);
    if (trip == NULL) { /* its time is no longer known */
        it.order.duplicates++;
        return;
    }
    is_late = trip->state == TRIP_TIMED_OUT;
    ms = trips_answer(&it.trips, stamp.number, now);
    live_clear();
    ping_print_reply(message, stamp.number, ms,
                     note_reply(stamp.number, is_late, ms));
    session_flush(&it.session);
    if (it.lacks_memory)
        stop_without_memory();
    live_draw();
    stop_if_settled();
}

static void draw_row(void) {
    live_printf("%llu sent, %llu received", (unsigned long long)it.trips.sent,
                (unsigned long long)it.order.unique);
    if (it.times.count > 0)
        live_printf("; last/avg/max %.3f/%.3f/%.3f ms", it.latest,
                    times_mean(&it.times), it.greatest);
    live_printf("  ");
    row_print_trips(&it.trips);
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
    it.due = uv_hrtime();
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

/* Returns whether advice is due. `error` is NULL if no path error says more. */
static bool report(int code, const dgram_path_error *error, bool is_local) {
    trips_fail(&it.trips, is_local);
    reporters_note(&it.reporters, code, error);
    live_clear();
    ping_print_error(code, error);
    session_flush(&it.session);
    return faults_note(&it.faults, code);
}

/* An error is about one datagram; the next may be answered. */
static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    (void)socket;
    (void)data;
    if (report(error->code, error, error->local))
        path_error_advise(&it.session, error);
    live_draw();
    stop_if_settled();
}

/* A path error says the MTU, too, so it is reported instead. */
static bool is_reported_otherwise(const dgram_error *error) {
    return error->code == UV_EMSGSIZE && it.session.has_path_errors;
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)data;
    if (it.trips.sent == 0) {
        session_fail(&it.session, error);
        return;
    }
    if (is_reported_otherwise(error))
        return;
    if (report(error->code, NULL, strcmp(error->syscall, "send") == 0))
        session_advise(&it.session, error);
    live_draw();
    stop_if_settled();
}

static void print_result(void) {
    const struct ping_result result = {
        .sent = it.trips.sent,
        .timeouts = it.trips.timeouts,
        .order = &it.order,
        .faults = &it.faults,
        .reporters = &it.reporters,
        .times = &it.times,
    };

    if (!common.json) {
        fprintf(output, "\n--- ");
        print_name();
        fprintf(output, " ---\n");
    }
    ping_print_result(&result);
}

static void on_stop(void *data) {
    (void)data;
    live_end();
    uv_close((uv_handle_t *)&it.timer, NULL);
    uv_close((uv_handle_t *)&it.expiry, NULL);
    if (it.session.status != 0)
        return;
    print_result();
    if (it.order.unique == 0)
        it.session.status = 1;
}

static const struct option options[] = {
    {"count", OPTION_NUMBER, &it.count, "N", "end after N datagrams", 1, 1e12},
    {"interval", OPTION_TIME, &it.interval, "S",
     "seconds between datagrams (1)", 0.001, 1e6},
    OPTION_SIZE(it.size, STAMP_SIZE),
    {"timeout", OPTION_TIME, &it.timeout, "S",
     "seconds to wait for each reply (1)", 0.001, 1e6},
};

static const struct usage usage = {
    .verb = "ping",
    .arguments = "HOST:PORT | unix:PATH",
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
    return it.to.type != DGRAM_UNIX &&
           (common.broadcast || endpoint_is_group(it.to.host));
}

/* A Unix socket without an address gets no answers: the system chooses an
   address. A UDP socket gets its address with the connect. */
static bool needs_name(void) {
    return it.to.type == DGRAM_UNIX && common.bind == NULL;
}

static int start(void) {
    dgram_options socket_options = {.size = sizeof socket_options,
                                    .path_errors = true};
    int status = session_begin(&it.session, "ping");

    if (status != 0)
        return status;
    uv_timer_init(&it.session.loop, &it.timer);
    uv_timer_init(&it.session.loop, &it.expiry);
    it.session.on_stop = on_stop;
    common_begin(&usage, &it.to, &it.session);
    common_set(&socket_options, &it.to);
    socket_options.offload = DGRAM_OFFLOAD_OFF; /* an error for each datagram */
    it.asks_many = needs_many();
    if (session_create(&it.session, &socket_options, &events)) {
        if (it.asks_many || needs_name())
            session_bind(&it.session, &common.from);
        if (!it.asks_many && !it.session.stopping)
            session_connect(&it.session, &it.to);
    }
    return session_run(&it.session);
}

int run_ping(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = endpoint_parse_any("ping", argv[0], &common.family, &it.to);
    if (status == 0)
        status = endpoint_check_peer("ping", &it.to);
    if (status == 0)
        status = common_check(&usage, &it.to);
    if (status != 0)
        return status;
    it.id = stamp_new_session();
    it.payload = calloc(1, (size_t)it.size);
    if (trips_begin(&it.trips) && it.payload != NULL) {
        status = start();
    } else {
        fprintf(stderr, "dgram ping: out of memory\n");
        status = 1;
    }
    free(it.payload);
    trips_end(&it.trips);
    times_end(&it.times);
    return status;
}
