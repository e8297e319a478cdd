/* From the queue to the kernel, and the reports that follow. */
#ifndef DGRAM_SOCKET_FLUSH_H
#define DGRAM_SOCKET_FLUSH_H

#include "namespace.h"
#include "dgram.h"
#include "datapath/backpressure.h"
#include "loop/loop.h"
#include "loop/sendq.h"
#include "socket/retry.h"

struct flush_part {
    struct sendq sendq;
    struct retry_part retry; /* datagrams that wait for their destination */
    uint64_t reported;       /* reports of sendq, since the socket was made */
    struct backpressure backpressure; /* of the kernel, for both queues */
    size_t size_max;  /* limit of the queues in bytes; 0: none */
    struct task task; /* sends, runs callbacks, emits `drain` */
};

void flush_init(dgram_socket *s, const dgram_options *options);

/* Datagrams that are not sent yet, and their bytes. */
static inline size_t flush_count(const struct flush_part *flush) {
    return flush->sendq.count + flush->retry.queue.count;
}

static inline size_t flush_size(const struct flush_part *flush) {
    return flush->sendq.size + flush->retry.queue.size;
}

/* Bytes that datagrams take up until they are reported, and the limit for
   those; 0: none. */
static inline size_t flush_cost(const struct flush_part *flush) {
    return flush->sendq.cost + flush->retry.queue.cost;
}

static inline size_t flush_size_max(const struct flush_part *flush) {
    return flush->size_max;
}

/* Bytes that may still be queued, if `others` are used elsewhere. */
static inline size_t flush_space(const struct flush_part *flush,
                                 size_t others) {
    size_t cost = flush_cost(flush) + others;

    if (flush->size_max == 0)
        return SIZE_MAX;
    return cost < flush->size_max ? flush->size_max - cost : 0;
}

/* For retry.c: its own part. */
static inline struct retry_part *flush_retry(struct flush_part *flush) {
    return &flush->retry;
}

/* For retry.c: whether the kernel accepts datagrams. */
static inline struct backpressure *flush_backpressure(
    struct flush_part *flush) {
    return &flush->backpressure;
}

/* For retry.c: how many reports of the send queue, since the socket was made,
   come before that of the next datagram of the retry queue. */
static inline uint64_t flush_reports_before(const struct flush_part *flush) {
    return flush->reported + flush->sendq.waiting;
}

/* Whether no datagram waits for those before it. */
static inline bool flush_queue_is_empty(const struct flush_part *flush) {
    return flush->sendq.count == 0;
}

/* Whether datagrams to the destination wait for buffers of the kernel. */
static inline bool flush_is_retrying(const struct flush_part *flush,
                                     const dgram_address *to) {
    return retry_holds(&flush->retry, to);
}

/* The kernel accepted a datagram that was not queued. */
static inline void flush_taken(struct flush_part *flush) {
    backpressure_taken(&flush->backpressure);
}

/* Whether datagrams wait for the kernel. */
static inline bool flush_is_blocked(const struct flush_part *flush) {
    return flush->backpressure.stopped || flush->retry.queue.count > 0;
}

/* Whether the kernel accepts no datagram for now, and what ends that:
   writability, or a timer. */
static inline bool flush_is_stopped(const struct flush_part *flush) {
    return flush->backpressure.stopped;
}

static inline bool flush_awaits_writable(const struct flush_part *flush) {
    return backpressure_awaits_writable(&flush->backpressure);
}

static inline bool flush_awaits_timer(const struct flush_part *flush) {
    return flush->backpressure.resting;
}

/* Schedules a flush, with its reports. */
static inline void flush_soon(struct flush_part *flush, struct loop *loop) {
    loop_defer(loop, &flush->task);
}

/* Appends a datagram to the queue and schedules a flush. A datagram that cannot
   be sent (it is too long or blocked, or item->status is negative) is queued,
   too, so that callbacks come in order. Returns 0, or a negative code, recorded
   in s->error. */
int flush_enqueue(dgram_socket *s, struct sendq_item *item);

/* Sends datagrams from the caller's memory. The queue must be empty. Stops at
   the first datagram that has a host or parts, or is misuse. *done_out is how
   many were sent or failed; their callbacks are queued. Returns false if the
   kernel accepts no more now. */
#define FLUSH_DIRECT_MAX 1024u /* datagrams of one call */
bool flush_direct(dgram_socket *s, const dgram_outgoing *messages, size_t count,
                  dgram_send_cb cb, size_t *done_out);

/* The socket was bound: schedules the datagrams that waited for that. */
void flush_bound(dgram_socket *s);

/* Passes queued datagrams to the kernel, as many as it takes. Callbacks run
   later. */
void flush_now(dgram_socket *s);

/* The same, even while the kernel accepts no more, and also retries. */
void flush_again(dgram_socket *s);

/* The same, when the socket has become writable. */
void flush_writable(dgram_socket *s);

/* The same, also for destinations whose queue was full. It may have space that
   the loop has not polled yet. */
void flush_all(dgram_socket *s);

/* Fails all unsent datagrams with `status`. */
void flush_fail_all(dgram_socket *s, int status);

/* Runs the callbacks, or emits the errors, of what was sent or failed before
   this call. */
void flush_report(dgram_socket *s);

/* Reports the next one only. Returns false if there is none. */
bool flush_report_next(dgram_socket *s);

/* Schedules flush_report(), if there is anything to report. */
void flush_report_soon(dgram_socket *s);

/* The queue has shrunk: schedules the event `drain` if it is due. */
void flush_drain_soon(dgram_socket *s);

/* Called by the close: fails all unsent datagrams with UV_ECANCELED. */
void flush_close(dgram_socket *s);

#endif
