/* Slabs: the memory that datagrams are received into, and the fields that
   describe each of them. JavaScript shares both. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"

#define MOVED_SIZE_MAX 2048u /* bytes of payloads that are packed */

uint64_t slabs_oldest_batch(const struct addon *addon) {
    uint64_t oldest = addon->batch;

    for (unsigned i = 0; i < SLABS_MAX; i++)
        if (addon->slabs[i].used && addon->slabs[i].batch < oldest)
            oldest = addon->slabs[i].batch;
    return oldest;
}

/* Creates the arrays of a slab and passes them to JavaScript. */
static bool make(struct addon *addon, unsigned index) {
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

unsigned slabs_find(struct addon *addon) {
    for (unsigned i = 0; i < SLABS_MAX; i++) {
        struct slab *slab = &addon->slabs[i];

        if (slab->used || slab->receiver != NULL)
            continue;
        return slab->payloads != NULL || make(addon, i) ? i : SLABS_MAX;
    }
    return SLABS_MAX;
}

struct slab *slabs_at(struct addon *addon, const void *memory) {
    uintptr_t at = (uintptr_t)memory;

    for (unsigned i = 0; i < SLABS_MAX; i++) {
        uintptr_t start = (uintptr_t)addon->slabs[i].payloads;

        if (start != 0 && at >= start && at - start < DGRAM_RECEIVE_MEMORY_SIZE)
            return &addon->slabs[i];
    }
    return NULL;
}

/* Returns where the payload is in the slab. A short payload that is not
   adjacent to the previous one is moved to `end`, because JavaScript copies
   adjacent payloads in one call. */
static const unsigned char *place(unsigned char *end, bool copies,
                                  const dgram_message *message) {
    if (!copies &&
        (message->payload == end || message->length > MOVED_SIZE_MAX))
        return message->payload;
    memmove(end, message->payload, message->length);
    return end;
}

static int32_t port_of(const dgram_address *address) {
    if (address->any.sa_family == AF_UNIX)
        return NO_PORT;
    return dgram_address_port(address) |
           (address->any.sa_family == AF_INET6 ? PORT_IS_IPV6 : 0);
}

static void write_sender(struct addon *addon, struct slab *slab, uint32_t i,
                         const dgram_address *from, uint64_t oldest) {
    int32_t *fields = &slab->fields[RECEIVE_HEADER + i * RECEIVE_FIELDS];

    fields[ADDRESS] = senders_index(addon, from, oldest);
    fields[PORT] = port_of(from);
    if (fields[ADDRESS] < 0)
        senders_write_text(addon, slab->texts, i, from);
}

void slabs_fill(struct addon *addon, struct slab *slab,
                const dgram_message *messages, size_t count, bool copies,
                uint64_t oldest) {
    unsigned char *end = slab->payloads;

    slab->batch = ++addon->batch;
    slab->count = (int32_t)count;
    slab->fields[POSITION] = slab->fields[STAGE] = 0;
    slab->fields[BATCH] = (int32_t)slab->batch;
    slab->fields[COUNT] = slab->count;
    for (uint32_t i = 0; i < count; i++) {
        int32_t *fields = &slab->fields[RECEIVE_HEADER + i * RECEIVE_FIELDS];
        size_t offset =
            (size_t)(place(end, copies, &messages[i]) - slab->payloads);

        end = slab->payloads + offset + messages[i].length;
        fields[LENGTH] = (int32_t)messages[i].length;
        fields[OFFSET] = (int32_t)offset;
        if (i > 0 && messages[i].from == messages[i - 1].from &&
            fields[ADDRESS - RECEIVE_FIELDS] >= 0) {
            fields[ADDRESS] = fields[ADDRESS - RECEIVE_FIELDS];
            fields[PORT] = fields[PORT - RECEIVE_FIELDS];
        } else {
            write_sender(addon, slab, i, messages[i].from, oldest);
        }
    }
}
