/* dgram send: sends texts, the lines of a file, or a whole file, and prints the
   answers. */
#include <stdio.h>
#include <string.h>

#include "args/common.h"
#include "args/headers.h"
#include "output/messages.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "send/errors.h"
#include "send/outgoing.h"
#include "session/session.h"
#include "session/system.h"
#include "verbs.h"

static struct {
    struct session session;
    struct endpoint to;
    struct messages messages;
    uint64_t count;
    double wait; /* seconds */
    bool interactive;

    bool is_running; /* the address of the peer is known */
    uint64_t answers;
    bool is_refused; /* an ICMP error came, and no answer since */
} it = {.messages = {.head = "got"}};

static bool expects_answers(void) {
    return it.wait > 0 || it.interactive;
}

static void fail(void) {
    session_fail(&it.session, dgram_last_error(it.session.socket));
}

/* The others are still sent. */
static void on_failure(uint64_t number, bool is_again,
                       const dgram_error *error) {
    it.session.status = 1;
    send_error(&it.session, number, is_again, error);
}

static bool has_answers(void) {
    return it.count > 0 && it.answers >= it.count;
}

/* Waits for answers if any datagram was sent. */
static void finish(void) {
    if (it.wait > 0 && outgoing.failed < outgoing.tried && !it.is_refused &&
        !has_answers())
        session_stop_after(&it.session, it.wait);
    else
        session_stop(&it.session);
}

static void on_end(void) {
    if (outgoing.failed > 1)
        session_log(&it.session, "%llu of %llu datagrams were not sent",
                    (unsigned long long)outgoing.failed,
                    (unsigned long long)outgoing.tried);
    finish();
}

/* Answers may come before everything was sent. */
static void note_answer(void) {
    it.answers++;
    if (!has_answers())
        return;
    if (outgoing_has_ended())
        session_stop(&it.session);
    else
        outgoing_repeat_no_more();
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    if (!expects_answers() || has_answers())
        return;
    if (outgoing.payloads.is_typed)
        term_begin_row(stdout, output);
    messages_print(&it.messages, message, NULL);
    session_flush(&it.session);
    it.is_refused = false;
    if (it.interactive)
        send_errors_forget();
    note_answer();
}

/* Reports an error about the destination, whatever address it came with. */
static void report(const char *call, int code) {
    const dgram_error error = {.code = code, .syscall = call, .address = ""};

    send_error(&it.session, 0, false, &error);
}

/* An ICMP error means that nobody received the datagrams. The rest is still
   sent, but then no answer is expected. EMSGSIZE is about one datagram only. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    if (dgram_fileno(socket) < 0 || !it.is_running) {
        session_fail(&it.session, error);
        return;
    }
    if (error->code == UV_EMSGSIZE) {
        it.session.status = 1;
        report(error->syscall, error->code);
        return;
    }
    it.is_refused = true;
    if (!it.interactive)
        it.session.status = 1;
    report("send", error->code);
    if (outgoing_has_ended())
        finish();
}

static void on_found(void) {
    it.is_running = true;
    outgoing_start();
}

/* A Unix socket that was not bound is, too, after its first datagram. */
static void on_listening(dgram_socket *socket, void *data) {
    (void)data;
    if (it.is_running)
        return;
    if (headers_set(socket) < 0)
        fail();
    if (expects_answers() && it.to.type != DGRAM_UNIX)
        system_ask_for_errors(socket);
    if (!it.session.stopping)
        session_resolve(&it.session, &it.to, &outgoing.to, on_found);
}

static const struct option options[] = {
    {"file", OPTION_TEXT, &outgoing.payloads.file, "PATH",
     "send the lines of this file", 0, 0},
    {"whole", OPTION_FLAG, &outgoing.payloads.whole, NULL,
     "send the input as one datagram, not line by line", 0, 0},
    {"eol", OPTION_WORD, &outgoing.payloads.eol, "strip|keep|lf|crlf",
     "drop or keep the end of each line, or end each line\n"
     "and TEXT with LF or CRLF (strip)",
     0, 0},
    {"hex", OPTION_FLAG, &it.messages.hex, NULL,
     "TEXT and lines are hex digits; print answers in hex", 0, 0},
    {"repeat", OPTION_NUMBER, &outgoing.payloads.repeat, "N",
     "send everything N times; 0: until interrupted (1)", 0, 1e15},
    {"rate", OPTION_NUMBER, &outgoing.rate, "PPS",
     "send this many datagrams per second", 1, 1e9},
    {"interval", OPTION_TIME, &outgoing.interval, "S",
     "seconds from one datagram to the next", 0, 1e6},
    {"jitter", OPTION_TIME, &outgoing.jitter, "S",
     "delay each by a random time of up to S seconds", 0, 1e6},
    {"wait", OPTION_TIME, &it.wait, "S",
     "at the end, wait S seconds for answers; print them", 0, 1e6},
    {"count", OPTION_NUMBER, &it.count, "N",
     "with --wait: end after N answers; fail if fewer come", 1, 1e15},
    {"interactive", OPTION_FLAG, &it.interactive, NULL,
     "send lines as they are typed, print answers as they\n"
     "come, and continue after errors",
     0, 0},
    OPTION_RAW(it.messages),
    OPTION_TIMESTAMPS(it.messages),
    OPTION_VERBOSE(it.messages),
};

static const struct usage usage = {
    .verb = "send",
    .arguments = "HOST:PORT | unix:PATH [TEXT]...",
    .about = "Sends each TEXT as a datagram. Without TEXT, sends each line of"
             " standard input,\nwithout its end of line.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON | COMMON_BIND | COMMON_BROADCAST | COMMON_HEADERS |
              COMMON_DEVICE | COMMON_OFFLOAD | COMMON_SEGMENTS | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1000000,
};

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .message = on_message,
    .error = on_error,
};

/* Options about answers need answers. */
static int check_answers(void) {
    const char *given = it.messages.raw       ? "--raw"
                        : it.messages.verbose ? "--verbose"
                        : it.messages.clock != MESSAGES_NO_CLOCK
                            ? "--timestamps"
                            : NULL;

    if (it.count > 0 && it.wait == 0)
        return usage_error("send", "--count needs --wait S");
    if (given != NULL && !expects_answers())
        return usage_error("send", "%s needs --wait S or --interactive", given);
    return messages_check("send", &it.messages);
}

static int check_arguments(char **argv, int count) {
    int status;

    outgoing.payloads.hex = it.messages.hex;
    if (it.interactive && (count > 1 || outgoing.payloads.whole))
        return usage_error("send", "--interactive sends lines: leave out %s",
                           count > 1 ? "TEXT" : "--whole");
    status = endpoint_parse_any("send", argv[0], &common.family, &it.to);
    if (status != 0)
        return status;
    status = endpoint_check_peer("send", &it.to);
    if (status == 0)
        status = common_check(&usage, &it.to);
    if (status == 0)
        status = payloads_check(&outgoing.payloads, argv + 1, count - 1);
    if (status == 0)
        status = outgoing_check();
    return status == 0 ? check_answers() : status;
}

/* Whether fewer answers came than --count asks for. After an error only if
   other datagrams were sent and the output works. */
static bool lacks_answers(void) {
    if (it.answers >= it.count || output_flush() < 0)
        return false;
    return it.session.status == 0 ||
           (outgoing.at_end && outgoing.failed < outgoing.tried &&
            !it.is_refused);
}

static void log_missing_answers(void) {
    char peer[ENDPOINT_TEXT_MAX], head[48] = "interrupted waiting";

    it.session.status = 1;
    if (outgoing.tried == 0) {
        session_log(&it.session, "nothing was sent, so no answer came");
        return;
    }
    endpoint_text(&outgoing.to, peer);
    if (it.session.is_over)
        snprintf(head, sizeof head, "waited %g s", it.wait);
    session_log(&it.session, "%s for %llu answer%s from %s: %llu came", head,
                (unsigned long long)it.count, it.count > 1 ? "s" : "", peer,
                (unsigned long long)it.answers);
}

/* After the loop, because closing the socket reports its last datagrams. */
static void print_result(void) {
    if (!common.json || !it.is_running)
        return;
    fprintf(
        output,
        "{\"event\":\"result\",\"sent\":%llu,\"bytes\":%llu,"
        "\"failed\":%llu,\"answers\":%llu,\"errors\":",
        (unsigned long long)outgoing.sent, (unsigned long long)outgoing.bytes,
        (unsigned long long)outgoing.failed, (unsigned long long)it.answers);
    send_errors_print_json(output);
    fprintf(output, "}\n");
    session_flush(&it.session);
}

static void on_stop(void *data) {
    (void)data;
    outgoing_stop();
    if (it.is_refused)
        it.session.status = 1;
    if (lacks_answers())
        log_missing_answers();
}

/* A Unix socket can send without a bind. If answers are wanted, a bind lets the
   system choose an address. */
static void start(void) {
    if (it.to.type == DGRAM_UNIX && common.bind == NULL && !expects_answers())
        session_resolve(&it.session, &it.to, &outgoing.to, on_found);
    else
        session_bind(&it.session, &common.from);
}

static int run(void) {
    dgram_options socket_options = {.size = sizeof socket_options};
    int status = session_begin(&it.session, "send");

    if (status != 0)
        return status;
    it.session.on_stop = on_stop;
    it.session.takes_rest = true;
    it.messages.session = &it.session;
    outgoing.session = &it.session;
    outgoing.on_failure = on_failure;
    outgoing.on_end = on_end;
    common_begin(&usage, &it.to, &it.session);
    common_set(&socket_options, &it.to);
    socket_options.receive_info = messages_info(&it.messages, it.to.type);
    if (session_create(&it.session, &socket_options, &events))
        start();
    session_run(&it.session);
    print_result();
    return it.session.status;
}

int run_send(int argc, char **argv) {
    int status, count = options_parse(&usage, argc, argv, &status);

    if (count < 0)
        return status;
    status = check_arguments(argv, count);
    if (status == 0)
        status = payloads_open(&outgoing.payloads);
    if (status != 0)
        return status;
    status = run();
    payloads_close(&outgoing.payloads);
    return status;
}
