/* Deferred datagrams, of sockets with `deferSends`, stay in the arrays until
   JavaScript flushes them. If the process or the thread ends before that, they
   are sent here: by atexit(), because process.exit() does not end the
   environment, and by the cleanup hook of the environment. */
#include <stdlib.h>

#include "addon.h"

/* Addons of this thread that have ever deferred a datagram. */
static _Thread_local struct addon *deferring;
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

static void on_process_exit(void) {
    for (struct addon *addon = deferring; addon != NULL;
         addon = addon->next_deferring) {
        addon->ending = true;
        deferred_send(addon);
    }
}

static void watch_exit(void) {
    atexit(on_process_exit);
}

static void add(struct addon *addon) {
    uv_once(&once, watch_exit);
    addon->has_deferred = true;
    addon->next_deferring = deferring;
    deferring = addon;
}

void deferred_end(struct addon *addon) {
    struct addon **link = &deferring;

    while (*link != NULL && *link != addon)
        link = &(*link)->next_deferring;
    if (*link != NULL)
        *link = addon->next_deferring;
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
