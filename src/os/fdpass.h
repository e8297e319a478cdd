/* Streams between processes that can carry descriptors. The same on every
   system with Unix sockets. */
#ifndef DGRAM_OS_FDPASS_H
#define DGRAM_OS_FDPASS_H

#include "namespace.h"

#include <stdbool.h>
#include <stddef.h>

/* Two connected ends, non-blocking, not inherited by programs executed. */
int pass_pair(int ends_out[2]);

/* Makes an end that was inherited like those. UV_EINVAL if it is none. */
int pass_adopt(int fd);

/* Sends bytes, with the first of them a descriptor unless that is -1. Returns
   how many bytes went, at least one, or a code. */
int pass_send(int fd, const void *bytes, size_t size, int passed);

/* Receives bytes. Returns how many came, 0 at the end, or a code. A descriptor
   that came with them is put into *passed_out, else -1; with NULL, and beyond
   the first, descriptors are refused. */
int pass_receive(int fd, void *bytes, size_t size, int *passed_out);

/* A duplicate, not inherited. */
int pass_duplicate(int fd);

/* Whether a descriptor is open, and for programs executed too. */
bool pass_is_inherited(int fd);

/* Ends both directions: the other side, and this one, read the end. */
void pass_shutdown(int fd);

#endif
