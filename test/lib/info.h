/*
 * Information about received datagrams.
 */
#ifndef TEST_INFO_H
#define TEST_INFO_H

#include "peer.h"

/* Sets the type of service and the TTL of what a descriptor sends. */
void set_tos_and_ttl(int fd, dgram_type type, int tos, int ttl);

/* Checks that all is known, and what it is: the port of `local` is ignored. The
   time is at most a minute ago. */
void expect_info(const dgram_receive_info *info, const dgram_address *local,
                 uint32_t interface_index, int tos, int ttl);

/* The index of the loopback interface. */
uint32_t loopback_index(void);

/* Whether the system reports all information. */
bool has_receive_info(void);

#endif
