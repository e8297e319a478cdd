/* From the core to JavaScript: a wake-up's datagrams are copied to a slab that
   both sides see and then shown, a few in a turn of the loop; of a sender's
   address JavaScript has the text already, unless it is new. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"
#include "loop.h"
#include "watch.h"

#define ALL_MESSAGES INT32_MAX /* as a budget */
#define TURN_MESSAGES_MAX 32   /* shown of a socket in a turn, as in Node */

/* ---- Texts of addresses ------------------------------------------------ */

static const void *bytes_of(const dgram_address *address, size_t *size) {
    if (address->any.sa_family == AF_INET6) {
        *size = 16;
        return &address->v6.sin6_addr;
    }
    *size = 4;
    return &address->v4.sin_addr;
}

static uint32_t slot_of(const dgram_address *address) {
    size_t size;
    const unsigned char *bytes = bytes_of(address, &size);
    uint32_t hash = 2166136261u;

    while (size-- > 0)
        hash = (hash ^ *bytes++) * 16777619u;
    return hash % ADDRESSES_MAX;
}

static bool is_known(const struct known_address *known,
                     const dgram_address *address) {
    size_t size;
    const void *bytes = bytes_of(address, &size);

    return known->family == address->any.sa_family &&
           memcmp(known->bytes, bytes, size) == 0 &&
           (known->family == AF_INET ||
            known->scope == address->v6.sin6_scope_id);
}

static napi_value text_value(struct addon *addon, const dgram_address *from) {
    char text[DGRAM_ADDRESS_TEXT_MAX] = "";
    napi_value value = NULL;

    dgram_address_format(from, text, sizeof text);
    napi_create_string_latin1(addon->env, text, NAPI_AUTO_LENGTH, &value);
    return value;
}

static void set_text(struct addon *addon, napi_ref array, uint32_t at,
                     const dgram_address *from) {
    napi_env env = addon->env;
    napi_handle_scope scope;
    napi_value list;

    napi_open_handle_scope(env, &scope);
    napi_get_reference_value(env, array, &list);
    napi_set_element(env, list, at, text_value(addon, from));
    napi_close_handle_scope(env, scope);
}

static void learn(struct addon *addon, uint32_t slot,
                  const dgram_address *from) {
    struct known_address *known = &addon->known[slot];
    size_t size;
    const void *bytes = bytes_of(from, &size);

    known->family = from->any.sa_family;
    known->scope = known->family == AF_INET6 ? from->v6.sin6_scope_id : 0;
    memcpy(known->bytes, bytes, size);
    set_text(addon, addon->addresses, slot, from);
}

/* The oldest batch that still has something to show. */
static uint64_t oldest_batch(const struct addon *addon) {
    uint64_t oldest = addon->batch;

    for (unsigned i = 0; i < SLABS_MAX; i++)
        if (addon->slabs[i].used && addon->slabs[i].batch < oldest)
            oldest = addon->slabs[i].batch;
    return oldest;
}

/* The slot of the address' text, or -1 if its place is taken by one that is
   still to be shown. */
static int32_t know(struct addon *addon, const dgram_address *from,
                    uint64_t oldest) {
    uint32_t slot = slot_of(from);
    struct known_address *known = &addon->known[slot];

    if (!is_known(known, from)) {
        if (known->batch >= oldest)
            return -1;
        learn(addon, slot, from);
    }
    known->batch = addon->batch;
    return (int32_t)slot;
}

/* ---- Slabs ------------------------------------------------------------- */

/* Makes the arrays of a slab and shows them to JavaScript. */
static bool make_slab(struct addon *addon, unsigned index) {
    struct slab *slab = &addon->slabs[index];
    napi_env env = addon->env;
    napi_value object, objects, payloads, fields, texts;
    void *payload_memory = NULL, *field_memory = NULL;
    napi_handle_scope scope;

    napi_open_handle_scope(env, &scope);
    payloads = new_buffer(env, RECEIVE_MESSAGES_MAX * RECEIVE_ROOM_SIZE,
                          &payload_memory);
    fields = new_buffer(env, RECEIVE_DATAGRAMS_MAX * RECEIVE_FIELDS * 4,
                        &field_memory);
    if (payloads != NULL && fields != NULL) {
        napi_create_array(env, &texts);
        napi_create_reference(env, texts, 1, &slab->texts);
        napi_create_object(env, &object);
        napi_set_named_property(env, object, "payloads", payloads);
        napi_set_named_property(env, object, "fields", fields);
        napi_set_named_property(env, object, "texts", texts);
        napi_get_reference_value(env, addon->slab_objects, &objects);
        napi_set_element(env, objects, index, object);
        slab->payloads = payload_memory;
        slab->fields = field_memory;
    }
    napi_close_handle_scope(env, scope);
    return slab->payloads != NULL;
}

/* A free slab, or SLABS_MAX. */
static unsigned take_slab(struct addon *addon) {
    for (unsigned i = 0; i < SLABS_MAX; i++) {
        struct slab *slab = &addon->slabs[i];

        if (slab->used)
            continue;
        if (slab->payloads == NULL && !make_slab(addon, i))
            return SLABS_MAX;
        slab->used = true;
        slab->next = SLABS_MAX;
        return i;
    }
    return SLABS_MAX;
}

/* A batch has room in any slab: the core reads no more in one wake-up. */
static void fill(struct addon *addon, struct slab *slab,
                 const dgram_message *messages, size_t count) {
    unsigned char *payload = slab->payloads;
    uint64_t oldest = oldest_batch(addon);

    slab->batch = ++addon->batch;
    slab->fresh = (uint32_t)count;
    for (uint32_t i = 0; i < count; i++) {
        int32_t *fields = &slab->fields[i * RECEIVE_FIELDS];

        memcpy(payload, messages[i].payload, messages[i].length);
        payload += messages[i].length;
        fields[0] = (int32_t)messages[i].length;
        fields[1] = know(addon, messages[i].from, oldest);
        fields[2] = dgram_address_port(messages[i].from);
        if (fields[1] < 0)
            set_text(addon, slab->texts, i, messages[i].from);
    }
}

/* ---- Showing ----------------------------------------------------------- */

enum shown { SHOWN_ALL, SHOWN_PART, AGAIN };

/* JavaScript keeps its place in the slab; `fresh` tells it to begin. Where a
   tick at the end of the call throws, what it returned is lost. */
static int32_t show(struct handle *handle, int32_t budget) {
    struct addon *addon = handle->addon;
    struct slab *slab = &addon->slabs[handle->held];
    napi_env env = addon->env;
    napi_handle_scope scope;
    napi_value argv[4];
    int32_t result;

    napi_open_handle_scope(env, &scope);
    napi_get_reference_value(env, handle->object, &argv[0]);
    argv[1] = number(env, handle->held);
    argv[2] = number(env, slab->fresh);
    argv[3] = number(env, budget);
    slab->fresh = 0;
    result = call_back(handle, addon->on_batch, 4, argv,
                       budget == ALL_MESSAGES ? AGAIN : SHOWN_PART);
    napi_close_handle_scope(env, scope);
    return result;
}

static bool is_over(const struct handle *handle) {
    return handle->socket == NULL || handle->addon->ending;
}

static void drop_first(struct handle *handle) {
    struct slab *slab = &handle->addon->slabs[handle->held];

    handle->held = slab->next;
    slab->used = false;
}

/* Shows what the handle holds, at most `budget` datagrams of a slab. */
static void show_held(struct handle *handle, int32_t budget) {
    while (handle->held != SLABS_MAX) {
        int32_t result = is_over(handle) ? SHOWN_ALL : show(handle, budget);

        if (result == SHOWN_PART)
            return;
        if (result == SHOWN_ALL)
            drop_first(handle);
    }
}

static void hold(struct handle *handle, unsigned index) {
    unsigned *end = &handle->held;

    while (*end != SLABS_MAX)
        end = &handle->addon->slabs[*end].next;
    *end = index;
}

/* The next turn: each handle shows some more. What is emptied reads again. */
static void on_turn(uv_idle_t *turn) {
    struct addon *addon = turn->data;
    bool more = false;

    for (struct handle *handle = addon->handles; handle != NULL;
         handle = handle->next) {
        if (handle->held == SLABS_MAX)
            continue;
        show_held(handle, TURN_MESSAGES_MAX);
        if (handle->held != SLABS_MAX)
            more = true;
        else if (!is_over(handle))
            watch_pause(handle->socket, false);
    }
    if (!more)
        uv_idle_stop(turn);
}

/* As in Node, a turn of the loop shows few of a socket's messages. The others
   are held for the next turns, and nothing more is read meanwhile. With the
   last slab all are shown at once, so that there is always one free. */
static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    struct handle *handle = data;
    struct addon *addon = handle->addon;
    bool is_first = handle->held == SLABS_MAX;
    unsigned index;

    if (is_over(handle))
        return;
    index = take_slab(addon);
    if (index == SLABS_MAX)
        return; /* no memory for it: lost, as in a full buffer */
    fill(addon, &addon->slabs[index], messages, count);
    hold(handle, index);
    if (index == SLABS_MAX - 1)
        show_held(handle, ALL_MESSAGES);
    else if (is_first)
        show_held(handle, TURN_MESSAGES_MAX);
    if (handle->held != SLABS_MAX && !is_over(handle)) {
        watch_pause(socket, true);
        uv_idle_start(addon->turn, on_turn);
    }
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct handle *handle = data;
    napi_env env = handle->addon->env;
    napi_handle_scope scope;
    napi_value argv[2];

    (void)socket;
    show_held(handle, ALL_MESSAGES);
    if (is_over(handle))
        return;
    napi_open_handle_scope(env, &scope);
    napi_get_reference_value(env, handle->object, &argv[0]);
    argv[1] = number(env, error->code);
    call_back(handle, handle->addon->on_error, 2, argv, 0);
    napi_close_handle_scope(env, scope);
}

/* From here the handle's memory is JavaScript's alone, to be collected; without
   an object it goes now. */
static void on_close(dgram_socket *socket, void *data) {
    struct handle *handle = data;
    struct addon *addon = handle->addon;

    (void)socket;
    if (handle->previous != NULL)
        handle->previous->next = handle->next;
    else
        addon->handles = handle->next;
    if (handle->next != NULL)
        handle->next->previous = handle->previous;
    while (handle->held != SLABS_MAX)
        drop_first(handle);
    napi_delete_reference(addon->env, handle->object);
    if (handle->orphan)
        free(handle);
    addon_closed(addon);
}

const dgram_events receive_events = {
    .size = sizeof receive_events,
    .batch = on_batch,
    .error = on_error,
    .close = on_close,
};

/* setupReceive(addresses, slabs, onBatch, onError): the arrays are filled from
   here, with texts and with { payloads, fields, texts }. */
napi_value receive_setup(napi_env env, napi_callback_info info) {
    napi_value argv[4];
    struct addon *addon;
    size_t argc = 4;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    napi_create_reference(env, argv[0], 1, &addon->addresses);
    napi_create_reference(env, argv[1], 1, &addon->slab_objects);
    napi_create_reference(env, argv[2], 1, &addon->on_batch);
    napi_create_reference(env, argv[3], 1, &addon->on_error);
    return NULL;
}
