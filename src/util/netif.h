/* Network interfaces as text. */
#ifndef DGRAM_UTIL_NETIF_H
#define DGRAM_UTIL_NETIF_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

#define NETIF_NAME_MAX 772u /* bytes of the longest name, with its NUL */

/* Returns the index of the interface with that name; 0: there is none. */
unsigned netif_index(const char *name);

/* Writes NETIF_NAME_MAX bytes at most. Returns whether there is such an
   interface. */
bool netif_name(unsigned index, char *name);

/* The scope behind the '%' of an IPv6 address: the name of an interface; on
   Windows its index. 0 if there is no such interface. */
uint32_t netif_parse_scope(const char *text);

/* Writes NETIF_NAME_MAX bytes at most. Returns false if there is no such
   interface. */
bool netif_format_scope(uint32_t scope, char *text);

#endif
