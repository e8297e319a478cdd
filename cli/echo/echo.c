/* dgram echo: sends each datagram back to its sender. */
#include <stdio.h>
#include <string.h>

#include "args/common.h"
#include "output/output.h"
#include "session/answers.h"
#include "session/session.h"
#include "session/workers.h"
#include "verbs.h"

#define BATCH_MAX 256
#define QUEUE_SIZE_MAX (64u << 20) /* bytes; above, datagrams are dropped */

static struct {
    struct session session;
    struct endpoint endpoint;
    uint64_t received, sent, bytes, failed;
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

/* Counts datagrams that cannot be sent back, and continues. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)data;
    if (dgram_fileno(socket) < 0)
        session_fail(&it.session, error);
    else if (strcmp(error->syscall, "send") == 0)
        it.failed++;
}

static void print_listening(const dgram_address *address) {
    session_print_listening("echo", address);
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    common_listen(&it.session, "echo");
}

static void print_result(void *data) {
    unsigned long long received = it.received, bytes = it.bytes;
    unsigned long long sent = it.sent - it.failed;

    (void)data;
    if (it.session.status != 0 || it.session.part == SESSION_PROBE)
        return;
    if (common.json)
        fprintf(output, "{\"event\":\"result\",");
    session_print_worker(&it.session);
    if (common.json)
        fprintf(output, "\"received\":%llu,\"sent\":%llu,\"bytes\":%llu}\n",
                received, sent, bytes);
    else
        fprintf(output, "%llu received, %llu sent back, %llu bytes\n", received,
                sent, bytes);
}

static const struct usage usage = {
    .verb = "echo",
    .arguments = "[HOST:]PORT | unix:PATH",
    .about = "Sends each datagram back to its sender. When it is interrupted, "
             "it prints the\nnumber of datagrams.",
    .common = COMMON_JSON | COMMON_GROUPS | COMMON_PORT | COMMON_DEVICE |
              COMMON_WORKERS | COMMON_OFFLOAD | COMMON_SEGMENTS | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1,
};

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .batch = on_batch,
    .error = on_error,
};

int run_echo(int argc, char **argv) {
    dgram_options socket_options = {.size = sizeof socket_options};
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = endpoint_parse_any("echo", argv[0], &common.family, &it.endpoint);
    if (status == 0)
        status = common_check(&usage, &it.endpoint);
    if (status == 0)
        status = session_begin(&it.session, "echo");
    if (status != 0)
        return status;
    it.session.on_stop = print_result;
    it.session.takes_rest = true;
    common_begin(&usage, &it.endpoint, &it.session);
    common_set(&socket_options, &it.endpoint);
    socket_options.receive_buffer_size = 4 << 20;
    socket_options.send_queue_size_max = QUEUE_SIZE_MAX;
    socket_options.receive_info = answers_info(&it.endpoint);
    if (workers_begin(&it.session) &&
        session_create(&it.session, &socket_options, &events))
        session_bind(&it.session, &it.endpoint);
    return workers_run(&it.session, print_listening);
}
