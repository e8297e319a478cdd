#include "loop/interfaces.h"

#include "util/alloc.h"
#include "util/util.h"

#define POLL_MS 2000u

/* The kernel's reports. */
struct reports {
    uv_poll_t poll; /* on fd */
    dgram_fd fd;
    struct interface_watch *watch;
    struct loop *loop; /* a reference, while `task` waits */
    struct task task;  /* frees it, if the program has closed `poll` */
};

struct interface_watch {
    struct loop *loop; /* it belongs to it */
    struct list followers;
    struct reports *reports; /* NULL: the interfaces are polled */
    struct task task;        /* polls them */
};

/* ---- Lists -------------------------------------------------------------- */

/* An interface may come between the two calls. */
int interfaces_read(struct interface_list *out) {
    int count = platform->list_interfaces(NULL, 0);
    unsigned max = (unsigned)count + 8;

    *out = (struct interface_list){0};
    if (count < 0)
        return count;
    out->interfaces = alloc_bytes(max * sizeof(*out->interfaces));
    if (out->interfaces == NULL)
        return UV_ENOMEM;
    count = platform->list_interfaces(out->interfaces, max);
    if (count < 0) {
        interfaces_free(out);
        return count;
    }
    out->count = (unsigned)count < max ? (unsigned)count : max;
    return 0;
}

void interfaces_free(struct interface_list *list) {
    alloc_free(list->interfaces);
    *list = (struct interface_list){0};
}

bool interfaces_have(const struct interface_list *list, unsigned index) {
    for (unsigned i = 0; i < list->count; i++)
        if (list->interfaces[i].index == index)
            return true;
    return false;
}

/* ---- Changes ------------------------------------------------------------ */

static void announce(struct interface_watch *watch,
                     const struct platform_interface_changes *changes) {
    for (struct list *n = watch->followers.next; n != &watch->followers;
         n = n->next) {
        struct interface_follower *follower =
            CONTAINER_OF(n, struct interface_follower, node);

        follower->changed(follower, changes);
    }
}

static void on_closed(uv_handle_t *handle) {
    alloc_free(CONTAINER_OF(handle, struct reports, poll));
}

static void free_task(struct task *task) {
    struct reports *reports = CONTAINER_OF(task, struct reports, task);

    loop_unref(reports->loop);
    alloc_free(reports);
}

static void close_reports(struct interface_watch *watch) {
    struct reports *reports = watch->reports;
    uv_handle_t *handle = (uv_handle_t *)&reports->poll;

    watch->reports = NULL;
    if (uv_is_closing(handle)) {
        reports->loop = watch->loop;
        loop_ref(reports->loop);
        task_init(&reports->task, free_task);
        loop_defer_until_closed(reports->loop, &reports->task);
    } else {
        uv_close(handle, on_closed);
    }
    platform->close(reports->fd);
}

static void on_reports(uv_poll_t *poll, int status, int events);

static void begin_reading(struct reports *reports) {
    uv_poll_start(&reports->poll, UV_READABLE, on_reports);
    uv_unref((uv_handle_t *)&reports->poll);
}

/* The kernel discards reports that are not read in time. libuv takes this for
   the end of the descriptor, and stops reading. */
static bool read_reports(struct reports *reports, int status,
                         struct platform_interface_changes *changes) {
    if (platform->read_interface_changes(reports->fd, changes) < 0 ||
        (status < 0 && !changes->incomplete))
        return false;
    if (status < 0)
        begin_reading(reports);
    return true;
}

/* After a fork() the parent reads the same descriptor, so there may be nothing
   to read for a change. */
static void on_reports(uv_poll_t *poll, int status, int events) {
    struct platform_interface_changes changes = {0};
    struct reports *reports = CONTAINER_OF(poll, struct reports, poll);
    struct interface_watch *watch = reports->watch;
    unsigned depth = loop_dispatch_begin(watch->loop);

    (void)events;
    if (!read_reports(reports, status, &changes)) {
        changes.incomplete = true;
        close_reports(watch);
        loop_delay(watch->loop, &watch->task, POLL_MS, false);
    }
    announce(watch, &changes);
    loop_dispatch_end(watch->loop, depth);
}

/* ---- Beginning and end -------------------------------------------------- */

static void open_reports(struct interface_watch *watch) {
    dgram_fd fd = platform->open_interface_changes();
    struct reports *reports;

    if (fd < 0)
        return;
    reports = alloc_zeroed(sizeof(*reports));
    if (reports == NULL || uv_poll_init_socket(watch->loop->uv, &reports->poll,
                                               (uv_os_sock_t)fd) < 0) {
        alloc_free(reports);
        platform->close(fd);
        return;
    }
    reports->fd = fd;
    reports->watch = watch;
    watch->reports = reports;
    begin_reading(reports);
}

/* Without reports, polls later. */
static void await_changes(struct interface_watch *watch) {
    open_reports(watch);
    if (watch->reports == NULL)
        loop_delay(watch->loop, &watch->task, POLL_MS, false);
}

/* Reports may be possible again, for example when descriptors are free. Reports
   in the meantime were lost. */
static void poll_interfaces(struct task *task) {
    struct platform_interface_changes changes = {0};
    struct interface_watch *watch =
        CONTAINER_OF(task, struct interface_watch, task);

    await_changes(watch);
    changes.incomplete = watch->reports != NULL;
    announce(watch, &changes);
}

static struct interface_watch *begin_watch(struct loop *loop) {
    struct interface_watch *watch = alloc_zeroed(sizeof(*watch));

    if (watch == NULL)
        return NULL;
    watch->loop = loop;
    list_init(&watch->followers);
    task_init(&watch->task, poll_interfaces);
    await_changes(watch);
    return watch;
}

static void end_watch(struct interface_watch *watch) {
    if (watch->reports != NULL)
        close_reports(watch);
    if (task_is_queued(&watch->task))
        loop_cancel(watch->loop, &watch->task);
    alloc_free(watch);
}

int interfaces_follow(struct loop *loop, struct interface_follower *follower) {
    if (loop_is_lost(loop))
        return UV_ECANCELED;
    if (loop->interfaces == NULL)
        loop->interfaces = begin_watch(loop);
    if (loop->interfaces == NULL)
        return UV_ENOMEM;
    list_append(&loop->interfaces->followers, &follower->node);
    return 0;
}

void interfaces_unfollow(struct loop *loop,
                         struct interface_follower *follower) {
    list_remove(&follower->node);
    if (!list_empty(&loop->interfaces->followers))
        return;
    end_watch(loop->interfaces);
    loop->interfaces = NULL;
}
