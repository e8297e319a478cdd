#include "loop/backend.h"

bool backend_is_closed(const uv_loop_t *uv) {
    return uv_backend_fd(uv) < 0;
}

void backend_close_pause(uv_loop_t *uv, union backend_pause *pause,
                         uv_close_cb closed) {
    uv_idle_init(uv, &pause->idle); /* never fails */
    uv_close(&pause->handle, closed);
}
