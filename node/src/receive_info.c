/* Information about received datagrams, for sockets that request it. Each
   datagram of a slab has a row, which JavaScript reads. */
#include <string.h>

#include "addon.h"

/* The fields of a row, as in lib/receive_info.js. */
enum {
    VALID,     /* DGRAM_INFO_*: the fields that are set */
    LOCAL,     /* index of the address in addon->addresses, or -1 */
    INTERFACE, /* index of the interface */
    TOS,
    TTL,
    REPLY_FROM,  /* the same as LOCAL, or SAME_ADDRESS */
    TIMESTAMP,   /* 64 bits */
    PID = LOCAL, /* of Unix sockets, which have none of these */
    UID = INTERFACE,
    GID = TOS,
};

#define SAME_ADDRESS (-2)

/* Creates the rows of a slab, and passes them to JavaScript. */
static bool make_rows(struct addon *addon, struct slab *slab, unsigned index) {
    napi_env env = addon->env;
    napi_value objects, object, rows, texts;
    void *memory = NULL;
    napi_handle_scope scope;

    napi_open_handle_scope(env, &scope);
    rows = new_buffer(env, DGRAM_BATCH_MAX * RECEIVE_INFO_FIELDS * 4, &memory);
    if (rows != NULL) {
        napi_create_array(env, &texts);
        slab->info_texts = remember(addon, texts);
        napi_get_reference_value(env, addon->slab_objects, &objects);
        napi_get_element(env, objects, index, &object);
        napi_set_named_property(env, object, "infos", rows);
        napi_set_named_property(env, object, "infoTexts", texts);
        slab->infos = memory;
    }
    napi_close_handle_scope(env, scope);
    return slab->infos != NULL;
}

/* Returns the index of the address. If it has none, its text is written to
   the place `at`. */
static int32_t address_index(struct addon *addon, const struct slab *slab,
                             uint32_t at, const dgram_address *address,
                             uint64_t oldest) {
    int32_t index = senders_index(addon, address, oldest);

    if (index < 0)
        senders_write_text(addon, slab->info_texts, at, address);
    return index;
}

static void fill_row(struct addon *addon, const struct slab *slab, uint32_t i,
                     const dgram_receive_info *info, uint32_t asked,
                     uint64_t oldest) {
    int32_t *row = &slab->infos[i * RECEIVE_INFO_FIELDS];

    row[VALID] = (int32_t)(info->valid & asked);
    row[LOCAL] = 0;
    row[INTERFACE] = (int32_t)info->interface_index;
    row[TOS] = info->tos;
    row[TTL] = info->ttl;
    row[REPLY_FROM] = SAME_ADDRESS;
    memcpy(&row[TIMESTAMP], &info->timestamp_ns, sizeof info->timestamp_ns);
    if ((row[VALID] & (int32_t)DGRAM_INFO_CREDENTIALS) != 0) {
        row[PID] = info->pid;
        row[UID] = (int32_t)info->uid;
        row[GID] = (int32_t)info->gid;
    }
    if ((row[VALID] & (int32_t)DGRAM_INFO_LOCAL) == 0)
        return;
    row[LOCAL] = address_index(addon, slab, i * 2, &info->local, oldest);
    if (!dgram_address_equal(&info->local, &info->reply_from))
        row[REPLY_FROM] =
            address_index(addon, slab, i * 2 + 1, &info->reply_from, oldest);
}

void receive_info_fill(struct addon *addon, struct slab *slab, unsigned index,
                       const dgram_message *messages, size_t count,
                       uint32_t asked, uint64_t oldest) {
    if (slab->infos == NULL && !make_rows(addon, slab, index))
        return;
    for (uint32_t i = 0; i < count; i++) {
        if (messages[i].info == NULL)
            slab->infos[i * RECEIVE_INFO_FIELDS + VALID] = 0;
        else
            fill_row(addon, slab, i, messages[i].info, asked, oldest);
    }
}
