/* Happy path: a message is sent inside the call. Bytes that arrive are
   collected until a message is complete, which goes to the handler.

   What can go wrong:
   - the kernel accepts no more: messages are queued, with duplicates of their
     descriptors;
   - the other end closes the connection, or sends an invalid message: `ended`
     is called. */
#include "cluster/channel.h"

#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "os/fdpass.h"
#include "os/platform.h"

#define MESSAGES_MAX 64u /* read at one wake-up */
#define REST_MAX 4096u   /* more than an ended process can have sent */

struct outgoing {
    struct list node;
    int fd;      /* a duplicate, or -1 */
    size_t sent; /* bytes that the kernel has accepted */
    uint8_t bytes[PROTOCOL_SIZE];
};

static void close_fd(int fd) {
    if (fd >= 0)
        platform->close(fd);
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void update(struct channel *channel) {
    bool writes = !list_empty(&channel->out);
    int events = writes ? UV_WRITABLE : 0;

    /* The program may have closed the handle. */
    if (uv_is_closing((uv_handle_t *)&channel->poll))
        return;
    if (!writes || !channel->handlers->waits)
        events |= UV_READABLE;
    uv_poll_start(&channel->poll, events, on_poll);
}

static void drop(struct outgoing *out) {
    list_remove(&out->node);
    close_fd(out->fd);
    alloc_free(out);
}

/* Sends what is queued. After a failure, reading finds that the channel has
   ended. */
static void write_out(struct channel *channel) {
    while (!list_empty(&channel->out)) {
        struct outgoing *out =
            CONTAINER_OF(channel->out.next, struct outgoing, node);
        int sent = pass_send(channel->fd, out->bytes + out->sent,
                             PROTOCOL_SIZE - out->sent, out->fd);

        if (sent == UV_EAGAIN || sent == UV_ENOBUFS)
            return;
        if (sent < 0) {
            pass_shutdown(channel->fd);
            drop(out);
            return;
        }
        close_fd(out->fd);
        out->fd = -1;
        out->sent += (size_t)sent;
        if (out->sent == PROTOCOL_SIZE)
            drop(out);
    }
}

static int queue(struct channel *channel, const uint8_t *bytes, size_t sent,
                 int fd) {
    struct outgoing *out = alloc_zeroed(sizeof(*out));

    if (out == NULL)
        return UV_ENOMEM;
    out->fd = fd >= 0 ? pass_duplicate(fd) : -1;
    if (fd >= 0 && out->fd < 0) {
        int result = out->fd;

        alloc_free(out);
        return result;
    }
    memcpy(out->bytes, bytes, PROTOCOL_SIZE);
    out->sent = sent;
    list_append(&channel->out, &out->node);
    update(channel);
    return 0;
}

int channel_send(struct channel *channel,
                 const struct protocol_message *message, int fd) {
    uint8_t bytes[PROTOCOL_SIZE];
    int sent = UV_EAGAIN;

    if (channel->fd < 0)
        return UV_EPIPE;
    protocol_write(message, bytes);
    if (list_empty(&channel->out))
        sent = pass_send(channel->fd, bytes, sizeof(bytes), fd);
    if (sent == (int)sizeof(bytes))
        return 0;
    if (sent >= 0)
        return queue(channel, bytes, (size_t)sent, -1);
    if (sent == UV_EAGAIN || sent == UV_ENOBUFS)
        return queue(channel, bytes, 0, fd);
    return sent;
}

/* Returns whether to continue reading. */
static bool pass_message(struct channel *channel) {
    struct protocol_message message;
    int fd = channel->in_fd;

    channel->in_fd = -1;
    channel->in_size = 0;
    if (protocol_parse(channel->in, PROTOCOL_SIZE, &message) < 0) {
        close_fd(fd);
        channel->handlers->ended(channel);
        return false;
    }
    channel->handlers->message(channel, &message, fd);
    return channel->fd >= 0 &&
           !(channel->handlers->waits && !list_empty(&channel->out));
}

/* Never reads beyond one message, so that a descriptor belongs to the message
   that it arrived with. Returns whether to continue reading. */
static bool read_in(struct channel *channel) {
    int fd = -1;
    int received = pass_receive(channel->fd, channel->in + channel->in_size,
                                PROTOCOL_SIZE - channel->in_size,
                                channel->handlers->takes_fds ? &fd : NULL);

    if (received == UV_EAGAIN)
        return false;
    if (received <= 0) {
        channel->handlers->ended(channel);
        return false;
    }
    if (fd >= 0) {
        close_fd(channel->in_fd);
        channel->in_fd = fd;
    }
    channel->in_size += (size_t)received;
    return channel->in_size < PROTOCOL_SIZE || pass_message(channel);
}

void channel_read_rest(struct channel *channel,
                       const struct channel_handlers *handlers) {
    const struct channel_handlers *own = channel->handlers;

    channel->handlers = handlers;
    for (unsigned i = 0; i < REST_MAX && channel->fd >= 0; i++) {
        if (!read_in(channel))
            break;
    }
    channel->handlers = own;
}

/* libuv stops the handle on an error; reading finds the error. */
static void on_poll(uv_poll_t *poll, int status, int events) {
    struct channel *channel = CONTAINER_OF(poll, struct channel, poll);

    if (status < 0) {
        update(channel); /* first: a callback may not return */
        events = UV_READABLE | UV_WRITABLE;
    }
    if (events & UV_WRITABLE)
        write_out(channel);
    for (unsigned i = 0; i < MESSAGES_MAX && (events & UV_READABLE); i++) {
        if (!read_in(channel))
            break;
    }
    if (channel->fd >= 0)
        update(channel);
}

int channel_open(struct channel *channel, uv_loop_t *loop, int fd,
                 const struct channel_handlers *handlers) {
    int result = uv_poll_init(loop, &channel->poll, fd);

    if (result < 0)
        return result;
    channel->handlers = handlers;
    closing_init(&channel->closing);
    channel->fd = fd;
    channel->in_fd = -1;
    channel->in_size = 0;
    list_init(&channel->out);
    update(channel);
    return 0;
}

void channel_break(struct channel *channel) {
    if (channel->fd >= 0)
        pass_shutdown(channel->fd);
}

static void on_closed(struct closing *closing) {
    struct channel *channel = CONTAINER_OF(closing, struct channel, closing);

    channel->handlers->closed(channel);
}

void channel_close(struct channel *channel) {
    if (channel->fd < 0)
        return;
    closing_add((uv_handle_t *)&channel->poll);
    close_fd(channel->in_fd);
    close_fd(channel->fd);
    channel->in_fd = channel->fd = -1;
    while (!list_empty(&channel->out))
        drop(CONTAINER_OF(channel->out.next, struct outgoing, node));
    closing_wait(&channel->closing, channel->poll.loop, on_closed);
}

bool channel_is_closing(const struct channel *channel) {
    return closing_is_waiting(&channel->closing);
}

void channel_unref(struct channel *channel) {
    uv_unref((uv_handle_t *)&channel->poll);
}
