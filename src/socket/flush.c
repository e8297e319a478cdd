/* The happy way: the first chunk of the queue is built into messages, one for
   each run of equal datagrams; one system call takes them; what it took is
   marked as sent; and so on until the queue is empty.

   What can go wrong, each leaving every datagram sent or failed exactly once:
   - the kernel takes only the first k messages: the next call begins behind;
   - the next one met with an error of the peer (an ICMP message), which is told
     once, here to nobody: so a socket that was connected a moment ago, or has
     heard of such an error, sends one message a call;
   - it takes no more for now (EAGAIN): we wait for writability, and where that
     brings nothing a little longer; in the end it is the datagram's own
   failure;
   - it has no buffers (ENOBUFS): that datagram is put aside (retryq.h), and
   those to other destinations go on;
   - it refuses a run: the same datagrams are built again, one by one, and if
   they pass the destination is remembered. Only an error that the peer left on
   the socket is the first datagram's: the kernel tells it once;
   - it refuses a datagram alone: that is its own failure. The others are tried
     again, as if each had been sent alone. */
#include "socket/flush.h"

#include "util/alloc.h"
#include "util/util.h"
#include "socket/watch.h"

/* Destinations without buffers that one retry tries. With more than that the
   system is short of them. */
#define REFUSALS_MAX 256u

/* One that was connected, and its gate says so. The clock is read only then. */
static bool goes_singly(dgram_socket *s) {
    return s->state.connect == STATE_CONNECTED && s->gate.singly_until != 0 &&
           gate_goes_singly(&s->gate, uv_hrtime());
}

/* Codes that an ICMP message leaves on a connected socket. */
static bool is_peer_error(int code) {
    return code == UV_ECONNREFUSED || code == UV_EHOSTUNREACH ||
           code == UV_ENETUNREACH || code == UV_EHOSTDOWN ||
           code == UV_ENONET || code == UV_EPROTO;
}

/* A disconnect gave its port up, and the kernel finds no other. */
static bool has_no_port(const dgram_socket *s) {
    dgram_address here;

    return platform->local_address(s->fd, &here) >= 0 &&
           dgram_address_port(&here) == 0;
}

/* Returns whether the kernel may take the message later. */
static bool wait_for_room(dgram_socket *s) {
    if (s->gate.room && has_no_port(s))
        return false;
    if (!gate_refused(&s->gate, socket_is_shared(s)))
        return false;
    if (s->gate.resting)
        loop_retry(s->loop, &s->retry_task);
    watch_update(s);
    return true;
}

/* A packet filter may answer the message that it refuses: then the socket has
   an error that is about the run, and would cost a datagram that passes alone.
   The call has taken off what was there before. */
static void drop_answer(dgram_socket *s) {
    int code;
    socklen_t size = sizeof(code);

    platform->get_option(s->fd, SOL_SOCKET, SO_ERROR, &code, &size);
}

/* A run was refused. The same code twice for one run is not the peer's: the
   first time took that off the socket. */
static void handle_refused_run(dgram_socket *s, struct sendq_run *run,
                               int code) {
    if (s->state.connect == STATE_CONNECTED && is_peer_error(code) &&
        !run->peer_error) {
        run->peer_error = true;
        gate_peer_failed(&s->gate, uv_hrtime());
        sendq_failed(&s->sendq, &s->loop->pool, code);
    } else {
        run->gso_refused = (int16_t)code;
        drop_answer(s);
    }
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

/* The first message that is not sent, of so many datagrams, was refused. */
static void handle_refusal(dgram_socket *s, uint32_t datagrams, int code) {
    const struct sendq_chunk *chunk = sendq_first(&s->sendq);

    if (code == UV_EAGAIN && wait_for_room(s))
        return;
    if (datagrams > 1) {
        handle_refused_run(s, &chunk->runs[chunk->run], code);
    } else if (code == UV_ENOBUFS) {
        set_aside(s);
    } else {
        gate_peer_failed(&s->gate, uv_hrtime());
        sendq_failed(&s->sendq, &s->loop->pool, code);
    }
}

/* A run was refused, and a datagram of it has passed alone. A code that the
   descriptor is to blame for holds for all destinations. */
static void remember_refusal(dgram_socket *s, const dgram_address *to,
                             uint32_t size, int code) {
    if (code == UV_EAGAIN)
        return;
    if (platform->segments_max(s->fd) == 1)
        s->segments_max = 1;
    else
        gso_cache_refused(&s->loop->gso_cache, s->serial, to, size, code,
                          uv_now(s->loop->uv));
}

/* Returns 0, or what the first message that is not sent met with. What the
   kernel did not take at first and takes alone had met with an error that is
   lost. */
static int hand_over(dgram_socket *s, const struct segment_batch *batch,
                     uint32_t *sent_out) {
    bool connected = s->state.connect == STATE_CONNECTED;
    bool singly = goes_singly(s);
    bool stopped = false;
    uint32_t sent = 0;

    while (sent < batch->count && (connected || sent == 0)) {
        uint32_t count = singly ? 1 : batch->count - sent;
        int result = platform->send(s->fd, &batch->messages[sent], count);

        *sent_out = sent;
        if (result < 0)
            return result;
        if (stopped)
            gate_peer_failed(&s->gate, uv_hrtime());
        sent += (uint32_t)result;
        stopped = (uint32_t)result < count;
        singly |= stopped;
    }
    *sent_out = sent;
    return 0;
}

static const dgram_address *peer_of(const dgram_socket *s) {
    return s->state.connect == STATE_CONNECTED ? &s->remote : NULL;
}

static void send_chunk(dgram_socket *s, const struct sendq_chunk *chunk) {
    struct segment_batch *batch = s->loop->batch;
    const struct segment_rules rules = {
        .segments_max = s->segments_max,
        .local_only = s->offload.local_only,
        .gso_cache = &s->loop->gso_cache,
        .owner = s->serial,
        .retryq = s->retryq.count > 0 ? &s->retryq : NULL,
        .peer = peer_of(s),
        .now = uv_now(s->loop->uv),
    };
    const struct sendq_run first = chunk->runs[chunk->run];
    uint32_t sent, datagrams = 0;
    int code;

    segment_build(batch, chunk, &rules);
    code = hand_over(s, batch, &sent);
    for (uint32_t i = 0; i < sent; i++)
        datagrams += batch->datagrams[i];
    if (datagrams > 0) {
        if (first.gso_refused != 0)
            remember_refusal(s, &first.to, first.size, first.gso_refused);
        sendq_sent(&s->sendq, &s->loop->pool, datagrams);
        gate_taken(&s->gate);
    }
    if (code < 0)
        handle_refusal(s, batch->datagrams[sent], code);
}

static void report_soon(dgram_socket *s) {
    if (s->sendq.waiting > 0 || !list_empty(&s->retryq.done))
        loop_defer(s->loop, &s->send_task);
}

/* Nothing overtakes a datagram to the same destination. */
static bool must_wait(const dgram_socket *s, const struct sendq_run *run) {
    return s->retryq.count > 0 && retryq_holds(&s->retryq, &run->to);
}

void flush_now(dgram_socket *s) {
    struct sendq_chunk *chunk;

    while (s->state.bind == STATE_BOUND && !s->gate.closed &&
           (chunk = sendq_first(&s->sendq)) != NULL) {
        const struct sendq_run *run = &chunk->runs[chunk->run];

        if (run->status < 0)
            sendq_failed(&s->sendq, &s->loop->pool, run->status);
        else if (must_wait(s, run))
            set_aside(s);
        else
            send_chunk(s, chunk);
    }
    report_soon(s);
}

/* What the queue had to report so far was done with before those that were set
   aside. */
static void place_retried(dgram_socket *s) {
    if (list_empty(&s->retryq.done))
        s->retryq.done_behind = s->sendq.waiting;
}

static int send_retried(dgram_socket *s,
                        const struct retry_datagram *datagram) {
    const dgram_address *peer = peer_of(s);
    struct iovec part = {(void *)(uintptr_t)datagram->payload,
                         datagram->length};
    struct platform_out message = {
        .to = peer != NULL && address_same(&datagram->to, peer) ? NULL
                                                                : &datagram->to,
        .parts = &part,
        .part_count = 1,
    };
    int result = platform->send(s->fd, &message, 1);

    return result < 0 ? result : (int)datagram->length;
}

/* Sends what a destination has. Returns false if it has no buffers again. */
static bool retry_destination(dgram_socket *s, struct retry_destination *to) {
    bool last = false;

    while (!last) {
        struct retry_datagram *datagram = retryq_first(to);
        int status = send_retried(s, datagram);

        if (status == UV_EAGAIN && wait_for_room(s))
            return true;
        if (status == UV_ENOBUFS && uv_now(s->loop->uv) < datagram->until)
            return false;
        if (status >= 0)
            gate_taken(&s->gate);
        last = retryq_finish(&s->retryq, to, datagram, status);
    }
    return true;
}

/* Each destination once, as long as the kernel takes most. */
static void retry_all(dgram_socket *s) {
    unsigned left = s->retryq.destination_count, refusals = 0;

    place_retried(s);
    while (left-- > 0 && refusals < REFUSALS_MAX && !s->gate.closed) {
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
    bool was_closed = s->gate.closed;

    gate_open(&s->gate);
    if (s->retryq.count > 0)
        retry_all(s);
    flush_now(s);
    if (was_closed && !s->gate.closed)
        watch_update(s);
}

void flush_writable(dgram_socket *s) {
    gate_room_came(&s->gate);
    flush_again(s);
}

void flush_fail_all(dgram_socket *s, int status) {
    place_retried(s);
    retryq_finish_all(&s->retryq, status);
    while (sendq_first(&s->sendq) != NULL)
        sendq_failed(&s->sendq, &s->loop->pool, status);
    report_soon(s);
}

/* A datagram that a close overtook is nobody's error if nobody asked. */
static void tell(dgram_socket *s, const struct sendq_report *report,
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
    tell(s, &report, &to);
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
    tell(s, &report, &to);
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

    if (!gate_waits_for_room(&s->gate))
        flush_again(s);
    flush_report(s);
}
