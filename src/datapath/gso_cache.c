#include "datapath/gso_cache.h"

#include "util/address.h"
#include "util/codes.h"
#include "util/hash.h"

/* As long as the kernel caches a path MTU. */
#define PATH_MS (10 * 60 * 1000u)

/* Filters and lack of memory change sooner. */
#define OTHER_MS (10 * 1000u)

static uint32_t slot_of(uint64_t owner, const dgram_address *to) {
    uint32_t hash = hash_bytes(HASH_BEGIN, &owner, sizeof(owner));

    return hash_host(hash, to) % GSO_CACHE_SLOTS;
}

static bool same_path(const dgram_address *a, const dgram_address *b) {
    return address_same_host(a, b) && address_scope(a) == address_scope(b);
}

uint32_t gso_cache_segment_size_max(const struct gso_cache *cache,
                                    uint64_t owner, const dgram_address *to,
                                    uint64_t now) {
    const struct gso_cache_slot *slot;

    if (!cache->used)
        return UINT32_MAX;
    slot = &cache->slots[slot_of(owner, to)];
    if (slot->until <= now || slot->owner != owner || !same_path(&slot->to, to))
        return UINT32_MAX;
    return slot->segment_size_max;
}

static bool is_for_size(int code) {
    return code == UV_EMSGSIZE || code == UV_EINVAL;
}

static void set_limit(struct gso_cache *cache, uint64_t owner,
                      const dgram_address *to, uint32_t size, uint64_t until) {
    struct gso_cache_slot *slot = &cache->slots[slot_of(owner, to)];

    cache->used = true;
    *slot = (struct gso_cache_slot){
        .owner = owner,
        .until = until,
        .segment_size_max = size,
    };
    address_copy(&slot->to, to);
}

void gso_cache_refused(struct gso_cache *cache, uint64_t owner,
                       const dgram_address *to, uint32_t segment_size, int code,
                       uint64_t now) {
    bool for_path = is_for_size(code) || code == UV_EIO;

    set_limit(cache, owner, to, is_for_size(code) ? segment_size - 1 : 0,
              now + (for_path ? PATH_MS : OTHER_MS));
}

void gso_cache_limit(struct gso_cache *cache, uint64_t owner,
                     const dgram_address *to, uint32_t size, uint64_t now) {
    if (size < gso_cache_segment_size_max(cache, owner, to, now))
        set_limit(cache, owner, to, size, now + PATH_MS);
}
