#include "socket/watch.h"

#include "util/util.h"

static dgram_socket *socket_of(const uv_handle_t *handle) {
    return CONTAINER_OF(handle, dgram_socket, poll);
}

/* Somebody else has closed the handle: nothing wakes the socket any more. */
static bool is_lost(const dgram_socket *s) {
    return uv_is_closing((const uv_handle_t *)&s->poll);
}

/* An error that reading does not take off is one in the error queue, if the
   program asked the kernel for that. Who has not emptied it within a turn of
   the loop does not want it; the loop would never sleep again. */
static void take_error(dgram_socket *s) {
    if (s->ready(s, true, backpressure_awaits_writable(&s->backpressure))) {
        s->error_queue_pending = false;
    } else if (!s->error_queue_pending) {
        s->error_queue_pending = true;
    } else if (s->state.bind == STATE_BOUND) {
        platform->drop_errors(s->datapath.fd);
    }
    if (s->state.bind == STATE_BOUND)
        watch_update(s);
}

/* With a pending socket error (an ICMP message on a connected socket) libuv
   stops the handle and reports EBADF. Reading takes the error off the socket;
   then the watch goes on. */
static void on_poll(uv_poll_t *poll, int status, int events) {
    dgram_socket *s = socket_of((uv_handle_t *)poll);
    struct loop *loop = s->loop;
    unsigned depth = loop_dispatch_begin(loop);

    if (status < 0) {
        watch_update(s); /* a listener may not return */
        take_error(s);
    } else {
        s->error_queue_pending = false;
        s->ready(s, events & UV_READABLE, events & UV_WRITABLE);
    }
    loop_dispatch_end(loop, depth);
}

/* The loop must not end while datagrams wait for the kernel. */
void watch_reference(dgram_socket *s) {
    if (is_lost(s))
        return;
    if (s->referenced || s->backpressure.stopped)
        uv_ref((uv_handle_t *)&s->poll);
    else
        uv_unref((uv_handle_t *)&s->poll);
}

void watch_update(dgram_socket *s) {
    bool wants_writable = backpressure_awaits_writable(&s->backpressure);
    int events = (socket_reads(s) ? UV_READABLE : 0) |
                 (wants_writable ? UV_WRITABLE : 0);

    if (is_lost(s))
        return;
    if (socket_reads(s) && s->readahead != NULL)
        loop_defer(s->loop, &s->receive_task);
    if (events != 0)
        uv_poll_start(&s->poll, events, on_poll);
    else
        uv_poll_stop(&s->poll);
    watch_reference(s);
}

void watch_pause(dgram_socket *s, bool paused) {
    s->paused = paused;
    watch_update(s);
}

int watch_start(dgram_socket *s,
                bool (*ready)(dgram_socket *s, bool readable, bool writable)) {
    int result = loop_is_lost(s->loop)
                     ? UV_ECANCELED
                     : uv_poll_init(s->loop->uv, &s->poll, s->datapath.fd);

    if (result < 0)
        return result;
    s->ready = ready;
    watch_update(s);
    return 0;
}

static void on_stopped(uv_handle_t *handle) {
    dgram_socket *s = socket_of(handle);

    loop_defer_end(s->loop, &s->end_task);
}

void watch_stop(dgram_socket *s) {
    if (is_lost(s))
        loop_defer_until_closed(s->loop, &s->end_task);
    else
        uv_close((uv_handle_t *)&s->poll, on_stopped);
}
