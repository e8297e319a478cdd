/* Happy path: retry_add() adds a datagram to the retry queue. Later datagrams
   to the same destination follow into it. If the destination is a Unix socket
   with a full queue, a wait reports when that has space, and on_ready() sends
   what waits for it. Otherwise a timer retries some destinations at each run. A
   UDP datagram fails after RETRYQ_MS. */
#include "socket/retry.h"

#include "util/util.h"
#include "socket/socket.h"

/* A retry ends after this many destinations without buffers: the whole system
   has too few. */
#define REFUSALS_MAX 256u

/* How many destinations of a Unix socket may have a wait, which takes a
   descriptor. The timer retries the others. Its interval doubles, up to
   RETRY_MS_MAX, until a datagram is sent. */
#define WAITS_MAX 64u
#define RETRY_MS_MAX 1000u

/* A new wait replaces one that has reported space so many times in a row
   without anything being sent. Other senders may be the reason for a few such
   reports.
 */
#define FUTILE_MAX 8u

static struct retry_part *part_of(dgram_socket *s) {
    return flush_retry(&s->flush);
}

bool retry_destination_is_full(const dgram_socket *s) {
    return socket_is_unix(s) &&
           !platform->send_buffer_is_used(s->datapath.fd, 4);
}

/* Each run of the timer retries only some destinations. With many of them it
   runs more often. */
static void retry_soon(dgram_socket *s) {
    struct retry_part *retry = part_of(s);
    uint32_t runs = 1 + retryq_timed(&retry->queue) / REFUSALS_MAX;
    uint32_t delay = retry->queue.delay / runs;

    if (socket_is_unix(s) && delay > RETRY_MS)
        loop_delay(s->loop, &retry->task, delay, true);
    else
        loop_retry(s->loop, &retry->task);
}

/* The same, with the shortest interval after a new refusal. */
static void retry_sooner(dgram_socket *s, int code) {
    struct retry_part *retry = part_of(s);

    if (code < 0 && socket_is_unix(s) && retry->queue.delay > RETRY_MS) {
        retry->queue.delay = RETRY_MS;
        loop_cancel(s->loop, &retry->task);
    }
    retry_soon(s);
}

static void on_ready(dgram_socket *s, struct retry_destination *to);

/* Waits until the queue of a destination has space. Returns false if the timer
   must retry it instead. */
static bool wait_for_space(dgram_socket *s, struct retry_destination *to) {
    struct unix_wait *wait = NULL;

    if (retryq_waits(&part_of(s)->queue) < WAITS_MAX)
        wait = unix_wait_start(s->loop, &to->to);
    if (wait == NULL)
        return false;
    wait->ready = on_ready;
    wait->socket = s;
    wait->to = to;
    retryq_wait(&part_of(s)->queue, to, wait);
    return true;
}

/* Another process may have bound the name since. The wait is connected to the
   earlier socket, which may never read. */
static void retry_if_wait_is_old(dgram_socket *s,
                                 struct retry_destination *to) {
    if (uv_now(s->loop->uv) - to->wait->since < RETRY_MS_MAX)
        return;
    retryq_end_wait(&part_of(s)->queue, to);
    on_ready(s, to);
}

int retry_add(dgram_socket *s, const struct sendq_datagram *datagram,
              int code) {
    uint64_t until =
        socket_is_unix(s) ? UINT64_MAX : uv_now(s->loop->uv) + RETRYQ_MS;
    struct retryq *q = &part_of(s)->queue;
    int result = retryq_add(q, datagram, until);
    struct retry_destination *to;

    if (result < 0)
        return result;
    if (q->count == 1)
        socket_watch_changed(s); /* a shared socket receives no more */
    to = retryq_find(q, datagram->to);
    if (to->wait != NULL)
        retry_if_wait_is_old(s, to);
    else if (code != UV_EAGAIN || !wait_for_space(s, to))
        retry_sooner(s, code);
    return 0;
}

/* Callbacks run in the order in which datagrams were done: those of the send
   queue that are due come before those of the retry queue that follow. */
static void note_report_order(dgram_socket *s) {
    part_of(s)->queue.after = flush_reports_before(&s->flush);
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
static bool is_temporary(int code) {
    return code == UV_EAGAIN || code == UV_ENOBUFS;
}

/* Whether a disconnect released the port and the kernel finds no other. */
static bool has_no_port(const dgram_socket *s) {
    dgram_address here;

    return !socket_is_unix(s) &&
           platform->local_address(s->datapath.fd, &here) >= 0 &&
           dgram_address_port(&here) == 0;
}

/* Whether a Unix socket may have space that the kernel does not report. It does
   not poll writable while a quarter of its send buffer is used. A destination
   that does not read may use that much for good. The first retry costs less
   than asking the kernel. */
static bool needs_timer(dgram_socket *s) {
    return socket_is_unix(s) &&
           (s->state.connect != STATE_CONNECTED ||
            part_of(s)->queue.delay == RETRY_MS ||
            platform->send_buffer_is_used(s->datapath.fd, 1));
}

/* Other senders may fill the queue of a Unix peer again each time that the
   socket becomes writable. That is never a reason to give up. */
bool retry_wait_for_kernel(dgram_socket *s) {
    struct backpressure *backpressure = flush_backpressure(&s->flush);

    if (socket_is_unix(s))
        backpressure->spurious = 0;
    if (backpressure->writable && has_no_port(s))
        return false;
    if (!backpressure_refused(backpressure, bind_is_shared(&s->bind)))
        return false;
    if (backpressure->resting)
        loop_retry(s->loop, &part_of(s)->task);
    else if (needs_timer(s))
        retry_soon(s);
    socket_watch_changed(s);
    return true;
}

/* The datagrams of the destination wait until the socket is writable. */
static bool wait_for_socket(dgram_socket *s, struct retry_destination *to) {
    if (!retry_wait_for_kernel(s))
        return false;
    retryq_end_wait(&part_of(s)->queue, to);
    return true;
}

/* Sends the datagrams of a destination. Returns UV_ENOBUFS or UV_EAGAIN if that
   failed because of the destination, which is to be retried. */
static int retry_destination(dgram_socket *s, struct retry_destination *to) {
    bool last = false;

    while (!last) {
        struct retry_datagram *datagram = retryq_first(to);
        int status = send_retried(s, datagram);

        if (status == UV_EAGAIN && retry_destination_is_full(s))
            return status;
        if (status == UV_EAGAIN && wait_for_socket(s, to))
            return 0;
        if (status == UV_ENOBUFS && uv_now(s->loop->uv) < datagram->until)
            return status;
        part_of(s)->queue.delay = RETRY_MS;
        if (status >= 0)
            flush_taken(&s->flush);
        else
            stats_add_send_errors(s, is_temporary(status));
        last = retryq_finish(&part_of(s)->queue, to, datagram, status);
    }
    return 0;
}

/* Returns false if the destination must be retried again. */
static bool retry_timed(dgram_socket *s, struct retry_destination *to) {
    int code = retry_destination(s, to);

    if (code < 0 && (code != UV_EAGAIN || !wait_for_space(s, to)))
        retryq_rotate(&part_of(s)->queue, to);
    return code == 0;
}

/* A shared socket receives again once the queue is empty. */
static void end_retry(dgram_socket *s) {
    if (part_of(s)->queue.count == 0)
        socket_watch_changed(s);
    if (retryq_timed(&part_of(s)->queue) > 0)
        retry_soon(s);
}

void retry_all(dgram_socket *s) {
    unsigned left = retryq_timed(&part_of(s)->queue), refusals = 0;

    note_report_order(s);
    while (left-- > 0 && refusals < REFUSALS_MAX &&
           !flush_is_stopped(&s->flush)) {
        refusals += !retry_timed(s, retryq_next(&part_of(s)->queue));
    }
    end_retry(s);
}

/* The wait has reported space, but the destination is still full. If this
   continues, another socket may have bound the name. */
static void wait_again(dgram_socket *s, struct retry_destination *to,
                       bool any_sent) {
    if (to->wait != NULL) {
        to->wait->futile = any_sent ? 0 : to->wait->futile + 1;
        if (to->wait->futile < FUTILE_MAX)
            return;
        retryq_end_wait(&part_of(s)->queue, to);
    }
    wait_for_space(s, to);
}

/* The destination of a wait may have space. If the datagrams cannot be sent for
   another reason, the wait ends: it would report the space again and again. */
static void on_ready(dgram_socket *s, struct retry_destination *to) {
    unsigned before = part_of(s)->queue.count;
    int code;

    if (flush_is_stopped(&s->flush)) {
        retryq_end_wait(&part_of(s)->queue, to);
        return;
    }
    note_report_order(s);
    code = retry_destination(s, to);
    if (code == UV_ENOBUFS)
        retryq_end_wait(&part_of(s)->queue, to);
    else if (code == UV_EAGAIN)
        wait_again(s, to, part_of(s)->queue.count < before);
    end_retry(s);
    flush_soon(&s->flush, s->loop);
}

void retry_waiting(dgram_socket *s) {
    unsigned left = retryq_waits(&part_of(s)->queue);

    note_report_order(s);
    while (left-- > 0 && !flush_is_stopped(&s->flush)) {
        struct retry_destination *to = retryq_next_waiting(&part_of(s)->queue);

        if (retry_destination(s, to) < 0)
            retryq_rotate(&part_of(s)->queue, to);
    }
}

void retry_fail_all(dgram_socket *s, int status) {
    note_report_order(s);
    retryq_finish_all(&part_of(s)->queue, status);
}

void retry_slower(dgram_socket *s) {
    struct retry_part *retry = part_of(s);

    if (retry->queue.delay < RETRY_MS_MAX)
        retry->queue.delay *= 2;
}

void retry_init(dgram_socket *s) {
    struct retry_part *retry = part_of(s);

    retryq_init(&retry->queue);
    retry->queue.delay = RETRY_MS;
}

void retry_close(dgram_socket *s) {
    loop_cancel(s->loop, &part_of(s)->task);
}
