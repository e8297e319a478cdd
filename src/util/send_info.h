/* The send information of single datagrams. */
#ifndef DGRAM_UTIL_SEND_INFO_H
#define DGRAM_UTIL_SEND_INFO_H

#include "namespace.h"

#include <string.h>

#include "dgram_types.h"
#include "util/address.h"

/* Bytes in which the library stores a dgram_send_info, whose address is never a
   Unix address. As behind an address, ADDRESS_PADDING readable bytes follow. */
#define SEND_INFO_SIZE (offsetof(dgram_send_info, local) + ADDRESS_IP_SIZE)

/* Copies SEND_INFO_SIZE bytes. */
static inline void send_info_copy(dgram_send_info *out,
                                  const dgram_send_info *info) {
    memcpy(out, info, SEND_INFO_SIZE);
}

/* Whether the information is valid for a datagram to that destination; NULL: it
   is not known yet. */
bool send_info_is_valid(const dgram_send_info *info, const dgram_address *to);

/* Compares the members that are set. NULL is the same as nothing set. */
bool send_info_equal(const dgram_send_info *a, const dgram_send_info *b);

/* The same, inline for the path of each datagram. */
static inline bool send_info_same(const dgram_send_info *a,
                                  const dgram_send_info *b) {
    return a == b || send_info_equal(a, b);
}

#endif
