/* dgram listen: prints received datagrams, saves and answers them. */
#include <stdio.h>
#include <string.h>

#include "args/common.h"
#include "args/filter.h"
#include "listen/output_dir.h"
#include "output/messages.h"
#include "output/output.h"
#include "session/answers.h"
#include "session/faults.h"
#include "session/session.h"
#include "session/workers.h"
#include "verbs.h"

/* Bytes. While the reader of the output or a disk is slow, datagrams wait in
   the receive buffer. Answers above the other limit are dropped. */
#define RECEIVE_BUFFER_SIZE (4u << 20)
#define ANSWER_QUEUE_MAX (64u << 20)

static struct {
    struct session session;
    struct endpoint endpoint;
    uint64_t count; /* 0: no end */
    double seconds; /* 0: no end */
    struct option_list from;
    struct filter filter;
    struct messages messages;
    const char *output_dir; /* NULL: no files */
    struct output_dir dir;
    struct answers answers;
    uint64_t received;
    struct faults faults;
} it = {.messages = {.head = "server got"}};

/* Reports an error of an answer, or of the socket, once for each code: a
   stranger may cause many. */
static void report_once(const dgram_error *error) {
    if (faults_note(&it.faults, error->code))
        session_log_error(&it.session, "", error);
}

static void answer(dgram_socket *socket, const dgram_message *message) {
    switch (answers_send(&it.answers, socket, message)) {
    case ANSWER_SENT:
        break;
    case ANSWER_FAILED:
        report_once(dgram_last_error(socket));
        break;
    case ANSWER_LOOP:
        if (faults_note(&it.faults, UV_ELOOP))
            session_log(&it.session,
                        "a datagram equals the text of --reply and is not "
                        "answered: it could be such an answer");
        break;
    case ANSWER_NOBODY:
        if (faults_note(&it.faults, UV_EDESTADDRREQ))
            session_log(&it.session,
                        it.endpoint.type == DGRAM_UNIX
                            ? "a sender without an address cannot be answered"
                            : "a sender with port 0 cannot be answered: it is "
                              "forged, or expects no answer");
        break;
    }
}

#define NUMBERS_USED "its files have all numbers up to 999999999"

static void report_file(int code) {
    if (code == UV_ERANGE)
        session_log(&it.session, "cannot write to '%s': " NUMBERS_USED,
                    it.output_dir);
    else
        session_log(&it.session, "cannot write %s: %s", it.dir.file,
                    uv_strerror(code));
}

/* Returns the name of the new file, or NULL if there is none. */
static const char *save(const dgram_message *message) {
    int result;

    if (it.output_dir == NULL || it.session.status != 0)
        return NULL;
    result = output_dir_save(&it.dir, message->payload, message->length);
    if (result == 0)
        return it.dir.file;
    it.session.status = it.session.part < SESSION_WORKER ? 1 : EXIT_UNREAD;
    report_file(result);
    return NULL;
}

/* After an error of a file, prints what was received already in full, and does
   not answer it. */
static void take(dgram_socket *socket, const dgram_message *message) {
    messages_print(&it.messages, message, save(message));
    if (it.session.status == 0)
        answer(socket, message);
    if (it.session.part != SESSION_ALONE)
        session_flush(&it.session);
    it.received++;
}

static bool is_done(void) {
    return it.session.stopping || (it.count > 0 && it.received >= it.count);
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)data;
    for (size_t i = 0; i < count && !is_done(); i++) {
        if (filter_accepts(&it.filter, messages[i].from))
            take(socket, &messages[i]);
    }
    session_flush(&it.session);
    if (is_done() || it.session.status != 0)
        session_stop(&it.session);
}

static void print_listening(const dgram_address *address) {
    session_print_listening("server", address);
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    if (common_listen(&it.session, "server") && it.seconds > 0)
        session_stop_after(&it.session, it.seconds);
}

/* Goes on if a datagram cannot be answered. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    if (dgram_fileno(socket) < 0)
        session_fail(&it.session, error);
    else
        report_once(error);
}

static void on_stop(void *data) {
    (void)data;
    if (!it.session.is_over || it.received >= it.count)
        return;
    it.session.status = 1;
    session_log(&it.session, "%llu of %llu datagrams came in %g s",
                (unsigned long long)it.received, (unsigned long long)it.count,
                it.seconds);
}

static const struct option options[] = {
    {"count", OPTION_NUMBER, &it.count, "N", "end after N datagrams", 1, 1e15},
    {"seconds", OPTION_TIME, &it.seconds, "S",
     "end after S seconds; with --count, fail if fewer came", 0.001, 1e9},
    {"from", OPTION_LIST, &it.from, "ADDRESS[/PREFIX][:PORT]",
     "ignore all other senders", 0, 0},
    OPTIONS_MESSAGES(it.messages),
    {"output-dir", OPTION_TEXT, &it.output_dir, "DIR",
     "write each payload to a new file in DIR", 0, 0},
    {"echo", OPTION_FLAG, &it.answers.echo, NULL, "send each datagram back", 0,
     0},
    {"reply", OPTION_TEXT, &it.answers.text, "TEXT",
     "answer each datagram with TEXT, with --hex in hex", 0, 0},
};

static const struct usage usage = {
    .verb = "listen",
    .arguments = "[HOST:]PORT | unix:PATH",
    .about =
        "Prints the datagrams that it receives at PORT, on all interfaces if"
        " there is no\nHOST, or at a Unix socket. With port 0 the system"
        " chooses a port. Bytes that are\nnot printable are escaped.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON | COMMON_GROUPS | COMMON_PORT | COMMON_DEVICE |
              COMMON_WORKERS | COMMON_OFFLOAD | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1,
};

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .batch = on_batch,
    .error = on_error,
};

static uint32_t info_wanted(void) {
    uint32_t wanted = messages_info(&it.messages, it.endpoint.type);

    if (it.answers.echo || it.answers.text != NULL)
        wanted |= answers_info(&it.endpoint);
    return wanted;
}

static void start(void) {
    dgram_options socket_options = {
        .size = sizeof socket_options,
        .receive_info = info_wanted(),
        .receive_buffer_size = RECEIVE_BUFFER_SIZE,
        .send_queue_size_max = ANSWER_QUEUE_MAX,
    };

    common_set(&socket_options, &it.endpoint);
    if (it.messages.clock == MESSAGES_KERNEL)
        socket_options.offload = DGRAM_OFFLOAD_OFF; /* each has its own time */
    if (workers_begin(&it.session) &&
        session_create(&it.session, &socket_options, &events))
        session_bind(&it.session, &it.endpoint);
}

/* Options that make no sense together. */
static int check_options(void) {
    bool reply_is_hex = it.messages.hex && it.answers.text != NULL;

    if (it.messages.raw && it.messages.hex && !reply_is_hex)
        return usage_error("listen", "use either --raw or --hex, not both");
    if (it.messages.raw && it.output_dir != NULL)
        return usage_error("listen",
                           "use either --raw or --output-dir, not both");
    if (common.workers > 0 && (it.count > 0 || it.seconds > 0))
        return usage_error("listen", "%s cannot be used with --workers",
                           it.count > 0 ? "--count" : "--seconds");
    return messages_check("listen", &it.messages);
}

static int open_directory(void) {
    int result = 0;

    if (it.output_dir != NULL)
        result = output_dir_begin(&it.dir, it.output_dir);
    if (result < 0)
        fprintf(stderr, "dgram listen: cannot write to '%s': %s\n",
                it.output_dir,
                result == UV_ERANGE ? NUMBERS_USED : uv_strerror(result));
    return result < 0;
}

/* Prepares what is done with a datagram. */
static int begin_taking(void) {
    const struct filter_socket socket = {.type = it.endpoint.type,
                                         .ipv6_only = common.ipv6_only};
    int status = filter_parse("listen", &it.from, &socket, &it.filter);

    it.answers.is_hex = it.messages.hex;
    if (status == 0)
        status = answers_begin(&it.answers, "listen", it.endpoint.type);
    return status == 0 ? open_directory() : status;
}

static int check_arguments(const char *text) {
    int status = check_options();

    if (status == 0)
        status =
            endpoint_parse_any("listen", text, &common.family, &it.endpoint);
    return status == 0 ? common_check(&usage, &it.endpoint) : status;
}

int run_listen(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = check_arguments(argv[0]);
    if (status == 0)
        status = begin_taking();
    if (status == 0)
        status = session_begin(&it.session, "listen");
    if (status != 0)
        return status;
    it.messages.session = &it.session;
    it.session.on_stop = on_stop;
    it.session.takes_rest = true;
    common_begin(&usage, &it.endpoint, &it.session);
    start();
    status = workers_run(&it.session, print_listening);
    answers_end(&it.answers);
    output_dir_end(&it.dir);
    return status;
}
