#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int input_open(struct input *input, const char *path) {
    input->fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    return input->fd < 0 ? -errno : 0;
}

/* libuv makes the descriptor non-blocking. A terminal is often the output, too,
   and later that of the shell, so this restores its flags. A read does not
   block once the descriptor is readable. */
static bool watch(struct input *input, uv_loop_t *loop) {
    int flags = fcntl(input->fd, F_GETFL);

    if (uv_poll_init(loop, &input->poll, input->fd) < 0)
        return false;
    if (flags >= 0)
        fcntl(input->fd, F_SETFL, flags);
    input->poll.data = input;
    return true;
}

void input_start(struct input *input, uv_loop_t *loop, bool by_lines,
                 void (*on_ready)(void)) {
    input->by_lines = by_lines;
    input->on_ready = on_ready;
    input->watches = watch(input, loop);
    uv_idle_init(loop, &input->idle);
    input->idle.data = input;
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct input *input = poll->data;

    (void)status; /* the read reports it */
    (void)events;
    uv_poll_stop(poll);
    input->readable = true;
    input->on_ready();
}

/* Reads once. Returns 0, or a negative code. */
static int fill(struct input *input) {
    ssize_t length;

    if (input->watches && !input->readable) {
        int result = uv_poll_start(&input->poll, UV_READABLE, on_poll);
        return result < 0 ? result : UV_EAGAIN;
    }
    input->readable = false;
    memmove(input->bytes, input->bytes + input->begin,
            input->end - input->begin);
    input->end -= input->begin;
    input->begin = 0;
    length = read(input->fd, input->bytes + input->end,
                  sizeof input->bytes - input->end);
    if (length < 0)
        return errno == EINTR || errno == EWOULDBLOCK ? 0 : -errno;
    input->end += (size_t)length;
    input->at_end = length == 0;
    return 0;
}

static void on_idle(uv_idle_t *idle) {
    struct input *input = idle->data;

    uv_idle_stop(idle);
    input->on_ready();
}

/* Drops what was read of a line that is too long, and its end if that was read.
   Reads more in a later loop iteration, so that signals are handled: the line
   may have no end. Returns 0, or a negative code. */
static int skip(struct input *input) {
    const char *start = input->bytes + input->begin;
    size_t length = input->end - input->begin;
    const char *end = length > 0 ? memchr(start, '\n', length) : NULL;
    int result = 0;

    input->skips = end == NULL && !input->at_end;
    input->begin += end != NULL ? (size_t)(end - start) + 1 : length;
    if (input->skips)
        result = fill(input);
    if (result < 0 || !input->skips || input->watches)
        return result;
    result = uv_idle_start(&input->idle, on_idle);
    return result < 0 ? result : UV_EAGAIN;
}

/* Returns whether a piece is complete, and its length. */
static bool is_complete(const struct input *input, size_t *length_out,
                        size_t *taken_out) {
    const char *start = input->bytes + input->begin;
    size_t length = input->end - input->begin;
    const char *end =
        input->by_lines && length > 0 ? memchr(start, '\n', length) : NULL;

    *length_out = end != NULL ? (size_t)(end - start) : length;
    *taken_out = *length_out + (end != NULL);
    if (end != NULL)
        return true;
    return input->at_end && (length > 0 || !input->by_lines);
}

int input_next(struct input *input, const char **piece_out,
               size_t *length_out) {
    size_t taken = 0;
    int result = 0;

    if (input->given && !input->by_lines)
        return 0;
    while (input->skips && result == 0)
        result = skip(input);
    while (result == 0 && !is_complete(input, length_out, &taken)) {
        if (input->at_end)
            return 0;
        if (*length_out == sizeof input->bytes) {
            input->skips = input->given = true;
            return UV_EMSGSIZE;
        }
        result = fill(input);
    }
    if (result < 0)
        return result;
    *piece_out = input->bytes + input->begin;
    input->begin += taken;
    input->given = true;
    return 1;
}

void input_stop(struct input *input) {
    if (input->watches)
        uv_close((uv_handle_t *)&input->poll, NULL);
    if (input->on_ready != NULL)
        uv_close((uv_handle_t *)&input->idle, NULL);
}

void input_close(struct input *input) {
    if (input->fd != STDIN_FILENO)
        close(input->fd);
}
