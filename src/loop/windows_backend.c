/* On Windows uv_backend_fd() always returns -1. */
#include "loop/backend.h"

bool backend_is_closed(const uv_loop_t *uv) {
    return uv->iocp == INVALID_HANDLE_VALUE;
}
