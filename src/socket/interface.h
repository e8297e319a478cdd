/* Reading the interface argument of a call. */
#ifndef DGRAM_SOCKET_INTERFACE_H
#define DGRAM_SOCKET_INTERFACE_H

#include "namespace.h"
#include "dgram_types.h"

struct interface {
    struct in_addr v4; /* an address of the interface; 0.0.0.0: none given */
    unsigned index;    /* 0: none given. Without both, the kernel chooses */
};

/* Reads an interface: its address, which for IPv6 needs a scope unless it is
   "::"; or its name; or, if none has that name, its index in decimal digits.
   The index is 0 if the text is an address. */
int interface_read(const char *text, dgram_address *address_out,
                   unsigned *index_out);

/* The same, for groups of `family`. NULL: the kernel's choice. */
int interface_parse(const char *text, int family, struct interface *out);

/* The scope of an IPv6 group or source names the interface, too. UV_EINVAL if
   it is another one. */
int interface_narrow(struct interface *interface, const dgram_address *address);

#endif
