/* Happy path: a worker sends HELLO, and a BIND for each bind. It is granted a
   shared socket (shared_sockets.c), and the answer carries the descriptor. With
   CLOSE, or when the connection ends, the socket is released.

   What can go wrong:
   - the socket cannot be opened, or its descriptor not be sent: the answer is
     the error;
   - the worker dies: the sockets that it had not closed are kept for its
     replacement if no other worker has them;
   - it sends an invalid message: its connection is closed, as if it had died;
   - it dies before it has received a socket that was kept: the socket is kept
     for the next one;
   - it sends and does not read: the primary reads nothing from it until it
     reads. */
#include "dgram_cluster.h"

#include "util/address.h"
#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"
#include "loop/closing.h"
#include "os/fdpass.h"
#include "os/platform.h"
#include "cluster/channel.h"
#include "cluster/shared_sockets.h"

#define SOCKETS_MAX 1024u /* of one worker, by default */

/* A shared socket that one worker has. */
struct grant {
    struct list node;
    uint64_t id; /* of the bind */
    struct shared_socket *socket;
};

struct dgram_connection {
    struct list node;
    dgram_primary *primary;
    struct channel channel;
    struct list grants;
    unsigned grant_count;
    uint64_t last_id; /* of its binds */
    bool greeted;     /* HELLO has arrived */
    bool splits;      /* it splits coalesced datagrams */
    bool ready;       /* READY has arrived */
    bool gone;        /* its channel is being closed */
    void *data;
};

struct dgram_primary {
    uv_loop_t *loop;
    dgram_primary_options options; /* no `sockets_max` of 0 */
    struct list connections;
    struct shared_sockets sockets;
    struct closing wait; /* for the timer of the sockets */
    unsigned references; /* of the connections, and of `wait` */
    bool closing;
};

/* ---- Connections -------------------------------------------------------- */

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
                       bool keep) {
    shared_sockets_release(&connection->primary->sockets, grant->socket, keep);
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

static void unref(dgram_primary *primary) {
    if (--primary->references > 0)
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
    unref(primary);
}

/* Closes the channel; the memory is freed afterwards. */
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

/* ---- Messages ----------------------------------------------------------- */

static int grant_socket(dgram_connection *connection,
                        const struct protocol_message *bind,
                        struct grant **grant_out) {
    dgram_primary *primary = connection->primary;
    struct grant *grant;
    int result;

    if (connection->grant_count >= primary->options.sockets_max)
        return UV_EMFILE;
    grant = alloc_zeroed(sizeof(*grant));
    if (grant == NULL)
        return UV_ENOMEM;
    result = shared_sockets_acquire(&primary->sockets, bind, connection->splits,
                                    &grant->socket);
    if (result < 0) {
        alloc_free(grant);
        return result;
    }
    grant->id = bind->id;
    connection->grant_count++;
    list_append(&connection->grants, &grant->node);
    *grant_out = grant;
    return 0;
}

static void report_listening(dgram_connection *connection,
                             const struct shared_socket *socket) {
    const dgram_primary_options *options = &connection->primary->options;
    dgram_address address;

    if (options->listening == NULL)
        return;
    shared_socket_get_address(socket, &address);
    options->listening(connection->primary, connection, &address,
                       options->data);
}

static int send_descriptor(dgram_connection *connection,
                           const struct grant *grant) {
    const struct protocol_message answer = {.kind = PROTOCOL_ANSWER,
                                            .id = grant->id};

    return channel_send(&connection->channel, &answer,
                        shared_socket_get_descriptor(grant->socket));
}

static void send_error(dgram_connection *connection, uint64_t id, int error) {
    const struct protocol_message answer = {
        .kind = PROTOCOL_ANSWER, .id = id, .status = error};

    if (channel_send(&connection->channel, &answer, -1) < 0)
        channel_break(&connection->channel);
}

static void on_bind(dgram_connection *connection,
                    const struct protocol_message *bind) {
    struct grant *grant;
    int result = grant_socket(connection, bind, &grant);

    if (result < 0) {
        send_error(connection, bind->id, result);
        return;
    }
    result = send_descriptor(connection, grant);
    if (result < 0) {
        free_grant(connection, grant, shared_socket_is_reserved(grant->socket));
        send_error(connection, bind->id, result);
        return;
    }
    shared_socket_received(grant->socket);
    report_listening(connection, grant->socket);
}

/* Returns whether the message is valid at this point. */
static bool handle_message(dgram_connection *connection,
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

    (void)fd; /* the channel takes none */
    /* At once: messages behind an invalid one are ignored. */
    if (!handle_message(connection, message))
        on_ended(channel);
}

static const struct channel_handlers handlers = {
    .message = on_message,
    .ended = on_ended,
    .closed = on_connection_closed,
    .waits = true,
};

/* ---- Calls of the program ----------------------------------------------- */

int dgram_primary_create(uv_loop_t *loop, const dgram_primary_options *options,
                         dgram_primary **primary_out) {
    dgram_primary_options copy;
    dgram_primary *primary;
    int result = SIZED_COPY(&copy, options, dgram_primary_options, sockets_max);

    if (result < 0)
        return result;
    if (loop == NULL)
        return UV_EINVAL;
    primary = alloc_zeroed(sizeof(*primary));
    if (primary == NULL)
        return UV_ENOMEM;
    primary->loop = loop;
    if (copy.sockets_max == 0)
        copy.sockets_max = SOCKETS_MAX;
    primary->options = copy;
    list_init(&primary->connections);
    shared_sockets_open(&primary->sockets, loop, copy.sockets_max,
                        copy.linger_ms);
    primary->references = 1;
    *primary_out = primary;
    return 0;
}

static int open_connection(dgram_connection *connection, int *fd_out) {
    int ends[2];
    int result = pass_pair(ends);

    if (result < 0)
        return result;
    result = channel_open(&connection->channel, connection->primary->loop,
                          ends[0], &handlers);
    if (result < 0) {
        platform->close(ends[0]);
        platform->close(ends[1]);
        return result;
    }
    *fd_out = ends[1];
    return 0;
}

int dgram_primary_add(dgram_primary *primary, void *data,
                      dgram_connection **connection_out, int *fd_out) {
    dgram_connection *connection;
    int result;

    if (primary->closing)
        return UV_ECANCELED;
    connection = alloc_zeroed(sizeof(*connection));
    if (connection == NULL)
        return UV_ENOMEM;
    connection->primary = primary;
    connection->data = data;
    list_init(&connection->grants);
    result = open_connection(connection, fd_out);
    if (result < 0) {
        alloc_free(connection);
        return result;
    }
    list_append(&primary->connections, &connection->node);
    primary->references++;
    *connection_out = connection;
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

/* Of the last messages of a worker only CLOSE still matters. */
static void on_last_message(struct channel *channel,
                            const struct protocol_message *message, int fd) {
    dgram_connection *connection =
        CONTAINER_OF(channel, dgram_connection, channel);

    (void)fd; /* the channel takes none */
    if (message->kind == PROTOCOL_CLOSE)
        close_grant(connection, message);
}

static void on_last_ended(struct channel *channel) {
    (void)channel; /* is closed next */
}

/* The end of a process may be reported before its last messages are read. */
void dgram_connection_end(dgram_connection *connection) {
    static const struct channel_handlers last = {.message = on_last_message,
                                                 .ended = on_last_ended};

    channel_read_rest(&connection->channel, &last);
    end_connection(connection);
}

static bool has_socket(const dgram_connection *connection,
                       const struct shared_socket *socket) {
    for (const struct list *n = connection->grants.next;
         n != &connection->grants; n = n->next) {
        if (CONTAINER_OF(n, const struct grant, node)->socket == socket)
            return true;
    }
    return false;
}

static bool has_all_sockets_of(const dgram_connection *connection,
                               const dgram_connection *other) {
    for (const struct list *n = other->grants.next; n != &other->grants;
         n = n->next) {
        if (!has_socket(connection,
                        CONTAINER_OF(n, const struct grant, node)->socket))
            return false;
    }
    return true;
}

bool dgram_connection_is_ready(const dgram_connection *connection,
                               const dgram_connection *other) {
    return connection->greeted && (connection->ready || other == NULL ||
                                   has_all_sockets_of(connection, other));
}

static void on_timer_closed(struct closing *wait) {
    unref(CONTAINER_OF(wait, dgram_primary, wait));
}

void dgram_primary_close(dgram_primary *primary) {
    if (primary->closing)
        return;
    primary->closing = true;
    while (!list_empty(&primary->connections))
        end_connection(
            CONTAINER_OF(primary->connections.next, dgram_connection, node));
    shared_sockets_close(&primary->sockets);
    closing_wait(&primary->wait, primary->loop, on_timer_closed);
}
