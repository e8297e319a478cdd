/* Happy path: a bind is sent to the primary with a number. The answer carries a
   descriptor, which the socket then uses. The close of the socket is reported
   to the primary.

   What can go wrong:
   - the primary answers with an error: the bind fails with it;
   - the socket is closed before the answer: its lease stays, without a socket,
     and a descriptor that arrives is returned;
   - the primary closes the connection: waiting binds fail, and bound sockets
     still work. */
#include "cluster/leases.h"

#include "util/alloc.h"
#include "util/util.h"
#include "socket/socket.h"

/* A shared bind: it waits for its answer, or has a descriptor of the primary.
 */
struct lease {
    struct list node;
    dgram_socket *socket; /* NULL: closed before the answer */
    uint64_t id;
    dgram_address requested;
    uint32_t index; /* how many binds of the same address were made before */
    uint32_t next;  /* index of the next such bind */
    bool answered;
};

static struct leases *leases_of(struct bind_broker *broker) {
    return CONTAINER_OF(broker, struct leases, broker);
}

/* ---- Requests ----------------------------------------------------------- */

static struct lease *find_lease(struct leases *leases, uint64_t id) {
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *lease = CONTAINER_OF(n, struct lease, node);

        if (lease->id == id)
            return lease;
    }
    return NULL;
}

/* Any other lease of the same address whose socket is open. */
static struct lease *find_like(struct leases *leases, const struct lease *of) {
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *lease = CONTAINER_OF(n, struct lease, node);

        if (lease != of && lease->socket != NULL &&
            address_same(&lease->requested, &of->requested))
            return lease;
    }
    return NULL;
}

/* The count begins at 0 again when no such lease is left. */
static void set_index(struct leases *leases, struct lease *lease) {
    struct lease *like = find_like(leases, lease);

    lease->index = like != NULL ? like->next : 0;
}

/* All leases of an address have the same `next`. */
static void set_next_index(struct leases *leases, struct lease *lease) {
    lease->next = lease->index + 1;
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *other = CONTAINER_OF(n, struct lease, node);

        if (address_same(&other->requested, &lease->requested))
            other->next = lease->next;
    }
}

/* The loop was kept running until the answer. */
static void end_wait(struct leases *leases, struct lease *lease) {
    if (lease->answered)
        return;
    lease->answered = true;
    loop_answer_arrived(leases->loop);
}

/* A socket that stays open is still shared with other workers. */
static void free_lease(struct leases *leases, struct lease *lease) {
    if (lease->socket != NULL)
        bind_end_lease(lease->socket, lease->answered);
    end_wait(leases, lease);
    list_remove(&lease->node);
    alloc_free(lease);
}

static uint32_t flags_of(const dgram_socket *s) {
    const struct bind_flags *flags = bind_flags_of(&s->bind);

    return (flags->reuse_address ? PROTOCOL_REUSE_ADDRESS : 0) |
           (flags->ipv6_only ? PROTOCOL_IPV6_ONLY : 0);
}

static int send_message(struct leases *leases, enum protocol_kind kind,
                        uint32_t flags, uint64_t id) {
    const struct protocol_message message = {
        .kind = kind, .flags = flags, .id = id};

    return channel_send(leases->channel, &message, -1);
}

/* If the close cannot be sent, the connection is closed: otherwise the primary
   would keep the socket open for this worker. */
static void send_close(struct leases *leases, uint64_t id, bool keep) {
    uint32_t flags = keep ? PROTOCOL_KEEP : 0;

    if (!leases->lost && send_message(leases, PROTOCOL_CLOSE, flags, id) < 0)
        channel_break(leases->channel);
}

static int request_bind(struct bind_broker *broker, dgram_socket *s,
                        const dgram_address *address, void **lease_out) {
    struct leases *leases = leases_of(broker);
    struct protocol_message message = {
        .kind = PROTOCOL_BIND, .flags = flags_of(s), .address = *address};
    struct lease *lease;
    int result;

    if (leases->lost)
        return UV_EPIPE;
    lease = alloc_zeroed(sizeof(*lease));
    if (lease == NULL)
        return UV_ENOMEM;
    lease->requested = *address;
    set_index(leases, lease);
    message.id = lease->id = ++leases->last_id;
    message.index = lease->index;
    result = channel_send(leases->channel, &message, -1);
    if (result < 0) {
        alloc_free(lease);
        return result;
    }
    lease->socket = s;
    *lease_out = lease;
    set_next_index(leases, lease);
    list_append(&leases->list, &lease->node);
    loop_expect_answer(leases->loop);
    return 0;
}

static void release(struct bind_broker *broker, void *released) {
    struct leases *leases = leases_of(broker);
    struct lease *lease = released;

    lease->socket = NULL;
    /* Until the answer arrives, the lease keeps the loop running. If the
       process ended before the answer, the primary would keep the socket for a
       replacement. */
    if (lease->answered) {
        send_close(leases, lease->id, leases->draining);
        free_lease(leases, lease);
    }
}

/* ---- Answers ------------------------------------------------------------ */

/* If the socket is open but could not use the descriptor, the primary keeps it
   for a replacement, with the datagrams in its queue. */
static void return_lease(struct leases *leases, struct lease *lease, int status,
                         int fd) {
    bool is_open = lease->socket != NULL;

    if (fd >= 0)
        platform->close(fd);
    if (status == 0)
        send_close(leases, lease->id, is_open || leases->draining);
    free_lease(leases, lease);
}

static void use_answer(struct leases *leases, struct lease *lease,
                       const struct protocol_message *message, int fd) {
    dgram_socket *s = lease->socket;
    const dgram_address requested = lease->requested;
    int result = message->status;

    /* The kernel drops a descriptor if this process has too many. */
    if (result == 0)
        result = fd < 0 ? UV_EMFILE : bind_use_descriptor(s, fd);
    if (result < 0) {
        return_lease(leases, lease, message->status, fd);
    } else {
        end_wait(leases, lease);
        if (leases->draining)
            watch_pause(s, true);
    }
    bind_answer(s, result, &requested);
}

void leases_answer_arrived(struct leases *leases,
                           const struct protocol_message *message, int fd) {
    struct lease *lease = find_lease(leases, message->id);

    if (lease == NULL || (lease->socket != NULL && lease->answered)) {
        if (fd >= 0)
            platform->close(fd);
        channel_break(leases->channel);
    } else if (lease->socket == NULL) {
        return_lease(leases, lease, message->status, fd);
    } else {
        use_answer(leases, lease, message, fd);
    }
}

/* ---- The end ------------------------------------------------------------ */

static struct lease *find_unanswered(struct leases *leases) {
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *lease = CONTAINER_OF(n, struct lease, node);

        if (lease->socket == NULL || !lease->answered)
            return lease;
    }
    return NULL;
}

bool leases_fail_next(struct leases *leases) {
    struct lease *lease = find_unanswered(leases);
    dgram_address requested;
    dgram_socket *s;

    if (lease == NULL)
        return false;
    s = lease->socket;
    requested = lease->requested;
    free_lease(leases, lease);
    if (s != NULL)
        bind_answer(s, UV_EPIPE, &requested);
    return true;
}

/* Pauses the sockets that are bound. Returns how many are open. */
static unsigned pause_all(struct leases *leases) {
    unsigned count = 0;

    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        const struct lease *lease = CONTAINER_OF(n, struct lease, node);
        dgram_socket *s = lease->socket;

        if (s != NULL && lease->answered)
            watch_pause(s, true);
        count += s != NULL;
    }
    return count;
}

static dgram_socket *find_idle(struct leases *leases) {
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        const struct lease *lease = CONTAINER_OF(n, struct lease, node);

        if (lease->socket != NULL && lease->answered &&
            dgram_get_send_queue_count(lease->socket) == 0)
            return lease->socket;
    }
    return NULL;
}

/* dgram_close() may call a resolver of the program, which may close other
   sockets. So the search starts again after each close. */
unsigned leases_drain(struct leases *leases, bool closes) {
    dgram_socket *s;

    leases->draining = true;
    while (closes && (s = find_idle(leases)) != NULL)
        dgram_close(s);
    return pause_all(leases);
}

bool leases_are_draining(const struct leases *leases) {
    return leases->draining;
}

void leases_lose_primary(struct leases *leases) {
    leases->lost = true;
}

bool leases_have_lost_primary(const struct leases *leases) {
    return leases->lost;
}

void leases_free(struct leases *leases) {
    while (!list_empty(&leases->list))
        free_lease(leases, CONTAINER_OF(leases->list.next, struct lease, node));
}

void leases_init(struct leases *leases, struct loop *loop,
                 struct channel *channel) {
    *leases =
        (struct leases){.broker = {.request = request_bind, .release = release},
                        .loop = loop,
                        .channel = channel};
    list_init(&leases->list);
}
