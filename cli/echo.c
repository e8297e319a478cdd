/* dgram echo: sends each datagram back to its sender. */
#include <stdio.h>
#include <string.h>

#include "headers.h"
#include "offload.h"
#include "options.h"
#include "output.h"
#include "session.h"
#include "verbs.h"
#include "workers.h"

#define BATCH_MAX 256
#define QUEUE_SIZE_MAX                                                         \
    (64u << 20) /* bytes; above this, datagrams are dropped */

static struct {
    struct session session;
    struct endpoint endpoint;
    const char *device;
    struct family family;
    struct offload offload;
    uint64_t received, sent, bytes, failed;
    uint64_t workers; /* 0: this process */
    bool json, reuse_port, ipv6_only;
} it;

/* Each datagram goes back from the address that it was sent to. */
static size_t fill(dgram_outgoing *out, dgram_send_info *infos,
                   const dgram_message *messages, size_t count) {
    if (count > BATCH_MAX)
        count = BATCH_MAX;
    for (size_t i = 0; i < count; i++) {
        out[i] = (dgram_outgoing){
            .payload = messages[i].payload,
            .length = messages[i].length,
            .to = messages[i].from,
        };
        if (messages[i].info != NULL) {
            dgram_reply_info(messages[i].info, &infos[i]);
            out[i].info = &infos[i];
        }
        it.bytes += messages[i].length;
    }
    return count;
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    dgram_outgoing out[BATCH_MAX];
    dgram_send_info infos[BATCH_MAX];

    (void)data;
    it.received += count;
    while (count > 0) {
        size_t part = fill(out, infos, messages, count);
        int accepted = dgram_send_batch(socket, out, part, NULL, NULL);

        if (accepted > 0)
            it.sent += (uint64_t)accepted;
        messages += part;
        count -= part;
    }
}

/* Counts datagrams that cannot be sent back, and goes on. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    if (dgram_fileno(socket) < 0)
        session_fail(&it.session, error);
    else if (strcmp(error->syscall, "send") == 0)
        it.failed++;
}

static void print_listening(const dgram_address *address) {
    session_print_listening("echo", address, it.json);
}

static void on_listening(dgram_socket *socket, void *data) {
    dgram_address address;

    (void)socket;
    (void)data;
    if (!session_is_listening(&it.session, &address))
        return;
    print_listening(&address);
    session_flush(&it.session);
}

static void print_result(void *data) {
    unsigned long long received = it.received, bytes = it.bytes;
    unsigned long long sent = it.sent - it.failed;

    (void)data;
    if (it.session.status != 0 || it.session.part == SESSION_PROBE)
        return;
    if (it.json)
        fprintf(output, "{\"event\":\"result\",");
    session_print_worker(&it.session, it.json);
    if (it.json)
        fprintf(output, "\"received\":%llu,\"sent\":%llu,\"bytes\":%llu}\n",
                received, sent, bytes);
    else
        fprintf(output, "%llu received, %llu sent back, %llu bytes\n", received,
                sent, bytes);
}

static bool is_unspecified(const dgram_address *address) {
    return address->any.sa_family == AF_INET6
               ? IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr)
               : address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static const struct option options[] = {
    {"json", OPTION_FLAG, &it.json, NULL, "print the counts as JSON", 0, 0},
    OPTION_REUSE_PORT(it.reuse_port),
    OPTION_IPV6_ONLY(it.ipv6_only),
    OPTION_DEVICE(it.device),
    OPTION_WORKERS(it.workers),
    OPTION_NO_OFFLOAD(it.offload),
    OPTION_SEGMENTS(it.offload),
    OPTIONS_FAMILY(it.family),
};

static const struct usage usage = {
    .verb = "echo",
    .arguments = "[HOST:]PORT | unix:PATH",
    .about = "Sends each datagram back to its sender. When it is interrupted, "
             "it prints"
             " how\nmany there were.",
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

/* A socket that is bound to one address answers from that. */
static uint32_t info_wanted(void) {
    dgram_address address;

    if (it.endpoint.host[0] != '\0' &&
        (dgram_address_parse(it.endpoint.host, 0, &address) < 0 ||
         !is_unspecified(&address)))
        return 0;
    return DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE;
}

static int check_unix(void) {
    const struct given_option given[] = {
        {"--reuse-port", it.reuse_port},
        {"--ipv6-only", it.ipv6_only},
        {"--device", it.device != NULL},
        {"--workers", it.workers > 0},
        {NULL, false},
    };

    return endpoint_check_options("echo", &it.endpoint, given);
}

int run_echo(int argc, char **argv) {
    dgram_options socket_options = {.size = sizeof socket_options};
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = endpoint_parse_any("echo", argv[0], &it.family, &it.endpoint);
    if (status == 0)
        status = check_unix();
    if (status == 0)
        status = offload_check("echo", &it.offload);
    if (status == 0)
        status = workers_check("echo", it.workers, it.reuse_port, &it.endpoint);
    if (status == 0 && it.workers > 0 && it.device != NULL && !it.reuse_port)
        status = usage_error("echo", "--device with --workers needs "
                                     "--reuse-port");
    if (status == 0)
        status = session_begin(&it.session, "echo");
    if (status != 0)
        return status;
    it.session.on_stop = print_result;
    it.session.device = it.device;
    it.session.given = (struct given){
        .v6 = it.endpoint.type == DGRAM_UDP6,
        .is_unix = it.endpoint.type == DGRAM_UNIX,
        .reuse_port = it.reuse_port,
        .ipv6_only = it.ipv6_only,
    };
    offload_set(&it.offload, &socket_options);
    socket_options.type = it.endpoint.type;
    socket_options.reuse_port = it.reuse_port;
    socket_options.ipv6_only = it.ipv6_only;
    socket_options.receive_buffer_size = 4 << 20;
    socket_options.send_queue_size_max = QUEUE_SIZE_MAX;
    socket_options.receive_info = info_wanted();
    if (workers_begin(&it.session, it.workers, it.reuse_port) &&
        session_create(&it.session, &socket_options, &events))
        session_bind(&it.session, &it.endpoint);
    return workers_run(&it.session, it.workers, print_listening);
}
