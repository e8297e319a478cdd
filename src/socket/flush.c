/* The happy path: the first chunk of the queue is handed to the datapath, which
   sends it in as few system calls as it can and says what became of each
   datagram; that is noted; and so on until the queue is empty.

   What the datapath leaves to its caller, each datagram still being sent or
   failed exactly once:
   - the kernel takes no more for now (EAGAIN): we wait for writability, and
     where that brings nothing a little longer; in the end it is the datagram's
     own failure;
   - it has no buffers (ENOBUFS): that datagram is put aside (retryq.h), and
     those to other destinations go on. */
#include "socket/flush.h"

#include "util/alloc.h"
#include "util/util.h"
#include "socket/watch.h"

/* Destinations without buffers that one retry tries. With more than that the
   system is short of them. */
#define REFUSALS_MAX 256u

/* A disconnect gave its port up, and the kernel finds no other. */
static bool has_no_port(const dgram_socket *s) {
    dgram_address here;

    return platform->local_address(s->datapath.fd, &here) >= 0 &&
           dgram_address_port(&here) == 0;
}

/* Returns whether the kernel may take the message later. */
static bool wait_for_space(dgram_socket *s) {
    if (s->backpressure.writable && has_no_port(s))
        return false;
    if (!backpressure_refused(&s->backpressure, socket_is_shared(s)))
        return false;
    if (s->backpressure.resting)
        loop_retry(s->loop, &s->retry_task);
    watch_update(s);
    return true;
}

/* Puts the first datagram of the queue aside, for want of buffers. */
static void set_aside(dgram_socket *s) {
    struct sendq_datagram datagram = sendq_peek(&s->sendq);
    int result = retryq_add(&s->retryq, &datagram, uv_now(s->loop->uv));

    if (result == 0)
        sendq_skip(&s->sendq, &s->loop->pool);
    else
        sendq_failed(&s->sendq, &s->loop->pool, UV_ENOBUFS);
    loop_retry(s->loop, &s->retry_task);
    if (s->retryq.count <= 1)
        watch_update(s); /* a shared descriptor is not read any further */
}

/* How many of the chunk's unsent datagrams may go now. Nothing overtakes a
   datagram to the same destination. */
static uint32_t sendable(const dgram_socket *s,
                         const struct sendq_chunk *chunk) {
    const dgram_outgoing *messages = &chunk->messages[chunk->next];
    uint32_t count = sendq_sendable(chunk);

    for (uint32_t i = 0; s->retryq.count > 0 && i < count; i++) {
        if (retryq_holds(&s->retryq, messages[i].to))
            return i;
    }
    return count;
}

static void note_taken(dgram_socket *s, const int *status, int count) {
    for (int i = 0; i < count; i++) {
        if (status[i] >= 0) {
            backpressure_taken(&s->backpressure);
            return;
        }
    }
}

static void send_chunk(dgram_socket *s, struct sendq_chunk *chunk,
                       uint32_t count) {
    int *status = &chunk->status[chunk->next];
    int done = dgram_datapath_send(&s->datapath, &chunk->messages[chunk->next],
                                   count, status);
    int code = 0;

    if (done < 0)
        done = 0;
    if ((uint32_t)done < count) {
        code = status[done];
        status[done] = 0; /* it stays unsent */
    }
    note_taken(s, status, done);
    sendq_done(&s->sendq, &s->loop->pool, (uint32_t)done);
    if (code == UV_ENOBUFS)
        set_aside(s);
    else if (code < 0 && !wait_for_space(s))
        sendq_failed(&s->sendq, &s->loop->pool, code);
}

void flush_report_soon(dgram_socket *s) {
    if (s->sendq.waiting > 0 || !list_empty(&s->retryq.done))
        loop_defer(s->loop, &s->send_task);
}

void flush_now(dgram_socket *s) {
    struct sendq_chunk *chunk;

    while (s->state.bind == STATE_BOUND && !s->backpressure.stopped &&
           (chunk = sendq_first(&s->sendq)) != NULL) {
        uint32_t count = sendable(s, chunk);

        if (count > 0)
            send_chunk(s, chunk, count);
        else if (chunk->status[chunk->next] < 0)
            sendq_failed(&s->sendq, &s->loop->pool, chunk->status[chunk->next]);
        else
            set_aside(s);
    }
    flush_report_soon(s);
}

/* What the queue had to report so far was done with before those that were set
   aside. */
static void place_retried(dgram_socket *s) {
    if (list_empty(&s->retryq.done))
        s->retryq.done_behind = s->sendq.waiting;
}

static int send_retried(dgram_socket *s,
                        const struct retry_datagram *datagram) {
    const dgram_outgoing message = {
        .payload = datagram->payload,
        .length = datagram->length,
        .to = &datagram->to,
    };
    int status;

    dgram_datapath_send(&s->datapath, &message, 1, &status);
    return status;
}

/* Sends what a destination has. Returns false if it has no buffers again. */
static bool retry_destination(dgram_socket *s, struct retry_destination *to) {
    bool last = false;

    while (!last) {
        struct retry_datagram *datagram = retryq_first(to);
        int status = send_retried(s, datagram);

        if (status == UV_EAGAIN && wait_for_space(s))
            return true;
        if (status == UV_ENOBUFS && uv_now(s->loop->uv) < datagram->until)
            return false;
        if (status >= 0)
            backpressure_taken(&s->backpressure);
        last = retryq_finish(&s->retryq, to, datagram, status);
    }
    return true;
}

/* Each destination once, as long as the kernel takes most. */
static void retry_all(dgram_socket *s) {
    unsigned left = s->retryq.destination_count, refusals = 0;

    place_retried(s);
    while (left-- > 0 && refusals < REFUSALS_MAX && !s->backpressure.stopped) {
        struct retry_destination *to = retryq_next(&s->retryq);

        if (retry_destination(s, to))
            continue;
        refusals++;
        retryq_turn(&s->retryq, to);
    }
    if (s->retryq.count > 0)
        loop_retry(s->loop, &s->retry_task);
    else
        watch_update(s);
}

void flush_again(dgram_socket *s) {
    bool was_closed = s->backpressure.stopped;

    backpressure_retry(&s->backpressure);
    if (s->retryq.count > 0)
        retry_all(s);
    flush_now(s);
    if (was_closed && !s->backpressure.stopped)
        watch_update(s);
}

void flush_writable(dgram_socket *s) {
    backpressure_writable(&s->backpressure);
    flush_again(s);
}

void flush_fail_all(dgram_socket *s, int status) {
    place_retried(s);
    retryq_finish_all(&s->retryq, status);
    while (sendq_first(&s->sendq) != NULL)
        sendq_failed(&s->sendq, &s->loop->pool, status);
    flush_report_soon(s);
}

/* A datagram that a close overtook is nobody's error if nobody asked. */
static void report_one(dgram_socket *s, const struct sendq_report *report,
                       const dgram_address *to) {
    if (report->status < 0)
        error_set_address(&s->error, report->status, "send", to);
    if (report->cb != NULL)
        report->cb(s, report->status, report->data);
    else if (report->status != UV_ECANCELED)
        socket_emit_error(s);
}

/* One that was set aside, if it is its turn. */
static bool report_retried(dgram_socket *s) {
    struct retry_datagram *datagram =
        s->retryq.done_behind == 0 ? retryq_take_done(&s->retryq) : NULL;
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

    if (s->sendq.waiting == 0)
        return false;
    report = sendq_report(&s->sendq, &s->loop->pool, &to);
    if (s->retryq.done_behind > 0)
        s->retryq.done_behind--;
    report_one(s, &report, &to);
    return true;
}

bool flush_report_next(dgram_socket *s) {
    return report_retried(s) || report_queued(s);
}

/* What callbacks add is reported the next time, so this ends. The task waits
   for that already: what a callback that does not return leaves comes then. */
void flush_report(dgram_socket *s) {
    size_t left = s->sendq.waiting;

    while (report_retried(s) || (left-- > 0 && report_queued(s)))
        continue;
}

void flush_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, send_task);

    flush_now(s);
    flush_report(s);
}

void flush_retry_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, retry_task);

    if (!backpressure_awaits_writable(&s->backpressure))
        flush_again(s);
    flush_report(s);
}
