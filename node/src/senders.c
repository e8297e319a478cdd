/* A table of sender addresses whose text JavaScript has, so that a text is made
   once for many datagrams. An address has one place in the table, by its hash,
   and replaces the address that was there. */
#include <stdlib.h>
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

static uint32_t index_of(const dgram_address *address) {
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
    napi_create_string_utf8(addon->env, text, NAPI_AUTO_LENGTH, &value);
    return value;
}

void senders_write_text(struct addon *addon, napi_ref array, uint32_t at,
                        const dgram_address *from) {
    napi_env env = addon->env;
    napi_handle_scope scope;
    napi_value list;

    napi_open_handle_scope(env, &scope);
    napi_get_reference_value(env, array, &list);
    napi_set_element(env, list, at, text_value(addon, from));
    napi_close_handle_scope(env, scope);
}

static void store(struct addon *addon, uint32_t index,
                  const dgram_address *from) {
    struct known_address *known = &addon->known[index];
    size_t size;
    const void *bytes = bytes_of(from, &size);

    known->family = from->any.sa_family;
    known->scope = known->family == AF_INET6 ? from->v6.sin6_scope_id : 0;
    memcpy(known->bytes, bytes, size);
    senders_write_text(addon, addon->addresses, index, from);
}

/* ---- Paths ------------------------------------------------------------- */

/* Their places follow those of the other addresses. */
static uint32_t path_index_of(const dgram_address *address) {
    uint32_t hash = 2166136261u;

    for (uint16_t i = 0; i < address->un.length; i++)
        hash = (hash ^ (unsigned char)address->un.name.sun_path[i]) * 16777619u;
    return hash % PATHS_MAX;
}

static int32_t path_index(struct addon *addon, const dgram_address *from,
                          uint64_t oldest) {
    uint32_t index = path_index_of(from);
    struct known_path *known;

    if (addon->known_paths == NULL)
        addon->known_paths = calloc(PATHS_MAX, sizeof *known);
    if (addon->known_paths == NULL)
        return -1;
    known = &addon->known_paths[index];
    if (!known->used || !dgram_address_equal(&known->address, from)) {
        if (known->used && known->batch >= oldest)
            return -1;
        known->address = *from;
        known->used = true;
        senders_write_text(addon, addon->addresses, ADDRESSES_MAX + index,
                           from);
    }
    known->batch = addon->batch;
    return (int32_t)(ADDRESSES_MAX + index);
}

int32_t senders_index(struct addon *addon, const dgram_address *from,
                      uint64_t oldest) {
    uint32_t index;
    struct known_address *known;

    if (from->any.sa_family == AF_UNIX)
        return path_index(addon, from, oldest);
    index = index_of(from);
    known = &addon->known[index];
    if (!is_known(known, from)) {
        if (known->batch >= oldest)
            return -1;
        store(addon, index, from);
    }
    known->batch = addon->batch;
    return (int32_t)index;
}
