/* Closing a socket.

   dgram_close() gives up the descriptor, the lookups and the place in the abort
   handle at once. A task makes the callbacks that are left, once libuv has
   closed the poll handle: the results of sends and of a connect, and `close` at
   the end. Then the memory is freed. */
#include "util/alloc.h"
#include "util/util.h"
#include "socket/bind.h"
#include "socket/connect.h"
#include "socket/flush.h"
#include "socket/lookup.h"
#include "socket/receive.h"
#include "socket/send.h"
#include "socket/watch.h"

/* A wake-up in which it was closed may still read it. */
static void free_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, end_task);

    abort_release(&s->abort);
    dgram_blocklist_release(s->receive_blocklist);
    dgram_blocklist_release(s->send_blocklist);
    alloc_free(s);
}

static void free_socket(dgram_socket *s) {
    struct loop *loop = s->loop;

    lookup_free_cancelled(s);
    s->end_task.run = free_task;
    loop_defer_free(loop, &s->end_task);
    loop_unref(loop);
}

static void cancel_lookups(dgram_socket *s) {
    dgram_lookup *lookup = s->bind_lookup;

    if (s->lookups_cancelled)
        return;
    s->bind_lookup = NULL;
    if (lookup != NULL)
        lookup_stop(lookup);
    connect_cancel(s);
    send_cancel_named(s);
    s->lookups_cancelled = true;
}

/* Makes one of the callbacks that are left. Returns false if there is none. */
static bool report_next(dgram_socket *s) {
    return flush_report_next(s) || send_report_named(s) ||
           connect_report_end(s) || events_close_next(&s->events, s);
}

/* A callback at a time: one that does not return loses no other. */
static void end_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, end_task);

    loop_run_again(s->loop, task);
    cancel_lookups(s);
    if (report_next(s))
        return;
    list_remove(&task->node);
    free_socket(s);
}

int dgram_close(dgram_socket *s) {
    bool watched = s->state.bind == STATE_BOUND;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    flush_again(s);
    state_move_bind(&s->state, STATE_CLOSED);
    /* The user's resolver, which a cancelled lookup calls, may signal. */
    abort_leave(&s->abort);
    receive_forget(s);
    flush_fail_all(s, UV_ECANCELED);
    task_cancel(s->loop, &s->listening_task);
    task_init(&s->end_task, end_task);
    task_cancel(s->loop, &s->connect_task);
    task_cancel(s->loop, &s->send_task);
    task_cancel(s->loop, &s->retry_task);
    task_cancel(s->loop, &s->receive_task);
    if (s->busy_poll_us > 0)
        loop_sleep(s->loop);
    if (watched) {
        watch_stop(s);
        platform->close(s->datapath.fd);
        s->datapath.fd = -1;
    } else {
        loop_defer_end(s->loop, &s->end_task);
    }
    if (s->lease != NULL)
        s->loop->broker->release(s->loop->broker, s);
    /* They may call the user's resolver, which may not return. */
    cancel_lookups(s);
    loop_settle(s->loop);
    return 0;
}

void dgram_abort_signal(dgram_abort *abort) {
    struct abort_link *link;

    abort_mark_signalled(abort);
    while ((link = abort_first(abort)) != NULL)
        dgram_close(CONTAINER_OF(link, dgram_socket, abort));
}
