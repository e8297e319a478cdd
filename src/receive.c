/* The happy way: one system call fills the messages of the arena; each is cut
   into its datagrams; the listeners are shown all of them. A wake-up makes few
   calls, so that timers and other sockets get their turn; what is left wakes us
   again. What other processes may read is taken one by one.

   A listener may close the socket: then the rest is dropped. An error that the
   kernel reports between datagrams is emitted in its place. */
#include "receive.h"

#include "flush.h"

static void show(dgram_socket *s, const dgram_message *datagrams,
                 uint32_t count) {
    if (count == 0)
        return;
    if (events_want_batch(&s->events))
        events_batch(&s->events, s, datagrams, count);
    if (!events_want_message(&s->events))
        return;
    for (uint32_t i = 0; i < count && s->state.bind == STATE_BOUND; i++)
        events_message(&s->events, s, &datagrams[i]);
}

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

static void deliver(dgram_socket *s, struct arena *arena,
                    uint32_t message_count) {
    const struct platform_in *messages = arena->messages;
    uint32_t done = 0;

    while (done < message_count && s->state.bind == STATE_BOUND) {
        uint32_t datagram_count;

        if (messages[done].error < 0) {
            gate_peer_failed(&s->gate, uv_hrtime());
            error_set(&s->error, messages[done++].error, "recvmsg");
            socket_emit_error(s);
            continue;
        }
        done += cut(s, &messages[done], message_count - done, arena->datagrams,
                    &datagram_count);
        show(s, arena->datagrams, datagram_count);
    }
}

static bool receive(dgram_socket *s, struct arena *arena) {
    int count = platform->receive(s->fd, arena->messages, RECEIVE_MESSAGES_MAX);

    if (count > 0)
        deliver(s, arena, (uint32_t)count);
    return count > 0;
}

/* What is not read is for the others, also when this process is killed: a
   message at a time, and what answers it leaves before the next is read. Where
   the kernel takes no answers, no more is read. */
static bool receive_shared(dgram_socket *s, struct arena *arena) {
    struct loop *loop = s->loop;
    uint32_t i;

    for (i = 0; i < RECEIVE_MESSAGES_MAX; i++) {
        if (platform->receive(s->fd, arena->messages, 1) <= 0)
            break;
        deliver(s, arena, 1);
        loop_run_tasks(loop);
        if (!socket_reads(s) || s->state.bind != STATE_BOUND)
            return true;
    }
    return i > 0;
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
    if (!readable || s->paused || s->state.bind != STATE_BOUND)
        return false;
    arena = loop_take_arena(s->loop);
    if (arena == NULL)
        return false;
    any = socket_is_shared(s) ? receive_shared(s, arena) : receive(s, arena);
    loop_give_arena(s->loop, arena);
    return any;
}
