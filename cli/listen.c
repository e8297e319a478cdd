/* dgram listen: prints received datagrams. */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "faults.h"
#include "groups.h"
#include "messages.h"
#include "output.h"
#include "session.h"
#include "verbs.h"
#include "workers.h"

#define ECHO_QUEUE_MAX                                                         \
    (64u << 20) /* bytes; above this, datagrams are dropped */

static struct {
    struct session session;
    struct endpoint endpoint;
    uint64_t count; /* 0: no end */
    struct faults faults;
    struct messages messages;
    bool echo;
} it = {.messages = {.head = "server got"}};

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    bool last = it.count > 0 && count >= it.count;

    (void)data;
    if (last)
        count = (size_t)it.count;
    for (size_t i = 0; i < count; i++) {
        messages_print(&it.messages, &messages[i], NULL);
        if (it.echo)
            dgram_send(socket, messages[i].payload, messages[i].length,
                       messages[i].from, NULL, NULL);
        if (it.session.part != SESSION_ALONE)
            session_flush(&it.session);
    }
    it.count -= it.count > 0 ? count : 0;
    if (last)
        session_stop(&it.session);
    else
        session_flush(&it.session);
}

static void print_listening(const dgram_address *address) {
    session_print_listening("server", address);
}

static void on_listening(dgram_socket *socket, void *data) {
    dgram_address address;

    (void)socket;
    (void)data;
    if (!groups_join(&it.session) ||
        !session_is_listening(&it.session, &address))
        return;
    print_listening(&address);
    session_flush(&it.session);
}

/* Goes on if a datagram cannot be echoed. A stranger may send many such
   datagrams, so each code is printed once. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    if (dgram_fileno(socket) < 0)
        session_fail(&it.session, error);
    else if (faults_note(&it.faults, error->code))
        session_log_error(&it.session, "", error);
}

static const struct option options[] = {
    {"count", OPTION_NUMBER, &it.count, "N", "end after N datagrams", 1, 1e15},
    {"echo", OPTION_FLAG, &it.echo, NULL, "send each datagram back", 0, 0},
    OPTIONS_MESSAGES(it.messages),
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

static void start(void) {
    dgram_options socket_options = {
        .size = sizeof socket_options,
        .receive_info = messages_info(&it.messages, it.endpoint.type),
        .send_queue_size_max = ECHO_QUEUE_MAX,
    };

    common_set(&socket_options, &it.endpoint);
    if (workers_begin(&it.session) &&
        session_create(&it.session, &socket_options, &events))
        session_bind(&it.session, &it.endpoint);
}

static int check_arguments(const char *text) {
    int status;

    if (common.workers > 0 && it.count > 0)
        return usage_error("listen", "--count cannot be used with --workers");
    status = endpoint_parse_any("listen", text, &common.family, &it.endpoint);
    if (status == 0)
        status = common_check(&usage, &it.endpoint);
    return status == 0 ? messages_check("listen", &it.messages) : status;
}

int run_listen(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = check_arguments(argv[0]);
    if (status == 0)
        status = session_begin(&it.session, "listen");
    if (status != 0)
        return status;
    it.messages.session = &it.session;
    it.session.error_head = "server error:";
    common_begin(&usage, &it.endpoint, &it.session);
    start();
    return workers_run(&it.session, print_listening);
}
