/* dgram send: sends texts, the lines of a file, or a whole file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "faults.h"
#include "headers.h"
#include "input.h"
#include "output.h"
#include "print.h"
#include "session.h"
#include "system.h"
#include "verbs.h"

/* Datagrams in the queue, and their bytes; then input waits. */
#define QUEUE_MAX 256
#define QUEUE_SIZE_MAX (32u << 20)

static struct {
    struct session session;
    struct endpoint to;
    const char *file;
    uint64_t count;
    double wait; /* seconds */
    bool whole;

    dgram_address peer;
    char **texts;
    int text_count;
    bool reads; /* sends the input, not the texts */
    struct input input;
    uintptr_t number; /* number of the latest datagram, from 1 */
    int queued;       /* datagrams whose callback has not run */
    bool at_end;      /* everything is queued */
    uint64_t refused, answers;
    bool is_refused; /* an ICMP error came, and no answer since */
    struct faults faults;
} it;

static void on_sent(dgram_socket *socket, int status, void *data);

static void fail(void) {
    session_fail(&it.session, dgram_last_error(it.session.socket));
}

/* Prints an error of the datagram with this number; 0: of none. Prints each
   datagram that is too long, and only the first error of any other code. */
static void report(uintptr_t number, const dgram_error *error) {
    bool is_first = faults_note(&it.faults, error->code);
    char subject[64] = "";

    if (!is_first && error->code != UV_EMSGSIZE)
        return;
    if (number > 0 && it.reads && !it.whole)
        snprintf(subject, sizeof subject,
                 "line %llu: ", (unsigned long long)number);
    else if (number > 0 && it.text_count > 1)
        snprintf(subject, sizeof subject,
                 "text %llu: ", (unsigned long long)number);
    if (is_first)
        session_report(&it.session, subject, error);
    else
        session_log_error(&it.session, subject, error);
}

/* Counts a datagram that cannot be sent. The others are still sent. */
static void refuse(uintptr_t number, const dgram_error *error) {
    it.refused++;
    it.session.status = 1;
    report(number, error);
}

/* Prints an error without an address with that of the peer. */
static void report_by_peer(uintptr_t number, const char *call, int code) {
    char host[DGRAM_ADDRESS_TEXT_MAX];
    const dgram_error error = {
        .code = code,
        .syscall = call,
        .address = host,
        .port = dgram_address_port(&it.peer),
    };

    if (dgram_address_format(&it.peer, host, sizeof host) < 0)
        host[0] = '\0';
    report(number, &error);
}

static void send_one(const char *payload, size_t length) {
    int result = headers_send(it.session.socket, payload, length, &it.peer,
                              on_sent, (void *)++it.number);

    if (result == UV_EMSGSIZE)
        refuse(it.number, dgram_last_error(it.session.socket));
    else if (result < 0)
        fail();
    else
        it.queued++;
}

/* As input_next(). */
static int next_text(const char **text_out, size_t *length_out) {
    if (it.number == (uintptr_t)it.text_count)
        return 0;
    *text_out = it.texts[it.number];
    *length_out = strlen(*text_out);
    return 1;
}

static const char *input_name(void) {
    return it.file != NULL ? it.file : "standard input";
}

/* Queues the next datagram. Returns false if there is none now. */
static bool send_next(void) {
    const char *payload;
    size_t length;
    int result = it.reads ? input_next(&it.input, &payload, &length)
                          : next_text(&payload, &length);

    if (result > 0) {
        send_one(payload, length);
    } else if (result == UV_EMSGSIZE) {
        it.refused++;
        it.session.status = 1;
        report_by_peer(++it.number, "send", UV_EMSGSIZE);
    } else if (result == 0) {
        it.at_end = true;
    } else if (result != UV_EAGAIN) {
        session_log(&it.session, "cannot read %s: %s", input_name(),
                    uv_strerror(result));
        it.session.status = 1;
        session_stop(&it.session);
    }
    return result > 0 || result == UV_EMSGSIZE;
}

/* All datagrams were sent or have failed: waits for replies if any was sent. */
static void finish(void) {
    if (it.refused > 1)
        session_log(&it.session, "%llu of %llu datagrams were not sent",
                    (unsigned long long)it.refused,
                    (unsigned long long)it.number);
    if (it.wait > 0 && it.refused < it.number && !it.is_refused)
        session_stop_after(&it.session, it.wait);
    else
        session_stop(&it.session);
}

/* Keeps the queue filled but bounded. */
static void proceed(void) {
    while (!it.session.stopping && !it.at_end && it.queued < QUEUE_MAX &&
           dgram_get_send_queue_size(it.session.socket) < QUEUE_SIZE_MAX) {
        if (!send_next())
            break;
    }
    if (!it.session.stopping && it.at_end && it.queued == 0)
        finish();
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    it.queued--;
    if (it.session.stopping)
        return;
    if (status < 0)
        refuse((uintptr_t)data, dgram_last_error(socket));
    if (it.queued == 0 || it.queued == QUEUE_MAX / 2)
        proceed();
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    if (it.wait == 0)
        return;
    fprintf(output, "got: ");
    print_escaped(output, message->payload, message->length);
    fprintf(output, " from ");
    print_endpoint(output, message->from);
    putc('\n', output);
    session_flush(&it.session);
    it.is_refused = false;
    if (++it.answers == it.count)
        session_stop(&it.session);
}

/* An ICMP error means that nobody received the datagrams. The rest is still
   sent, but then no answer is expected. EMSGSIZE is about one datagram only. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    if (dgram_fileno(socket) < 0 || it.number == 0) {
        session_fail(&it.session, error);
        return;
    }
    it.session.status = 1;
    if (error->code == UV_EMSGSIZE) {
        report_by_peer(0, error->syscall, error->code);
        return;
    }
    it.is_refused = true;
    report_by_peer(0, "send", error->code);
    if (it.at_end && it.queued == 0)
        finish();
}

static void set_options(dgram_socket *socket) {
    if (headers_set(socket) < 0)
        fail();
}

static void on_found(void) {
    if (it.reads)
        input_start(&it.input, &it.session.loop, !it.whole, proceed);
    proceed();
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)data;
    set_options(socket);
    if (it.wait > 0 && it.to.type != DGRAM_UNIX)
        system_ask_for_errors(socket);
    if (!it.session.stopping)
        session_resolve(&it.session, &it.to, &it.peer, on_found);
}

static const struct option options[] = {
    {"file", OPTION_TEXT, &it.file, "PATH", "send the lines of this file", 0,
     0},
    {"whole", OPTION_FLAG, &it.whole, NULL,
     "send the input as one datagram, not line by line", 0, 0},
    {"wait", OPTION_TIME, &it.wait, "SECONDS",
     "then wait this long for replies, and print them", 0, 1e6},
    {"count", OPTION_NUMBER, &it.count, "N",
     "with --wait: end after N replies; fail if fewer come", 1, 1e15},
};

static const struct usage usage = {
    .verb = "send",
    .arguments = "HOST:PORT|unix:PATH [TEXT]...",
    .about = "Sends each TEXT as a datagram. Without TEXT, sends each line of"
             " standard input,\nwithout its end of line.",
    USAGE_OPTIONS(options),
    .common = COMMON_BIND | COMMON_BROADCAST | COMMON_HEADERS | COMMON_DEVICE |
              COMMON_OFFLOAD | COMMON_SEGMENTS | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1000000,
};

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .message = on_message,
    .error = on_error,
};

static int check_arguments(char **argv, int count) {
    int status;

    it.texts = argv + 1;
    it.text_count = count - 1;
    if (it.text_count > 0 && (it.file != NULL || it.whole))
        return usage_error("send",
                           "TEXT cannot be used with --file or --whole");
    status = endpoint_parse_any("send", argv[0], &common.family, &it.to);
    if (status != 0)
        return status;
    if (it.to.port == 0 && it.to.type != DGRAM_UNIX)
        return usage_error("send", "cannot send to port 0");
    if (it.count > 0 && it.wait == 0)
        return usage_error("send", "--count needs --wait SECONDS");
    return common_check(&usage, &it.to);
}

static int open_input(void) {
    int result;

    if (it.text_count > 0)
        return 0;
    result = input_open(&it.input, it.file);
    it.reads = result == 0;
    if (result < 0)
        fprintf(stderr, "dgram send: cannot open %s: %s\n", input_name(),
                uv_strerror(result));
    return result < 0;
}

/* Whether fewer answers came than --count asks for. After an error only if
   other datagrams were sent and the output works. */
static bool lacks_answers(void) {
    if (it.answers >= it.count || output_flush() < 0)
        return false;
    return it.session.status == 0 ||
           (it.at_end && it.refused < it.number && !it.is_refused);
}

/* Writes where answers were expected from. */
static void format_peer(char *text, size_t size) {
    char host[DGRAM_ADDRESS_TEXT_MAX];
    bool v6 = it.to.type == DGRAM_UDP6;

    if (dgram_address_format(&it.peer, host, sizeof host) < 0)
        host[0] = '\0';
    if (it.to.type == DGRAM_UNIX)
        snprintf(text, size, "unix:%s", host);
    else
        snprintf(text, size, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "",
                 (unsigned)it.to.port);
}

static void on_stop(void *data) {
    char peer[DGRAM_ADDRESS_TEXT_MAX + 16];

    (void)data;
    input_stop(&it.input);
    if (!lacks_answers())
        return;
    if (it.peer.any.sa_family == AF_UNSPEC)
        return; /* ended during the lookup */
    it.session.status = 1;
    if (it.number == 0) {
        session_log(&it.session, "nothing was sent, so no answer came");
        return;
    }
    format_peer(peer, sizeof peer);
    session_log(&it.session, "waited %g s for %llu answer%s from %s: %llu came",
                it.wait, (unsigned long long)it.count, it.count > 1 ? "s" : "",
                peer, (unsigned long long)it.answers);
}

/* A Unix socket can send without a bind. If answers are wanted, a bind lets the
   system choose an address. */
static void start(void) {
    if (it.to.type == DGRAM_UNIX && common.bind == NULL && it.wait == 0)
        session_resolve(&it.session, &it.to, &it.peer, on_found);
    else
        session_bind(&it.session, &common.from);
}

int run_send(int argc, char **argv) {
    dgram_options socket_options = {.size = sizeof socket_options};
    int status, count = options_parse(&usage, argc, argv, &status);

    if (count < 0)
        return status;
    status = check_arguments(argv, count);
    if (status == 0)
        status = open_input();
    if (status == 0)
        status = session_begin(&it.session, "send");
    if (status != 0)
        return status;
    it.session.on_stop = on_stop;
    common_begin(&usage, &it.to, &it.session);
    common_set(&socket_options, &it.to);
    if (session_create(&it.session, &socket_options, &events))
        start();
    status = session_run(&it.session);
    if (it.reads)
        input_close(&it.input);
    return status;
}
