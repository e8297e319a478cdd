#include "cluster/signals.h"

#include <signal.h>

#include "loop/closing.h"

void signals_open(struct signals *signals, uv_loop_t *uv, uv_signal_cb cb,
                  void *data) {
    static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

    for (unsigned i = 0; i < SIGNALS; i++) {
        uv_signal_t *handle = &signals->handles[i];

        uv_signal_init(uv, handle);
        handle->data = data;
        uv_signal_start(handle, cb, numbers[i]);
        uv_unref((uv_handle_t *)handle);
    }
}

void signals_close(struct signals *signals) {
    for (unsigned i = 0; i < SIGNALS; i++)
        closing_add((uv_handle_t *)&signals->handles[i]);
}
