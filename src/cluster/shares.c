/* The happy way: a bind is asked for with a number; the answer brings a
   descriptor, which becomes the socket's. The close is told.

   What can go wrong:
   - the primary refuses: the code is the bind's;
   - the socket closes before the answer: its share stays, without a socket,
     and gives back what comes;
   - the primary goes: binds that wait fail, others go on. */
#include "cluster/shares.h"

#include "util/alloc.h"
#include "util/util.h"
#include "socket/watch.h"

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

static struct shares *shares_of(struct bind_broker *broker) {
    return CONTAINER_OF(broker, struct shares, broker);
}

/* ---- Asking ------------------------------------------------------------- */

static struct share *find_share(struct shares *shares, uint64_t id) {
    for (struct list *n = shares->list.next; n != &shares->list; n = n->next) {
        struct share *share = CONTAINER_OF(n, struct share, node);

        if (share->id == id)
            return share;
    }
    return NULL;
}

/* Any other share of the same address; one that is to be given back counts no
   more than one that was. */
static struct share *find_like(struct shares *shares, const struct share *of) {
    for (struct list *n = shares->list.next; n != &shares->list; n = n->next) {
        struct share *share = CONTAINER_OF(n, struct share, node);

        if (share != of && share->socket != NULL &&
            address_same(&share->asked, &of->asked))
            return share;
    }
    return NULL;
}

/* Numbers go on as long as any share of the address is there. */
static void set_index(struct shares *shares, struct share *share) {
    struct share *like = find_like(shares, share);

    share->index = like != NULL ? like->next : 0;
}

/* All of an address agree on `next`. */
static void count_index(struct shares *shares, struct share *share) {
    share->next = share->index + 1;
    for (struct list *n = shares->list.next; n != &shares->list; n = n->next) {
        struct share *other = CONTAINER_OF(n, struct share, node);

        if (address_same(&other->asked, &share->asked))
            other->next = share->next;
    }
}

/* An answer that is to come keeps the loop running. */
static void settle(struct shares *shares, struct share *share) {
    if (share->answered)
        return;
    share->answered = true;
    loop_let_go(shares->loop);
}

/* A socket that stays is read by other workers all the same. */
static void free_share(struct shares *shares, struct share *share) {
    if (share->socket != NULL) {
        share->socket->others_read |= share->answered;
        share->socket->share = NULL;
    }
    settle(shares, share);
    list_remove(&share->node);
    alloc_free(share);
}

static uint32_t flags_of(const dgram_socket *s) {
    return (s->reuse_address ? SHARE_REUSE_ADDRESS : 0) |
           (s->ipv6_only ? SHARE_IPV6_ONLY : 0);
}

static int send_message(struct shares *shares, enum share_kind kind,
                        uint32_t flags, uint64_t id) {
    const struct share_message message = {
        .kind = kind, .flags = flags, .id = id};

    return channel_send(shares->channel, &message, -1);
}

/* A close that cannot be told would leave the primary with a socket for ever;
   without the connection it knows. */
static void tell_closed(struct shares *shares, uint64_t id, bool for_next) {
    uint32_t flags = for_next ? SHARE_FOR_NEXT : 0;

    if (!shares->lost && send_message(shares, SHARE_CLOSE, flags, id) < 0)
        channel_break(shares->channel);
}

static int ask(struct bind_broker *broker, dgram_socket *s,
               const dgram_address *address) {
    struct shares *shares = shares_of(broker);
    struct share_message message = {
        .kind = SHARE_BIND, .flags = flags_of(s), .address = *address};
    struct share *share;
    int result;

    if (shares->lost)
        return UV_EPIPE;
    share = alloc_zeroed(sizeof(*share));
    if (share == NULL)
        return UV_ENOMEM;
    share->asked = *address;
    set_index(shares, share);
    message.id = share->id = ++shares->last_id;
    message.index = share->index;
    result = channel_send(shares->channel, &message, -1);
    if (result < 0) {
        alloc_free(share);
        return result;
    }
    share->socket = s;
    s->share = share;
    count_index(shares, share);
    list_append(&shares->list, &share->node);
    loop_hold(shares->loop);
    return 0;
}

static void leave(struct bind_broker *broker, dgram_socket *s) {
    struct shares *shares = shares_of(broker);
    struct share *share = s->share;

    s->share = NULL;
    share->socket = NULL;
    /* The answer keeps the loop running all the same: a process that ended
       before it came would seem to have died with the socket. */
    if (share->answered) {
        tell_closed(shares, share->id, shares->ending);
        free_share(shares, share);
    }
}

/* ---- Answers ------------------------------------------------------------ */

/* What was wanted and could not be taken, the next one may: what the kernel
   holds for it is not to be lost. */
static void give_back(struct shares *shares, struct share *share, int status,
                      int fd) {
    bool wanted = share->socket != NULL;

    if (fd >= 0)
        platform->close(fd);
    if (status == 0)
        tell_closed(shares, share->id, wanted || shares->ending);
    free_share(shares, share);
}

static void take_answer(struct shares *shares, struct share *share,
                        const struct share_message *message, int fd) {
    dgram_socket *s = share->socket;
    const dgram_address asked = share->asked;
    int result = message->status;

    /* Without a descriptor where one should be, this process has too many. */
    if (result == 0)
        result = fd < 0 ? UV_EMFILE : bind_take(s, fd);
    if (result < 0) {
        give_back(shares, share, message->status, fd);
    } else {
        settle(shares, share);
        if (shares->ending)
            watch_pause(s, true);
    }
    bind_answer(s, result, &asked);
}

void shares_answered(struct shares *shares, const struct share_message *message,
                     int fd) {
    struct share *share = find_share(shares, message->id);

    if (share == NULL || (share->socket != NULL && share->answered)) {
        if (fd >= 0)
            platform->close(fd);
        channel_break(shares->channel);
    } else if (share->socket == NULL) {
        give_back(shares, share, message->status, fd);
    } else {
        take_answer(shares, share, message, fd);
    }
}

/* ---- The end ------------------------------------------------------------ */

static struct share *find_waiting(struct shares *shares) {
    for (struct list *n = shares->list.next; n != &shares->list; n = n->next) {
        struct share *share = CONTAINER_OF(n, struct share, node);

        if (share->socket == NULL || !share->answered)
            return share;
    }
    return NULL;
}

bool shares_fail_next(struct shares *shares) {
    struct share *share = find_waiting(shares);
    dgram_address asked;
    dgram_socket *s;

    if (share == NULL)
        return false;
    s = share->socket;
    asked = share->asked;
    free_share(shares, share);
    if (s != NULL)
        bind_answer(s, UV_EPIPE, &asked);
    return true;
}

/* Pauses the sockets that read. Returns how many there are, bound or not. */
static unsigned pause_all(struct shares *shares) {
    unsigned count = 0;

    for (struct list *n = shares->list.next; n != &shares->list; n = n->next) {
        const struct share *share = CONTAINER_OF(n, struct share, node);
        dgram_socket *s = share->socket;

        if (s != NULL && share->answered && !s->paused)
            watch_pause(s, true);
        count += s != NULL;
    }
    return count;
}

static dgram_socket *find_idle(struct shares *shares) {
    for (struct list *n = shares->list.next; n != &shares->list; n = n->next) {
        const struct share *share = CONTAINER_OF(n, struct share, node);

        if (share->socket != NULL && share->answered &&
            dgram_get_send_queue_count(share->socket) == 0)
            return share->socket;
    }
    return NULL;
}

/* A close may call a resolver of the user's, which may close any of them. */
unsigned shares_drain(struct shares *shares, bool closes) {
    dgram_socket *s;

    shares->ending = true;
    while (closes && (s = find_idle(shares)) != NULL)
        dgram_close(s);
    return pause_all(shares);
}

void shares_free(struct shares *shares) {
    while (!list_empty(&shares->list))
        free_share(shares, CONTAINER_OF(shares->list.next, struct share, node));
}

void shares_init(struct shares *shares, struct loop *loop,
                 struct channel *channel) {
    *shares = (struct shares){.broker = {.ask = ask, .leave = leave},
                              .loop = loop,
                              .channel = channel};
    list_init(&shares->list);
}
