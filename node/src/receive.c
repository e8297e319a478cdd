/* From the core to JavaScript: a wake-up's datagrams are copied to the shared
   slab and then shown; of a sender's address JavaScript has the text
   already, unless it is new. */
#include <string.h>

#include "addon.h"

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

static void learn(struct addon *addon, uint32_t slot,
                  const dgram_address *address) {
    struct known_address *known = &addon->known[slot];
    char text[DGRAM_ADDRESS_TEXT_MAX] = "";
    napi_handle_scope scope;
    napi_value array, value;
    size_t size;
    const void *bytes = bytes_of(address, &size);

    known->family = address->any.sa_family;
    known->scope = known->family == AF_INET6 ? address->v6.sin6_scope_id : 0;
    memcpy(known->bytes, bytes, size);
    dgram_address_format(address, text, sizeof text);
    napi_open_handle_scope(addon->env, &scope);
    napi_get_reference_value(addon->env, addon->addresses, &array);
    napi_create_string_latin1(addon->env, text, NAPI_AUTO_LENGTH, &value);
    napi_set_element(addon->env, array, slot, value);
    napi_close_handle_scope(addon->env, scope);
}

/* The slot of the address' text, or -1 if another one of this batch has it. */
static int know(struct addon *addon, const dgram_address *address) {
    uint32_t slot = slot_of(address);
    struct known_address *known = &addon->known[slot];

    if (!is_known(known, address)) {
        if (known->batch == addon->batch)
            return -1;
        learn(addon, slot, address);
    }
    known->batch = addon->batch;
    return (int)slot;
}

/* Puts datagrams into the arrays. Returns how many found room, at least one. */
static size_t put(struct addon *addon, const dgram_message *messages,
                  size_t count) {
    size_t used = 0, i;

    addon->batch++;
    for (i = 0; i < count && i < RECEIVE_COUNT_MAX; i++) {
        int32_t *fields = &addon->receive_fields[i * RECEIVE_FIELDS];
        int slot;

        if (messages[i].length > RECEIVE_SLAB_SIZE - used ||
            (slot = know(addon, messages[i].from)) < 0)
            break;
        memcpy(addon->receive_slab + used, messages[i].payload,
               messages[i].length);
        used += messages[i].length;
        fields[0] = (int32_t)messages[i].length;
        fields[1] = slot;
        fields[2] = dgram_address_port(messages[i].from);
    }
    return i;
}

/* Each call shows one message, so that ticks and promise jobs run before the
   next; it returns whether there is more. A listener that throws loses no other
   message: the calls go on behind it. */
static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    struct handle *handle = data;
    struct addon *addon = handle->addon;
    bool more = true;

    (void)socket;
    while (count > 0 && handle->socket != NULL && !addon->ending) {
        size_t n = put(addon, messages, count);
        double fresh = (double)n;

        do {
            napi_handle_scope scope;
            napi_value argv[2];

            napi_open_handle_scope(addon->env, &scope);
            napi_get_reference_value(addon->env, handle->object, &argv[0]);
            argv[1] = number(addon->env, fresh);
            more = call_back(handle, addon->on_batch, 2, argv);
            napi_close_handle_scope(addon->env, scope);
            fresh = 0;
        } while (more && handle->socket != NULL && !addon->ending);
        messages += n;
        count -= n;
    }
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct handle *handle = data;
    napi_env env = handle->addon->env;
    napi_handle_scope scope;
    napi_value argv[2];

    (void)socket;
    if (handle->addon->ending)
        return;
    napi_open_handle_scope(env, &scope);
    napi_get_reference_value(env, handle->object, &argv[0]);
    argv[1] = number(env, error->code);
    call_back(handle, handle->addon->on_error, 2, argv);
    napi_close_handle_scope(env, scope);
}

/* From here the handle's memory is JavaScript's alone, to be collected. */
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
    napi_async_destroy(addon->env, handle->context);
    napi_delete_reference(addon->env, handle->object);
    if (addon->ending && addon->handles == NULL && addon->cleanup != NULL) {
        napi_remove_async_cleanup_hook(addon->cleanup);
        addon->cleanup = NULL;
    }
}

const dgram_events receive_events = {
    .size = sizeof receive_events,
    .batch = on_batch,
    .error = on_error,
    .close = on_close,
};
