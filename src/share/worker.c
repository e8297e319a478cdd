/* The happy way: a bind of the loop is asked for with a number; the answer
   brings a descriptor, which becomes the socket's. The close is told.

   What can go wrong:
   - the primary refuses: the code is the bind's;
   - the socket closes before the answer: its share stays, without a socket,
     and gives back what comes;
   - the primary goes: binds that wait fail, others go on;
   - the worker is to end: shared sockets stop to read, and are closed when
     their sends have left. */
#include "dgram_cluster.h"

#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/util.h"
#include "bind.h"
#include "platform/pass.h"
#include "share/channel.h"
#include "watch.h"

#define DRAIN_TURN_MS 2u /* between looks at what has still to be sent */

/* A socket that has a descriptor of the primary's, or has asked for one. */
struct share {
    struct list node;
    dgram_socket *socket; /* NULL: closed before the answer */
    uint64_t id;
    dgram_address asked;
    uint32_t index; /* how many binds of the same address were before */
    uint32_t next;  /* index of the next one */
    bool answered;
};

static const int watched_signals[] = {SIGTERM, SIGINT, SIGHUP};
#define SIGNALS ARRAY_SIZE(watched_signals)

struct worker {
    struct bind_broker broker;
    struct loop *loop; /* a reference */
    struct channel channel;
    uv_timer_t timer;             /* looks at sends while stopping */
    uv_signal_t signals[SIGNALS]; /* if options.signals */
    dgram_worker_options options;
    struct list shares;
    uint64_t last_id;
    unsigned handles;      /* to be closed before the memory goes */
    bool lost;             /* the primary is gone */
    bool stopping, drains; /* drains: closes sockets itself */
    bool left;
};

static const char *control_text(void) {
    return getenv(DGRAM_CLUSTER_FD);
}

bool dgram_is_worker(void) {
    return control_text() != NULL;
}

static struct worker *worker_of(struct bind_broker *broker) {
    return CONTAINER_OF(broker, struct worker, broker);
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

/* ---- Shares ------------------------------------------------------------- */

static struct share *find_share(struct worker *worker, uint64_t id) {
    for (struct list *n = worker->shares.next; n != &worker->shares;
         n = n->next) {
        struct share *share = CONTAINER_OF(n, struct share, node);

        if (share->id == id)
            return share;
    }
    return NULL;
}

/* Any other share of the same address; one that is to be given back counts no
   more than one that was. */
static struct share *find_like(struct worker *worker, const struct share *of) {
    for (struct list *n = worker->shares.next; n != &worker->shares;
         n = n->next) {
        struct share *share = CONTAINER_OF(n, struct share, node);

        if (share != of && share->socket != NULL &&
            address_same(&share->asked, &of->asked))
            return share;
    }
    return NULL;
}

/* Numbers go on as long as any share of the address is there. All of an
   address agree on `next`. */
static void set_index(struct worker *worker, struct share *share) {
    struct share *like = find_like(worker, share);

    share->index = like != NULL ? like->next : 0;
    share->next = share->index + 1;
    for (struct list *n = worker->shares.next; n != &worker->shares;
         n = n->next) {
        struct share *other = CONTAINER_OF(n, struct share, node);

        if (address_same(&other->asked, &share->asked))
            other->next = share->next;
    }
}

/* An answer that is to come keeps the loop running. */
static void settle(struct worker *worker, struct share *share) {
    if (share->answered)
        return;
    share->answered = true;
    loop_let_go(worker->loop);
}

static void free_share(struct worker *worker, struct share *share) {
    settle(worker, share);
    if (share->socket != NULL)
        share->socket->share = NULL;
    list_remove(&share->node);
    alloc_free(share);
}

static uint32_t flags_of(const dgram_socket *s) {
    return (s->reuse_address ? SHARE_REUSE_ADDRESS : 0) |
           (s->ipv6_only ? SHARE_IPV6_ONLY : 0);
}

static int send_message(struct worker *worker, enum share_kind kind,
                        uint32_t flags, uint64_t id) {
    const struct share_message message = {
        .kind = kind, .flags = flags, .id = id};

    return channel_send(&worker->channel, &message, -1);
}

/* A close that cannot be told would leave the primary with a socket for ever;
   without the connection it knows. */
static void tell_closed(struct worker *worker, uint64_t id) {
    uint32_t flags = worker->stopping ? SHARE_FOR_NEXT : 0;

    if (!worker->lost && send_message(worker, SHARE_CLOSE, flags, id) < 0)
        channel_break(&worker->channel);
}

static int ask(struct bind_broker *broker, dgram_socket *s,
               const dgram_address *address) {
    struct worker *worker = worker_of(broker);
    struct share_message message = {
        .kind = SHARE_BIND, .flags = flags_of(s), .address = *address};
    struct share *share;
    int result;

    if (worker->lost)
        return UV_EPIPE;
    share = alloc_zeroed(sizeof(*share));
    if (share == NULL)
        return UV_ENOMEM;
    share->asked = *address;
    set_index(worker, share);
    message.id = share->id = ++worker->last_id;
    message.index = share->index;
    result = channel_send(&worker->channel, &message, -1);
    if (result < 0) {
        alloc_free(share);
        return result;
    }
    share->socket = s;
    s->share = share;
    list_append(&worker->shares, &share->node);
    loop_hold(worker->loop);
    return 0;
}

static void leave(struct bind_broker *broker, dgram_socket *s) {
    struct worker *worker = worker_of(broker);
    struct share *share = s->share;

    s->share = NULL;
    share->socket = NULL;
    if (!share->answered) {
        /* Nobody waits for the answer now, but that it is given back. */
        settle(worker, share);
        return;
    }
    tell_closed(worker, share->id);
    free_share(worker, share);
}

/* ---- Answers ------------------------------------------------------------ */

static void give_back(struct worker *worker, struct share *share, int status,
                      int fd) {
    if (fd >= 0)
        platform->close(fd);
    if (status == 0)
        tell_closed(worker, share->id);
    free_share(worker, share);
}

static void take_answer(struct worker *worker, struct share *share,
                        const struct share_message *message, int fd) {
    dgram_socket *s = share->socket;
    const dgram_address asked = share->asked;
    int result = message->status;

    /* Without a descriptor where one should be, this process has too many. */
    if (result == 0)
        result = fd < 0 ? UV_EMFILE : bind_take(s, fd);
    if (result < 0) {
        give_back(worker, share, message->status, fd);
    } else {
        settle(worker, share);
        if (worker->stopping)
            watch_pause(s, true);
    }
    bind_answer(s, result, &asked);
}

static void on_answer(struct worker *worker,
                      const struct share_message *message, int fd) {
    struct share *share = find_share(worker, message->id);

    if (share == NULL || (share->socket != NULL && share->answered)) {
        if (fd >= 0)
            platform->close(fd);
        channel_break(&worker->channel);
    } else if (share->socket == NULL) {
        give_back(worker, share, message->status, fd);
    } else {
        take_answer(worker, share, message, fd);
    }
}

/* ---- The end ------------------------------------------------------------ */

/* Pauses all, and closes what has nothing to send. Returns how many are left.
 */
static unsigned drain(struct worker *worker) {
    struct list shares;
    unsigned count = 0;

    list_move(&worker->shares, &shares);
    while (!list_empty(&shares)) {
        struct share *share = CONTAINER_OF(shares.next, struct share, node);
        dgram_socket *s = share->socket;

        list_remove(&share->node);
        list_append(&worker->shares, &share->node);
        if (s == NULL)
            continue;
        if (share->answered && !s->paused)
            watch_pause(s, true);
        if (worker->drains && share->answered && dgram_send_queue_count(s) == 0)
            dgram_close(s);
        else
            count++;
    }
    return count;
}

static void on_timer(uv_timer_t *timer) {
    struct worker *worker = CONTAINER_OF(timer, struct worker, timer);

    loop_dispatch_begin(worker->loop);
    if (worker->drains && drain(worker) == 0)
        uv_timer_stop(timer);
    loop_dispatch_end(worker->loop);
}

/* What was read has been shown, and answers to it that are queued as tasks are
   sent before the timer's first turn closes anything. */
static void stop(struct worker *worker) {
    if (worker->stopping)
        return;
    worker->stopping = true;
    drain(worker);
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
        on_answer(worker, message, fd);
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

/* Binds that wait fail; those whose socket is closed are nobody's. */
static void fail_asked(struct worker *worker) {
    struct list shares;

    list_move(&worker->shares, &shares);
    while (!list_empty(&shares)) {
        struct share *share = CONTAINER_OF(shares.next, struct share, node);
        dgram_socket *s = share->socket;
        const dgram_address asked = share->asked;

        list_remove(&share->node);
        if (s != NULL && share->answered) {
            list_append(&worker->shares, &share->node);
            continue;
        }
        free_share(worker, share);
        if (s != NULL)
            bind_answer(s, UV_EPIPE, &asked);
    }
}

static void on_ended(struct channel *channel) {
    struct worker *worker = CONTAINER_OF(channel, struct worker, channel);

    worker->lost = true;
    channel_close(channel);
    loop_dispatch_begin(worker->loop);
    fail_asked(worker);
    if (!worker->left && worker->options.lost != NULL)
        worker->options.lost(worker->loop->uv, worker->options.data);
    else if (!worker->left)
        stop(worker);
    loop_dispatch_end(worker->loop);
}

static void on_signal(uv_signal_t *handle, int number) {
    struct worker *worker = handle->data;

    if (number != SIGTERM)
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
    if (!worker->stopping)
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
    fail_asked(worker);
    while (!list_empty(&worker->shares))
        free_share(worker,
                   CONTAINER_OF(worker->shares.next, struct share, node));
    loop->broker = NULL;
    close_handles(worker);
    loop_dispatch_end(loop);
}

/* What is to be told is told from the loop. */
int dgram_worker_leave(uv_loop_t *uv) {
    struct worker *worker = find_worker(uv);

    if (worker == NULL)
        return UV_ENOTCONN;
    worker->left = worker->lost = true;
    worker->drains = false;
    channel_close(&worker->channel);
    uv_timer_start(&worker->timer, on_leave, 0, 0);
    return 0;
}

int dgram_worker_ready(uv_loop_t *uv) {
    struct worker *worker = find_worker(uv);

    if (worker == NULL)
        return UV_ENOTCONN;
    return worker->lost ? UV_EPIPE : send_message(worker, SHARE_READY, 0, 0);
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
    if (send_message(worker, SHARE_HELLO, platform->splits ? SHARE_SPLITS : 0,
                     0) < 0)
        channel_break(&worker->channel);
    worker->broker = (struct bind_broker){.ask = ask, .leave = leave};
    worker->loop->broker = &worker->broker;
    return 0;
}

static int join(uv_loop_t *uv, const dgram_worker_options *options, int fd) {
    struct worker *worker = alloc_zeroed(sizeof(*worker));
    int result;

    if (worker == NULL)
        return UV_ENOMEM;
    worker->options = *options;
    list_init(&worker->shares);
    result = loop_acquire(uv, &worker->loop);
    if (result < 0) {
        alloc_free(worker);
        return result;
    }
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
