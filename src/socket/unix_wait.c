#include "socket/unix_wait.h"

#include "os/platform.h"
#include "util/alloc.h"
#include "util/util.h"

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct unix_wait *wait = CONTAINER_OF(poll, struct unix_wait, poll);
    struct loop *loop = wait->loop;
    unsigned depth = loop_dispatch_begin(loop);

    (void)events;
    if (status < 0)
        uv_poll_start(poll, UV_WRITABLE, on_poll); /* libuv has stopped it */
    wait->ready(wait->socket, wait->to);
    loop_dispatch_end(loop, depth);
}

/* Returns a descriptor that is connected to the address, or a code. */
static dgram_fd open_connected(const dgram_address *to) {
    dgram_fd fd = platform->open(AF_UNIX);
    int result;

    if (fd < 0)
        return fd;
    result = platform->connect(fd, to);
    if (result < 0) {
        platform->close(fd);
        return result;
    }
    return fd;
}

/* The program has closed the handle, so on_closed() is not called. */
static void free_task(struct task *task) {
    struct unix_wait *wait = CONTAINER_OF(task, struct unix_wait, task);
    struct loop *loop = wait->loop;

    alloc_free(wait);
    loop_unref(loop);
}

static int begin(struct unix_wait *wait, const dgram_address *to) {
    int result;

    wait->fd = open_connected(to);
    if (wait->fd < 0)
        return (int)wait->fd;
    result = uv_poll_init_socket(wait->loop->uv, &wait->poll,
                                 (uv_os_sock_t)wait->fd);
    if (result < 0) {
        platform->close(wait->fd);
        return result;
    }
    task_init(&wait->task, free_task);
    wait->since = uv_now(wait->loop->uv);
    wait->futile = 0;
    uv_poll_start(&wait->poll, UV_WRITABLE, on_poll);
    return 0;
}

struct unix_wait *unix_wait_start(struct loop *loop, const dgram_address *to) {
    struct unix_wait *wait;

    if (!platform->reports_space || loop_is_lost(loop))
        return NULL;
    wait = alloc_bytes(sizeof(*wait));
    if (wait == NULL)
        return NULL;
    wait->loop = loop;
    if (begin(wait, to) < 0) {
        alloc_free(wait);
        return NULL;
    }
    return wait;
}

static void on_closed(uv_handle_t *handle) {
    alloc_free(CONTAINER_OF((uv_poll_t *)handle, struct unix_wait, poll));
}

void unix_wait_stop(struct unix_wait *wait) {
    uv_handle_t *handle = (uv_handle_t *)&wait->poll;

    if (uv_is_closing(handle)) {
        loop_ref(wait->loop);
        loop_defer_until_closed(wait->loop, &wait->task);
    } else {
        uv_close(handle, on_closed);
    }
    platform->close(wait->fd);
}
