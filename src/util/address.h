/* Socket addresses and their text. Nothing here resolves names. */
#ifndef DGRAM_UTIL_ADDRESS_H
#define DGRAM_UTIL_ADDRESS_H

#include "namespace.h"

#include <string.h>

#include "dgram_types.h"

/* An IPv4 or IPv6 address is stored in ADDRESS_IP_SIZE bytes. A whole
   dgram_address is four times as long, because it can be a Unix address. A
   program may copy the whole union, so ADDRESS_PADDING readable bytes follow
   each address that it gets a pointer to. */
#define ADDRESS_IP_SIZE sizeof(struct sockaddr_in6)
#define ADDRESS_PADDING (sizeof(dgram_address) - ADDRESS_IP_SIZE)

/* Bytes in which the address is stored. */
static inline size_t address_size(const dgram_address *address) {
    return address->any.sa_family == AF_UNIX ? sizeof(dgram_address)
                                             : ADDRESS_IP_SIZE;
}

/* Copies address_size() bytes. */
static inline void address_copy(dgram_address *out,
                                const dgram_address *address) {
    memcpy(out, address, address_size(address));
}

/* The size of the sockaddr, for system calls. */
socklen_t address_length(const dgram_address *address);

/* Completes an address of `size` bytes that the kernel has filled in: sets the
   `length` of a Unix address. A Unix socket without a name has 0 bytes. */
void address_received(dgram_address *address, socklen_t size);

/* AF_INET, AF_INET6 or AF_UNIX. */
int address_family_of(dgram_type type);

/* Bytes of the name of a Unix address. `length` comes from the program, so it
   is limited to those that exist. */
static inline size_t address_name_length(const dgram_unix_address *un) {
    return un->length < sizeof(un->name.sun_path) ? un->length
                                                  : sizeof(un->name.sun_path);
}

static inline bool address_is_unix(const dgram_address *address) {
    return address->any.sa_family == AF_UNIX;
}

/* A Unix address has no port: nothing happens. */
void address_set_port(dgram_address *address, uint16_t port);

/* Reads an address of a socket of that type: a numeric one, or the text of a
   Unix address. */
int address_parse(dgram_type type, const char *text, uint16_t port,
                  dgram_address *out);

/* 0.0.0.0 or ::, and 127.0.0.1 or ::1. For a Unix socket both give an address
   without a name. */
void address_any(dgram_type type, uint16_t port, dgram_address *out);
void address_loopback(dgram_type type, uint16_t port, dgram_address *out);

/* Whether it is 0.0.0.0 or ::. */
bool address_is_any(const dgram_address *address);

/* Whether it is an IPv4 address in an IPv6 one. */
bool address_is_mapped(const dgram_address *address);

/* Whether it is a loopback address. Datagrams to other addresses of the host do
   not leave it either; this does not find those. */
bool address_is_loopback(const dgram_address *address);

bool address_same_name(const dgram_unix_address *a,
                       const dgram_unix_address *b);

/* dgram_address_equal(), inline for the path of each datagram. */
static inline bool address_same(const dgram_address *a,
                                const dgram_address *b) {
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr &&
               a->v4.sin_port == b->v4.sin_port;
    if (a->any.sa_family == AF_UNIX)
        return address_same_name(&a->un, &b->un);
    return a->v6.sin6_port == b->v6.sin6_port &&
           a->v6.sin6_scope_id == b->v6.sin6_scope_id &&
           memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr,
                  sizeof(a->v6.sin6_addr)) == 0;
}

/* Whether both are addresses of one host or group; port and scope do not count.
 */
bool address_same_host(const dgram_address *a, const dgram_address *b);

/* The scope, or 0 for an IPv4 address. */
static inline uint32_t address_scope(const dgram_address *address) {
    return address->any.sa_family == AF_INET6 ? address->v6.sin6_scope_id : 0;
}

#endif
