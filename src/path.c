#include "path.h"

#include <string.h>

#define REMEMBER_MS (10 * 60 * 1000u)

static uint32_t slot_of(const dgram_address *to) {
    const unsigned char *bytes;
    size_t length;
    uint32_t hash = 2166136261u;

    if (to->any.sa_family == AF_INET6) {
        bytes = to->v6.sin6_addr.s6_addr;
        length = sizeof(to->v6.sin6_addr);
    } else {
        bytes = (const unsigned char *)&to->v4.sin_addr;
        length = sizeof(to->v4.sin_addr);
    }
    while (length-- > 0)
        hash = (hash ^ *bytes++) * 16777619u;
    return hash % PATH_SLOTS;
}

/* A path leads to a host, whatever the port. */
static bool same_host(const dgram_address *a, const dgram_address *b) {
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return a->v6.sin6_scope_id == b->v6.sin6_scope_id &&
           memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr,
                  sizeof(a->v6.sin6_addr)) == 0;
}

uint32_t path_segment_size_max(const struct path_memory *memory,
                               const dgram_address *to, uint64_t now) {
    const struct path_slot *slot;

    if (!memory->used)
        return UINT32_MAX;
    slot = &memory->slots[slot_of(to)];
    if (slot->until <= now || !same_host(&slot->to, to))
        return UINT32_MAX;
    return slot->segment_size_max;
}

void path_refused(struct path_memory *memory, const dgram_address *to,
                  uint32_t segment_size, int code, uint64_t now) {
    struct path_slot *slot = &memory->slots[slot_of(to)];

    memory->used = true;
    slot->to = *to;
    slot->segment_size_max = code == UV_EIO ? 0 : segment_size - 1;
    slot->until = now + REMEMBER_MS;
}

void path_forget(struct path_memory *memory, const dgram_address *to) {
    struct path_slot *slot = &memory->slots[slot_of(to)];

    if (same_host(&slot->to, to))
        slot->until = 0;
}
