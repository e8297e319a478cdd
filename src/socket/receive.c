/* The happy way: one system call fills the messages of the arena; each is cut
   into its datagrams; the listeners are shown all of them. A wake-up makes few
   calls, so that timers and other sockets get their turn; what is left wakes us
   again. What other processes may read is taken one by one.

   A listener may close the socket: then the rest is dropped. An error that the
   kernel reports between datagrams is emitted in its place.

   An error that comes at each read (a sandbox forbids the call) is emitted
   once, and the socket is read at longer and longer intervals. A socket whose
   reading was shut down is readable for ever: its reading ends. */
#include "socket/receive.h"

#include "loop/arena.h"
#include "util/util.h"
#include "socket/flush.h"
#include "socket/held.h"
#include "socket/watch.h"

/* Reads in a row that meet with an error, until it is one that lasts. An ICMP
   message is reported by one. */
#define ERRORS_MAX 4u

#define DELAY_MAX_MS 1000u

/* Cuts messages into the array until one does not fit; the array has room for
   any one. Returns how many messages are done. */
static uint32_t cut(dgram_socket *s, const struct platform_in *messages,
                    uint32_t message_count, dgram_message *datagrams,
                    uint32_t *count_out) {
    uint32_t count = 0;
    uint32_t i;

    for (i = 0; i < message_count && messages[i].error == 0; i++) {
        uint32_t segments = segment_count(&messages[i]);

        if (count + segments > RECEIVE_DATAGRAMS_MAX && count > 0)
            break;
        if (blocklist_blocks(s->receive_blocklist, &messages[i].from))
            continue;
        if (segments > RECEIVE_DATAGRAMS_MAX)
            segments = RECEIVE_DATAGRAMS_MAX;
        for (uint32_t k = 0; k < segments; k++)
            segment_get(&messages[i], k, s->message_size_max,
                        &datagrams[count++]);
    }
    *count_out = count;
    return i;
}

static void report_error(dgram_socket *s, int code) {
    gate_peer_failed(&s->gate, uv_hrtime());
    if (code == s->receive_error)
        return; /* it was reported when it began */
    error_set(&s->error, code, "recvmsg");
    socket_emit_error(s);
}

static void show_batch(dgram_socket *s, struct arena *arena) {
    struct delivery *delivery = &arena->delivery;
    uint32_t count;

    delivery->split +=
        cut(s, &arena->messages[delivery->split],
            delivery->messages - delivery->split, arena->datagrams, &count);
    delivery->datagrams = count;
    delivery->shown = 0;
    if (count > 0 && events_want_batch(&s->events))
        events_batch(&s->events, s, arena->datagrams, count);
    if (delivery->socket == s && !events_want_message(&s->events))
        delivery->shown = delivery->datagrams;
}

/* Shows the next that is to be shown, and notes it before: a listener may not
   return. Returns false when there is nothing left. */
static bool show_next(dgram_socket *s, struct arena *arena) {
    struct delivery *delivery = &arena->delivery;

    if (delivery->shown < delivery->datagrams) {
        events_message(&s->events, s, &arena->datagrams[delivery->shown++]);
    } else if (delivery->split == delivery->messages) {
        delivery->socket = NULL;
        return false;
    } else if (arena->messages[delivery->split].error < 0) {
        report_error(s, arena->messages[delivery->split++].error);
    } else {
        show_batch(s, arena);
    }
    return true;
}

/* A listener may close the socket, and may not return. */
static void deliver_rest(dgram_socket *s, struct arena *arena) {
    struct loop *loop = s->loop;

    do
        loop_defer(loop, &arena->rest);
    while (arena->delivery.socket == s && show_next(s, arena));
    task_cancel(loop, &arena->rest);
}

/* What a wake-up has not shown yet that is still under way is not for us. */
static void rest_task(struct task *task) {
    struct arena *arena = CONTAINER_OF(task, struct arena, rest);

    if (!arena_is_left(arena))
        return;
    if (arena->delivery.socket != NULL)
        deliver_rest(arena->delivery.socket, arena);
    arena_give(arena);
}

static void deliver(dgram_socket *s, struct arena *arena,
                    uint32_t message_count) {
    arena->delivery = (struct delivery){.socket = s, .messages = message_count};
    arena->rest.run = rest_task;
    deliver_rest(s, arena);
}

/* It comes at each read. */
static void wait_after_error(dgram_socket *s, int code) {
    s->receive_error = code;
    s->receive_delay = s->receive_delay == 0 ? RETRY_MS : 2 * s->receive_delay;
    if (s->receive_delay > DELAY_MAX_MS)
        s->receive_delay = DELAY_MAX_MS;
    loop_delay(s->loop, &s->receive_task, s->receive_delay, s->referenced);
    watch_update(s);
}

static void forget_error(dgram_socket *s) {
    s->receive_error = 0;
    s->receive_delay = 0;
}

static bool report_no_memory(dgram_socket *s) {
    report_error(s, UV_ENOMEM);
    if (s->state.bind == STATE_BOUND)
        wait_after_error(s, UV_ENOMEM);
    return true;
}

/* As a wake-up of its own: the task may run within one, whose arena is in
   use. */
static void deliver_held(dgram_socket *s) {
    struct loop *loop = s->loop;
    uint32_t max = socket_is_shared(s) ? 1 : RECEIVE_MESSAGES_MAX;
    unsigned depth = loop_dispatch_begin(loop);
    struct arena *arena = arena_take(loop);

    if (arena != NULL) {
        deliver(s, arena, (uint32_t)held_receive(s, arena->messages, max));
        arena_give(arena);
    } else {
        report_no_memory(s);
    }
    loop_dispatch_leave(loop, depth);
}

void receive_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, receive_task);

    if (s->held != NULL && socket_reads(s))
        deliver_held(s);
    if (s->state.bind == STATE_BOUND)
        watch_update(s);
}

static int receive_messages(dgram_socket *s, struct platform_in *messages,
                            uint32_t max) {
    return s->held == NULL ? platform->receive(s->fd, messages, max)
                           : held_receive(s, messages, max);
}

/* Reads, and reads again behind an error, to see whether it lasts. Returns how
   many messages there are to deliver, 0 behind an error, UV_EAGAIN if nothing
   came. */
static int read_messages(dgram_socket *s, struct arena *arena, uint32_t max) {
    int code = 0;

    for (uint32_t errors = 0; errors < ERRORS_MAX; errors++) {
        int count = receive_messages(s, arena->messages, max);

        if (count != 1 || arena->messages[0].error == 0) {
            forget_error(s);
            return count <= 0 && errors > 0 ? 0 : count;
        }
        code = arena->messages[0].error;
        if (errors == 0)
            report_error(s, code);
        if (s->state.bind != STATE_BOUND)
            return 0;
    }
    wait_after_error(s, code);
    return 0;
}

/* The socket was readable, and there was nothing. */
static void end_if_shut(dgram_socket *s) {
    if (!platform->receive_is_shut(s->fd))
        return;
    s->receive_ended = true;
    watch_update(s);
    error_set(&s->error, UV_EOF, "recvmsg");
    socket_emit_error(s);
}

static bool receive(dgram_socket *s, struct arena *arena) {
    int count = read_messages(s, arena, RECEIVE_MESSAGES_MAX);

    if (count < 0)
        end_if_shut(s);
    else
        deliver(s, arena, (uint32_t)count);
    return count >= 0;
}

/* What is not read is for the others, also when this process is killed: a
   message at a time, and what answers it leaves before the next is read. Where
   the kernel takes no answers, no more is read. */
static bool receive_shared(dgram_socket *s, struct arena *arena) {
    struct loop *loop = s->loop;
    uint32_t i;

    for (i = 0; i < RECEIVE_MESSAGES_MAX; i++) {
        int count = read_messages(s, arena, 1);

        if (count < 0)
            break;
        deliver(s, arena, (uint32_t)count);
        loop_run_tasks(loop);
        if (!socket_reads(s) || s->state.bind != STATE_BOUND)
            return true;
    }
    if (i == 0)
        end_if_shut(s);
    return i > 0;
}

void receive_forget(dgram_socket *s) {
    struct list *arenas = &s->loop->arenas;

    held_free(s);

    for (struct list *n = arenas->next; n != arenas; n = n->next) {
        struct arena *arena = CONTAINER_OF(n, struct arena, node);

        if (arena->delivery.socket == s)
            arena->delivery.socket = NULL;
    }
}

/* What came before comes first. */
static void show_left(struct loop *loop) {
    struct arena *arena;

    while ((arena = arena_find_left(loop)) != NULL)
        rest_task(&arena->rest);
}

bool receive_ready(dgram_socket *s, bool readable, bool writable) {
    struct arena *arena;
    bool any;

    if (writable && s->gate.closed) {
        flush_writable(s);
        /* What waits for room is not told of what came. A message for those
           that left, so that nobody who always has more to send goes deaf. */
        readable |= socket_is_shared(s) && !s->gate.resting;
    }
    if (s->busy_poll_us > 0)
        loop_stay_awake(s->loop, s->busy_poll_us);
    if (readable)
        show_left(s->loop);
    if (!readable || socket_is_paused(s) || s->state.bind != STATE_BOUND)
        return false;
    arena = arena_take(s->loop);
    if (arena == NULL)
        return report_no_memory(s);
    any = socket_is_shared(s) ? receive_shared(s, arena) : receive(s, arena);
    arena_give(arena);
    return any;
}
