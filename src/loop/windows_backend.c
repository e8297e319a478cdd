#include "loop/backend.h"

/* uv_backend_fd() always returns -1 on Windows. */
bool backend_is_closed(const uv_loop_t *uv) {
    return uv->iocp == INVALID_HANDLE_VALUE;
}

static void on_async(uv_async_t *async) {
    (void)async;
}

/* On Windows uv_run() also closes, in the same iteration, the handles that
   close callbacks close. A handle with a pending request is closed in the next
   one. */
void backend_close_pause(uv_loop_t *uv, union backend_pause *pause,
                         uv_close_cb closed) {
    uv_async_init(uv, &pause->async, on_async); /* never fails on Windows */
    uv_async_send(&pause->async);
    uv_close(&pause->handle, closed);
}
