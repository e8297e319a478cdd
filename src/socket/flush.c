/* Happy path: flush_now() passes the first chunk of the queue to the datapath,
   which sends it with few system calls and sets the status of each datagram.
   This repeats until the queue is empty. A task reports the results.

   Errors that the datapath leaves to its caller:
   - EAGAIN: the kernel takes no more for now. The socket waits until it is
     writable. If it is, and the kernel still takes nothing, it waits for a
   timer. After several such waits the datagram fails.
   - ENOBUFS: the kernel has no buffers for that datagram. It waits in the retry
     queue (retryq.h), and datagrams to other destinations are sent.

   Each datagram is sent once or fails once. */
#include "socket/flush.h"

#include "util/alloc.h"
#include "util/util.h"
#include "socket/socket.h"

/* A retry ends after so many destinations without buffers: the whole system is
   short of them. */
#define REFUSALS_MAX 256u

/* Whether a disconnect released the port and the kernel finds no other. */
static bool has_no_port(const dgram_socket *s) {
    dgram_address here;

    return !socket_is_unix(s) &&
           platform->local_address(s->datapath.fd, &here) >= 0 &&
           dgram_address_port(&here) == 0;
}

/* Whether the queue of a destination is full, after UV_EAGAIN. The kernel does
   not report when it has space again, unless the socket is connected to it: the
   datagram waits in the retry queue, until the destination reads or closes. */
static bool destination_is_full(const dgram_socket *s) {
    return socket_is_unix(s) && s->state.connect != STATE_CONNECTED &&
           platform->is_writable(s->datapath.fd);
}

/* Returns false if the kernel will not take the datagram later either. A Unix
   socket that was writable may find that others have filled the queue of the
   peer before. */
static bool wait_for_kernel(dgram_socket *s) {
    if (socket_is_unix(s))
        s->flush.backpressure.spurious = 0;
    if (s->flush.backpressure.writable && has_no_port(s))
        return false;
    if (!backpressure_refused(&s->flush.backpressure, bind_is_shared(&s->bind)))
        return false;
    if (s->flush.backpressure.resting)
        loop_retry(s->loop, &s->flush.retry_task);
    socket_watch_changed(s);
    return true;
}

/* The first datagram of the queue fails. The datapath did not try it, or
   counted no error. */
static void fail_first(dgram_socket *s, int code) {
    stats_add_send_errors(s, code != DGRAM_ERR_IP_BLOCKED);
    sendq_failed(&s->flush.sendq, &s->loop->pool, code);
}

/* Moves the first datagram of the queue to the retry queue. */
static void retry_later(dgram_socket *s) {
    struct sendq_datagram datagram = sendq_peek(&s->flush.sendq);
    uint64_t until =
        socket_is_unix(s) ? UINT64_MAX : uv_now(s->loop->uv) + RETRYQ_MS;
    int result = retryq_add(&s->flush.retryq, &datagram, until);

    if (result == 0)
        sendq_skip(&s->flush.sendq, &s->loop->pool);
    else
        fail_first(s, UV_ENOBUFS);
    loop_retry(s->loop, &s->flush.retry_task);
    if (s->flush.retryq.count <= 1)
        socket_watch_changed(s); /* a shared socket receives no more */
}

/* Returns how many unsent datagrams of the chunk may be sent: up to one whose
   destination is in the retry queue. */
static uint32_t sendable(const dgram_socket *s,
                         const struct sendq_chunk *chunk) {
    const dgram_outgoing *messages = &chunk->messages[chunk->next];
    uint32_t count = sendq_sendable(chunk);

    for (uint32_t i = 0; s->flush.retryq.count > 0 && i < count; i++) {
        if (retryq_holds(&s->flush.retryq, messages[i].to))
            return i;
    }
    return count;
}

static void send_chunk(dgram_socket *s, struct sendq_chunk *chunk,
                       uint32_t count) {
    int code;
    size_t sent = datapath_send_until_failure(
        &s->datapath, NULL, &chunk->messages[chunk->next], count, &code);

    if (sent > 0)
        backpressure_taken(&s->flush.backpressure);
    sendq_done(&s->flush.sendq, &s->loop->pool, (uint32_t)sent);
    if (code == UV_ENOBUFS || (code == UV_EAGAIN && destination_is_full(s)))
        retry_later(s);
    else if (code == UV_EAGAIN && !wait_for_kernel(s))
        fail_first(s, code);
    else if (code < 0 && code != UV_EAGAIN)
        sendq_failed(&s->flush.sendq, &s->loop->pool, code);
}

void flush_report_soon(dgram_socket *s) {
    if (s->flush.sendq.waiting > 0 || !list_empty(&s->flush.retryq.done))
        loop_defer(s->loop, &s->flush.task);
}

void flush_drain_soon(dgram_socket *s) {
    if (drain_is_due(s))
        loop_defer(s->loop, &s->flush.task);
}

void flush_now(dgram_socket *s) {
    struct sendq_chunk *chunk;

    stats_note_queue(s);
    while (s->state.bind == STATE_BOUND && !s->flush.backpressure.stopped &&
           (chunk = sendq_first(&s->flush.sendq)) != NULL) {
        uint32_t count = sendable(s, chunk);

        if (count > 0)
            send_chunk(s, chunk, count);
        else if (chunk->status[chunk->next] < 0)
            fail_first(s, chunk->status[chunk->next]);
        else
            retry_later(s);
    }
    flush_report_soon(s);
    flush_drain_soon(s);
}

void flush_bound(dgram_socket *s) {
    if (s->flush.sendq.count > 0)
        loop_defer(s->loop, &s->flush.task);
}

/* Returns the code that a datagram fails with, or 0. */
static int refusal(const dgram_socket *s, const struct sendq_item *item) {
    if (item->length > (socket_is_unix(s) ? INT32_MAX : DATAGRAM_SIZE_MAX))
        return UV_EMSGSIZE;
    if (s->state.connect != STATE_CONNECTED &&
        blocklists_block_to(&s->blocklists, item->to))
        return DGRAM_ERR_IP_BLOCKED;
    return 0;
}

int flush_enqueue(dgram_socket *s, struct sendq_item *item) {
    int result;

    if (item->status == 0)
        item->status = refusal(s, item);
    if (item->status == DGRAM_ERR_IP_BLOCKED)
        stats_add_blocked(s, 1);
    result = sendq_push(&s->flush.sendq, &s->loop->pool, item);
    if (result < 0)
        return error_set(&s->error, result, "send");
    if (s->flush.size_max > 0)
        drain_queue_grew(s);
    if (s->flush.sendq.full)
        flush_now(s);
    else
        loop_defer(s->loop, &s->flush.task);
    return 0;
}

/* Queues the report of a datagram. */
static void record(dgram_socket *s, const dgram_outgoing *message, int status,
                   dgram_send_cb cb) {
    const struct sendq_report report = {cb, message->data, status};

    sendq_record(&s->flush.sendq, connect_destination(&s->connect, message->to),
                 message->length, &report);
}

bool flush_direct(dgram_socket *s, const dgram_outgoing *messages, size_t count,
                  dgram_send_cb cb, size_t *done_out) {
    const struct send_rules rules = {
        .family = (sa_family_t)address_family_of(s->type),
        .flags = cb != NULL ? DGRAM_NO_COPY : 0,
    };
    struct sendq *q = &s->flush.sendq;
    int max = sendq_reserve(q, &s->loop->pool, count);
    size_t sent;
    int code;

    *done_out = 0;
    if (max < 0)
        return false;
    sent = datapath_send_until_failure(&s->datapath, &rules, messages,
                                       (size_t)max, &code);
    for (size_t i = 0; cb != NULL && i < sent; i++)
        record(s, &messages[i], (int)messages[i].length, cb);
    *done_out = sent;
    if (code < 0 && code != UV_EAGAIN && code != UV_ENOBUFS) {
        record(s, &messages[(*done_out)++], code, cb);
        code = 0;
    }
    sendq_settle(q, &s->loop->pool);
    drain_queue_grew(s);
    return code == 0;
}

/* The datagrams that wait for their report in the queue were done before those
   of the retry queue that are done next. */
static void mark_retried(dgram_socket *s) {
    s->flush.retryq.after = s->flush.reported + s->flush.sendq.waiting;
}

static int send_retried(dgram_socket *s,
                        const struct retry_datagram *datagram) {
    const dgram_outgoing message = {
        .payload = datagram->payload,
        .length = datagram->length,
        .to = &datagram->to,
        .info = datagram->info.set != 0 ? &datagram->info : NULL,
    };
    int status;

    dgram_datapath_send(&s->datapath, &message, 1, &status);
    return status;
}

/* Whether the datapath counts no error, since the datagram may be sent later.
 */
static bool is_for_now(int code) {
    return code == UV_EAGAIN || code == UV_ENOBUFS;
}

/* Sends the datagrams of a destination. Returns false on ENOBUFS. */
static bool retry_destination(dgram_socket *s, struct retry_destination *to) {
    bool last = false;

    while (!last) {
        struct retry_datagram *datagram = retryq_first(to);
        int status = send_retried(s, datagram);

        if (status == UV_EAGAIN && destination_is_full(s))
            return false;
        if (status == UV_EAGAIN && wait_for_kernel(s))
            return true;
        if (status == UV_ENOBUFS && uv_now(s->loop->uv) < datagram->until)
            return false;
        if (status >= 0)
            backpressure_taken(&s->flush.backpressure);
        else
            stats_add_send_errors(s, is_for_now(status));
        last = retryq_finish(&s->flush.retryq, to, datagram, status);
    }
    return true;
}

/* Retries each destination once. */
static void retry_all(dgram_socket *s) {
    unsigned left = s->flush.retryq.destination_count, refusals = 0;

    mark_retried(s);
    while (left-- > 0 && refusals < REFUSALS_MAX &&
           !s->flush.backpressure.stopped) {
        struct retry_destination *to = retryq_next(&s->flush.retryq);

        if (retry_destination(s, to))
            continue;
        refusals++;
        retryq_rotate(&s->flush.retryq, to);
    }
    if (s->flush.retryq.count > 0)
        loop_retry(s->loop, &s->flush.retry_task);
    else
        socket_watch_changed(s);
}

void flush_again(dgram_socket *s) {
    bool was_stopped = s->flush.backpressure.stopped;

    backpressure_retry(&s->flush.backpressure);
    if (s->flush.retryq.count > 0)
        retry_all(s);
    flush_now(s);
    if (was_stopped && !s->flush.backpressure.stopped)
        socket_watch_changed(s);
}

void flush_writable(dgram_socket *s) {
    backpressure_writable(&s->flush.backpressure);
    flush_again(s);
}

void flush_fail_all(dgram_socket *s, int status) {
    stats_note_queue(s);
    if (status != UV_ECANCELED)
        stats_add_send_errors(s, flush_count(&s->flush));
    mark_retried(s);
    retryq_finish_all(&s->flush.retryq, status);
    while (sendq_first(&s->flush.sendq) != NULL)
        sendq_failed(&s->flush.sendq, &s->loop->pool, status);
    flush_report_soon(s);
}

/* A datagram without callback that the close cancelled is no error. */
static void report_one(dgram_socket *s, const struct sendq_report *report,
                       const dgram_address *to) {
    if (report->status < 0)
        error_set_address(&s->error, report->status, "send", to);
    if (report->cb != NULL)
        report->cb(s, report->status, report->data);
    else if (report->status != UV_ECANCELED)
        socket_emit_error(s);
}

/* Reports one of the retry queue, unless others come first. */
static bool report_retried(dgram_socket *s) {
    struct retry_datagram *datagram =
        retryq_take_done(&s->flush.retryq, s->flush.reported);
    struct sendq_report report;
    dgram_address to;

    if (datagram == NULL)
        return false;
    report =
        (struct sendq_report){datagram->cb, datagram->data, datagram->status};
    to = datagram->to;
    alloc_free(datagram);
    report_one(s, &report, &to);
    return true;
}

static bool report_queued(dgram_socket *s) {
    struct sendq_report report;
    dgram_address to;

    if (s->flush.sendq.waiting == 0)
        return false;
    report = sendq_report(&s->flush.sendq, &s->loop->pool, &to);
    s->flush.reported++;
    report_one(s, &report, &to);
    return true;
}

bool flush_report_next(dgram_socket *s) {
    return report_retried(s) || report_queued(s);
}

/* Datagrams that callbacks add are reported by the next call, so this ends. If
   a callback does not return, the task reports the rest: it is queued already.
 */
void flush_report(dgram_socket *s) {
    size_t left = s->flush.sendq.waiting;

    while (report_retried(s) || (left-- > 0 && report_queued(s)))
        continue;
}

static void flush_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, flush.task);

    flush_now(s);
    flush_report(s);
    drain_emit(s);
}

static void retry_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, flush.retry_task);

    if (!backpressure_awaits_writable(&s->flush.backpressure))
        flush_again(s);
    flush_report(s);
}

void flush_init(dgram_socket *s, const dgram_options *options) {
    sendq_init(&s->flush.sendq);
    retryq_init(&s->flush.retryq);
    s->flush.size_max = options->send_queue_size_max;
    task_init(&s->flush.task, flush_task);
    task_init(&s->flush.retry_task, retry_task);
}

void flush_close(dgram_socket *s) {
    flush_fail_all(s, UV_ECANCELED);
    loop_cancel(s->loop, &s->flush.task);
    loop_cancel(s->loop, &s->flush.retry_task);
    drain_close(s);
}
