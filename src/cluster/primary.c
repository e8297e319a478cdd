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

#include "util/address.h"
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
    bool coalesces;   /* GRO is on */
    unsigned holders; /* workers that have it */
    bool kept;        /* for a replacement, until one has got it */
    unsigned turns;   /* without holders: of the timer, until it is dropped */
};

/* A socket that one worker has. */
struct grant {
    struct list node;
    uint64_t id;
    struct shared *shared;
};

struct dgram_connection {
    struct list node;
    dgram_primary *primary;
    struct channel channel;
    struct list grants;
    unsigned grant_count;
    uint64_t last_id;
    bool greeted, splits, ready, gone;
    void *data;
};

struct dgram_primary {
    uv_loop_t *loop;
    dgram_primary_options options;
    struct list connections, sockets;
    unsigned kept;    /* sockets without holders */
    uv_timer_t timer; /* drops what nobody came for */
    struct closing timer_closing;
    unsigned handles; /* to be closed before the memory goes */
    bool closing;
};

/* ---- Sockets ------------------------------------------------------------ */

static struct shared *find_shared(dgram_primary *primary,
                                  const struct protocol_message *message) {
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
                       const struct protocol_message *message, bool splits,
                       struct shared **shared_out) {
    const struct bind_flags flags = {
        .reuse_address = (message->flags & PROTOCOL_REUSE_ADDRESS) != 0,
        .ipv6_only = (message->flags & PROTOCOL_IPV6_ONLY) != 0,
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
    shared->coalesces = splits && !offload_environment().off &&
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

static void release_shared(dgram_primary *primary, struct shared *shared,
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

/* ---- Connections --------------------------------------------------------- */

static struct grant *find_grant(dgram_connection *connection, uint64_t id) {
    for (struct list *n = connection->grants.next; n != &connection->grants;
         n = n->next) {
        struct grant *grant = CONTAINER_OF(n, struct grant, node);

        if (grant->id == id)
            return grant;
    }
    return NULL;
}

static void free_grant(dgram_connection *connection, struct grant *grant,
                       bool for_next) {
    release_shared(connection->primary, grant->shared, for_next);
    list_remove(&grant->node);
    connection->grant_count--;
    alloc_free(grant);
}

static bool close_grant(dgram_connection *connection,
                        const struct protocol_message *message) {
    struct grant *grant = find_grant(connection, message->id);

    if (grant != NULL)
        free_grant(connection, grant, (message->flags & PROTOCOL_KEEP) != 0);
    return grant != NULL;
}

static void free_if_closed(dgram_primary *primary) {
    if (--primary->handles > 0)
        return;
    if (primary->options.closed != NULL)
        primary->options.closed(primary, primary->options.data);
    alloc_free(primary);
}

static void on_connection_closed(struct channel *channel) {
    dgram_connection *connection =
        CONTAINER_OF(channel, dgram_connection, channel);
    dgram_primary *primary = connection->primary;

    alloc_free(connection);
    free_if_closed(primary);
}

/* Ends the connection; its memory goes later. */
static void end_connection(dgram_connection *connection) {
    if (connection->gone)
        return;
    connection->gone = true;
    list_remove(&connection->node);
    while (!list_empty(&connection->grants))
        free_grant(connection,
                   CONTAINER_OF(connection->grants.next, struct grant, node),
                   true);
    channel_close(&connection->channel);
}

static void on_ended(struct channel *channel) {
    dgram_connection *connection =
        CONTAINER_OF(channel, dgram_connection, channel);
    dgram_primary *primary = connection->primary;

    end_connection(connection);
    if (primary->options.left != NULL && !primary->closing)
        primary->options.left(primary, connection, primary->options.data);
}

/* ---- Binds -------------------------------------------------------------- */

static int find_or_open(dgram_connection *connection,
                        const struct protocol_message *message,
                        struct shared **shared_out) {
    struct shared *shared = find_shared(connection->primary, message);

    if (shared == NULL)
        return open_shared(connection->primary, message, connection->splits,
                           shared_out);
    if (shared->coalesces && !connection->splits)
        return UV_ENOTSUP;
    if (shared->holders == 0)
        connection->primary->kept--;
    *shared_out = shared;
    return 0;
}

static int grant_socket(dgram_connection *connection,
                        const struct protocol_message *message,
                        struct grant **grant_out) {
    struct grant *grant;
    int result;

    if (connection->grant_count >= sockets_max(connection->primary))
        return UV_EMFILE;
    grant = alloc_zeroed(sizeof(*grant));
    if (grant == NULL)
        return UV_ENOMEM;
    result = find_or_open(connection, message, &grant->shared);
    if (result < 0) {
        alloc_free(grant);
        return result;
    }
    grant->id = message->id;
    grant->shared->holders++;
    connection->grant_count++;
    list_append(&connection->grants, &grant->node);
    *grant_out = grant;
    return 0;
}

/* A spawner that is restarting waits for it: rather what was asked for than
   nothing. */
static void report_listening(dgram_connection *connection,
                             const struct shared *shared) {
    const dgram_primary_options *options = &connection->primary->options;
    dgram_address address;

    if (options->listening == NULL)
        return;
    if (platform->local_address(shared->fd, &address) < 0)
        address = shared->key;
    options->listening(connection->primary, connection, &address,
                       options->data);
}

static void on_bind(dgram_connection *connection,
                    const struct protocol_message *message) {
    struct protocol_message answer = {.kind = PROTOCOL_ANSWER,
                                      .id = message->id};
    struct grant *grant = NULL;

    answer.status = grant_socket(connection, message, &grant);
    if (answer.status == 0) {
        int result =
            channel_send(&connection->channel, &answer, grant->shared->fd);

        if (result == 0) {
            grant->shared->kept = false;
            report_listening(connection, grant->shared);
            return;
        }
        free_grant(connection, grant, grant->shared->kept);
        answer.status = result;
    }
    if (channel_send(&connection->channel, &answer, -1) < 0)
        channel_break(&connection->channel);
}

/* Whether it is what a worker sends. */
static bool take_message(dgram_connection *connection,
                         const struct protocol_message *message) {
    const dgram_primary_options *options = &connection->primary->options;

    if (connection->greeted == (message->kind == PROTOCOL_HELLO))
        return false;
    switch (message->kind) {
    case PROTOCOL_HELLO:
        connection->greeted = true;
        connection->splits = (message->flags & PROTOCOL_SPLITS) != 0;
        if (options->joined != NULL)
            options->joined(connection->primary, connection, options->data);
        return true;
    case PROTOCOL_BIND:
        if (message->id <= connection->last_id)
            return false;
        connection->last_id = message->id;
        on_bind(connection, message);
        return true;
    case PROTOCOL_CLOSE:
        return close_grant(connection, message);
    case PROTOCOL_READY:
        connection->ready = true;
        if (options->ready != NULL)
            options->ready(connection->primary, connection, options->data);
        return true;
    default:
        return false;
    }
}

static void on_message(struct channel *channel,
                       const struct protocol_message *message, int fd) {
    dgram_connection *connection =
        CONTAINER_OF(channel, dgram_connection, channel);

    (void)fd; /* none is taken */
    /* At once: what it sent behind it is not heard either. */
    if (!take_message(connection, message))
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
    list_init(&primary->connections);
    list_init(&primary->sockets);
    uv_timer_init(loop, &primary->timer);
    uv_unref((uv_handle_t *)&primary->timer);
    primary->handles = 1;
    *primary_out = primary;
    return 0;
}

static int open_connection(dgram_connection *connection, int fd) {
    struct channel *channel = &connection->channel;

    list_init(&connection->grants);
    channel->message = on_message;
    channel->ended = on_ended;
    channel->closed = on_connection_closed;
    channel->waits = true;
    return channel_open(channel, connection->primary->loop, fd);
}

int dgram_primary_add(dgram_primary *primary, void *data,
                      dgram_connection **connection_out, int *fd_out) {
    dgram_connection *connection;
    int ends[2], result;

    if (primary->closing)
        return UV_ECANCELED;
    connection = alloc_zeroed(sizeof(*connection));
    if (connection == NULL)
        return UV_ENOMEM;
    connection->primary = primary;
    connection->data = data;
    result = pass_pair(ends);
    if (result < 0) {
        alloc_free(connection);
        return result;
    }
    result = open_connection(connection, ends[0]);
    if (result < 0) {
        platform->close(ends[0]);
        platform->close(ends[1]);
        alloc_free(connection);
        return result;
    }
    list_append(&primary->connections, &connection->node);
    primary->handles++;
    *connection_out = connection;
    *fd_out = ends[1];
    return 0;
}

void *dgram_connection_get_data(const dgram_connection *connection) {
    return connection->data;
}

int dgram_connection_stop(dgram_connection *connection) {
    const struct protocol_message message = {.kind = PROTOCOL_STOP};
    int result = channel_send(&connection->channel, &message, -1);

    return result == UV_ENOMEM ? result : result < 0 ? UV_EPIPE : 0;
}

/* Of what it said before it ended only the closes matter. */
static void on_rest(struct channel *channel,
                    const struct protocol_message *message, int fd) {
    dgram_connection *connection =
        CONTAINER_OF(channel, dgram_connection, channel);

    (void)fd; /* none is taken */
    if (message->kind == PROTOCOL_CLOSE)
        close_grant(connection, message);
}

static void on_rest_ended(struct channel *channel) {
    (void)channel;
}

/* A process may be known to have ended before all that it sent is read. */
void dgram_connection_end(dgram_connection *connection) {
    connection->channel.message = on_rest;
    connection->channel.ended = on_rest_ended;
    connection->channel.waits = false;
    channel_read_rest(&connection->channel);
    end_connection(connection);
}

static bool has_grant_of(const dgram_connection *connection,
                         const struct shared *shared) {
    for (const struct list *n = connection->grants.next;
         n != &connection->grants; n = n->next) {
        if (CONTAINER_OF(n, const struct grant, node)->shared == shared)
            return true;
    }
    return false;
}

bool dgram_connection_is_ready(const dgram_connection *connection,
                               const dgram_connection *other) {
    if (connection->ready || other == NULL)
        return connection->greeted;
    for (const struct list *n = other->grants.next; n != &other->grants;
         n = n->next) {
        if (!has_grant_of(connection,
                          CONTAINER_OF(n, const struct grant, node)->shared))
            return false;
    }
    return connection->greeted;
}

static void on_timer_closed(struct closing *closing) {
    free_if_closed(CONTAINER_OF(closing, dgram_primary, timer_closing));
}

void dgram_primary_close(dgram_primary *primary) {
    if (primary->closing)
        return;
    primary->closing = true;
    while (!list_empty(&primary->connections))
        end_connection(
            CONTAINER_OF(primary->connections.next, dgram_connection, node));
    while (!list_empty(&primary->sockets))
        drop_shared(CONTAINER_OF(primary->sockets.next, struct shared, node));
    closing_add((uv_handle_t *)&primary->timer);
    closing_wait(&primary->timer_closing, primary->loop, on_timer_closed);
}
