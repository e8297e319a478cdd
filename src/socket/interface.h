/* What the text of a call says of an interface. */
#ifndef DGRAM_SOCKET_INTERFACE_H
#define DGRAM_SOCKET_INTERFACE_H

#include "namespace.h"
#include "dgram_types.h"

struct interface {
    struct in_addr v4; /* an address of the interface; 0.0.0.0: none given */
    unsigned index;    /* 0: none given. Without both, the kernel chooses */
};

/* Reads the address of an interface, for the option that chooses the interface
   to send from. An IPv6 address other than "::" needs a scope. */
int interface_parse_address(const char *text, dgram_address *out);

/* Reads the name of an interface or, if none has that name, its index in
   decimal digits. Returns the index, or 0. */
unsigned interface_find(const char *text);

/* Reads the address, name or index of an interface, for groups of `family`.
   NULL: the kernel's choice. */
int interface_parse(const char *text, int family, struct interface *out);

/* The scope of an IPv6 group or source names the interface, too. UV_EINVAL if
   it is another one. */
int interface_narrow(struct interface *interface, const dgram_address *address);

#endif
