/* The happy way: the loop joins, and its binds are asked of the primary
   (shares.c). When the worker is to end, shared sockets stop to read, and are
   closed when their sends have left.

   What can go wrong: the primary goes; then the worker ends too, or goes on
   with what it has if the program says so. */
#include "dgram_cluster.h"

#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/util.h"
#include "platform/pass.h"
#include "share/shares.h"

#define DRAIN_TURN_MS 2u /* between looks at what has still to be sent */

static const int watched_signals[] = {SIGTERM, SIGINT, SIGHUP};
#define SIGNALS ARRAY_SIZE(watched_signals)

struct worker {
    struct loop *loop; /* a reference */
    struct channel channel;
    struct shares shares;
    uv_timer_t timer;             /* looks at sends while stopping */
    uv_signal_t signals[SIGNALS]; /* if options.signals */
    dgram_worker_options options;
    unsigned handles; /* to be closed before the memory goes */
    bool drains;      /* closes sockets itself */
    bool left;
};

static const char *control_text(void) {
    return getenv(DGRAM_CLUSTER_FD);
}

bool dgram_is_worker(void) {
    return control_text() != NULL;
}

static struct worker *worker_of(struct bind_broker *broker) {
    return CONTAINER_OF(broker, struct worker, shares.broker);
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

/* ---- The end ------------------------------------------------------------ */

static void on_timer(uv_timer_t *timer) {
    struct worker *worker = CONTAINER_OF(timer, struct worker, timer);

    loop_dispatch_begin(worker->loop);
    /* A close may call a resolver of the user's, from which the worker leaves:
       then the timer is that of on_leave(). */
    if (worker->drains && shares_drain(&worker->shares, true) == 0 &&
        !worker->left)
        uv_timer_stop(timer);
    loop_dispatch_end(worker->loop);
}

/* What was read has been shown, and answers to it that are queued as tasks are
   sent before the timer's first turn closes anything. */
static void stop(struct worker *worker) {
    if (worker->shares.ending)
        return;
    shares_drain(&worker->shares, false);
    if (worker->options.stop != NULL) {
        worker->options.stop(worker->loop->uv, worker->options.data);
        return;
    }
    worker->drains = true;
    uv_timer_start(&worker->timer, on_timer, DRAIN_TURN_MS, DRAIN_TURN_MS);
}

static void on_message(struct channel *channel,
                       const struct share_message *message, int fd) {
    struct worker *worker = CONTAINER_OF(channel, struct worker, channel);

    loop_dispatch_begin(worker->loop);
    if (message->kind == SHARE_ANSWER) {
        shares_answered(&worker->shares, message, fd);
    } else {
        if (fd >= 0)
            platform->close(fd);
        if (message->kind == SHARE_STOP)
            stop(worker);
        else
            channel_break(channel);
    }
    loop_dispatch_end(worker->loop);
}

static void on_ended(struct channel *channel) {
    struct worker *worker = CONTAINER_OF(channel, struct worker, channel);

    worker->shares.lost = true;
    channel_close(channel);
    loop_dispatch_begin(worker->loop);
    shares_fail_asked(&worker->shares);
    if (!worker->left && worker->options.lost != NULL)
        worker->options.lost(worker->loop->uv, worker->options.data);
    else if (!worker->left)
        stop(worker);
    loop_dispatch_end(worker->loop);
}

static void on_signal(uv_signal_t *handle, int number) {
    struct worker *worker = handle->data;

    /* One that leaves has its timer for that. */
    if (number != SIGTERM || worker->left)
        return;
    loop_dispatch_begin(worker->loop);
    stop(worker);
    loop_dispatch_end(worker->loop);
}

static void on_stop_asked(uv_timer_t *timer) {
    struct worker *worker = CONTAINER_OF(timer, struct worker, timer);

    loop_dispatch_begin(worker->loop);
    stop(worker);
    loop_dispatch_end(worker->loop);
}

int dgram_worker_stop(uv_loop_t *uv) {
    struct worker *worker = find_worker(uv);

    if (worker == NULL)
        return UV_ENOTCONN;
    if (!worker->shares.ending)
        uv_timer_start(&worker->timer, on_stop_asked, 0, 0);
    return 0;
}

/* ---- Joining and leaving ------------------------------------------------ */

static void free_when_closed(struct worker *worker) {
    if (--worker->handles > 0)
        return;
    loop_release(worker->loop);
    alloc_free(worker);
}

static void on_channel_closed(struct channel *channel) {
    free_when_closed(CONTAINER_OF(channel, struct worker, channel));
}

static void on_timer_closed(uv_handle_t *handle) {
    free_when_closed(CONTAINER_OF((uv_timer_t *)handle, struct worker, timer));
}

static void on_signal_closed(uv_handle_t *handle) {
    free_when_closed(handle->data);
}

static void close_handles(struct worker *worker) {
    channel_close(&worker->channel);
    uv_close((uv_handle_t *)&worker->timer, on_timer_closed);
    for (size_t i = 0; worker->options.signals && i < SIGNALS; i++)
        uv_close((uv_handle_t *)&worker->signals[i], on_signal_closed);
}

static void on_leave(uv_timer_t *timer) {
    struct worker *worker = CONTAINER_OF(timer, struct worker, timer);
    struct loop *loop = worker->loop;

    loop_dispatch_begin(loop);
    /* Callbacks may close sockets that still have shares of this broker. */
    shares_fail_asked(&worker->shares);
    shares_free(&worker->shares);
    loop->broker = NULL;
    close_handles(worker);
    loop_dispatch_end(loop);
}

/* What is to be told is told from the loop. */
int dgram_worker_leave(uv_loop_t *uv) {
    struct worker *worker = find_worker(uv);

    if (worker == NULL)
        return UV_ENOTCONN;
    worker->left = worker->shares.lost = true;
    worker->drains = false;
    channel_close(&worker->channel);
    uv_timer_start(&worker->timer, on_leave, 0, 0);
    return 0;
}

static int say(struct worker *worker, enum share_kind kind, uint32_t flags) {
    const struct share_message message = {.kind = kind, .flags = flags};

    return channel_send(&worker->channel, &message, -1);
}

int dgram_worker_ready(uv_loop_t *uv) {
    struct worker *worker = find_worker(uv);

    if (worker == NULL)
        return UV_ENOTCONN;
    return worker->shares.lost ? UV_EPIPE : say(worker, SHARE_READY, 0);
}

/* The descriptor of the environment, or a code. */
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

static void open_signals(struct worker *worker) {
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_t *handle = &worker->signals[i];

        uv_signal_init(worker->loop->uv, handle);
        handle->data = worker;
        uv_signal_start(handle, on_signal, watched_signals[i]);
        uv_unref((uv_handle_t *)handle);
        worker->handles++;
    }
}

static int open_worker(struct worker *worker, int fd) {
    int result;

    worker->channel.message = on_message;
    worker->channel.ended = on_ended;
    worker->channel.closed = on_channel_closed;
    worker->channel.takes_fds = true;
    result = channel_open(&worker->channel, worker->loop->uv, fd);
    if (result < 0)
        return result;
    uv_unref((uv_handle_t *)&worker->channel.poll);
    uv_timer_init(worker->loop->uv, &worker->timer);
    worker->handles = 2;
    if (worker->options.signals)
        open_signals(worker);
    /* If the primary is gone the loop finds out. */
    if (say(worker, SHARE_HELLO, platform->splits ? SHARE_SPLITS : 0) < 0)
        channel_break(&worker->channel);
    worker->loop->broker = &worker->shares.broker;
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
    shares_init(&worker->shares, worker->loop, &worker->channel);
    result = open_worker(worker, fd);
    if (result < 0) {
        loop_release(worker->loop);
        alloc_free(worker);
    }
    return result;
}

int dgram_worker_join(uv_loop_t *uv, const dgram_worker_options *options) {
    const dgram_worker_options none = {.size = sizeof(none)};
    int fd, result;

    if (options == NULL)
        options = &none;
    if (options->size != sizeof(*options))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (has_joined(uv))
        return UV_EALREADY;
    fd = find_descriptor(options);
    if (fd < 0)
        return fd;
    result = pass_adopt(fd);
    if (result >= 0)
        result = join(uv, options, fd);
    /* Programs that this one starts are no workers of its primary. */
    if (result >= 0 && options->fd <= 0)
        uv_os_unsetenv(DGRAM_CLUSTER_FD);
    return result < 0 ? result : 0;
}
