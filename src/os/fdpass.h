/* Unix stream sockets that pass descriptors between processes. */
#ifndef DGRAM_OS_FDPASS_H
#define DGRAM_OS_FDPASS_H

#include "namespace.h"

#include <stdbool.h>
#include <stddef.h>

/* Opens two connected ends, non-blocking and close-on-exec. */
int pass_pair(int ends_out[2]);

/* Makes an inherited end non-blocking and close-on-exec. UV_EINVAL if it is no
   Unix stream socket. */
int pass_adopt(int fd);

/* Sends bytes, and a descriptor with the first of them unless it is -1. Returns
   how many bytes were sent, at least one, or a negative code. */
int pass_send(int fd, const void *bytes, size_t size, int passed);

/* Receives bytes. Returns how many, 0 at the end of the stream, or a negative
   code. *passed_out is the descriptor that came with them, or -1. If passed_out
   is NULL the kernel discards descriptors, and it discards all but the first in
   any case. */
int pass_receive(int fd, void *bytes, size_t size, int *passed_out);

/* Returns a close-on-exec duplicate. */
int pass_duplicate(int fd);

/* Whether a descriptor is open and not close-on-exec. */
bool pass_is_inherited(int fd);

/* Shuts down both directions: both ends read the end of the stream. */
void pass_shutdown(int fd);

#endif
