/* Happy path: flush_now() passes the first chunk of the queue to the datapath,
   which sends it with few system calls and sets the status of each datagram.
   This repeats until the queue is empty. A task reports the results.

   Errors that the datapath leaves to its caller:
   - EAGAIN: the kernel accepts no more for now. The socket waits until it is
     writable. If it is writable, and the kernel still accepts nothing, it waits
     for a timer. After several such waits the datagram fails.
   - ENOBUFS: the kernel has no buffers for that datagram. It waits in the retry
     queue (retryq.h), and datagrams to other destinations are sent.
   - EAGAIN of a Unix socket whose own send buffer has space: the queue of the
     destination is full. If the destination is the peer, the socket becomes
     writable when the peer reads. Otherwise the datagram waits in the retry
     queue as well, until the destination reads (unix_wait.h).

   Each datagram is sent once or fails once. */
#include "socket/flush.h"

#include "util/alloc.h"
#include "util/util.h"
#include "socket/socket.h"

/* Whether the reason for UV_EAGAIN was a destination that is not the peer. The
   socket does not become writable when the queue of such a destination has
   space. */
static bool other_is_full(const dgram_socket *s) {
    const dgram_address *to = sendq_peek(&s->flush.sendq).to;

    return socket_is_unix(s) &&
           (s->state.connect != STATE_CONNECTED ||
            !address_same(to, connect_destination(&s->connect, NULL))) &&
           retry_destination_is_full(s);
}

/* The first datagram of the queue fails. The datapath did not try it, or
   counted no error. */
static void fail_first(dgram_socket *s, int code) {
    stats_add_send_errors(s, code != DGRAM_ERR_IP_BLOCKED);
    sendq_failed(&s->flush.sendq, &s->loop->pool, code);
}

/* The first datagram of the queue has to wait for its destination. */
static void retry_first(dgram_socket *s, int code) {
    struct sendq_datagram datagram = sendq_peek(&s->flush.sendq);

    if (retry_add(s, &datagram, code) < 0)
        fail_first(s, socket_is_unix(s) ? UV_ENOMEM : UV_ENOBUFS);
    else
        sendq_skip(&s->flush.sendq, &s->loop->pool);
}

/* Returns how many unsent datagrams of the chunk may be sent: up to one whose
   destination is in the retry queue. */
static uint32_t sendable(const dgram_socket *s,
                         const struct sendq_chunk *chunk) {
    const dgram_outgoing *messages = &chunk->messages[chunk->next];
    uint32_t count = sendq_sendable(chunk);

    if (s->flush.retry.queue.count == 0)
        return count;
    for (uint32_t i = 0; i < count; i++) {
        if (retry_holds(&s->flush.retry, messages[i].to))
            return i;
    }
    return count;
}

static void send_chunk(dgram_socket *s, struct sendq_chunk *chunk,
                       uint32_t count) {
    int code;
    size_t sent = datapath_send_until_failure(
        &s->datapath, NULL, &chunk->messages[chunk->next], count, &code);

    if (sent > 0) {
        backpressure_taken(&s->flush.backpressure);
        s->flush.retry.queue.delay = RETRY_MS;
    }
    sendq_done(&s->flush.sendq, &s->loop->pool, (uint32_t)sent);
    if (code == UV_ENOBUFS || (code == UV_EAGAIN && other_is_full(s)))
        retry_first(s, code);
    else if (code == UV_EAGAIN && !retry_wait_for_kernel(s))
        fail_first(s, code);
    else if (code < 0 && code != UV_EAGAIN)
        sendq_failed(&s->flush.sendq, &s->loop->pool, code);
}

void flush_report_soon(dgram_socket *s) {
    if (s->flush.sendq.waiting > 0 || !list_empty(&s->flush.retry.queue.done))
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
            retry_first(s, 0);
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
        .family = (uint16_t)address_family_of(s->type),
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

void flush_again(dgram_socket *s) {
    bool was_stopped = s->flush.backpressure.stopped;

    backpressure_retry(&s->flush.backpressure);
    if (s->flush.retry.queue.count > 0)
        retry_all(s);
    flush_now(s);
    if (was_stopped && !s->flush.backpressure.stopped)
        socket_watch_changed(s);
}

void flush_writable(dgram_socket *s) {
    s->flush.retry.queue.delay = RETRY_MS;
    backpressure_writable(&s->flush.backpressure);
    flush_again(s);
}

void flush_all(dgram_socket *s) {
    flush_again(s);
    retry_waiting(s);
    flush_report_soon(s);
    flush_drain_soon(s);
}

void flush_fail_all(dgram_socket *s, int status) {
    stats_note_queue(s);
    if (status != UV_ECANCELED)
        stats_add_send_errors(s, flush_count(&s->flush));
    retry_fail_all(s, status);
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
        retryq_take_done(&s->flush.retry.queue, s->flush.reported);
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
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, flush.retry.task);

    retry_slower(s);
    if (socket_is_unix(s) || !flush_awaits_writable(&s->flush))
        flush_again(s);
    flush_report(s);
}

void flush_init(dgram_socket *s, const dgram_options *options) {
    sendq_init(&s->flush.sendq);
    s->flush.size_max = options->send_queue_size_max;
    task_init(&s->flush.task, flush_task);
    task_init(&s->flush.retry.task, retry_task);
    retry_init(s);
}

void flush_close(dgram_socket *s) {
    flush_fail_all(s, UV_ECANCELED);
    loop_cancel(s->loop, &s->flush.task);
    retry_close(s);
    drain_close(s);
}
