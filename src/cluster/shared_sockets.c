/* Happy path: the first worker that binds an address has a socket opened;
   others that bind the same address get the same socket. When the last of them
   closes it, it is closed.

   What can go wrong: the last worker dies. Then its socket is kept for a while,
   with the datagrams in its queue, for a replacement.

   The kernel may coalesce datagrams only if every reader splits them. So the
   first worker that binds determines it for all workers, and later workers that
   do not split are refused. */
#include "cluster/shared_sockets.h"

#include "util/address.h"
#include "util/alloc.h"
#include "util/util.h"
#include "datapath/offload.h"
#include "os/platform.h"
#include "socket/bind.h"

#define LINGER_INTERVALS 4u /* into which the time is divided */

struct shared_socket {
    struct list node;
    dgram_address requested;
    uint32_t index; /* how many like it each worker had bound before */
    int fd;
    bool coalesces;     /* GRO is on */
    bool reserved;      /* kept, and no replacement has received it yet */
    unsigned workers;   /* that have it */
    unsigned intervals; /* without workers: of the timer, until it is closed */
};

static void close_socket(struct shared_socket *socket) {
    list_remove(&socket->node);
    platform->close(socket->fd);
    alloc_free(socket);
}

/* ---- Keeping ------------------------------------------------------------ */

static void on_interval(uv_timer_t *timer) {
    struct shared_sockets *sockets =
        CONTAINER_OF(timer, struct shared_sockets, timer);
    struct list *n = sockets->list.next;

    while (n != &sockets->list) {
        struct shared_socket *socket =
            CONTAINER_OF(n, struct shared_socket, node);

        n = n->next;
        if (socket->workers > 0 || --socket->intervals > 0)
            continue;
        sockets->unused--;
        close_socket(socket);
    }
    if (sockets->unused == 0)
        uv_timer_stop(timer);
}

/* While this process is stopped, it does not receive the request of a
   replacement. So the time is divided into intervals: such a pause counts as
   one interval. */
static void keep(struct shared_sockets *sockets, struct shared_socket *socket) {
    uint64_t interval = sockets->linger_ms / LINGER_INTERVALS + 1;

    socket->intervals = LINGER_INTERVALS;
    socket->reserved = true;
    sockets->unused++;
    if (!uv_is_active((uv_handle_t *)&sockets->timer))
        uv_timer_start(&sockets->timer, on_interval, interval, interval);
    else
        socket->intervals++; /* the first one has begun before */
}

void shared_sockets_release(struct shared_sockets *sockets,
                            struct shared_socket *socket, bool keep_it) {
    if (--socket->workers > 0)
        return;
    if (keep_it && sockets->linger_ms > 0 &&
        sockets->unused < sockets->unused_max)
        keep(sockets, socket);
    else
        close_socket(socket);
}

/* ---- Binding ------------------------------------------------------------ */

static struct shared_socket *find(struct shared_sockets *sockets,
                                  const struct protocol_message *bind) {
    for (struct list *n = sockets->list.next; n != &sockets->list;
         n = n->next) {
        struct shared_socket *socket =
            CONTAINER_OF(n, struct shared_socket, node);

        if (socket->index == bind->index &&
            address_same(&socket->requested, &bind->address))
            return socket;
    }
    return NULL;
}

static int open_descriptor(const struct protocol_message *bind) {
    const struct bind_flags flags = {
        .reuse_address = (bind->flags & PROTOCOL_REUSE_ADDRESS) != 0,
        .ipv6_only = (bind->flags & PROTOCOL_IPV6_ONLY) != 0,
    };
    bool v6 = bind->address.any.sa_family == AF_INET6;

    return bind_open(v6 ? DGRAM_UDP6 : DGRAM_UDP4, &flags, &bind->address);
}

static int open_socket(struct shared_sockets *sockets,
                       const struct protocol_message *bind, bool splits,
                       struct shared_socket **socket_out) {
    struct shared_socket *socket = alloc_zeroed(sizeof(*socket));

    if (socket == NULL)
        return UV_ENOMEM;
    socket->fd = open_descriptor(bind);
    if (socket->fd < 0) {
        int result = socket->fd;

        alloc_free(socket);
        return result;
    }
    socket->coalesces = splits && !offload_environment().off &&
                        platform->coalesce(socket->fd, true) >= 0;
    socket->requested = bind->address;
    socket->index = bind->index;
    socket->workers = 1;
    list_append(&sockets->list, &socket->node);
    *socket_out = socket;
    return 0;
}

int shared_sockets_acquire(struct shared_sockets *sockets,
                           const struct protocol_message *bind, bool splits,
                           struct shared_socket **socket_out) {
    struct shared_socket *socket = find(sockets, bind);

    if (socket == NULL)
        return open_socket(sockets, bind, splits, socket_out);
    if (socket->coalesces && !splits)
        return UV_ENOTSUP;
    if (socket->workers++ == 0)
        sockets->unused--;
    *socket_out = socket;
    return 0;
}

/* ---- One of them -------------------------------------------------------- */

int shared_socket_get_descriptor(const struct shared_socket *socket) {
    return socket->fd;
}

void shared_socket_get_address(const struct shared_socket *socket,
                               dgram_address *out) {
    if (platform->local_address(socket->fd, out) < 0)
        *out = socket->requested;
}

bool shared_socket_is_reserved(const struct shared_socket *socket) {
    return socket->reserved;
}

void shared_socket_received(struct shared_socket *socket) {
    socket->reserved = false;
}

/* ---- All of them -------------------------------------------------------- */

void shared_sockets_open(struct shared_sockets *sockets, uv_loop_t *loop,
                         unsigned unused_max, unsigned linger_ms) {
    list_init(&sockets->list);
    sockets->unused = 0;
    sockets->unused_max = unused_max;
    sockets->linger_ms = linger_ms;
    uv_timer_init(loop, &sockets->timer);
    uv_unref((uv_handle_t *)&sockets->timer);
}

void shared_sockets_close(struct shared_sockets *sockets) {
    while (!list_empty(&sockets->list))
        close_socket(
            CONTAINER_OF(sockets->list.next, struct shared_socket, node));
    closing_add((uv_handle_t *)&sockets->timer);
}
