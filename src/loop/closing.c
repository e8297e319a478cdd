#include "loop/closing.h"

#include "util/util.h"

/* libuv closes the handles of an iteration in reverse order. In this iteration
   and in the next one, it may close the pause before the handles that it waits
   for. */
#define ROUNDS 3u

static void on_pause_closed(uv_handle_t *handle) {
    struct closing *closing =
        CONTAINER_OF(handle, struct closing, pause.handle);

    if (--closing->rounds > 0)
        backend_close_pause(handle->loop, &closing->pause, on_pause_closed);
    else
        closing->closed(closing);
}

void closing_add(uv_handle_t *handle) {
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void closing_wait(struct closing *closing, uv_loop_t *uv,
                  void (*closed)(struct closing *closing)) {
    bool waits = closing->rounds > 0;

    closing->closed = closed;
    if (closing_is_over(uv)) {
        closed(closing);
        return;
    }
    closing->rounds = ROUNDS;
    if (!waits)
        backend_close_pause(uv, &closing->pause, on_pause_closed);
}

void closing_hurry(struct closing *closing) {
    if (closing->rounds > 1)
        closing->rounds = 1;
}

bool closing_is_over(const uv_loop_t *uv) {
    return backend_is_closed(uv);
}
