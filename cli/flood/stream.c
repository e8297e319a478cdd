#include "flood/stream.h"

#include <string.h>

static bool has_failed(const struct stream *stream) {
    return stream->failure != 0;
}

static void fail(struct stream *stream, const dgram_error *error) {
    bool has_run = stream->runs;

    if (has_failed(stream) || stream->socket == NULL)
        return; /* that error was reported; others follow from it */
    stream->failure = error->code;
    stream->plan->on_failure(stream, error);
    stream_close(stream);
    if (!has_run)
        stream->plan->on_start(stream);
}

static void check(struct stream *stream, int result) {
    if (result < 0)
        fail(stream, dgram_last_error(stream->socket));
}

static void start_connect(struct stream *stream) {
    stream->is_connecting = true;
    check(stream, dgram_connect(stream->socket, stream->plan->host,
                                stream->plan->port, NULL, NULL));
}

/* Options such as a broadcast must be set before the socket connects. */
static void on_listening(dgram_socket *socket, void *data) {
    struct stream *stream = data;

    if (stream->is_connecting)
        return; /* it was bound by that */
    check(stream, stream->plan->set_options(socket));
    if (!has_failed(stream))
        start_connect(stream);
}

static void on_connect(dgram_socket *socket, void *data) {
    struct stream *stream = data;
    dgram_address address;

    if (dgram_get_local_address(socket, &address) == 0)
        stream->port = dgram_address_port(&address);
    stream->runs = true;
    stream->plan->on_start(stream);
}

/* Goes on after errors: a route may come back, a receiver may start later. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct stream *stream = data;
    bool by_send = strcmp(error->syscall, "send") == 0;

    if (!stream->runs || dgram_fileno(socket) < 0) {
        fail(stream, error);
        return;
    }
    if (by_send) {
        stream->failed++;
        stream->fails_here = error->code != UV_ECONNREFUSED;
        stream->failed_last = stream->accepted;
    }
    stream->rests = true;
    faults_note(&stream->faults, error->code);
    stream->plan->on_error(stream, error, by_send);
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    struct stream *stream = data;

    (void)socket;
    if (stream->plan->on_receive != NULL)
        stream->plan->on_receive(stream, messages, count);
}

static const dgram_events events = {
    .size = sizeof events,
    .listening = on_listening,
    .connect = on_connect,
    .batch = on_batch,
    .error = on_error,
};

static int bind_socket(struct stream *stream) {
    dgram_bind_options from = stream->plan->from;

    if (from.port > 0)
        from.port = (uint16_t)(from.port + stream->index);
    return dgram_bind_with(stream->socket, &from);
}

void stream_open(struct stream *stream, const struct stream_plan *plan,
                 unsigned index, uint32_t id) {
    dgram_error error = {.syscall = "", .address = ""};

    stream->plan = plan;
    stream->index = index;
    stream->id = id;
    error.code = dgram_create_with(plan->loop, &plan->options, &stream->socket);
    if (error.code < 0) {
        stream->socket = NULL;
        stream->failure = error.code;
        plan->on_failure(stream, &error);
        plan->on_start(stream);
        return;
    }
    dgram_on(stream->socket, &stream->listener, &events, stream);
    if (plan->binds)
        check(stream, bind_socket(stream));
    else
        start_connect(stream);
}

bool stream_is_ready(const struct stream *stream) {
    return stream->runs && dgram_get_send_queue_count(stream->socket) == 0;
}

bool stream_send(struct stream *stream, size_t count) {
    struct batch *batch = stream->plan->batch;
    int accepted;

    if (stream->rests && !stream->plan->is_paced) {
        stream->rests = false;
        return false;
    }
    if (!stream_is_ready(stream))
        return false;
    if (count > batch->count)
        count = batch->count;
    if (stream->plan->stamps)
        batch_stamp(batch, count, stream->id, stream->accepted);
    accepted =
        dgram_send_batch(stream->socket, batch->messages, count, NULL, NULL);
    if (accepted < 0) {
        check(stream, accepted);
        return false;
    }
    stream->accepted += (uint64_t)accepted;
    return dgram_get_send_queue_count(stream->socket) == 0;
}

void stream_settle(struct stream *stream) {
    stream->settled = stream->accepted;
}

bool stream_fails_here(const struct stream *stream) {
    return stream->fails_here && stream->settled <= stream->failed_last;
}

uint64_t stream_sent(const struct stream *stream) {
    return stream->accepted > stream->failed ? stream->accepted - stream->failed
                                             : 0;
}

static uint64_t count_taken(dgram_socket *socket) {
    dgram_stats stats = {.size = sizeof stats};

    return dgram_get_stats(socket, &stats) == 0 ? stats.datagrams_sent : 0;
}

/* The close sends what the kernel accepts at once; the rest was accepted in
   vain. A signal may end a flood before its latest failures are reported. */
static void close_socket(struct stream *stream) {
    uint64_t waiting = dgram_get_send_queue_count(stream->socket);
    uint64_t taken = count_taken(stream->socket);

    dgram_close(stream->socket);
    if (!stream->runs)
        return;
    taken = count_taken(stream->socket) - taken;
    if (waiting > taken)
        stream->accepted -= waiting - taken;
    if (stream_fails_here(stream) && stream->accepted > stream->settled)
        stream->accepted = stream->settled;
}

void stream_close(struct stream *stream) {
    if (stream->socket == NULL)
        return;
    close_socket(stream);
    stream->runs = false;
    stream->socket = NULL;
}
