/* The differences of libuv's loops between POSIX and Windows. */
#ifndef DGRAM_LOOP_BACKEND_H
#define DGRAM_LOOP_BACKEND_H

#include "namespace.h"

#include <stdbool.h>

#include <uv.h>

/* Whether uv_loop_close() has closed the loop. */
bool backend_is_closed(const uv_loop_t *uv);

/* A handle that is never started. Its close callback is called one loop
   iteration later. */
union backend_pause {
    uv_handle_t handle;
    uv_idle_t idle;
    uv_async_t async;
};

/* Initializes and closes it. Never fails. */
void backend_close_pause(uv_loop_t *uv, union backend_pause *pause,
                         uv_close_cb closed);

#endif
