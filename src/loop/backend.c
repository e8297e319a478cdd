#include "loop/backend.h"

bool backend_is_closed(const uv_loop_t *uv) {
    return uv_backend_fd(uv) < 0;
}
