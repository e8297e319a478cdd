/* The happy way: the first chunk of the queue is built into messages, one for
   each run of equal datagrams; one system call takes them; what it took is
   marked as sent; and so on until the queue is empty.

   What can go wrong, each leaving every datagram sent or failed exactly once:
   - the kernel takes only the first k messages: the next call begins behind;
   - the next one met with an error of the peer (an ICMP message), which is told
     once, here to nobody: so a socket that was connected a moment ago, or has
     heard of such an error, sends one message a call;
   - it takes no more for now (EAGAIN): we wait for writability, and where that
     brings nothing a little longer;
   - it has no buffers (ENOBUFS), though the socket may be writable: we rest a
     little. A datagram for which it has none for a second has failed: some
     systems never have enough for a long one;
   - it refuses a run for its form (EIO, EINVAL, EMSGSIZE): the path is
     remembered, and the same datagrams are built again, one by one;
   - it refuses for another reason: that is the first datagram's own failure.
     The others are tried again, as if each had been sent alone. */
#include "flush.h"

#include "base/util.h"
#include "watch.h"

static bool is_for_form(int code) {
    return code == UV_EIO || code == UV_EINVAL || code == UV_EMSGSIZE;
}

/* One that was connected, and its gate says so. The clock is read only then. */
static bool goes_singly(dgram_socket *s) {
    return s->state.connect == STATE_CONNECTED && s->gate.singly_until != 0 &&
           gate_goes_singly(&s->gate, uv_hrtime());
}

/* The first message that is not sent, of so many datagrams, was refused. */
static void handle_refusal(dgram_socket *s, uint32_t datagrams, int code) {
    const struct sendq_chunk *chunk = sendq_first(&s->sendq);
    const struct sendq_run *run = &chunk->runs[chunk->run];

    if (gate_refused(&s->gate, code)) {
        if (s->gate.resting)
            loop_retry(s->loop, &s->retry_task);
        watch_update(s);
        return;
    }
    if (datagrams > 1 && is_for_form(code)) {
        path_refused(&s->loop->paths, &run->to, run->size, code,
                     uv_now(s->loop->uv));
    } else {
        if (!is_for_form(code))
            gate_peer_failed(&s->gate, uv_hrtime());
        if (code == UV_EINVAL)
            path_forget(&s->loop->paths, &run->to);
        sendq_failed(&s->sendq, &s->loop->pool, code);
    }
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

static void send_chunk(dgram_socket *s, const struct sendq_chunk *chunk) {
    struct segment_batch *batch = s->loop->batch;
    const struct segment_rules rules = {
        .segments_max = s->segments_max,
        .paths = &s->loop->paths,
        .peer = s->state.connect == STATE_CONNECTED ? &s->remote : NULL,
        .now = uv_now(s->loop->uv),
    };
    uint32_t sent, datagrams = 0;
    int code;

    segment_build(batch, chunk, &rules);
    code = hand_over(s, batch, &sent);
    for (uint32_t i = 0; i < sent; i++)
        datagrams += batch->datagrams[i];
    if (datagrams > 0) {
        sendq_sent(&s->sendq, &s->loop->pool, datagrams);
        gate_taken(&s->gate);
    }
    if (code < 0)
        handle_refusal(s, batch->datagrams[sent], code);
}

void flush_now(dgram_socket *s) {
    struct sendq_chunk *chunk;

    while (s->state.bind == STATE_BOUND && !s->gate.closed &&
           (chunk = sendq_first(&s->sendq)) != NULL) {
        int refused = chunk->runs[chunk->run].status;

        if (refused < 0)
            sendq_failed(&s->sendq, &s->loop->pool, refused);
        else
            send_chunk(s, chunk);
    }
    if (s->sendq.waiting > 0)
        loop_defer(s->loop, &s->send_task);
}

void flush_again(dgram_socket *s) {
    bool was_closed = s->gate.closed;

    gate_open(&s->gate);
    flush_now(s);
    if (was_closed && !s->gate.closed)
        watch_update(s);
}

void flush_writable(dgram_socket *s) {
    gate_room_came(&s->gate);
    flush_again(s);
}

void flush_fail_all(dgram_socket *s, int status) {
    while (sendq_first(&s->sendq) != NULL)
        sendq_failed(&s->sendq, &s->loop->pool, status);
    if (s->sendq.waiting > 0)
        loop_defer(s->loop, &s->send_task);
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

void flush_report(dgram_socket *s) {
    /* What callbacks add is reported the next time, so this ends. */
    for (size_t n = s->sendq.waiting; n > 0; n--) {
        dgram_address to;
        struct sendq_report report =
            sendq_report(&s->sendq, &s->loop->pool, &to);

        tell(s, &report, &to);
    }
}

void flush_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, send_task);

    flush_now(s);
    flush_report(s);
}

void flush_retry_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, retry_task);

    gate_rested(&s->gate);
    flush_again(s);
    flush_report(s);
}
