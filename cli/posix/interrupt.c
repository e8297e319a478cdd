#include "session/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "posix/interrupt_fd.h"

#define AGAIN_MS 500 /* a second signal sooner than this is ignored */

static struct {
    int read_end, write_end; /* of a pipe, which the first signal writes to */
    uv_poll_t poll;
    bool is_watched;
    void (*on_interrupt)(void *data);
    void *data;
    struct timespec first;
} it = {.read_end = -1, .write_end = -1};

static long milliseconds_since(const struct timespec *then) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - then->tv_sec) * 1000 +
           (now.tv_nsec - then->tv_nsec) / 1000000;
}

/* The pipe is empty, so the write succeeds. If it fails, nothing would notice
   the signal, and the process ends. */
static void on_signal(int number) {
    int error = errno;
    bool ends;

    if (it.first.tv_sec == 0 && it.first.tv_nsec == 0) {
        clock_gettime(CLOCK_MONOTONIC, &it.first);
        ends = write(it.write_end, "", 1) < 0;
    } else {
        ends = milliseconds_since(&it.first) >= AGAIN_MS;
    }
    if (ends) {
        signal(number, SIG_DFL);
        raise(number);
    }
    errno = error;
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    (void)status;
    (void)events;
    uv_poll_stop(poll);
    it.on_interrupt(it.data);
}

static bool open_pipe(void) {
    uv_file ends[2];

    if (uv_pipe(ends, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE) < 0)
        return false;
    it.read_end = ends[0];
    it.write_end = ends[1];
    return true;
}

void interrupt_start(uv_loop_t *loop, void (*on_interrupt)(void *data),
                     void *data) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    if (!open_pipe() || uv_poll_init(loop, &it.poll, it.read_end) < 0)
        return;
    it.is_watched = true;
    it.on_interrupt = on_interrupt;
    it.data = data;
    uv_poll_start(&it.poll, UV_READABLE, on_readable);
    uv_unref((uv_handle_t *)&it.poll);
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void interrupt_stop(void) {
    if (it.is_watched)
        uv_close((uv_handle_t *)&it.poll, NULL);
    it.is_watched = false;
}

int interrupt_fd(void) {
    return it.read_end;
}
