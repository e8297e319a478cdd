/* Deferred datagrams, of sockets with `deferSends`, stay in the arrays until
   JavaScript flushes them. If the process or the thread ends before that, they
   are sent here: by atexit(), because process.exit() does not end the
   environment, and by the cleanup hook of the environment. */
#include <stdlib.h>

#include "addon.h"

/* Addons, of all threads, that have ever deferred a datagram. */
static struct addon *deferring;
static uv_mutex_t lock;
static bool has_lock;
static uv_once_t once = UV_ONCE_INIT;

void deferred_send(struct addon *addon) {
    struct handle *handle = addon->deferred;
    uint32_t count;

    addon->deferred = NULL;
    if (handle == NULL || handle->socket == NULL)
        return;
    count = (uint32_t)*addon->deferred_count;
    if (count <= SEND_COUNT_MAX)
        send_all(handle, count);
}

/* Sends what this thread has deferred. Addons of other threads are not touched,
   because those threads may still use them: Node ends its workers first, but
   another exit() does not. */
static void on_process_exit(void) {
    uv_thread_t self = uv_thread_self();

    uv_mutex_lock(&lock);
    for (struct addon *addon = deferring; addon != NULL;
         addon = addon->next_deferring) {
        if (!uv_thread_equal(&addon->thread, &self))
            continue;
        addon->ending = true;
        deferred_send(addon);
    }
    uv_mutex_unlock(&lock);
}

/* If there is no memory for the lock, process.exit() loses deferred datagrams.
   Everything else works. */
static void begin(void) {
    has_lock = uv_mutex_init(&lock) == 0;
    if (has_lock)
        atexit(on_process_exit);
}

static void add(struct addon *addon) {
    uv_once(&once, begin);
    if (!has_lock)
        return;
    addon->has_deferred = true;
    addon->thread = uv_thread_self();
    uv_mutex_lock(&lock);
    addon->next_deferring = deferring;
    deferring = addon;
    uv_mutex_unlock(&lock);
}

static void remove_from_list(struct addon *addon) {
    struct addon **link = &deferring;

    uv_mutex_lock(&lock);
    while (*link != addon)
        link = &(*link)->next_deferring;
    *link = addon->next_deferring;
    uv_mutex_unlock(&lock);
}

void deferred_end(struct addon *addon) {
    if (addon->has_deferred)
        remove_from_list(addon);
    deferred_send(addon);
}

/* defer(handle): the arrays have datagrams of the handle, as many as
   deferred_count, until they are flushed. */
napi_value deferred_begin(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return NULL;
    if (!handle->addon->has_deferred)
        add(handle->addon);
    handle->addon->deferred = handle;
    iteration_need(handle->addon, ITERATION_DEFERRED, true);
    return NULL;
}

void deferred_forget(struct addon *addon) {
    if (addon->deferred == NULL)
        return;
    addon->deferred = NULL;
    iteration_need(addon, ITERATION_DEFERRED, false);
}
