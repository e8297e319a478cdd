/* A program uses the alias of an interface, such as "Ethernet 2", which Node
   and the settings of Windows show. */
#include "util/netif.h"

#include <stdio.h>
#include <stdlib.h>

#include <winsock2.h>

#include <iphlpapi.h>
#include <netioapi.h>

#define ALIAS_MAX 257 /* characters, with the NUL */

_Static_assert(NETIF_NAME_MAX >= 3 * ALIAS_MAX, "names may be longer");

static bool find_alias(const char *name, NET_LUID *out) {
    WCHAR alias[ALIAS_MAX];

    return MultiByteToWideChar(CP_UTF8, 0, name, -1, alias, ALIAS_MAX) > 0 &&
           ConvertInterfaceAliasToLuid(alias, out) == NO_ERROR;
}

unsigned netif_index(const char *name) {
    NET_IFINDEX index;
    NET_LUID id;

    if (name[0] == '\0')
        return 0;
    if (find_alias(name, &id) &&
        ConvertInterfaceLuidToIndex(&id, &index) == NO_ERROR)
        return index;
    return if_nametoindex(name); /* "ethernet_32769" */
}

bool netif_name(unsigned index, char *name) {
    WCHAR alias[ALIAS_MAX];
    NET_LUID id;

    return ConvertInterfaceIndexToLuid(index, &id) == NO_ERROR &&
           ConvertInterfaceLuidToAlias(&id, alias, ALIAS_MAX) == NO_ERROR &&
           WideCharToMultiByte(CP_UTF8, 0, alias, -1, name, NETIF_NAME_MAX,
                               NULL, NULL) > 0;
}

/* Windows and Node write the index. */
uint32_t netif_parse_scope(const char *text) {
    char *end;
    unsigned long scope = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0')
        return 0;
    return (uint32_t)scope;
}

bool netif_format_scope(uint32_t scope, char *text) {
    snprintf(text, NETIF_NAME_MAX, "%u", (unsigned)scope);
    return true;
}
