#include "util/netif.h"

#include <stddef.h>

#include <net/if.h>

_Static_assert(NETIF_NAME_MAX >= IF_NAMESIZE, "names may be longer");

unsigned netif_index(const char *name) {
    return if_nametoindex(name);
}

bool netif_name(unsigned index, char *name) {
    return if_indextoname(index, name) != NULL;
}

uint32_t netif_parse_scope(const char *text) {
    return if_nametoindex(text);
}

bool netif_format_scope(uint32_t scope, char *text) {
    return if_indextoname(scope, text) != NULL;
}
