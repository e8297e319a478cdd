#include "args/interfaces.h"

#include <stdio.h>
#include <string.h>

#include <dgram.h>
#include <uv.h>

#include "session/system.h"

#define NAMES_MAX 12 /* a machine may have thousands */

static struct {
    char text[512];
    unsigned count;
} names;

/* The owner of a name may have chosen any bytes. */
static void add(const char *name, void *data) {
    size_t length = strlen(names.text);

    (void)data;
    for (const char *byte = name; *byte != '\0'; byte++) {
        if ((unsigned char)*byte < ' ' || *byte == 0x7f)
            return;
    }
    if (names.count++ < NAMES_MAX)
        snprintf(names.text + length, sizeof names.text - length, "%s%s",
                 length > 0 ? ", " : "", name);
}

const char *interfaces_text(void) {
    size_t length;

    names.text[0] = '\0';
    names.count = 0;
    system_each_interface(add, NULL);
    length = strlen(names.text);
    if (names.count > NAMES_MAX)
        snprintf(names.text + length, sizeof names.text - length,
                 " and %u more", names.count - NAMES_MAX);
    return names.text;
}

/* Whatever is the name of an interface can be a scope. */
unsigned interfaces_index(const char *name) {
    char text[DGRAM_HOST_TEXT_MAX];
    dgram_address address;

    if ((size_t)snprintf(text, sizeof text, "fe80::%%%s", name) >=
            sizeof text ||
        dgram_address_parse(text, 0, &address) < 0)
        return 0;
    return address.v6.sin6_scope_id;
}

static bool has_address(const uv_interface_address_t *interface,
                        const struct in_addr *address) {
    return interface->address.address4.sin_family == AF_INET &&
           interface->address.address4.sin_addr.s_addr == address->s_addr;
}

unsigned interfaces_find(const char *text) {
    uv_interface_address_t *list;
    dgram_address address;
    unsigned index = 0;
    int count;

    if (dgram_address_parse(text, 0, &address) < 0 ||
        address.any.sa_family != AF_INET ||
        uv_interface_addresses(&list, &count) < 0)
        return 0;
    for (int i = 0; i < count && index == 0; i++) {
        if (has_address(&list[i], &address.v4.sin_addr))
            index = interfaces_index(list[i].name);
    }
    uv_free_interface_addresses(list, count);
    return index;
}
