#include "mtu/search.h"

/* Bisects. Before that, the smallest size shows whether anybody answers. */
static void choose(struct mtu_search *search) {
    search->size = search->low == 0
                       ? search->floor
                       : search->low + (search->high - search->low + 1) / 2;
}

void mtu_search_begin(struct mtu_search *search, uint32_t floor,
                      uint32_t high) {
    *search = (struct mtu_search){.floor = floor < high ? floor : high,
                                  .high = high,
                                  .size = high,
                                  .reported = high};
}

void mtu_search_pass(struct mtu_search *search, uint32_t size) {
    if (size > search->high) {
        search->high = size < search->reported ? search->reported : size;
        search->limit = search->reported_limit;
    }
    if (size > search->low)
        search->low = size;
    choose(search);
}

void mtu_search_silence(struct mtu_search *search) {
    search->high = search->size - 1;
    search->limit = MTU_LIMIT_SILENT;
    choose(search);
}

/* What is reported probably passes, so it is tried next. */
bool mtu_search_report(struct mtu_search *search, uint32_t mtu,
                       enum mtu_limit limit) {
    bool is_known = mtu > 0;

    if (!is_known)
        mtu = search->size - 1;
    if (mtu >= search->size || mtu < search->low)
        return false;
    search->high = search->reported = mtu;
    search->limit = search->reported_limit = limit;
    if (search->floor > mtu)
        search->floor = mtu;
    if (is_known)
        search->size = mtu;
    else
        choose(search);
    return true;
}

bool mtu_search_is_done(const struct mtu_search *search) {
    return search->low == search->high || search->high < search->floor;
}
