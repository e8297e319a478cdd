#include "socket/interface.h"

#include <string.h>

#include "util/codes.h"
#include "util/netif.h"
#include "util/util.h"

/* Only "::" leaves the choice to the kernel: any other IPv6 address is meant to
   name an interface, and without a scope it does not. */
static int parse_address(const char *text, dgram_address *out) {
    int result = dgram_address_parse(text, 0, out);

    if (result == 0 && out->any.sa_family == AF_INET6 &&
        out->v6.sin6_scope_id == 0 &&
        !IN6_IS_ADDR_UNSPECIFIED(&out->v6.sin6_addr))
        return UV_ENODEV;
    return result;
}

/* Returns 0 if the text is no number, or too large for an index. */
static unsigned parse_index(const char *text) {
    unsigned index = 0;

    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || index > INT32_MAX / 10 - 1)
            return 0;
        index = index * 10 + (unsigned)(*text - '0');
    }
    return index;
}

/* An interface may have digits for a name. */
static unsigned find(const char *text) {
    unsigned index = netif_index(text);
    char name[NETIF_NAME_MAX];

    if (index != 0)
        return index;
    index = parse_index(text);
    return index != 0 && netif_name(index, name) ? index : 0;
}

int interface_read(const char *text, dgram_address *address_out,
                   unsigned *index_out) {
    int result = parse_address(text, address_out);

    *index_out = 0;
    if (result != UV_EINVAL || text_is_empty(text))
        return result;
    *index_out = find(text);
    return *index_out != 0 ? 0 : UV_ENODEV;
}

int interface_parse(const char *text, int family, struct interface *out) {
    dgram_address address;
    int result;

    memset(out, 0, sizeof(*out));
    if (text == NULL)
        return 0;
    result = interface_read(text, &address, &out->index);
    if (result < 0 || out->index != 0)
        return result;
    if (address.any.sa_family != family)
        return UV_EINVAL;
    if (family == AF_INET)
        out->v4 = address.v4.sin_addr;
    else
        out->index = address.v6.sin6_scope_id;
    return 0;
}

int interface_narrow(struct interface *interface,
                     const dgram_address *address) {
    unsigned index =
        address->any.sa_family == AF_INET6 ? address->v6.sin6_scope_id : 0;

    if (index == 0 || index == interface->index)
        return 0;
    if (interface->index != 0)
        return UV_EINVAL;
    interface->index = index;
    return 0;
}
