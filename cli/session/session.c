#include "session/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <dgram_cluster.h>

#include "args/common.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "session/interrupt.h"
#include "session/system.h"

/* Standard error is written in one call for each line, so that the lines of
   several workers do not mix. */
#define LOG_SIZE 8192

static bool has_left_lookup;
static void on_limit(uv_timer_t *timer);

static void on_interrupt(void *data) {
    struct session *session = data;

    if (session->on_interrupt != NULL && session->on_interrupt(session->data))
        return;
    session->is_interrupted = true;
    uv_timer_start(&session->limit, on_limit, 0, 0);
}

/* A probe, and a worker that has not joined yet, have nothing to end in order.
   If they caught a signal it would be lost. */
static void start_signals(struct session *session) {
    if (session->part == SESSION_ALONE && !session->stopping)
        interrupt_start(&session->loop, on_interrupt, session);
}

/* Of an event loop; it needs more for signals. */
#define LOOP_DESCRIPTORS 4

/* Without descriptors for its first loop, libuv aborts the process. */
static int begin_loop(uv_loop_t *loop) {
    return system_can_open(LOOP_DESCRIPTORS) ? uv_loop_init(loop) : UV_EMFILE;
}

int session_begin(struct session *session, const char *verb) {
    dgram_error error = {.syscall = "", .address = ""};

    *session = (struct session){.verb = verb};
    system_ignore_write_signals();
    error.code = begin_loop(&session->loop);
    if (error.code < 0) {
        session_log(session, "cannot create an event loop: %s",
                    uv_strerror(error.code));
        session_advise(session, &error);
        return 1;
    }
    uv_timer_init(&session->loop, &session->limit);
    session->limit.data = session;
    return 0;
}

void session_stop(struct session *session) {
    if (session->stopping)
        return;
    session->stopping = true;
    if (session->on_stop != NULL)
        session->on_stop(session->data);
    interrupt_stop();
    uv_close((uv_handle_t *)&session->limit, NULL);
    if (session->wanted != NULL)
        uv_cancel((uv_req_t *)&session->lookup);
    if (session->socket != NULL)
        dgram_close(session->socket);
    session->socket = NULL;
    uv_stop(&session->loop); /* end() runs it from here on */
}

#define REST_MS 1
#define REST_MAX 16384 /* datagrams: more than wait in a receive buffer */
#define REST_FEW 32    /* datagrams: fewer than one read of the socket takes */
#define REST_FEW_STEPS 16

static uint64_t count_received(const struct session *session) {
    dgram_stats stats = {.size = sizeof stats};

    if (session->socket == NULL || dgram_get_stats(session->socket, &stats) < 0)
        return 0;
    return stats.datagrams_received;
}

/* A slow reader of the output, a debugger or a busy machine may have kept the
   loop from datagrams that came in time. Returns whether to look for more of
   them: the loop reads the socket before it calls a timer again. If only few
   come in each step, they are new ones, of a sender that does not pause. */
static bool takes_rest(struct session *session) {
    uint64_t received = count_received(session), came;

    if (!session->takes_rest)
        return false;
    if (!session->rest.has_begun) {
        session->rest.has_begun = true;
        session->rest.first = session->rest.latest = received;
        return true;
    }
    came = received - session->rest.latest;
    session->rest.latest = received;
    if (came < REST_FEW)
        session->rest.few_steps++;
    return came > 0 && session->rest.few_steps < REST_FEW_STEPS &&
           received - session->rest.first < REST_MAX;
}

static void on_limit(uv_timer_t *timer) {
    struct session *session = timer->data;

    if (takes_rest(session)) {
        uv_timer_start(timer, on_limit, REST_MS, 0);
        return;
    }
    session->is_over = !session->is_interrupted;
    session_stop(session);
}

void session_stop_after(struct session *session, double seconds) {
    if (session->stopping || session->is_interrupted)
        return;
    uv_timer_start(&session->limit, on_limit, (uint64_t)(seconds * 1000), 0);
}

void session_log(const struct session *session, const char *format, ...) {
    char text[LOG_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    live_clear();
    fprintf(stderr, "%sdgram %s:%s %s\n", tint(stderr, TINT_ERROR),
            session->verb, tint(stderr, TINT_NONE), text);
}

/* An error without an address is about the peer, if there is one. Getting the
   peer may change dgram_last_error(), so `error` is a copy. */
static void name_peer(struct session *session, dgram_error *error,
                      char host[DGRAM_ADDRESS_TEXT_MAX]) {
    dgram_address peer;

    if (error->address[0] != '\0' || error->syscall[0] == '\0' ||
        session->socket == NULL ||
        dgram_get_remote_address(session->socket, &peer) < 0 ||
        dgram_address_format(&peer, host, DGRAM_ADDRESS_TEXT_MAX) < 0)
        return;
    error->address = host;
    error->port = dgram_address_port(&peer);
}

void session_log_error(struct session *session, const char *subject,
                       const dgram_error *error) {
    char text[512], host[DGRAM_ADDRESS_TEXT_MAX];
    dgram_error named = *error;

    name_peer(session, &named, host);
    error_text(&named, text, sizeof text);
    if (named.syscall[0] != '\0')
        session_log(session, "%s%s (%s)", subject, text,
                    dgram_strerror(named.code));
    else
        session_log(session, "%s%s", subject, text);
}

void session_advise(struct session *session, const dgram_error *error) {
    char host[DGRAM_ADDRESS_TEXT_MAX];
    dgram_error named = *error;
    const char *text;

    name_peer(session, &named, host);
    text = advice(session->verb, &session->given, &named);
    if (text == NULL)
        return;
    live_clear();
    fprintf(stderr, "%s\n", text);
}

void session_report(struct session *session, const char *subject,
                    const dgram_error *error) {
    const dgram_error copy = *error; /* as in name_peer() */

    session_log_error(session, subject, &copy);
    session_advise(session, &copy);
}

void session_fail(struct session *session, const dgram_error *error) {
    if (session->stopping)
        return; /* its error was printed; others follow from it */
    session_report(session, "", error);
    session->status = 1;
    session_stop(session);
}

void session_flush(struct session *session) {
    if (output_flush() == 0)
        return;
    if (session->status == 0)
        session->status = session->part < SESSION_WORKER ? 1 : EXIT_UNREAD;
    session_stop(session);
}

static void note_handle(uv_handle_t *handle, void *data) {
    bool *waits_out = data;

    if (uv_is_closing(handle) || (uv_is_active(handle) && uv_has_ref(handle)))
        *waits_out = true;
}

static bool waits_for_handles(uv_loop_t *loop) {
    bool waits = false;

    uv_walk(loop, note_handle, &waits);
    return waits;
}

/* Runs the loop until nothing but lookups is left: uv_cancel() cannot cancel a
   lookup that runs already. */
static void end(uv_loop_t *loop) {
    while (waits_for_handles(loop))
        uv_run(loop, UV_RUN_ONCE);
    uv_run(loop, UV_RUN_NOWAIT); /* the callbacks of cancelled lookups */
}

bool session_has_left_lookup(void) {
    return has_left_lookup;
}

int session_run(struct session *session) {
    start_signals(session);
    uv_run(&session->loop, UV_RUN_DEFAULT);
    session_stop(session);
    end(&session->loop);
    /* Before a worker leaves: SIGTERM may then end it. */
    session_flush(session);
    dgram_worker_leave(&session->loop);
    end(&session->loop);
    has_left_lookup = uv_loop_close(&session->loop) < 0;
    return session->status;
}

bool session_create(struct session *session, const dgram_options *options,
                    const dgram_events *events) {
    dgram_options known = *options;
    dgram_error error = {.syscall = "", .address = ""};
    int result = dgram_create_with(&session->loop, &known, &session->socket);

    if (result == UV_ENOTSUP &&
        (known.receive_info != 0 || known.path_errors)) {
        known.receive_info = 0; /* the verb does without */
        known.path_errors = false;
        result = dgram_create_with(&session->loop, &known, &session->socket);
    }
    session->has_path_errors = result == 0 && known.path_errors;
    error.code = result;
    if (result < 0)
        session_fail(session, &error);
    else
        dgram_on(session->socket, &session->listener, events, NULL);
    return result == 0;
}

static int bind_with(struct session *session, const struct endpoint *endpoint) {
    const dgram_bind_options options = {
        .size = sizeof options,
        .address = endpoint->host[0] != '\0' ? endpoint->host : session->source,
        .port = endpoint->port,
        .device = session->device,
    };

    int result = DGRAM_ERR_INVALID_ARG_VALUE;

    if (session->part != SESSION_SHARER)
        result = dgram_bind_sync_with(session->socket, &options);
    return result == DGRAM_ERR_INVALID_ARG_VALUE
               ? dgram_bind_with(session->socket, &options)
               : result;
}

static bool is_given(const struct endpoint *endpoint) {
    return endpoint->port > 0 || endpoint->host[0] != '\0';
}

static bool needs_options(const struct session *session) {
    return session->source != NULL || session->device != NULL;
}

/* A group that no route leads to can be connected to only if the interface is
   known. A bind to a name is not finished yet: it is done without. */
static int choose_interface(struct session *session) {
    return common.interface != NULL && dgram_fileno(session->socket) >= 0
               ? dgram_set_multicast_interface(session->socket,
                                               common.interface)
               : 0;
}

void session_connect(struct session *session, const struct endpoint *endpoint) {
    const struct endpoint *from = &session->from;
    bool binds =
        needs_options(session) || is_given(from) || common.interface != NULL;

    if ((binds && bind_with(session, from) < 0) ||
        choose_interface(session) < 0 ||
        dgram_connect(session->socket, endpoint->host, endpoint->port, NULL,
                      NULL) < 0)
        session_fail(session, dgram_last_error(session->socket));
}

void session_bind(struct session *session, const struct endpoint *endpoint) {
    dgram_socket *socket = session->socket;
    int result = DGRAM_ERR_INVALID_ARG_VALUE;

    if (needs_options(session)) {
        if (bind_with(session, endpoint) < 0)
            session_fail(session, dgram_last_error(socket));
        return;
    }
    if (session->part != SESSION_SHARER)
        result = dgram_bind_sync(socket, endpoint->host, endpoint->port);
    if (result == DGRAM_ERR_INVALID_ARG_VALUE)
        result = dgram_bind(socket, endpoint->host, endpoint->port);
    if (result < 0)
        session_fail(session, dgram_last_error(socket));
}

static void on_lookup(uv_getaddrinfo_t *request, int status,
                      struct addrinfo *list) {
    struct session *session = request->data;
    const struct endpoint *endpoint = session->wanted;
    dgram_error error = {
        .code = status, .syscall = "getaddrinfo", .address = endpoint->host};

    session->wanted = NULL;
    if (!session->stopping && status < 0)
        session_fail(session, &error);
    if (!session->stopping) {
        memcpy(session->found, list->ai_addr, list->ai_addrlen);
        session->on_found();
    }
    uv_freeaddrinfo(list);
}

/* Returns 0 if the host needs no lookup. */
static int parse_address(const struct endpoint *endpoint, const char *host,
                         dgram_address *out) {
    return endpoint->type == DGRAM_UNIX
               ? dgram_address_unix(host, out)
               : dgram_address_parse(host, endpoint->port, out);
}

void session_resolve(struct session *session, const struct endpoint *endpoint,
                     dgram_address *address_out, void (*on_found)(void)) {
    bool v6 = endpoint->type == DGRAM_UDP6;
    const char *loopback = v6 ? "::1" : "127.0.0.1";
    const char *host = endpoint->host[0] != 0 ? endpoint->host : loopback;
    struct addrinfo hints = {.ai_family = v6 ? AF_INET6 : AF_INET,
                             .ai_socktype = SOCK_DGRAM};
    dgram_error error = {.syscall = "getaddrinfo", .address = host};
    char service[8];

    if (parse_address(endpoint, host, address_out) == 0) {
        on_found();
        return;
    }
    session->found = address_out;
    session->on_found = on_found;
    session->wanted = endpoint;
    session->lookup.data = session;
    snprintf(service, sizeof service, "%u", (unsigned)endpoint->port);
    error.code = uv_getaddrinfo(&session->loop, &session->lookup, on_lookup,
                                host, service, &hints);
    if (error.code < 0) {
        session->wanted = NULL;
        session_fail(session, &error);
    }
}

bool session_is_listening(struct session *session, dgram_address *address_out) {
    if (dgram_get_local_address(session->socket, address_out) < 0) {
        session_fail(session, dgram_last_error(session->socket));
        return false;
    }
    session->is_bound = true;
    if (session->part == SESSION_PROBE)
        session_stop(session);
    return session->part == SESSION_ALONE || session->part == SESSION_WORKER;
}

void session_print_listening(const char *head, const dgram_address *address) {
    char text[ENDPOINT_TEXT_MAX];
    char escaped[PRINT_ESCAPED_MAX(ENDPOINT_TEXT_MAX) + 1];

    if (common.json) {
        fprintf(output, "{\"event\":\"listening\",");
        print_address_json(output, address);
        fprintf(output, "}\n");
    } else {
        endpoint_text(address, text);
        escape_text(text, escaped);
        fprintf(stderr, "%s listening %s\n", head, escaped);
    }
}

uint64_t session_drops(const struct session *session) {
    dgram_stats stats = {.size = sizeof stats};

    if (session->socket == NULL || dgram_get_stats(session->socket, &stats) < 0)
        return DGRAM_STATS_UNKNOWN;
    return stats.receive_drops;
}

void session_print_worker(const struct session *session) {
    if (session->part >= SESSION_WORKER)
        fprintf(output, common.json ? "\"worker\":%d," : "worker %d: ",
                session->worker);
}
