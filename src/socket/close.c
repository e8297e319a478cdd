/* Closing a socket.

   dgram_close() closes the descriptor, cancels the lookups and leaves the abort
   handle. When libuv has closed the poll handle, a task makes the remaining
   callbacks: the results of sends and of a connect, and `close` at the end.
   Then it frees the memory. */
#include "util/alloc.h"
#include "util/util.h"
#include "socket/join_all.h"
#include "socket/socket.h"

/* A wake-up in which it was closed may still read it. */
static void free_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, task);

    abort_release(&s->abort);
    blocklists_release(&s->blocklists);
    steering_release(&s->steering);
    alloc_free(s);
}

static void free_socket(dgram_socket *s) {
    struct loop *loop = s->loop;

    lookup_free_cancelled(s);
    s->task.run = free_task;
    loop_defer_free(loop, &s->task);
    loop_unref(loop);
}

/* This may call the program's resolver. If it does not return (an exception, a
   longjmp()), the task cancels the remaining lookups. */
static void cancel_lookups(dgram_socket *s) {
    if (s->lookups_cancelled)
        return;
    bind_cancel_lookup(s);
    connect_cancel_lookup(s);
    named_send_cancel_lookups(s);
    s->lookups_cancelled = true;
}

/* Makes one of the callbacks that are left. Returns false if there is none. */
static bool report_next(dgram_socket *s) {
    return flush_report_next(s) || named_send_report_end(s) ||
           connect_report_end(s) || events_close_next(&s->events, s);
}

/* One callback at a time: if it does not return, the others are not lost. */
static void close_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, task);

    loop_run_again(s->loop, task);
    cancel_lookups(s);
    if (report_next(s))
        return;
    list_remove(&task->node);
    free_socket(s);
}

static void close_descriptor(dgram_socket *s) {
    watch_stop(s);
    stats_close(s);
    bind_remove_file(s);
    platform->close(s->datapath.fd);
    datapath_detach(&s->datapath);
}

int dgram_close(dgram_socket *s) {
    bool bound = s->state.bind == STATE_BOUND;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    flush_all(s);
    state_move_bind(&s->state, STATE_CLOSED);
    /* The program's resolver, called below, may signal the abort handle. */
    abort_leave(&s->abort);
    receive_close(s);
    flush_close(s);
    connect_close(s);
    join_all_close(s);
    loop_cancel(s->loop, &s->task);
    task_init(&s->task, close_task);
    if (bound)
        close_descriptor(s);
    else
        loop_defer_end(s->loop, &s->task);
    bind_close(s);
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
