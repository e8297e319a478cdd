/* The happy way: the first chunk of the queue is built into messages, one for
   each run of equal datagrams; one system call takes them; what it took is
   marked as sent; and so on until the queue is empty.

   What can go wrong, each leaving every datagram sent or failed exactly once:
   - the kernel takes only the first k messages: the next call begins behind;
   - it takes no more for now (EAGAIN, ENOBUFS): we wait for writability;
   - it refuses a run for its form (EIO, EINVAL, EMSGSIZE): the path is
     remembered, and the same datagrams are built again, one by one;
   - it refuses for another reason: that is the first datagram's own failure.
     The others are tried again, as if each had been sent alone. */
#include "flush.h"

#include "base/util.h"
#include "watch.h"

static bool is_for_now(int code) {
    return code == UV_EAGAIN || code == UV_ENOBUFS;
}

static bool is_for_form(int code) {
    return code == UV_EIO || code == UV_EINVAL || code == UV_EMSGSIZE;
}

/* The first message of the batch was refused. */
static void handle_refusal(dgram_socket *s, const struct segment_batch *batch,
                           int code) {
    const struct sendq_chunk *chunk = sendq_first(&s->sendq);
    const struct sendq_run *run = &chunk->runs[chunk->run];

    if (is_for_now(code)) {
        s->blocked = true;
        watch_update(s);
    } else if (batch->datagrams[0] > 1 && is_for_form(code)) {
        path_refused(&s->loop->paths, &run->to, run->size, code,
                     uv_now(s->loop->uv));
    } else {
        sendq_failed(&s->sendq, &s->loop->pool, code);
    }
}

static void send_chunk(dgram_socket *s, const struct sendq_chunk *chunk) {
    struct segment_batch *batch = &s->loop->arena->batch;
    const struct segment_rules rules = {
        .segments_max = s->segments_max,
        .paths = &s->loop->paths,
        .peer = s->state.connect == STATE_CONNECTED ? &s->remote : NULL,
        .now = uv_now(s->loop->uv),
    };
    uint32_t datagrams = 0;
    int sent;

    segment_build(batch, chunk, &rules);
    sent = platform->send(s->fd, batch->messages, batch->count);
    for (int i = 0; i < sent; i++)
        datagrams += batch->datagrams[i];
    if (sent > 0)
        sendq_sent(&s->sendq, &s->loop->pool, datagrams);
    else
        handle_refusal(s, batch, sent);
}

void flush_now(dgram_socket *s) {
    struct sendq_chunk *chunk;

    while (s->state.bind == STATE_BOUND && !s->blocked &&
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
    bool was_blocked = s->blocked;

    s->blocked = false;
    flush_now(s);
    if (was_blocked && !s->blocked)
        watch_update(s);
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
