/* Abort handles: one call closes all sockets that were created with a handle.
 */
#ifndef DGRAM_SOCKET_ABORT_H
#define DGRAM_SOCKET_ABORT_H

#include "namespace.h"
#include "util/list.h"
#include "dgram.h"

/* A socket's place in its handle. */
struct abort_link {
    struct list node;
    dgram_abort *abort; /* a reference, or NULL */
};

/* Whether sockets of the loop may have the handle, which may be NULL: all
   sockets of one handle have one loop. */
bool abort_is_usable(const dgram_abort *abort, const uv_loop_t *uv);

/* Initializes the link and takes a reference. The handle may be NULL. */
void abort_join(struct abort_link *link, dgram_abort *abort, uv_loop_t *uv);
bool abort_is_signalled(const struct abort_link *link);

/* Leave the handle, and later release the reference. */
void abort_leave(struct abort_link *link);
void abort_release(struct abort_link *link);

/* The two halves of dgram_abort_signal(). The first socket of the handle, or
   NULL. */
void abort_mark_signalled(dgram_abort *abort);
struct abort_link *abort_first(dgram_abort *abort);

#endif
