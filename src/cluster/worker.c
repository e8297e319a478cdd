/* Happy path: the loop is connected with the primary, which answers its binds
   (leases.c). When the worker is to end, its shared sockets stop reading, and
   are closed when their send queues are empty.

   What can go wrong: the primary closes the connection. Then the worker ends,
   unless the program has a callback for this. */
#include "dgram_cluster.h"

#include <signal.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"
#include "loop/loops.h"
#include "os/fdpass.h"
#include "os/platform.h"
#include "cluster/leases.h"
#include "cluster/signals.h"

#define DRAIN_INTERVAL_MS 2u /* at which send queues are checked */

struct worker {
    struct loop *loop; /* a reference */
    struct channel channel;
    struct leases leases;
    uv_timer_t timer;       /* checks send queues while draining */
    struct signals signals; /* if options.signals */
    dgram_worker_options options;
    struct task
        lost_task; /* fails binds, and reports that the connection has ended */
    struct task leave_task; /* fails binds, and frees the worker */
    struct closing closing;
    bool drains; /* closes sockets itself: the program has no `stop` */
    bool left;   /* dgram_worker_leave() was called */
};

static const char *control_text(void) {
    return getenv(DGRAM_CLUSTER_FD);
}

bool dgram_is_worker(void) {
    return control_text() != NULL;
}

static struct worker *worker_of(struct bind_broker *broker) {
    return CONTAINER_OF(broker, struct worker, leases.broker);
}

static bool has_joined(uv_loop_t *uv) {
    struct loop *loop = loop_find(uv);

    return loop != NULL && loop->broker != NULL;
}

static struct worker *find_worker(uv_loop_t *uv) {
    struct worker *worker;

    if (!has_joined(uv))
        return NULL;
    worker = worker_of(loop_find(uv)->broker);
    return worker->left ? NULL : worker;
}

/* ---- Stopping ----------------------------------------------------------- */

static void on_timer(uv_timer_t *timer) {
    struct worker *worker = CONTAINER_OF(timer, struct worker, timer);
    unsigned depth = loop_dispatch_begin(worker->loop);

    /* A close may call a resolver of the program, which may call
       dgram_worker_leave(). Then the timer is closed. */
    if (worker->drains && leases_drain(&worker->leases, true) == 0 &&
        !worker->left)
        uv_timer_stop(timer);
    loop_dispatch_end(worker->loop, depth);
}

/* All datagrams that were read have been delivered. Answers that are queued as
   tasks are sent before the timer closes the first socket. */
static void stop(struct worker *worker) {
    if (leases_are_draining(&worker->leases))
        return;
    leases_drain(&worker->leases, false);
    if (worker->options.stop != NULL) {
        worker->options.stop(worker->loop->uv, worker->options.data);
        return;
    }
    worker->drains = true;
    uv_timer_start(&worker->timer, on_timer, DRAIN_INTERVAL_MS,
                   DRAIN_INTERVAL_MS);
}

static void on_message(struct channel *channel,
                       const struct protocol_message *message, int fd) {
    struct worker *worker = CONTAINER_OF(channel, struct worker, channel);
    unsigned depth = loop_dispatch_begin(worker->loop);

    if (message->kind == PROTOCOL_ANSWER) {
        leases_answer_arrived(&worker->leases, message, fd);
    } else {
        if (fd >= 0)
            platform->close(fd);
        if (message->kind == PROTOCOL_STOP)
            stop(worker);
        else
            channel_break(channel);
    }
    loop_dispatch_end(worker->loop, depth);
}

/* One callback in each run of the task: if a callback does not return, the
   others are still called. */
static void lost_task(struct task *task) {
    struct worker *worker = CONTAINER_OF(task, struct worker, lost_task);

    loop_run_again(worker->loop, task);
    if (leases_fail_next(&worker->leases))
        return;
    list_remove(&task->node);
    if (worker->options.lost != NULL)
        worker->options.lost(worker->loop->uv, worker->options.data);
    else
        stop(worker);
}

static void on_ended(struct channel *channel) {
    struct worker *worker = CONTAINER_OF(channel, struct worker, channel);
    unsigned depth;

    leases_lose_primary(&worker->leases);
    channel_close(channel);
    depth = loop_dispatch_begin(worker->loop);
    loop_defer(worker->loop, &worker->lost_task);
    loop_dispatch_end(worker->loop, depth);
}

static void on_signal(uv_signal_t *handle, int number) {
    struct worker *worker = handle->data;
    unsigned depth;

    if (number != SIGTERM)
        return;
    depth = loop_dispatch_begin(worker->loop);
    stop(worker);
    loop_dispatch_end(worker->loop, depth);
}

static void on_stop_requested(uv_timer_t *timer) {
    struct worker *worker = CONTAINER_OF(timer, struct worker, timer);
    unsigned depth = loop_dispatch_begin(worker->loop);

    stop(worker);
    loop_dispatch_end(worker->loop, depth);
}

int dgram_worker_stop(uv_loop_t *uv) {
    struct worker *worker = find_worker(uv);

    if (worker == NULL)
        return UV_ENOTCONN;
    if (!leases_are_draining(&worker->leases))
        uv_timer_start(&worker->timer, on_stop_requested, 0, 0);
    return 0;
}

/* ---- Joining and leaving ------------------------------------------------ */

static void on_channel_closed(struct channel *channel) {
    (void)channel;
}

/* The channel is closed at the same time, and may take longer. */
static void on_closed(struct closing *closing) {
    struct worker *worker = CONTAINER_OF(closing, struct worker, closing);
    struct loop *loop = worker->loop;

    if (channel_is_closing(&worker->channel)) {
        closing_wait(closing, loop->uv, on_closed);
        return;
    }
    alloc_free(worker);
    loop_unref(loop);
}

/* One callback in each run, as above. A callback may close sockets that have a
   lease, so the broker stays until the last one. */
static void leave_task(struct task *task) {
    struct worker *worker = CONTAINER_OF(task, struct worker, leave_task);
    struct loop *loop = worker->loop;

    loop_run_again(loop, task);
    if (leases_fail_next(&worker->leases))
        return;
    list_remove(&task->node);
    leases_free(&worker->leases);
    loop->broker = NULL;
    closing_wait(&worker->closing, loop->uv, on_closed);
}

static struct worker *find_any_worker(uv_loop_t *uv) {
    struct loop *loop = loops_find(uv);
    struct worker *worker =
        loop != NULL && loop->broker != NULL ? worker_of(loop->broker) : NULL;

    return worker == NULL || worker->left ? NULL : worker;
}

int dgram_worker_leave(uv_loop_t *uv) {
    struct worker *worker = find_any_worker(uv);
    struct loop *loop;

    if (worker == NULL)
        return UV_ENOTCONN;
    loop = worker->loop;
    worker->left = true;
    leases_lose_primary(&worker->leases);
    worker->drains = false;
    loop_cancel(loop, &worker->lost_task);
    closing_add((uv_handle_t *)&worker->timer);
    if (worker->options.signals)
        signals_close(&worker->signals);
    channel_close(&worker->channel);
    loop_defer_end(loop, &worker->leave_task);
    loop_settle(loop);
    return 0;
}

static int send_message(struct worker *worker, enum protocol_kind kind,
                        uint32_t flags) {
    const struct protocol_message message = {.kind = kind, .flags = flags};

    return channel_send(&worker->channel, &message, -1);
}

int dgram_worker_ready(uv_loop_t *uv) {
    struct worker *worker = find_worker(uv);

    if (worker == NULL)
        return UV_ENOTCONN;
    return leases_have_lost_primary(&worker->leases)
               ? UV_EPIPE
               : send_message(worker, PROTOCOL_READY, 0);
}

/* The control descriptor, or an error. */
static int find_descriptor(const dgram_worker_options *options) {
    const char *text = control_text();
    char *end;
    long fd;

    if (options->fd > 0)
        return options->fd;
    if (text == NULL)
        return UV_ENOTCONN;
    fd = strtol(text, &end, 10);
    return end == text || *end != '\0' || fd < 0 || fd > INT32_MAX ? UV_EINVAL
                                                                   : (int)fd;
}

static const struct channel_handlers handlers = {
    .message = on_message,
    .ended = on_ended,
    .closed = on_channel_closed,
    .takes_fds = true,
};

static int open_worker(struct worker *worker, int fd) {
    int result;

    result = channel_open(&worker->channel, worker->loop->uv, fd, &handlers);
    if (result < 0)
        return result;
    channel_unref(&worker->channel);
    uv_timer_init(worker->loop->uv, &worker->timer);
    if (worker->options.signals)
        signals_open(&worker->signals, worker->loop->uv, on_signal, worker);
    /* If the primary has closed the connection, reading reports it. */
    if (send_message(worker, PROTOCOL_HELLO,
                     platform->splits ? PROTOCOL_SPLITS : 0) < 0)
        channel_break(&worker->channel);
    worker->loop->broker = &worker->leases.broker;
    return 0;
}

static int join(uv_loop_t *uv, const dgram_worker_options *options, int fd) {
    struct worker *worker = alloc_zeroed(sizeof(*worker));
    int result;

    if (worker == NULL)
        return UV_ENOMEM;
    worker->options = *options;
    result = loop_acquire(uv, &worker->loop);
    if (result < 0) {
        alloc_free(worker);
        return result;
    }
    task_init(&worker->lost_task, lost_task);
    task_init(&worker->leave_task, leave_task);
    leases_init(&worker->leases, worker->loop, &worker->channel);
    result = open_worker(worker, fd);
    if (result < 0) {
        loop_unref(worker->loop);
        alloc_free(worker);
    }
    return result;
}

int dgram_worker_join(uv_loop_t *uv, const dgram_worker_options *given) {
    const dgram_worker_options none = {.size = sizeof(none)};
    dgram_worker_options copy, *options = &copy;
    int fd, result = SIZED_COPY(&copy, given != NULL ? given : &none,
                                dgram_worker_options, fd);

    if (result < 0)
        return result;
    if (uv == NULL)
        return UV_EINVAL;
    if (has_joined(uv))
        return UV_EALREADY;
    fd = find_descriptor(options);
    if (fd < 0)
        return fd;
    result = pass_adopt(fd);
    if (result >= 0)
        result = join(uv, options, fd);
    /* Programs that this process starts are not workers. */
    if (result >= 0 && options->fd <= 0)
        uv_os_unsetenv(DGRAM_CLUSTER_FD);
    return result < 0 ? result : 0;
}
