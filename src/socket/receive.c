/* Happy path: receive_readable() fills the receive buffers with one system
   call, the datapath splits messages into datagrams, and deliver() passes them
   to the listeners. If more is in the kernel's queue, the socket wakes up
   again, after timers and other sockets. A shared socket receives one message
   at a time.

   If a listener closes the socket, the rest is dropped. If it stops receiving,
   the rest remains in its buffers and is delivered first when receiving starts
   again. An error that the kernel reports between datagrams is emitted in its
   place.

   Errors: one that each read returns (a sandbox forbids the call) is emitted
   once, and the socket is read at longer and longer intervals. After
   shutdown(SHUT_RD) a socket is always readable, so receiving ends. */
#include "socket/receive.h"

#include "util/util.h"
#include "socket/socket.h"

/* Reads in a row that fail, until the error is one that lasts. For each ICMP
   message one read fails. */
#define ERRORS_MAX 4u

#define DELAY_MAX_MS 1000u

/* Removes datagrams that the block list forbids. Returns how many are left. */
static uint32_t drop_blocked(dgram_socket *s, dgram_message *datagrams,
                             uint32_t count) {
    const dgram_address *latest = NULL;
    bool blocked = false;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++) {
        /* Coalesced datagrams have one sender. */
        if (datagrams[i].from != latest)
            blocked = blocklists_block_from(&s->blocklists, datagrams[i].from);
        latest = datagrams[i].from;
        if (!blocked)
            datagrams[kept++] = datagrams[i];
    }
    stats_add_blocked(s, count - kept);
    return kept;
}

/* Those that the kernel truncated are counted already. */
static void truncate_long(dgram_socket *s, dgram_message *datagrams,
                          uint32_t count) {
    uint32_t size_max = s->receive.size_max, truncated = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (datagrams[i].length <= size_max)
            continue;
        truncated += (datagrams[i].flags & DGRAM_TRUNCATED) == 0;
        datagrams[i].length = size_max;
        datagrams[i].flags |= DGRAM_TRUNCATED;
    }
    stats_add_truncated(s, truncated);
}

/* Applies the options of the socket. Returns how many datagrams are left. */
static uint32_t prepare(dgram_socket *s, dgram_message *datagrams,
                        uint32_t count) {
    if (blocklists_filter_from(&s->blocklists))
        count = drop_blocked(s, datagrams, count);
    if (s->receive.size_max > 0)
        truncate_long(s, datagrams, count);
    return count;
}

/* Receives from the readahead, as if the kernel still had it. */
static void take_readahead(dgram_socket *s, dgram_buffers *buffers) {
    uint32_t max = bind_is_shared(&s->bind) ? 1 : buffers->count;
    struct platform_in *in = datapath_empty(&s->datapath, buffers, max);

    buffers->received = (uint32_t)readahead_receive(&s->readahead, in, max);
    receive_resume(s); /* now: a listener may not return */
}

/* All that was received into the program's memory is delivered. At a close the
   program knows. */
static void release_memory(dgram_socket *s, dgram_buffers *buffers) {
    void *memory = buffers->payloads;

    buffers->payloads = NULL;
    if (memory != NULL && s->receive.release != NULL &&
        s->state.bind == STATE_BOUND)
        s->receive.release(s, memory, s->receive.memory_data);
}

/* Asks the program for memory to receive into. Returns false if it has none,
   which stops receiving, or if it closed the socket or stopped receiving. */
static bool ask_for_memory(dgram_socket *s, dgram_buffers *buffers) {
    uint32_t max =
        socket_is_unix(s) ? RECEIVE_UNIX_MESSAGES_MAX : RECEIVE_MESSAGES_MAX;
    uint32_t size = DGRAM_RECEIVE_MEMORY_SIZE / max;
    uint32_t count = bind_is_shared(&s->bind) ? 1 : max;
    uv_buf_t memory = {0};

    release_memory(s, buffers);
    buffers->size = size + DGRAM_BUFFER_OVERHEAD;
    buffers->count = max;
    buffers->received = buffers->given = 0; /* at most `count` */
    if (s->receive.memory == NULL)
        return true;
    s->receive.memory(s, (size_t)count * size, &memory, s->receive.memory_data);
    if (s->state.bind != STATE_BOUND || s->receive.stopped)
        return false;
    if (memory.base == NULL || memory.len < size) {
        receive_set_stopped(s, true);
        socket_watch_changed(s);
        return false;
    }
    buffers->payloads = memory.base;
    buffers->count = (uint32_t)min_size(memory.len / size, count);
    return true;
}

/* Fills the buffers from the readahead, or with the datapath. Returns false if
   nothing may be received. */
static bool begin_receive(dgram_socket *s, dgram_buffers *buffers) {
    if (!ask_for_memory(s, buffers))
        return false;
    if (!readahead_is_empty(&s->readahead))
        take_readahead(s, buffers);
    else if (receive_is_detached(&s->receive))
        return false; /* by the function that provides memory */
    return true;
}

/* Receives, or splits the messages of the latest system call. */
static int take_datagrams(dgram_socket *s, struct receive_buffers *buffers) {
    if (buffers->raw.given == buffers->raw.received &&
        !begin_receive(s, &buffers->raw))
        return 0;
    return dgram_datapath_receive(&s->datapath, &buffers->raw,
                                  buffers->datagrams, RECEIVE_DATAGRAMS_MAX);
}

static void report_error(dgram_socket *s, int code) {
    if (code == s->receive.error)
        return; /* it was reported before */
    error_set(&s->error, code, "recvmsg");
    socket_emit_error(s);
}

static void deliver_batch(dgram_socket *s, struct receive_buffers *buffers) {
    struct delivery *delivery = &buffers->delivery;

    delivery->datagrams = prepare(s, buffers->datagrams, delivery->undelivered);
    delivery->delivered = delivery->undelivered = 0;
    if (delivery->datagrams > 0 && events_want_batch(&s->events))
        events_batch(&s->events, s, buffers->datagrams, delivery->datagrams);
    if (delivery->socket == s && !events_want_message(&s->events))
        delivery->delivered = delivery->datagrams;
}

/* Takes more datagrams of the same system call. */
static void take_more(dgram_socket *s, struct receive_buffers *buffers) {
    int count = take_datagrams(s, buffers);

    if (count < 0)
        report_error(s, count);
    else
        buffers->delivery.undelivered = (uint32_t)count;
}

/* Delivers the next datagrams, and counts them first: a listener may not
   return. Returns false if nothing is left. */
static bool deliver_next(dgram_socket *s, struct receive_buffers *buffers) {
    struct delivery *delivery = &buffers->delivery;

    if (delivery->delivered < delivery->datagrams) {
        events_message(&s->events, s,
                       &buffers->datagrams[delivery->delivered++]);
    } else if (delivery->undelivered > 0) {
        deliver_batch(s, buffers);
    } else if (buffers->raw.given < buffers->raw.received) {
        take_more(s, buffers);
    } else {
        delivery->socket = NULL;
        return false;
    }
    return true;
}

static struct loop *loop_of(struct receive_buffers *buffers) {
    return CONTAINER_OF(buffers->pool, struct loop, receive_buffers);
}

static bool has_rest(const struct receive_buffers *buffers) {
    const struct delivery *delivery = &buffers->delivery;

    return delivery->socket != NULL &&
           (delivery->delivered < delivery->datagrams ||
            delivery->undelivered > 0 ||
            buffers->raw.given < buffers->raw.received);
}

/* While listeners run, the task is queued: it continues if a listener does not
   return. */
static void deliver_rest(dgram_socket *s, struct receive_buffers *buffers) {
    struct loop *loop = s->loop;

    do
        loop_defer(loop, &buffers->rest);
    while (buffers->delivery.socket == s && !s->receive.stopped &&
           deliver_next(s, buffers));
    loop_cancel(loop, &buffers->rest);
    if (!has_rest(buffers))
        release_memory(s, &buffers->raw);
}

/* Releases the buffers, or keeps what may not be delivered now. */
static void release(struct receive_buffers *buffers) {
    if (has_rest(buffers)) {
        receive_buffers_keep(buffers, &buffers->delivery.socket->receive.kept);
        return;
    }
    buffers->delivery.socket = NULL;
    receive_buffers_release(buffers);
}

/* If the wake-up is still under way, it delivers the rest itself. But one that
   was abandoned may seem to be, while the stack is deeper than it was. */
static void deliver_rest_task(struct task *task) {
    struct receive_buffers *buffers =
        CONTAINER_OF(task, struct receive_buffers, rest);
    struct loop *loop = loop_of(buffers);

    if (!receive_buffers_are_abandoned(buffers, loop->dispatching)) {
        loop_delay(loop, task, RETRY_MS, false);
        return;
    }
    loop_cancel(loop, &buffers->rest);
    receive_buffers_use(buffers, loop->dispatching);
    if (buffers->delivery.socket != NULL)
        deliver_rest(buffers->delivery.socket, buffers);
    release(buffers);
}

/* A listener of an error may have closed the socket. */
static void deliver(dgram_socket *s, struct receive_buffers *buffers,
                    uint32_t count) {
    buffers->delivery =
        (struct delivery){.socket = s->state.bind == STATE_BOUND ? s : NULL,
                          .undelivered = count};
    buffers->rest.run = deliver_rest_task;
    deliver_rest(s, buffers);
}

/* For an error that each read returns. */
static void wait_after_error(dgram_socket *s, int code) {
    uint32_t delay = RETRY_MS << s->receive.delays;

    s->receive.error = (int16_t)code;
    if (delay < DELAY_MAX_MS)
        s->receive.delays++;
    loop_delay(s->loop, &s->receive.task, min_size(delay, DELAY_MAX_MS),
               watch_is_referenced(&s->watch));
    socket_watch_changed(s);
}

static void forget_error(dgram_socket *s) {
    s->receive.error = 0;
    s->receive.delays = 0;
}

static bool report_no_memory(dgram_socket *s) {
    report_error(s, UV_ENOMEM);
    if (s->state.bind == STATE_BOUND)
        wait_after_error(s, UV_ENOMEM);
    return true;
}

/* Reads, and reads again after an error, to see whether it lasts. Returns how
   many datagrams there are to deliver, 0 after an error, UV_EAGAIN if there are
   none.
 */
static int read_datagrams(dgram_socket *s, struct receive_buffers *buffers) {
    int code = 0;

    for (uint32_t errors = 0; errors < ERRORS_MAX; errors++) {
        int count = take_datagrams(s, buffers);

        /* Before the report: the listener of an error may not return. */
        if (count < 0 && buffers->raw.given == buffers->raw.received)
            release_memory(s, &buffers->raw);
        if (count >= 0 || count == UV_EAGAIN) {
            forget_error(s);
            return count < 0 && errors > 0 ? 0 : count;
        }
        code = count;
        if (errors == 0)
            report_error(s, code);
        if (s->state.bind != STATE_BOUND || s->receive.stopped ||
            s->receive.detached)
            return 0;
    }
    wait_after_error(s, code);
    return 0;
}

static struct receive_buffers *acquire_buffers(struct loop *loop) {
    return receive_buffers_acquire(&loop->receive_buffers, loop->dispatching);
}

/* This is a wake-up of its own: the task may run within one that uses its
   buffers. */
static void deliver_readahead(dgram_socket *s) {
    struct loop *loop = s->loop;
    unsigned depth = loop_dispatch_begin(loop);
    struct receive_buffers *buffers = acquire_buffers(loop);

    if (buffers != NULL) {
        int count = read_datagrams(s, buffers);

        deliver(s, buffers, count > 0 ? (uint32_t)count : 0);
        release(buffers);
    } else {
        report_no_memory(s);
    }
    loop_dispatch_end_in_task(loop, depth);
}

/* What was received before is delivered first. */
static void deliver_abandoned(struct loop *loop) {
    struct receive_buffers *buffers;

    while ((buffers = receive_buffers_find_abandoned(
                &loop->receive_buffers, loop->dispatching)) != NULL)
        deliver_rest_task(&buffers->rest);
}

/* A detached socket still delivers what it has read. */
static bool wants_readahead(const dgram_socket *s) {
    return s->receive.detached ? !s->receive.stopped : receive_is_wanted(s);
}

static void receive_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, receive.task);

    deliver_abandoned(s->loop);
    if (!readahead_is_empty(&s->readahead) && wants_readahead(s))
        deliver_readahead(s);
    if (s->state.bind == STATE_BOUND)
        socket_watch_changed(s);
}

/* A readable socket had no datagram. */
static void end_if_shut(dgram_socket *s) {
    if (!platform->receive_is_shut(s->datapath.fd))
        return;
    s->receive.ended = true;
    socket_watch_changed(s);
    error_set(&s->error, UV_EOF, "recvmsg");
    socket_emit_error(s);
}

static bool receive(dgram_socket *s, struct receive_buffers *buffers) {
    int count = read_datagrams(s, buffers);

    if (count < 0)
        end_if_shut(s);
    else
        deliver(s, buffers, (uint32_t)count);
    return count >= 0;
}

/* Datagrams that this process has received would be lost if it were killed;
   other processes receive the others. So it receives one message at a time, and
   sends the answers before it receives the next one. If the kernel accepts no
   answers, it receives no more. */
static bool receive_shared(dgram_socket *s, struct receive_buffers *buffers) {
    struct loop *loop = s->loop;
    uint32_t i;

    for (i = 0; i < RECEIVE_MESSAGES_MAX; i++) {
        int count = read_datagrams(s, buffers);

        if (count < 0)
            break;
        deliver(s, buffers, (uint32_t)count);
        if (s->receive.stopped)
            return true;
        loop_run_tasks(loop);
        if (!receive_is_wanted(s) || s->state.bind != STATE_BOUND)
            return true;
    }
    if (i == 0)
        end_if_shut(s);
    return i > 0;
}

bool receive_readable(dgram_socket *s) {
    struct receive_buffers *buffers;
    bool any;

    deliver_abandoned(s->loop);
    if (receive_is_paused(&s->receive) || s->state.bind != STATE_BOUND)
        return false;
    buffers = acquire_buffers(s->loop);
    if (buffers == NULL)
        return report_no_memory(s);
    s->datapath.shared = bind_is_shared(&s->bind);
    any = s->datapath.shared ? receive_shared(s, buffers) : receive(s, buffers);
    release(buffers);
    return any;
}

bool receive_is_wanted(const dgram_socket *s) {
    return !receive_is_paused(&s->receive) &&
           !(flush_is_blocked(&s->flush) && bind_is_shared(&s->bind));
}

void receive_resume(dgram_socket *s) {
    if (!readahead_is_empty(&s->readahead))
        loop_defer(s->loop, &s->receive.task);
}

void receive_keep_loop(dgram_socket *s, bool on) {
    loop_set_keeps(s->loop, &s->receive.task, on);
}

void receive_init(dgram_socket *s, const dgram_options *options) {
    s->receive.size_max = options->message_size_max;
    s->receive.memory = options->receive_memory;
    s->receive.release = options->receive_release;
    s->receive.memory_data = options->receive_memory_data;
    task_init(&s->receive.task, receive_task);
    list_init(&s->receive.kept);
}

static struct receive_buffers *next_buffers(
    const dgram_socket *s, const struct receive_buffers *last) {
    return receive_buffers_next_of(&s->loop->receive_buffers, last, s);
}

/* Releases kept buffers. Others are released by their wake-up. */
static void drop(struct receive_buffers *buffers) {
    buffers->delivery.socket = NULL;
    if (!receive_buffers_are_kept(buffers))
        return;
    loop_cancel(loop_of(buffers), &buffers->rest);
    receive_buffers_release(buffers);
}

void receive_close(dgram_socket *s) {
    struct receive_buffers *buffers, *next;

    loop_cancel(s->loop, &s->receive.task);
    readahead_free(&s->readahead);
    while (!list_empty(&s->receive.kept))
        drop(receive_buffers_resume(&s->receive.kept));
    for (buffers = next_buffers(s, NULL); buffers != NULL; buffers = next) {
        next = next_buffers(s, buffers);
        drop(buffers);
    }
}

/* A task delivers what was kept. */
static void deliver_kept_soon(dgram_socket *s) {
    while (!list_empty(&s->receive.kept))
        loop_defer(s->loop, &receive_buffers_resume(&s->receive.kept)->rest);
}

bool receive_set_stopped(dgram_socket *s, bool stopped) {
    if (s->receive.stopped == stopped)
        return false;
    s->receive.stopped = stopped;
    if (!stopped)
        deliver_kept_soon(s);
    return true;
}

void receive_detach(dgram_socket *s) {
    s->receive.detached = true;
    receive_set_stopped(s, false);
    loop_cancel(s->loop, &s->receive.task); /* the delay after an error */
    receive_resume(s);
}

bool receive_has_undelivered(const dgram_socket *s) {
    return !readahead_is_empty(&s->readahead) ||
           !list_empty(&s->receive.kept) || next_buffers(s, NULL) != NULL;
}
