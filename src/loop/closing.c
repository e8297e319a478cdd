#include "loop/closing.h"

#include "util/util.h"

/* libuv closes together what was handed to it before, the latest first. In the
   turn that is under way, and in the next one, the pause may be closed before
   the handle that it waits for. */
#define TURNS 3u

static void take_turn(struct closing *closing, uv_loop_t *uv);

static void on_turn(uv_handle_t *handle) {
    struct closing *closing =
        CONTAINER_OF((uv_idle_t *)handle, struct closing, pause);

    if (--closing->turns > 0)
        take_turn(closing, handle->loop);
    else
        closing->closed(closing);
}

static void take_turn(struct closing *closing, uv_loop_t *uv) {
    uv_idle_init(uv, &closing->pause); /* never fails */
    uv_close((uv_handle_t *)&closing->pause, on_turn);
}

void closing_add(uv_handle_t *handle) {
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void closing_wait(struct closing *closing, uv_loop_t *uv,
                  void (*closed)(struct closing *closing)) {
    bool waits = closing->turns > 0;

    closing->closed = closed;
    if (closing_is_over(uv)) {
        closed(closing);
        return;
    }
    closing->turns = TURNS;
    if (!waits)
        take_turn(closing, uv);
}

void closing_hurry(struct closing *closing) {
    if (closing->turns > 1)
        closing->turns = 1;
}

bool closing_is_over(const uv_loop_t *uv) {
    return uv_backend_fd(uv) < 0;
}
