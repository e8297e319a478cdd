#include "loop/closing.h"

#include "loop/backend.h"
#include "util/util.h"

/* libuv closes the handles of an iteration in reverse order. In this iteration
   and in the next one, it may close the pause before the handles that it waits
   for. */
#define ROUNDS 3u

static void close_pause(struct closing *closing, uv_loop_t *uv);

static void on_pause_closed(uv_handle_t *handle) {
    struct closing *closing =
        CONTAINER_OF((uv_idle_t *)handle, struct closing, pause);

    if (--closing->rounds > 0)
        close_pause(closing, handle->loop);
    else
        closing->closed(closing);
}

static void close_pause(struct closing *closing, uv_loop_t *uv) {
    uv_idle_init(uv, &closing->pause); /* never fails */
    uv_close((uv_handle_t *)&closing->pause, on_pause_closed);
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
        close_pause(closing, uv);
}

void closing_hurry(struct closing *closing) {
    if (closing->rounds > 1)
        closing->rounds = 1;
}

bool closing_is_over(const uv_loop_t *uv) {
    return backend_is_closed(uv);
}
