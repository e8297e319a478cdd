/* From the queue to the kernel, and the reports that follow. */
#ifndef DGRAM_SOCKET_FLUSH_H
#define DGRAM_SOCKET_FLUSH_H

#include "namespace.h"
#include "dgram.h"
#include "datapath/backpressure.h"
#include "loop/loop.h"
#include "loop/sendq.h"
#include "socket/retryq.h"

struct flush_part {
    struct sendq sendq;
    struct retryq retryq; /* datagrams that the kernel has no buffers for */
    struct backpressure backpressure; /* between these and the kernel */
    size_t size_max;        /* bytes that may wait to be sent; 0: no bound */
    struct task task;       /* sends what is queued, and runs callbacks */
    struct task retry_task; /* the same, two milliseconds later */
};

void flush_init(dgram_socket *s, const dgram_options *options);

/* Datagrams that are not sent yet, and their bytes. */
static inline size_t flush_count(const struct flush_part *flush) {
    return flush->sendq.count + flush->retryq.count;
}

static inline size_t flush_size(const struct flush_part *flush) {
    return flush->sendq.size + flush->retryq.size;
}

/* Bytes that may still be queued, if `others` are used elsewhere. */
static inline size_t flush_space(const struct flush_part *flush,
                                 size_t others) {
    size_t cost = flush->sendq.cost + flush->retryq.cost + others;

    if (flush->size_max == 0)
        return SIZE_MAX;
    return cost < flush->size_max ? flush->size_max - cost : 0;
}

/* Whether no datagram waits for those before it. */
static inline bool flush_queue_is_empty(const struct flush_part *flush) {
    return flush->sendq.count == 0;
}

/* Whether datagrams to the destination wait for buffers of the kernel. */
static inline bool flush_is_retrying(const struct flush_part *flush,
                                     const dgram_address *to) {
    return flush->retryq.count > 0 && retryq_holds(&flush->retryq, to);
}

/* The kernel took a datagram that was not queued. */
static inline void flush_taken(struct flush_part *flush) {
    backpressure_taken(&flush->backpressure);
}

/* Whether datagrams wait for the kernel. */
static inline bool flush_is_blocked(const struct flush_part *flush) {
    return flush->backpressure.stopped || flush->retryq.count > 0;
}

/* Whether the kernel takes no datagram for now, and what ends that:
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

/* Puts a datagram at the end of the queue and sees that it is sent. One that
   cannot be sent, because it is too long or blocked or because item->status
   says so, is queued as well: its callback keeps its place. Returns 0, or a
   negative code, recorded in s->error. */
int flush_enqueue(dgram_socket *s, struct sendq_item *item);

/* While nothing is queued: sends datagrams of the caller's, up to the first
   that needs more than the kernel, or is misuse. *done_out: how many are sent
   or have failed; their callbacks come later. Returns false if the kernel takes
   no more now. */
#define FLUSH_DIRECT_MAX 1024u /* datagrams of one call */
bool flush_direct(dgram_socket *s, const dgram_outgoing *messages, size_t count,
                  dgram_send_cb cb, size_t *done_out);

/* The socket is bound: sees that what waited for that is sent. */
void flush_bound(dgram_socket *s);

/* Hands the queue to the kernel as far as it takes it; reports come later. */
void flush_now(dgram_socket *s);

/* The same, even if the kernel took no more the last time. */
void flush_again(dgram_socket *s);

/* The same: the socket is writable. */
void flush_writable(dgram_socket *s);

/* Everything that is not sent yet fails with `status`. */
void flush_fail_all(dgram_socket *s, int status);

/* Runs the callbacks, or emits the errors, of what was sent or failed before
   this call. */
void flush_report(dgram_socket *s);

/* The same for the next datagram alone. Returns false if there is none. */
bool flush_report_next(dgram_socket *s);

/* Sees that a task does that, if there is anything to report. */
void flush_report_soon(dgram_socket *s);

/* The socket closes: everything fails with UV_ECANCELED. */
void flush_close(dgram_socket *s);

#endif
