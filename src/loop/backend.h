/* What a loop waits with: epoll, kqueue, or a completion port. */
#ifndef DGRAM_LOOP_BACKEND_H
#define DGRAM_LOOP_BACKEND_H

#include "namespace.h"

#include <stdbool.h>

#include <uv.h>

/* Whether uv_loop_close() has closed it. */
bool backend_is_closed(const uv_loop_t *uv);

#endif
