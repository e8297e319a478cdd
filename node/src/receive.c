/* From the core to JavaScript: datagrams are received into a slab that both
   sides see. They are emitted a few in a loop iteration, each in a call of its
   own; of a sender's address JavaScript has the text already, unless it is new.

   A listener may run the loop itself, close what it likes and end the thread.
   So nothing is kept over a call that a wake-up within could change. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"

#define ALL_MESSAGES UINT32_MAX /* as a budget */
#define MOVED_SIZE_MAX 2048u    /* bytes of payloads that are packed */
#define TURN_MESSAGES_MAX 32u   /* of a socket in a loop iteration, as Node */

/* What precedes the fields of a slab's datagrams. JavaScript moves the first
   two before it runs a listener, since the listener may run the loop, in which
   the rest of the slab is emitted. */
enum {
    POSITION, /* of the next datagram to emit */
    LISTED,   /* whether all were emitted as 'messages' */
    BATCH,    /* differs from that of the slab's last use */
    COUNT,
};

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

/* The oldest batch that still has something to emit. */
static uint64_t oldest_batch(const struct addon *addon) {
    uint64_t oldest = addon->batch;

    for (unsigned i = 0; i < SLABS_MAX; i++)
        if (addon->slabs[i].used && addon->slabs[i].batch < oldest)
            oldest = addon->slabs[i].batch;
    return oldest;
}

/* The slot of the address' text, or -1 if its place is taken by one that is
   still to be emitted. */
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

/* Makes the arrays of a slab and gives them to JavaScript. */
static bool make_slab(struct addon *addon, unsigned index) {
    struct slab *slab = &addon->slabs[index];
    napi_env env = addon->env;
    napi_value object, objects, payloads, fields, texts;
    void *payload_memory = NULL, *field_memory = NULL;
    napi_handle_scope scope;

    napi_open_handle_scope(env, &scope);
    payloads = new_buffer(env, DGRAM_RECEIVE_MEMORY_SIZE, &payload_memory);
    fields =
        new_buffer(env, (RECEIVE_HEADER + DGRAM_BATCH_MAX * RECEIVE_FIELDS) * 4,
                   &field_memory);
    if (payloads != NULL && fields != NULL) {
        napi_create_array(env, &texts);
        slab->texts = remember(addon, texts);
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
static unsigned find_slab(struct addon *addon) {
    for (unsigned i = 0; i < SLABS_MAX; i++) {
        struct slab *slab = &addon->slabs[i];

        if (slab->used || slab->receiver != NULL)
            continue;
        return slab->payloads != NULL || make_slab(addon, i) ? i : SLABS_MAX;
    }
    return SLABS_MAX;
}

/* The slab that the memory is in. */
static struct slab *slab_at(struct addon *addon, const void *memory) {
    uintptr_t at = (uintptr_t)memory;

    for (unsigned i = 0; i < SLABS_MAX; i++) {
        uintptr_t start = (uintptr_t)addon->slabs[i].payloads;

        if (start != 0 && at >= start && at - start < DGRAM_RECEIVE_MEMORY_SIZE)
            return &addon->slabs[i];
    }
    return NULL;
}

/* Places the payload where it may stay, at `end` or behind. A short one that
   does not follow the one before is moved there: JavaScript copies payloads
   that follow each other in one call. */
static const unsigned char *place(unsigned char *end, bool copies,
                                  const dgram_message *message) {
    if (!copies &&
        (message->payload == end || message->length > MOVED_SIZE_MAX))
        return message->payload;
    memmove(end, message->payload, message->length);
    return end;
}

/* The datagrams are in the slab, or with `copies` in another. */
static void fill(struct addon *addon, struct slab *slab,
                 const dgram_message *messages, size_t count, bool copies) {
    unsigned char *end = slab->payloads;
    uint64_t oldest = oldest_batch(addon);

    slab->batch = ++addon->batch;
    slab->count = (int32_t)count;
    slab->fields[POSITION] = slab->fields[LISTED] = 0;
    slab->fields[BATCH] = (int32_t)slab->batch;
    slab->fields[COUNT] = slab->count;
    for (uint32_t i = 0; i < count; i++) {
        int32_t *fields = &slab->fields[RECEIVE_HEADER + i * RECEIVE_FIELDS];
        size_t offset =
            (size_t)(place(end, copies, &messages[i]) - slab->payloads);

        end = slab->payloads + offset + messages[i].length;
        fields[0] = (int32_t)messages[i].length;
        fields[1] = know(addon, messages[i].from, oldest);
        fields[2] = dgram_address_port(messages[i].from);
        fields[3] = (int32_t)offset;
        if (fields[1] < 0)
            set_text(addon, slab->texts, i, messages[i].from);
    }
}

/* ---- Showing ----------------------------------------------------------- */

static bool is_over(const struct handle *handle) {
    return handle->socket == NULL || handle->addon->ending;
}

static bool is_emitted(const struct slab *slab) {
    int32_t position = slab->fields[POSITION];

    return position < 0 || position >= slab->count;
}

static void drop_first(struct handle *handle) {
    struct slab *slab = &handle->addon->slabs[handle->first_slab];

    handle->first_slab = slab->next;
    slab->used = false;
}

/* A datagram, or all of the slab to who wants that. Afterwards nothing is as it
   was: the listener may have run the loop. Where JavaScript did not come to the
   listener, the datagram is passed over. */
static void emit_next(struct addon *addon, const struct handle *handle,
                      napi_value on_message, napi_value *argv) {
    unsigned index = handle->first_slab;
    struct slab *slab = &addon->slabs[index];
    uint64_t batch = slab->batch;
    int32_t position = slab->fields[POSITION], listed = slab->fields[LISTED];

    addon->shared[SHARED_SLAB] = (int32_t)index;
    call_back(addon, handle->context, on_message, 1, argv);
    if (slab->batch == batch && slab->fields[POSITION] == position &&
        slab->fields[LISTED] == listed)
        slab->fields[POSITION]++;
}

/* Emits the datagrams of the handle, as far as the budget goes. */
static void emit_pending(struct handle *handle, napi_value object,
                         uint32_t budget) {
    struct addon *addon = handle->addon;
    napi_value on_message = value_of(addon, addon->on_message);

    while (handle->first_slab != SLABS_MAX) {
        if (is_over(handle) || is_emitted(&addon->slabs[handle->first_slab]))
            drop_first(handle);
        else if (budget-- > 0)
            emit_next(addon, handle, on_message, &object);
        else
            return;
    }
}

static void remove_pending(struct handle *handle) {
    struct addon *addon = handle->addon;

    for (unsigned i = 0; i < addon->pending_count; i++) {
        if (addon->pending[i] != handle)
            continue;
        addon->pending_count--;
        memmove(&addon->pending[i], &addon->pending[i + 1],
                (addon->pending_count - i) * sizeof addon->pending[0]);
        return;
    }
}

/* There are never more pending handles than slabs. */
static void add_pending(struct handle *handle) {
    remove_pending(handle);
    handle->addon->pending[handle->addon->pending_count++] = handle;
}

static void on_turn(uv_idle_t *turn);

static void update_turn(struct addon *addon) {
    if (addon->pending_count > 0 || addon->waiting > 0)
        uv_idle_start(addon->turn, on_turn);
    else
        uv_idle_stop(addon->turn);
}

/* A socket receives while none of its datagrams is pending and there is a slab.
 */
static void update_receiving(struct handle *handle) {
    bool stops = handle->first_slab != SLABS_MAX || handle->waits;

    if (handle->first_slab == SLABS_MAX)
        remove_pending(handle);
    update_turn(handle->addon);
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
    unsigned index = is_over(handle) ? SLABS_MAX : find_slab(addon);

    (void)size;
    (void)socket;
    if (index == SLABS_MAX) {
        set_waiting(handle, true);
        update_receiving(handle);
        return;
    }
    addon->slabs[index].receiver = handle;
    *memory = uv_buf_init((char *)addon->slabs[index].payloads,
                          DGRAM_RECEIVE_MEMORY_SIZE);
}

void receive_take_back(dgram_socket *socket, void *memory, void *data) {
    const struct handle *handle = data;
    struct slab *slab = slab_at(handle->addon, memory);

    (void)socket;
    if (slab != NULL)
        slab->receiver = NULL;
}

/* The scope keeps the object, and so the handle, also when it is closed. */
static void emit_some(struct handle *handle, uint32_t budget) {
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
        call_back(addon, NULL, value_of(addon, addon->on_emitted), 1, &object);
    update_receiving(handle);
    napi_close_handle_scope(env, scope);
}

/* Sockets that found no slab try again. */
static void end_waiting(struct addon *addon) {
    for (struct handle *handle = addon->handles;
         handle != NULL && addon->waiting > 0; handle = handle->next) {
        set_waiting(handle, false);
        update_receiving(handle);
    }
}

/* The next loop iteration: each handle emits some more. */
static void on_turn(uv_idle_t *turn) {
    struct addon *addon = turn->data;

    for (unsigned left = addon->pending_count;
         left > 0 && addon->pending_count > 0; left--) {
        struct handle *handle = addon->pending[0];

        add_pending(handle); /* behind the others */
        emit_some(handle, TURN_MESSAGES_MAX);
    }
    end_waiting(addon);
}

/* With the last slab all are emitted at once, so that there is always one free.
   Only where listeners run the loop, others must be emptied. */
static unsigned make_slab_free(struct addon *addon) {
    unsigned index = find_slab(addon);

    while (index == SLABS_MAX && addon->pending_count > 0) {
        emit_some(addon->pending[0], ALL_MESSAGES);
        index = find_slab(addon);
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
        add_pending(handle);
    update_turn(addon);
}

/* The slab that was received into has datagrams of an earlier batch: what came
   with the same system call needs another. Returns SLABS_MAX without one. */
static unsigned slab_for(struct addon *addon, const dgram_message *messages) {
    const struct slab *slab = slab_at(addon, messages[0].payload);

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

    if (index == SLABS_MAX || is_over(handle))
        return; /* without memory it is lost, as in a full buffer */
    fill(addon, &addon->slabs[index], messages, count,
         slab_at(addon, messages[0].payload) != &addon->slabs[index]);
    add_slab(handle, index);
    if (index == SLABS_MAX - 1)
        emit_some(handle, ALL_MESSAGES);
    else if (is_first)
        emit_some(handle, TURN_MESSAGES_MAX);
    else
        update_receiving(handle);
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
    value_of(handle->addon, handle->object); /* kept until the end */
    take_batch(handle, messages, count);
    napi_close_handle_scope(env, scope);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct handle *handle = data;
    struct addon *addon = handle->addon;
    napi_handle_scope scope;
    napi_value argv[2];

    (void)socket;
    napi_open_handle_scope(addon->env, &scope);
    argv[0] = value_of(addon, handle->object);
    argv[1] = number(addon->env, error->code);
    emit_pending(handle, argv[0], ALL_MESSAGES);
    update_receiving(handle);
    if (!is_over(handle))
        call_back(addon, handle->context, value_of(addon, addon->on_error), 2,
                  argv);
    napi_close_handle_scope(addon->env, scope);
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
    while (handle->first_slab != SLABS_MAX)
        drop_first(handle);
    for (unsigned i = 0; i < SLABS_MAX; i++) {
        if (addon->slabs[i].receiver == handle)
            addon->slabs[i].receiver = NULL;
    }
    remove_pending(handle);
    set_waiting(handle, false);
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

/* setupReceive(addresses, slabs, onMessage, onEmitted, onError, fatal): the
   arrays are filled from here, with texts and with { payloads, fields, texts }.
   onEmitted() is called if datagrams are deferred when messages have been
   emitted. */
napi_value receive_setup(napi_env env, napi_callback_info info) {
    napi_value argv[6], report_exception;
    struct addon *addon;
    size_t argc = 6;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->addresses = remember(addon, argv[0]);
    remember(addon,
             new_buffer(env, ADDRESSES_MAX * sizeof(struct known_address),
                        (void **)&addon->known));
    addon->slab_objects = remember(addon, argv[1]);
    addon->on_message = remember(addon, argv[2]);
    addon->on_emitted = remember(addon, argv[3]);
    addon->on_error = remember(addon, argv[4]);
    addon->fatal = remember(addon, argv[5]);
    napi_create_function(env, "reportException", NAPI_AUTO_LENGTH,
                         context_report_exception, NULL, &report_exception);
    addon->report_exception = remember(addon, report_exception);
    return NULL;
}
