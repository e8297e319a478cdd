/* Receiving. The core receives datagrams into a slab, which JavaScript shares.
   Each loop iteration emits some of them, with one call of JavaScript for those
   of a slab.

   A listener may run the loop, close sockets and end the thread. So nothing
   that these change is in a local variable during a call. */
#include <stdlib.h>

#include "addon.h"

#define ALL_MESSAGES INT32_MAX    /* as a budget */
#define ITERATION_MESSAGES_MAX 32 /* of a socket in an iteration, as Node */

/* ---- Emitting ----------------------------------------------------------- */

static bool is_over(const struct handle *handle) {
    return handle->socket == NULL || handle->addon->ending;
}

static bool is_emitted(const struct slab *slab) {
    int32_t position = slab->fields[POSITION];

    return position < 0 || position >= slab->count;
}

void receive_drop_slab(struct handle *handle) {
    struct slab *slab = &handle->addon->slabs[handle->first_slab];

    handle->first_slab = slab->next;
    slab->used = false;
}

static void drop_slabs(struct handle *handle) {
    while (handle->first_slab != SLABS_MAX)
        receive_drop_slab(handle);
}

static bool has_next(const struct handle *handle) {
    return handle->parked > 0 || handle->first_slab != SLABS_MAX;
}

/* Whether code of the program is on the stack, because it runs the loop. Then
   its ticks wait until it returns. The stack is then deeper than where Node
   runs the loop, so JavaScript looks for such code only at new depths. */
static bool is_nested(struct addon *addon, napi_value object) {
    napi_env env = addon->env;
    napi_value known, nested;
    bool result = true, is_known = false;
    uintptr_t depth = (uintptr_t)&result;

    if (addon->shared[SHARED_EMITTING] > 1)
        return true;
    for (unsigned i = 0; i < DEPTHS_MAX; i++)
        is_known |= addon->depths[i] == depth;
    napi_get_boolean(env, is_known, &known);
    if (napi_call_function(env, object, value_of(addon, addon->is_nested), 1,
                           &known, &nested) == napi_ok)
        napi_get_value_bool(env, nested, &result);
    if (!result && !is_known)
        addon->depths[addon->next_depth++ % DEPTHS_MAX] = depth;
    return result;
}

/* Emits the next of the parked datagrams, which JavaScript has. */
static void emit_parked(struct handle *handle, napi_value object) {
    struct addon *addon = handle->addon;

    handle->parked--;
    addon->shared[SHARED_SLAB] = -1;
    call_back_messages(addon, object, false);
}

/* Emits up to `budget` datagrams of the first slab; the first call for a slab
   may emit all as 'messages'. Returns how many it might still emit. If
   JavaScript failed before it advanced the position, the datagram is skipped.
 */
static int32_t emit_from_slab(struct handle *handle, napi_value object,
                              int32_t budget) {
    struct addon *addon = handle->addon;
    unsigned index = handle->first_slab;
    struct slab *slab = &addon->slabs[index];
    uint64_t batch = slab->batch;
    int32_t position = slab->fields[POSITION], stage = slab->fields[STAGE];
    bool many =
        budget > 1 && slab->count - position > 1 && !is_nested(addon, object);

    addon->shared[SHARED_SLAB] = (int32_t)index;
    addon->shared[SHARED_LEFT] = many ? budget : 1;
    call_back_messages(addon, object, many);
    if (slab->batch == batch && slab->fields[POSITION] == position &&
        slab->fields[STAGE] == stage)
        slab->fields[POSITION]++;
    return many ? addon->shared[SHARED_LEFT] : budget - 1;
}

/* Emits up to `budget` datagrams of the handle. */
static void emit_pending(struct handle *handle, napi_value object,
                         int32_t budget) {
    struct addon *addon = handle->addon;

    addon->shared[SHARED_NOW] = (int32_t)(uv_now(addon->loop) & INT32_MAX);
    while (!handle->paused && has_next(handle)) {
        if (is_over(handle))
            return;
        if (handle->parked == 0 &&
            is_emitted(&addon->slabs[handle->first_slab])) {
            receive_drop_slab(handle);
            continue;
        }
        if (budget <= 0)
            return;
        if (handle->parked == 0) {
            budget = emit_from_slab(handle, object, budget);
            continue;
        }
        emit_parked(handle, object);
        budget--;
    }
}

static void on_iteration(uv_idle_t *idle);

static void update_idle(struct addon *addon) {
    if (addon->pending_count > 0 || addon->waiting > 0)
        uv_idle_start(addon->idle, on_iteration);
    else
        uv_idle_stop(addon->idle);
}

/* A closed handle has nothing to emit. An open one receives while it is not
   paused, has nothing to emit, and does not wait for a slab. */
void receive_update(struct handle *handle) {
    bool stops;

    if (is_over(handle)) {
        drop_slabs(handle);
        handle->parked = 0;
    }
    if (handle->paused || !has_next(handle))
        pending_remove(handle);
    else if (!handle->pending)
        pending_add(handle);
    update_idle(handle->addon);
    stops = has_next(handle) || handle->waits || handle->paused;
    if (is_over(handle) || handle->stopped == stops)
        return;
    handle->stopped = stops;
    if (stops)
        dgram_receive_stop(handle->socket);
    else
        dgram_receive_start(handle->socket);
}

static void set_waiting(struct handle *handle, bool waits) {
    if (handle->waits == waits)
        return;
    handle->waits = waits;
    if (waits)
        handle->addon->waiting++;
    else
        handle->addon->waiting--;
}

void receive_provide(dgram_socket *socket, size_t size, uv_buf_t *memory,
                     void *data) {
    struct handle *handle = data;
    struct addon *addon = handle->addon;
    unsigned index = is_over(handle) ? SLABS_MAX : slabs_find(addon);

    (void)size;
    (void)socket;
    if (index == SLABS_MAX) {
        set_waiting(handle, true);
        receive_update(handle);
        return;
    }
    addon->slabs[index].receiver = handle;
    *memory = uv_buf_init((char *)addon->slabs[index].payloads,
                          DGRAM_RECEIVE_MEMORY_SIZE);
}

void receive_take_back(dgram_socket *socket, void *memory, void *data) {
    const struct handle *handle = data;
    struct slab *slab = slabs_at(handle->addon, memory);

    (void)socket;
    if (slab != NULL)
        slab->receiver = NULL;
}

/* The scope keeps the object, and so the handle, even if it is closed. */
static void emit_some(struct handle *handle, int32_t budget) {
    struct addon *addon = handle->addon;
    napi_env env = addon->env;
    napi_handle_scope scope;
    napi_value object;

    napi_open_handle_scope(env, &scope);
    object = value_of(addon, handle->object);
    addon->shared[SHARED_EMITTING]++;
    emit_pending(handle, object, budget);
    addon->shared[SHARED_EMITTING]--;
    if (addon->deferred != NULL && !addon->ending)
        call_back(addon, value_of(addon, addon->on_emitted), 1, &object);
    receive_update(handle);
    napi_close_handle_scope(env, scope);
}

/* Sockets that found no slab try again. */
static void end_waiting(struct addon *addon) {
    for (struct handle *handle = addon->handles;
         handle != NULL && addon->waiting > 0; handle = handle->next) {
        set_waiting(handle, false);
        receive_update(handle);
    }
}

/* Once in each loop iteration: each handle emits some more. */
static void on_iteration(uv_idle_t *idle) {
    struct addon *addon = idle->data;

    for (unsigned left = addon->pending_count;
         left > 0 && addon->pending_count > 0; left--) {
        struct handle *handle = addon->first_pending;

        pending_add(handle); /* behind the others */
        emit_some(handle, ITERATION_MESSAGES_MAX);
    }
    end_waiting(addon);
}

/* Returns a free slab, or SLABS_MAX. take_batch() always leaves one free,
   unless listeners run the loop. Then other handles must emit theirs first. */
static unsigned make_slab_free(struct addon *addon) {
    unsigned index = slabs_find(addon);

    while (index == SLABS_MAX && addon->pending_count > 0) {
        emit_some(addon->first_pending, ALL_MESSAGES);
        index = slabs_find(addon);
    }
    return index;
}

static void add_slab(struct handle *handle, unsigned index) {
    struct addon *addon = handle->addon;
    unsigned *end = &handle->first_slab;

    while (*end != SLABS_MAX)
        end = &addon->slabs[*end].next;
    *end = index;
    addon->slabs[index].used = true;
    addon->slabs[index].next = SLABS_MAX;
    if (handle->first_slab == index)
        pending_add(handle);
    update_idle(addon);
}

/* Returns the slab for a batch: the one that it was received into, or a free
   one if that has an earlier batch of the same system call. Returns SLABS_MAX
   if no slab is free. */
static unsigned slab_for(struct addon *addon, const dgram_message *messages) {
    const struct slab *slab = slabs_at(addon, messages[0].payload);

    return slab != NULL && !slab->used ? (unsigned)(slab - addon->slabs)
                                       : make_slab_free(addon);
}

/* As in Node, a loop iteration emits few of a socket's messages. The others
   wait for the next iterations. */
static void take_batch(struct handle *handle, const dgram_message *messages,
                       size_t count) {
    struct addon *addon = handle->addon;
    unsigned index = slab_for(addon, messages);
    bool is_first = handle->first_slab == SLABS_MAX;
    uint64_t oldest = slabs_oldest_batch(addon);

    if (index == SLABS_MAX || is_over(handle))
        return; /* without memory the datagrams are lost */
    slabs_fill(addon, &addon->slabs[index], messages, count,
               slabs_at(addon, messages[0].payload) != &addon->slabs[index],
               oldest);
    if (handle->receive_info != 0)
        receive_info_fill(addon, &addon->slabs[index], index, messages, count,
                          handle->receive_info, oldest);
    add_slab(handle, index);
    if (index == SLABS_MAX - 1)
        emit_some(handle, ALL_MESSAGES);
    else if (is_first)
        emit_some(handle, ITERATION_MESSAGES_MAX);
    else
        receive_update(handle);
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    struct handle *handle = data;
    napi_env env = handle->addon->env;
    napi_handle_scope scope;

    (void)socket;
    if (is_over(handle))
        return;
    napi_open_handle_scope(env, &scope);
    /* Keeps the object, and so the handle, until the scope ends. */
    value_of(handle->addon, handle->object);
    take_batch(handle, messages, count);
    napi_close_handle_scope(env, scope);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct handle *handle = data;
    struct addon *addon = handle->addon;
    napi_handle_scope scope;
    napi_value argv[3];

    (void)socket;
    napi_open_handle_scope(addon->env, &scope);
    argv[0] = value_of(addon, handle->object);
    argv[1] = number(addon->env, error->code);
    napi_create_string_latin1(addon->env, error->syscall, NAPI_AUTO_LENGTH,
                              &argv[2]);
    emit_pending(handle, argv[0], ALL_MESSAGES);
    receive_update(handle);
    if (!is_over(handle))
        call_back(addon, value_of(addon, addon->on_error), 3, argv);
    napi_close_handle_scope(addon->env, scope);
}

/* The handle is freed when JavaScript collects its object; without an object,
   it is freed here. If JavaScript has not closed the socket, it was detached.
 */
static void on_close(dgram_socket *socket, void *data) {
    struct handle *handle = data;
    struct addon *addon = handle->addon;

    (void)socket;
    if (!is_over(handle))
        detach_report(handle);
    if (handle->previous != NULL)
        handle->previous->next = handle->next;
    else
        addon->handles = handle->next;
    if (handle->next != NULL)
        handle->next->previous = handle->previous;
    drop_slabs(handle);
    for (unsigned i = 0; i < SLABS_MAX; i++) {
        if (addon->slabs[i].receiver == handle)
            addon->slabs[i].receiver = NULL;
    }
    pending_remove(handle);
    set_waiting(handle, false);
    if (addon->handles == NULL)
        pool_set_idle(addon->pool, true);
    napi_delete_reference(addon->env, handle->object);
    if (handle->orphan)
        free(handle);
    addon_closed(addon);
}

/* The datagrams that wait in slabs are not emitted first: a flood of errors
   would lift their limit in an iteration. */
static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    struct handle *handle = data;

    (void)socket;
    if (!is_over(handle))
        path_errors_emit(handle, error);
}

const dgram_events receive_events = {
    .size = sizeof receive_events,
    .batch = on_batch,
    .error = on_error,
    .close = on_close,
    .path_error = on_path_error,
};

/* setupReceive(addresses, slabs, onMessages, onEmitted, onError, onException,
   isNested): the addon fills the two arrays, with texts and with
   { payloads, fields, texts }. onEmitted() is called after messages were
   emitted, if datagrams are deferred. onException() gets what a listener has
   thrown. */
napi_value receive_setup(napi_env env, napi_callback_info info) {
    napi_value argv[7];
    struct addon *addon;
    size_t argc = 7;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->addresses = remember(addon, argv[0]);
    remember(addon,
             new_buffer(env, ADDRESSES_MAX * sizeof(struct known_address),
                        (void **)&addon->known));
    addon->slab_objects = remember(addon, argv[1]);
    addon->on_messages = remember(addon, argv[2]);
    addon->on_emitted = remember(addon, argv[3]);
    addon->on_error = remember(addon, argv[4]);
    addon->on_exception = remember(addon, argv[5]);
    addon->is_nested = remember(addon, argv[6]);
    call_back_setup(addon);
    return NULL;
}
