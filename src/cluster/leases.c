/* The happy way: a bind is asked for with a number; the answer brings a
   descriptor, which becomes the socket's. The close is told.

   What can go wrong:
   - the primary refuses: the code is the bind's;
   - the socket closes before the answer: its lease stays, without a socket,
     and gives back what comes;
   - the primary goes: binds that wait fail, others go on. */
#include "cluster/leases.h"

#include "util/alloc.h"
#include "util/util.h"
#include "socket/socket.h"

/* A socket that has a descriptor of the primary's, or has asked for one. */
struct lease {
    struct list node;
    dgram_socket *socket; /* NULL: closed before the answer */
    uint64_t id;
    dgram_address asked;
    uint32_t index; /* how many binds of the same address were before */
    uint32_t next;  /* index of the next one */
    bool answered;
};

static struct leases *leases_of(struct bind_broker *broker) {
    return CONTAINER_OF(broker, struct leases, broker);
}

/* ---- Asking ------------------------------------------------------------- */

static struct lease *find_lease(struct leases *leases, uint64_t id) {
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *lease = CONTAINER_OF(n, struct lease, node);

        if (lease->id == id)
            return lease;
    }
    return NULL;
}

/* Any other lease of the same address; one that is to be given back counts no
   more than one that was. */
static struct lease *find_like(struct leases *leases, const struct lease *of) {
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *lease = CONTAINER_OF(n, struct lease, node);

        if (lease != of && lease->socket != NULL &&
            address_same(&lease->asked, &of->asked))
            return lease;
    }
    return NULL;
}

/* Numbers go on as long as any lease of the address is there. */
static void set_index(struct leases *leases, struct lease *lease) {
    struct lease *like = find_like(leases, lease);

    lease->index = like != NULL ? like->next : 0;
}

/* All of an address agree on `next`. */
static void count_index(struct leases *leases, struct lease *lease) {
    lease->next = lease->index + 1;
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *other = CONTAINER_OF(n, struct lease, node);

        if (address_same(&other->asked, &lease->asked))
            other->next = lease->next;
    }
}

/* An answer that is to come keeps the loop running. */
static void settle(struct leases *leases, struct lease *lease) {
    if (lease->answered)
        return;
    lease->answered = true;
    loop_answer_arrived(leases->loop);
}

/* A socket that stays is read by other workers all the same. */
static void free_lease(struct leases *leases, struct lease *lease) {
    if (lease->socket != NULL)
        bind_end_lease(lease->socket, lease->answered);
    settle(leases, lease);
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

/* A close that cannot be told would leave the primary with a socket for ever;
   without the connection it knows. */
static void tell_closed(struct leases *leases, uint64_t id, bool for_next) {
    uint32_t flags = for_next ? PROTOCOL_KEEP : 0;

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
    lease->asked = *address;
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
    count_index(leases, lease);
    list_append(&leases->list, &lease->node);
    loop_expect_answer(leases->loop);
    return 0;
}

static void release(struct bind_broker *broker, void *released) {
    struct leases *leases = leases_of(broker);
    struct lease *lease = released;

    lease->socket = NULL;
    /* The answer keeps the loop running all the same: a process that ended
       before it came would seem to have died with the socket. */
    if (lease->answered) {
        tell_closed(leases, lease->id, leases->ending);
        free_lease(leases, lease);
    }
}

/* ---- Answers ------------------------------------------------------------ */

/* What was wanted and could not be taken, the next one may: what the kernel
   holds for it is not to be lost. */
static void give_back(struct leases *leases, struct lease *lease, int status,
                      int fd) {
    bool wanted = lease->socket != NULL;

    if (fd >= 0)
        platform->close(fd);
    if (status == 0)
        tell_closed(leases, lease->id, wanted || leases->ending);
    free_lease(leases, lease);
}

static void take_answer(struct leases *leases, struct lease *lease,
                        const struct protocol_message *message, int fd) {
    dgram_socket *s = lease->socket;
    const dgram_address asked = lease->asked;
    int result = message->status;

    /* Without a descriptor where one should be, this process has too many. */
    if (result == 0)
        result = fd < 0 ? UV_EMFILE : bind_use_descriptor(s, fd);
    if (result < 0) {
        give_back(leases, lease, message->status, fd);
    } else {
        settle(leases, lease);
        if (leases->ending)
            watch_pause(s, true);
    }
    bind_answer(s, result, &asked);
}

void leases_answer_arrived(struct leases *leases,
                           const struct protocol_message *message, int fd) {
    struct lease *lease = find_lease(leases, message->id);

    if (lease == NULL || (lease->socket != NULL && lease->answered)) {
        if (fd >= 0)
            platform->close(fd);
        channel_break(leases->channel);
    } else if (lease->socket == NULL) {
        give_back(leases, lease, message->status, fd);
    } else {
        take_answer(leases, lease, message, fd);
    }
}

/* ---- The end ------------------------------------------------------------ */

static struct lease *find_waiting(struct leases *leases) {
    for (struct list *n = leases->list.next; n != &leases->list; n = n->next) {
        struct lease *lease = CONTAINER_OF(n, struct lease, node);

        if (lease->socket == NULL || !lease->answered)
            return lease;
    }
    return NULL;
}

bool leases_fail_next(struct leases *leases) {
    struct lease *lease = find_waiting(leases);
    dgram_address asked;
    dgram_socket *s;

    if (lease == NULL)
        return false;
    s = lease->socket;
    asked = lease->asked;
    free_lease(leases, lease);
    if (s != NULL)
        bind_answer(s, UV_EPIPE, &asked);
    return true;
}

/* Pauses the sockets that read. Returns how many there are, bound or not. */
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

/* A close may call a resolver of the user's, which may close any of them. */
unsigned leases_drain(struct leases *leases, bool closes) {
    dgram_socket *s;

    leases->ending = true;
    while (closes && (s = find_idle(leases)) != NULL)
        dgram_close(s);
    return pause_all(leases);
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
