/* The functions that the addon needs from the system. Functions that return a
   dgram_fd or an int return a negative UV_E* code on error. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>

#include <dgram.h>

#define SYSTEM_NAME_MAX                                                        \
    772 /* bytes of the name of an interface, with its NUL */

/* The smallest TTL of multicast that libuv accepts. */
extern const int system_multicast_ttl_min;

int system_set_option(dgram_fd fd, int level, int name, int value);
dgram_fd system_duplicate(dgram_fd fd);
void system_close(dgram_fd fd);

/* Maps whole pages, apart from the memory of malloc(). Returns NULL without
   memory. */
void *system_map(size_t size);
void system_unmap(void *memory, size_t size);

/* Releases the pages of the memory to the system. The memory remains usable,
   with zeros or its earlier contents. */
void system_discard(void *memory, size_t size);

/* What Node calls a descriptor that is no datagram socket. */
const char *system_kind(dgram_fd fd);

/* Returns 0 if there is no such interface. */
unsigned system_interface_index(const char *name);

/* Writes SYSTEM_NAME_MAX bytes at most. */
bool system_interface_name(unsigned index, char *name);

/* Whether the text is the scope of an IPv6 address. */
bool system_has_scope(const char *text);

/* Calls of Unix datagram sockets. If `to` is NULL, the datagram goes to the
 * peer.
 */
dgram_fd system_unix_socket(void);
int system_unix_bind(dgram_fd fd, const dgram_address *address);
int system_unix_connect(dgram_fd fd, const dgram_address *address);
int system_unix_send(dgram_fd fd, const void *bytes, size_t length,
                     const dgram_address *to);

#endif
