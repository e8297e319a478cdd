/* The happy way: a worker says hello and asks for a socket; one with the same
   key is found or opened; its descriptor goes back. When the last worker that
   has it closes it, it is closed.

   What can go wrong:
   - the socket cannot be opened, or the descriptor not be passed: the code is
     the answer;
   - the worker dies: what it has and did not close is let go of; what nobody
     else has is kept for its replacement for a while;
   - it sends what no worker sends: the same, for the connection is closed;
   - it dies before it gets what was kept: that is kept for the next;
   - it asks and does not read the answers: it is not heard until it does.

   The kernel may glue datagrams only if each reader cuts them. So that is
   decided by the first that asks, and one that cannot is refused later. */
#include "dgram_cluster.h"

#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"
#include "socket/bind.h"
#include "datapath/offload.h"
#include "os/fdpass.h"
#include "cluster/channel.h"

#define SOCKETS_MAX 1024u /* of one worker, unless told otherwise */
#define LINGER_TURNS 4u   /* in which the time passes that a socket is kept */

/* A socket that workers share. */
struct shared {
    struct list node;
    dgram_address key; /* what was asked for */
    uint32_t index;
    int fd;
    bool glued;       /* GRO is on */
    unsigned holders; /* workers that have it */
    bool kept;        /* for a replacement, until one has got it */
    unsigned turns;   /* without holders: of the timer, until it is dropped */
};

/* A socket that one worker has. */
struct holding {
    struct list node;
    uint64_t id;
    struct shared *shared;
};

struct dgram_member {
    struct list node;
    dgram_primary *primary;
    struct channel channel;
    struct list holdings;
    unsigned holding_count;
    uint64_t last_id;
    bool greeted, splits, ready, gone;
    void *data;
};

struct dgram_primary {
    uv_loop_t *loop;
    dgram_primary_options options;
    struct list members, sockets;
    unsigned kept;    /* sockets without holders */
    uv_timer_t timer; /* drops what nobody came for */
    struct closing timer_closing;
    unsigned handles; /* to be closed before the memory goes */
    bool closing;
};

/* ---- Sockets ------------------------------------------------------------ */

static struct shared *find_shared(dgram_primary *primary,
                                  const struct share_message *message) {
    for (struct list *n = primary->sockets.next; n != &primary->sockets;
         n = n->next) {
        struct shared *shared = CONTAINER_OF(n, struct shared, node);

        if (shared->index == message->index &&
            address_same(&shared->key, &message->address))
            return shared;
    }
    return NULL;
}

static void drop_shared(struct shared *shared) {
    list_remove(&shared->node);
    platform->close(shared->fd);
    alloc_free(shared);
}

static int open_shared(dgram_primary *primary,
                       const struct share_message *message, bool splits,
                       struct shared **shared_out) {
    const struct bind_flags flags = {
        .reuse_address = (message->flags & SHARE_REUSE_ADDRESS) != 0,
        .ipv6_only = (message->flags & SHARE_IPV6_ONLY) != 0,
    };
    bool v6 = message->address.any.sa_family == AF_INET6;
    struct shared *shared = alloc_zeroed(sizeof(*shared));

    if (shared == NULL)
        return UV_ENOMEM;
    shared->fd =
        bind_open(v6 ? DGRAM_UDP6 : DGRAM_UDP4, &flags, &message->address);
    if (shared->fd < 0) {
        int result = shared->fd;

        alloc_free(shared);
        return result;
    }
    shared->glued = splits && !offload_environment().off &&
                    platform->coalesce(shared->fd, true) >= 0;
    shared->key = message->address;
    shared->index = message->index;
    list_append(&primary->sockets, &shared->node);
    *shared_out = shared;
    return 0;
}

static void on_linger(uv_timer_t *timer) {
    dgram_primary *primary = CONTAINER_OF(timer, dgram_primary, timer);
    struct list *n = primary->sockets.next;
    bool more = false;

    while (n != &primary->sockets) {
        struct shared *shared = CONTAINER_OF(n, struct shared, node);

        n = n->next;
        if (shared->holders > 0)
            continue;
        if (--shared->turns == 0) {
            primary->kept--;
            drop_shared(shared);
        } else
            more = true;
    }
    if (!more)
        uv_timer_stop(timer);
}

/* Nothing is kept much longer than it should, and by a process that was stopped
   meanwhile, and has not heard who came for it, hardly shorter. */
static void linger(dgram_primary *primary, struct shared *shared) {
    uint64_t turn = primary->options.linger_ms / LINGER_TURNS + 1;

    shared->turns = LINGER_TURNS;
    shared->kept = true;
    primary->kept++;
    if (!uv_is_active((uv_handle_t *)&primary->timer))
        uv_timer_start(&primary->timer, on_linger, turn, turn);
    else
        shared->turns++; /* the first has begun before */
}

static unsigned sockets_max(const dgram_primary *primary) {
    unsigned max = primary->options.sockets_max;

    return max > 0 ? max : SOCKETS_MAX;
}

static void let_go(dgram_primary *primary, struct shared *shared,
                   bool for_next) {
    if (--shared->holders > 0)
        return;
    /* A worker that closes and binds all the time must not fill the process. */
    if (for_next && primary->options.linger_ms > 0 && !primary->closing &&
        primary->kept < sockets_max(primary))
        linger(primary, shared);
    else
        drop_shared(shared);
}

/* ---- Members ------------------------------------------------------------ */

static struct holding *find_holding(dgram_member *member, uint64_t id) {
    for (struct list *n = member->holdings.next; n != &member->holdings;
         n = n->next) {
        struct holding *holding = CONTAINER_OF(n, struct holding, node);

        if (holding->id == id)
            return holding;
    }
    return NULL;
}

static void free_holding(dgram_member *member, struct holding *holding,
                         bool for_next) {
    let_go(member->primary, holding->shared, for_next);
    list_remove(&holding->node);
    member->holding_count--;
    alloc_free(holding);
}

static bool close_holding(dgram_member *member,
                          const struct share_message *message) {
    struct holding *holding = find_holding(member, message->id);

    if (holding != NULL)
        free_holding(member, holding, (message->flags & SHARE_FOR_NEXT) != 0);
    return holding != NULL;
}

static void free_if_closed(dgram_primary *primary) {
    if (--primary->handles > 0)
        return;
    if (primary->options.closed != NULL)
        primary->options.closed(primary, primary->options.data);
    alloc_free(primary);
}

static void on_member_closed(struct channel *channel) {
    dgram_member *member = CONTAINER_OF(channel, dgram_member, channel);
    dgram_primary *primary = member->primary;

    alloc_free(member);
    free_if_closed(primary);
}

/* Ends the connection; its memory goes later. */
static void end_member(dgram_member *member) {
    if (member->gone)
        return;
    member->gone = true;
    list_remove(&member->node);
    while (!list_empty(&member->holdings))
        free_holding(member,
                     CONTAINER_OF(member->holdings.next, struct holding, node),
                     true);
    channel_close(&member->channel);
}

static void on_ended(struct channel *channel) {
    dgram_member *member = CONTAINER_OF(channel, dgram_member, channel);
    dgram_primary *primary = member->primary;

    end_member(member);
    if (primary->options.left != NULL && !primary->closing)
        primary->options.left(primary, member, primary->options.data);
}

/* ---- Binds -------------------------------------------------------------- */

static int find_or_open(dgram_member *member,
                        const struct share_message *message,
                        struct shared **shared_out) {
    struct shared *shared = find_shared(member->primary, message);

    if (shared == NULL)
        return open_shared(member->primary, message, member->splits,
                           shared_out);
    if (shared->glued && !member->splits)
        return UV_ENOTSUP;
    if (shared->holders == 0)
        member->primary->kept--;
    *shared_out = shared;
    return 0;
}

static int hold(dgram_member *member, const struct share_message *message,
                struct holding **holding_out) {
    struct holding *holding;
    int result;

    if (member->holding_count >= sockets_max(member->primary))
        return UV_EMFILE;
    holding = alloc_zeroed(sizeof(*holding));
    if (holding == NULL)
        return UV_ENOMEM;
    result = find_or_open(member, message, &holding->shared);
    if (result < 0) {
        alloc_free(holding);
        return result;
    }
    holding->id = message->id;
    holding->shared->holders++;
    member->holding_count++;
    list_append(&member->holdings, &holding->node);
    *holding_out = holding;
    return 0;
}

/* A spawner that is restarting waits for it: rather what was asked for than
   nothing. */
static void tell_listening(dgram_member *member, const struct shared *shared) {
    const dgram_primary_options *options = &member->primary->options;
    dgram_address address;

    if (options->listening == NULL)
        return;
    if (platform->local_address(shared->fd, &address) < 0)
        address = shared->key;
    options->listening(member->primary, member, &address, options->data);
}

static void on_bind(dgram_member *member, const struct share_message *message) {
    struct share_message answer = {.kind = SHARE_ANSWER, .id = message->id};
    struct holding *holding = NULL;

    answer.status = hold(member, message, &holding);
    if (answer.status == 0) {
        int result =
            channel_send(&member->channel, &answer, holding->shared->fd);

        if (result == 0) {
            holding->shared->kept = false;
            tell_listening(member, holding->shared);
            return;
        }
        free_holding(member, holding, holding->shared->kept);
        answer.status = result;
    }
    if (channel_send(&member->channel, &answer, -1) < 0)
        channel_break(&member->channel);
}

/* Whether it is what a worker sends. */
static bool take_message(dgram_member *member,
                         const struct share_message *message) {
    const dgram_primary_options *options = &member->primary->options;

    if (member->greeted == (message->kind == SHARE_HELLO))
        return false;
    switch (message->kind) {
    case SHARE_HELLO:
        member->greeted = true;
        member->splits = (message->flags & SHARE_SPLITS) != 0;
        if (options->joined != NULL)
            options->joined(member->primary, member, options->data);
        return true;
    case SHARE_BIND:
        if (message->id <= member->last_id)
            return false;
        member->last_id = message->id;
        on_bind(member, message);
        return true;
    case SHARE_CLOSE:
        return close_holding(member, message);
    case SHARE_READY:
        member->ready = true;
        if (options->ready != NULL)
            options->ready(member->primary, member, options->data);
        return true;
    default:
        return false;
    }
}

static void on_message(struct channel *channel,
                       const struct share_message *message, int fd) {
    dgram_member *member = CONTAINER_OF(channel, dgram_member, channel);

    (void)fd; /* none is taken */
    /* At once: what it sent behind it is not heard either. */
    if (!take_message(member, message))
        on_ended(channel);
}

/* ---- For the program ---------------------------------------------------- */

int dgram_primary_create(uv_loop_t *loop, const dgram_primary_options *options,
                         dgram_primary **primary_out) {
    dgram_primary_options copy;
    dgram_primary *primary;
    int result = SIZED_COPY(&copy, options, dgram_primary_options, sockets_max);

    if (result < 0)
        return result;
    primary = alloc_zeroed(sizeof(*primary));
    if (primary == NULL)
        return UV_ENOMEM;
    primary->loop = loop;
    primary->options = copy;
    list_init(&primary->members);
    list_init(&primary->sockets);
    uv_timer_init(loop, &primary->timer);
    uv_unref((uv_handle_t *)&primary->timer);
    primary->handles = 1;
    *primary_out = primary;
    return 0;
}

static int open_member(dgram_member *member, int fd) {
    struct channel *channel = &member->channel;

    list_init(&member->holdings);
    channel->message = on_message;
    channel->ended = on_ended;
    channel->closed = on_member_closed;
    channel->waits = true;
    return channel_open(channel, member->primary->loop, fd);
}

int dgram_primary_add(dgram_primary *primary, void *data,
                      dgram_member **member_out, int *fd_out) {
    dgram_member *member;
    int ends[2], result;

    if (primary->closing)
        return UV_ECANCELED;
    member = alloc_zeroed(sizeof(*member));
    if (member == NULL)
        return UV_ENOMEM;
    member->primary = primary;
    member->data = data;
    result = pass_pair(ends);
    if (result < 0) {
        alloc_free(member);
        return result;
    }
    result = open_member(member, ends[0]);
    if (result < 0) {
        platform->close(ends[0]);
        platform->close(ends[1]);
        alloc_free(member);
        return result;
    }
    list_append(&primary->members, &member->node);
    primary->handles++;
    *member_out = member;
    *fd_out = ends[1];
    return 0;
}

void *dgram_member_data(const dgram_member *member) {
    return member->data;
}

int dgram_member_stop(dgram_member *member) {
    const struct share_message message = {.kind = SHARE_STOP};
    int result = channel_send(&member->channel, &message, -1);

    return result == UV_ENOMEM ? result : result < 0 ? UV_EPIPE : 0;
}

/* Of what it said before it ended only the closes matter. */
static void on_rest(struct channel *channel,
                    const struct share_message *message, int fd) {
    dgram_member *member = CONTAINER_OF(channel, dgram_member, channel);

    (void)fd; /* none is taken */
    if (message->kind == SHARE_CLOSE)
        close_holding(member, message);
}

static void on_rest_ended(struct channel *channel) {
    (void)channel;
}

/* A process may be known to have ended before all that it sent is read. */
void dgram_member_end(dgram_member *member) {
    member->channel.message = on_rest;
    member->channel.ended = on_rest_ended;
    member->channel.waits = false;
    channel_read_rest(&member->channel);
    end_member(member);
}

static bool has_shared(const dgram_member *member,
                       const struct shared *shared) {
    for (const struct list *n = member->holdings.next; n != &member->holdings;
         n = n->next) {
        if (CONTAINER_OF(n, const struct holding, node)->shared == shared)
            return true;
    }
    return false;
}

bool dgram_member_is_ready(const dgram_member *member,
                           const dgram_member *other) {
    if (member->ready || other == NULL)
        return member->greeted;
    for (const struct list *n = other->holdings.next; n != &other->holdings;
         n = n->next) {
        if (!has_shared(member,
                        CONTAINER_OF(n, const struct holding, node)->shared))
            return false;
    }
    return member->greeted;
}

static void on_timer_closed(struct closing *closing) {
    free_if_closed(CONTAINER_OF(closing, dgram_primary, timer_closing));
}

void dgram_primary_close(dgram_primary *primary) {
    if (primary->closing)
        return;
    primary->closing = true;
    while (!list_empty(&primary->members))
        end_member(CONTAINER_OF(primary->members.next, dgram_member, node));
    while (!list_empty(&primary->sockets))
        drop_shared(CONTAINER_OF(primary->sockets.next, struct shared, node));
    closing_add((uv_handle_t *)&primary->timer);
    closing_wait(&primary->timer_closing, primary->loop, on_timer_closed);
}
