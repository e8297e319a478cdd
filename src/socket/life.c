/* How a socket comes to be and how it ends.

   dgram_close() lets go of the descriptor, the lookups and the place in the
   abort handle at once. What has to be told is told later, from a task, when
   libuv has let go of the watch too: the results of sends, of a connect, and
   last `close`. Then the memory goes. */
#include <string.h>

#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"
#include "socket/bind.h"
#include "socket/connect.h"
#include "socket/flush.h"
#include "socket/lookup.h"
#include "socket/receive.h"
#include "socket/send.h"
#include "socket/watch.h"

struct dgram_abort {
    struct list sockets; /* to be closed */
    uv_loop_t *uv;       /* of the sockets; NULL before the first */
    unsigned references; /* the creator's and one for each socket */
    bool signalled;
};

int dgram_abort_create(dgram_abort **abort_out) {
    dgram_abort *abort = alloc_zeroed(sizeof(*abort));

    if (abort == NULL)
        return UV_ENOMEM;
    list_init(&abort->sockets);
    abort->references = 1;
    *abort_out = abort;
    return 0;
}

void dgram_abort_signal(dgram_abort *abort) {
    abort->signalled = true;
    while (!list_empty(&abort->sockets))
        dgram_close(
            CONTAINER_OF(abort->sockets.next, dgram_socket, abort_node));
}

bool dgram_abort_signalled(const dgram_abort *abort) {
    return abort->signalled;
}

void dgram_abort_release(dgram_abort *abort) {
    if (abort != NULL && --abort->references == 0)
        alloc_free(abort);
}

static void join_abort(dgram_socket *s, dgram_abort *abort) {
    if (abort == NULL)
        return;
    s->abort = abort;
    abort->references++;
    abort->uv = s->loop->uv;
    list_append(&abort->sockets, &s->abort_node);
    if (abort->signalled)
        dgram_close(s);
}

static int check_options(uv_loop_t *loop, const dgram_options *options) {
    if (options->receive_buffer_size > INT32_MAX ||
        options->send_buffer_size > INT32_MAX)
        return DGRAM_ERR_OUT_OF_RANGE;
    if (options->type != DGRAM_UDP4 && options->type != DGRAM_UDP6)
        return DGRAM_ERR_SOCKET_BAD_TYPE;
    if (options->offload != DGRAM_OFFLOAD_AUTO &&
        options->offload != DGRAM_OFFLOAD_OFF &&
        options->offload != DGRAM_OFFLOAD_ON)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (options->abort != NULL && options->abort->uv != NULL &&
        options->abort->uv != loop)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    return 0;
}

static void prepare_datapath(dgram_socket *s, const dgram_options *options) {
    const struct offload policy =
        datapath_policy(options->offload, options->segments_max);

    datapath_init(&s->datapath, &policy, &s->remote, &s->loop->gso_cache,
                  (uint32_t)++s->loop->serials);
}

/* A wake-up in which it was closed may still read it. */
static void free_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, end_task);

    dgram_abort_release(s->abort);
    dgram_blocklist_release(s->receive_blocklist);
    dgram_blocklist_release(s->send_blocklist);
    alloc_free(s);
}

static void free_socket(dgram_socket *s) {
    struct loop *loop = s->loop;

    lookup_free_cancelled(s);
    s->end_task.run = free_task;
    loop_bury(loop, &s->end_task);
    loop_release(loop);
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

static void init_tasks(dgram_socket *s) {
    task_init(&s->listening_task, bind_listening_task);
    task_init(&s->connect_task, connect_task);
    task_init(&s->send_task, flush_task);
    task_init(&s->retry_task, flush_retry_task);
    task_init(&s->receive_task, receive_task);
}

static void take_options(dgram_socket *s, const dgram_options *options) {
    s->type = options->type;
    s->reuse_address = options->reuse_address;
    s->reuse_port = options->reuse_port;
    s->ipv6_only = options->ipv6_only;
    s->receive_buffer_size = options->receive_buffer_size;
    s->send_buffer_size = options->send_buffer_size;
    s->message_size_max = options->message_size_max;
    s->busy_poll_us = options->busy_poll_us;
    s->send_queue_size_max = options->send_queue_size_max;
    s->lookup = options->lookup;
    s->lookup_cancel = options->lookup_cancel;
    s->lookup_data = options->lookup_data;
    s->receive_blocklist = options->receive_blocklist;
    s->send_blocklist = options->send_blocklist;
    blocklist_retain(s->receive_blocklist);
    blocklist_retain(s->send_blocklist);
}

int dgram_create_with(uv_loop_t *loop, const dgram_options *given,
                      dgram_socket **socket_out) {
    dgram_options copy, *options = &copy;
    int result = SIZED_COPY(&copy, given, dgram_options, type);
    dgram_socket *s;

    if (result == 0)
        result = check_options(loop, options);
    if (result < 0)
        return result;
    s = alloc_zeroed(sizeof(*s));
    if (s == NULL)
        return UV_ENOMEM;
    result = loop_acquire(loop, &s->loop);
    if (result < 0) {
        alloc_free(s);
        return result;
    }
    s->referenced = true;
    error_set(&s->error, 0, "");
    sendq_init(&s->sendq);
    retryq_init(&s->retryq);
    list_init(&s->named_sends);
    list_init(&s->abort_node);
    list_init(&s->cancelled);
    init_tasks(s);
    take_options(s, options);
    prepare_datapath(s, options);
    join_abort(s, options->abort);
    *socket_out = s;
    return 0;
}

int dgram_create(uv_loop_t *loop, dgram_type type, dgram_socket **socket_out) {
    dgram_options options = {.size = sizeof(options), .type = type};

    return dgram_create_with(loop, &options, socket_out);
}

static void set_referenced(dgram_socket *s, bool on) {
    s->referenced = on;
    task_keep_loop(s->loop, &s->receive_task, on);
    if (s->state.bind == STATE_BOUND)
        watch_reference(s);
}

void dgram_ref(dgram_socket *s) {
    set_referenced(s, true);
}

void dgram_unref(dgram_socket *s) {
    set_referenced(s, false);
}

int dgram_close(dgram_socket *s) {
    bool watched = s->state.bind == STATE_BOUND;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    flush_again(s);
    state_move_bind(&s->state, STATE_CLOSED);
    /* The user's resolver, which a cancelled lookup calls, may signal. */
    list_remove(&s->abort_node);
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
