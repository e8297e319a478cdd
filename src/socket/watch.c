#include "socket/watch.h"

#include "util/util.h"
#include "socket/socket.h"

static dgram_socket *socket_of(const uv_handle_t *handle) {
    return CONTAINER_OF(handle, dgram_socket, watch.poll);
}

/* The program has closed the handle itself: nothing wakes the socket up. */
static bool is_lost(const dgram_socket *s) {
    return uv_is_closing((const uv_handle_t *)&s->watch.poll);
}

/* Sends what waited for the kernel. A shared socket with a queue does not wait
   for datagrams, so it receives when it is writable, too: else one that always
   has more to send would never receive. Returns whether it is to receive. */
static bool send_waiting(dgram_socket *s) {
    flush_writable(s);
    return bind_is_shared(&s->bind) && !flush_awaits_timer(&s->flush);
}

/* Returns whether anything was received. */
static bool wake(dgram_socket *s, bool readable, bool writable) {
    if (s->state.bind != STATE_BOUND)
        return false; /* a listener of a path error closed the socket */
    if (writable && flush_is_stopped(&s->flush))
        readable |= send_waiting(s);
    if (s->watch.busy_poll_us > 0)
        loop_stay_awake(s->loop, s->watch.busy_poll_us);
    return readable && receive_readable(s);
}

/* If no read returns the error, it is in the error queue, which the program has
   enabled. If the program has not emptied the queue one loop iteration later,
   the library discards its contents. Otherwise the loop would never sleep
   again. */
static void take_error(dgram_socket *s) {
    if (path_error_is_on(&s->path_error))
        path_error_read(s);
    if (wake(s, true, flush_awaits_writable(&s->flush)) ||
        path_error_is_on(&s->path_error))
        s->watch.error_queue_pending = false;
    else if (!s->watch.error_queue_pending)
        s->watch.error_queue_pending = true;
    else if (s->state.bind == STATE_BOUND)
        platform->drop_errors(s->datapath.fd);
    if (s->state.bind == STATE_BOUND)
        watch_update(s);
}

/* If the socket has a pending error (an ICMP message on a connected socket),
   libuv stops the handle and reports EBADF. A read returns the error, and the
   watch continues. If only errors are watched, libuv reports UV_PRIORITIZED. */
static void on_poll(uv_poll_t *poll, int status, int events) {
    dgram_socket *s = socket_of((uv_handle_t *)poll);
    struct loop *loop = s->loop;
    unsigned depth = loop_dispatch_begin(loop);

    if (status < 0) {
        watch_update(s); /* first: a listener may not return */
        take_error(s);
    } else {
        s->watch.error_queue_pending = false;
        if (events & UV_PRIORITIZED)
            path_error_read(s);
        wake(s, events & UV_READABLE, events & UV_WRITABLE);
    }
    loop_dispatch_end(loop, depth);
}

/* A stopped poll handle does not keep the loop running, but a socket that the
   program has stopped does. */
static void set_keeps_loop(dgram_socket *s, bool on) {
    if (s->watch.keeps_loop == on)
        return;
    s->watch.keeps_loop = on;
    if (on)
        loop_expect_answer(s->loop);
    else
        loop_answer_arrived(s->loop);
}

/* The loop must not end while datagrams wait for the kernel. */
static void update_reference(dgram_socket *s) {
    if (is_lost(s))
        return;
    set_keeps_loop(s, s->watch.referenced && receive_is_stopped(&s->receive));
    if (s->watch.referenced || flush_is_stopped(&s->flush))
        uv_ref((uv_handle_t *)&s->watch.poll);
    else
        uv_unref((uv_handle_t *)&s->watch.poll);
}

/* Path errors come together with anything else that is waited for, and alone
   while the program has stopped receiving. */
static bool awaits_path_errors(const dgram_socket *s, int events) {
    return path_error_is_on(&s->path_error) &&
           (events != 0 || (receive_is_stopped(&s->receive) &&
                            path_error_is_awaited(&s->path_error)));
}

/* A detached socket waits for nothing: its descriptor is the program's. */
static int awaited_events(const dgram_socket *s) {
    int events = 0;

    if (receive_is_detached(&s->receive))
        return 0;
    if (receive_is_wanted(s))
        events |= UV_READABLE;
    if (flush_awaits_writable(&s->flush))
        events |= UV_WRITABLE;
    if (awaits_path_errors(s, events))
        events |= UV_PRIORITIZED;
    return events;
}

void watch_update(dgram_socket *s) {
    int events = awaited_events(s);

    if (is_lost(s))
        return;
    if (events & UV_READABLE)
        receive_resume(s);
    if (events != 0)
        uv_poll_start(&s->watch.poll, events, on_poll);
    else
        uv_poll_stop(&s->watch.poll);
    update_reference(s);
}

static void update_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, task);

    if (s->state.bind == STATE_BOUND)
        watch_update(s);
}

void watch_init(dgram_socket *s, const dgram_options *options) {
    s->watch.referenced = true;
    s->watch.busy_poll_us = options->busy_poll_us;
    task_init(&s->task, update_task);
}

int watch_start(dgram_socket *s) {
    int result = loop_is_lost(s->loop)
                     ? UV_ECANCELED
                     : uv_poll_init_socket(s->loop->uv, &s->watch.poll,
                                           (uv_os_sock_t)s->datapath.fd);

    if (result < 0)
        return result;
    if (s->watch.busy_poll_us > 0)
        busy_poll_begin(&s->loop->busy_poll, uv_backend_fd(s->loop->uv),
                        s->datapath.fd, s->watch.busy_poll_us);
    watch_update(s);
    return 0;
}

void watch_pause(dgram_socket *s, bool paused) {
    if (receive_set_paused(&s->receive, paused))
        watch_update(s);
}

static int set_stopped(dgram_socket *s, bool stopped) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (receive_set_stopped(s, stopped) && s->state.bind == STATE_BOUND)
        watch_update(s);
    if (receive_is_detached(&s->receive))
        socket_watch_changed(s);
    return 0;
}

int dgram_receive_stop(dgram_socket *s) {
    return set_stopped(s, true);
}

int dgram_receive_start(dgram_socket *s) {
    return set_stopped(s, false);
}

static void on_stopped(uv_handle_t *handle) {
    dgram_socket *s = socket_of(handle);

    loop_defer_end(s->loop, &s->task);
}

/* The loop of a lost record may no longer exist. */
static void stop_busy_polling(dgram_socket *s) {
    if (s->watch.busy_poll_us == 0)
        return;
    loop_sleep(s->loop);
    if (!loop_is_lost(s->loop))
        busy_poll_end(&s->loop->busy_poll, uv_backend_fd(s->loop->uv));
}

void watch_stop(dgram_socket *s) {
    set_keeps_loop(s, false);
    stop_busy_polling(s);
    if (is_lost(s))
        loop_defer_until_closed(s->loop, &s->task);
    else
        uv_close((uv_handle_t *)&s->watch.poll, on_stopped);
}

static void set_referenced(dgram_socket *s, bool on) {
    s->watch.referenced = on;
    receive_keep_loop(s, on);
    if (s->state.bind == STATE_BOUND)
        update_reference(s);
}

void dgram_ref(dgram_socket *s) {
    set_referenced(s, true);
}

void dgram_unref(dgram_socket *s) {
    set_referenced(s, false);
}
