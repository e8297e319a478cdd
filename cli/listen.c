/* dgram listen: prints received datagrams. */
#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "headers.h"
#include "messages.h"
#include "offload.h"
#include "options.h"
#include "output.h"
#include "session.h"
#include "verbs.h"
#include "workers.h"

#define ECHO_QUEUE_MAX                                                         \
    (64u << 20) /* bytes; above this, datagrams are dropped */

static struct {
    struct session session;
    struct endpoint endpoint;
    const char *device;
    struct family family;
    struct offload offload;
    struct option_list groups;
    const char *source;
    uint64_t count;   /* 0: no end */
    uint64_t workers; /* 0: this process */
    struct faults faults;
    struct messages messages;
    bool echo, reuse_address, reuse_port, ipv6_only;
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

struct group {
    char address[DGRAM_HOST_TEXT_MAX];
    char interface[DGRAM_HOST_TEXT_MAX]; /* "": the kernel's choice */
};

/* Splits GROUP or GROUP@INTERFACE; an IPv6 interface may be just its name. */
static bool split_group(const char *text, struct group *out) {
    const char *at = strchr(text, '@');
    size_t length = at != NULL ? (size_t)(at - text) : strlen(text);
    dgram_address address;

    if (strlen(text) >= sizeof out->address - 3) /* "::%" */
        return false;
    memcpy(out->address, text, length);
    out->address[length] = '\0';
    out->interface[0] = '\0';
    if (at != NULL)
        snprintf(out->interface, sizeof out->interface, "%s%s",
                 dgram_address_parse(at + 1, 0, &address) == UV_EINVAL ? "::%"
                                                                       : "",
                 at + 1);
    return true;
}

static int check_groups(void) {
    for (int i = 0; i < it.groups.count; i++) {
        struct group group;
        dgram_address address;

        if (!split_group(it.groups.texts[i], &group))
            return usage_error("listen", "--join: '%s' is too long",
                               it.groups.texts[i]);
        if (endpoint_lacks_interface("listen", group.address))
            return EXIT_USAGE;
        if (dgram_address_parse(group.address, 0, &address) == 0 &&
            address.any.sa_family == AF_INET6 &&
            endpoint_lacks_interface("listen", group.interface))
            return EXIT_USAGE;
    }
    return 0;
}

static int join(const char *text) {
    struct group group = {0};
    const char *interface;

    split_group(text, &group); /* it was checked */
    interface = group.interface[0] != '\0' ? group.interface : NULL;
    if (it.source != NULL)
        return dgram_add_source_specific_membership(
            it.session.socket, it.source, group.address, interface);
    return dgram_add_membership(it.session.socket, group.address, interface);
}

/* On a shared socket, another worker may have joined. */
static bool has_joined(void) {
    return it.session.part == SESSION_SHARER &&
           dgram_last_error(it.session.socket)->code == UV_EADDRINUSE;
}

static bool join_all(void) {
    for (int i = 0; i < it.groups.count; i++) {
        if (join(it.groups.texts[i]) < 0 && !has_joined()) {
            session_log(&it.session, "cannot join %s", it.groups.texts[i]);
            session_fail(&it.session, dgram_last_error(it.session.socket));
            return false;
        }
    }
    return true;
}

static void print_listening(const dgram_address *address) {
    session_print_listening("server", address, it.messages.json);
}

static void on_listening(dgram_socket *socket, void *data) {
    dgram_address address;

    (void)socket;
    (void)data;
    if (!join_all() || !session_is_listening(&it.session, &address))
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
    {"json", OPTION_FLAG, &it.messages.json, NULL,
     "print a JSON object for each datagram", 0, 0},
    {"join", OPTION_LIST, &it.groups, "GROUP[@INTERFACE]",
     "join a multicast group; INTERFACE is an IPv4\n"
     "                        address, or for IPv6 a name",
     0, 0},
    {"source", OPTION_TEXT, &it.source, "ADDRESS",
     "with --join: accept only this source", 0, 0},
    {"reuse-addr", OPTION_FLAG, &it.reuse_address, NULL,
     "bind even if another socket has the address", 0, 0},
    OPTION_REUSE_PORT(it.reuse_port),
    OPTION_IPV6_ONLY(it.ipv6_only),
    OPTION_DEVICE(it.device),
    OPTION_WORKERS(it.workers),
    OPTION_NO_OFFLOAD(it.offload),
    OPTIONS_FAMILY(it.family),
};

static const struct usage usage = {
    .verb = "listen",
    .arguments = "[HOST:]PORT | unix:PATH",
    .about =
        "Prints the datagrams that it receives at PORT, on all interfaces if"
        " there is no\nHOST, or at a Unix socket. With port 0 the system"
        " chooses a port. Bytes that are\nnot printable are escaped.",
    USAGE_OPTIONS(options),
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
        .type = it.endpoint.type,
        .reuse_address = it.reuse_address || it.groups.count > 0,
        .reuse_port = it.reuse_port,
        .ipv6_only = it.ipv6_only,
        .receive_info = messages_info(&it.messages, it.endpoint.type),
        .send_queue_size_max = ECHO_QUEUE_MAX,
    };

    offload_set(&it.offload, &socket_options);
    if (workers_begin(&it.session, it.workers, it.reuse_port) &&
        session_create(&it.session, &socket_options, &events))
        session_bind(&it.session, &it.endpoint);
}

static int check_unix(void) {
    const struct given_option given[] = {
        {"--join", it.groups.count > 0},
        {"--reuse-addr", it.reuse_address},
        {"--reuse-port", it.reuse_port},
        {"--ipv6-only", it.ipv6_only},
        {"--device", it.device != NULL},
        {"--workers", it.workers > 0},
        {NULL, false},
    };

    return endpoint_check_options("listen", &it.endpoint, given);
}

int run_listen(int argc, char **argv) {
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    if (it.source != NULL && it.groups.count == 0)
        return usage_error("listen", "--source needs --join GROUP");
    if (it.workers > 0 && it.count > 0)
        return usage_error("listen", "--count cannot be used with --workers");
    if (it.workers > 0 && it.reuse_port && it.groups.count > 0)
        return usage_error("listen", "with --reuse-port each worker would get "
                                     "every datagram of the group");
    status = messages_check("listen", &it.messages);
    if (status == 0)
        status = check_groups();
    if (status == 0)
        status =
            endpoint_parse_any("listen", argv[0], &it.family, &it.endpoint);
    if (status == 0)
        status = check_unix();
    if (status == 0)
        status =
            workers_check("listen", it.workers, it.reuse_port, &it.endpoint);
    if (status == 0 && it.workers > 0 && it.device != NULL && !it.reuse_port)
        status = usage_error("listen", "--device with --workers needs "
                                       "--reuse-port");
    if (status == 0)
        status = session_begin(&it.session, "listen");
    if (status != 0)
        return status;
    it.messages.session = &it.session;
    it.session.error_head = "server error:";
    it.session.device = it.device;
    it.session.given = (struct given){
        .v6 = it.endpoint.type == DGRAM_UDP6,
        .is_unix = it.endpoint.type == DGRAM_UNIX,
        .reuse_port = it.reuse_port,
        .ipv6_only = it.ipv6_only,
    };
    start();
    return workers_run(&it.session, it.workers, print_listening);
}
