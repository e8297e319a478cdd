/* What sockets with `deferSends` hold stands in the arrays until JavaScript
   flushes them. Where the process or the thread ends before, it leaves from
   here: by atexit(), as process.exit() ends no environment, and by the hook of
   an environment that ends. */
#include <stdlib.h>

#include "addon.h"

/* Those of this thread that have ever held something. */
static _Thread_local struct addon *holders;
static uv_once_t once = UV_ONCE_INIT;

void held_send(struct addon *addon) {
    struct handle *handle = addon->held;
    uint32_t count;

    addon->held = NULL;
    if (handle == NULL || handle->socket == NULL)
        return;
    count = (uint32_t)*addon->held_count;
    if (count <= SEND_COUNT_MAX)
        send_all(handle, count);
}

static void on_process_exit(void) {
    for (struct addon *addon = holders; addon != NULL;
         addon = addon->next_holder) {
        addon->ending = true;
        held_send(addon);
    }
}

static void watch_exit(void) {
    atexit(on_process_exit);
}

static void add(struct addon *addon) {
    uv_once(&once, watch_exit);
    addon->holds = true;
    addon->next_holder = holders;
    holders = addon;
}

void held_end(struct addon *addon) {
    struct addon **link = &holders;

    while (*link != NULL && *link != addon)
        link = &(*link)->next_holder;
    if (*link != NULL)
        *link = addon->next_holder;
    held_send(addon);
}

/* hold(handle): its datagrams stand in the arrays, as many as the count says at
   any time, until they are flushed. */
napi_value held_begin(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return NULL;
    if (!handle->addon->holds)
        add(handle->addon);
    handle->addon->held = handle;
    turn_need(handle->addon, TURN_HELD, true);
    return NULL;
}

void held_forget(struct addon *addon) {
    if (addon->held == NULL)
        return;
    addon->held = NULL;
    turn_need(addon, TURN_HELD, false);
}
