#include "send/input.h"

#include <string.h>

int input_open(struct input *input, const char *path) {
    return reader_open(&input->reader, path);
}

static void on_ready(void *data) {
    struct input *input = data;

    input->on_ready();
}

void input_start(struct input *input, uv_loop_t *loop, bool by_lines,
                 void (*ready)(void)) {
    input->by_lines = by_lines;
    input->on_ready = ready;
    reader_start(&input->reader, loop, on_ready, input);
    uv_idle_init(loop, &input->idle);
    input->idle.data = input;
}

/* Reads once. Returns 0, or a negative code. */
static int fill(struct input *input) {
    int result;

    memmove(input->bytes, input->bytes + input->begin,
            input->end - input->begin);
    input->end -= input->begin;
    input->begin = 0;
    result = reader_read(&input->reader, input->bytes + input->end,
                         sizeof input->bytes - input->end);
    if (result < 0)
        return result;
    input->end += (size_t)result;
    input->at_end = result == 0;
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
    if (result < 0 || !input->skips || input->reader.waits)
        return result;
    result = uv_idle_start(&input->idle, on_idle);
    return result < 0 ? result : UV_EAGAIN;
}

/* Returns whether a piece is complete, and its length. */
static bool is_complete(const struct input *input, size_t *length_out) {
    const char *start = input->bytes + input->begin;
    size_t length = input->end - input->begin;
    const char *end =
        input->by_lines && length > 0 ? memchr(start, '\n', length) : NULL;

    *length_out = end != NULL ? (size_t)(end - start) + 1 : length;
    if (end != NULL)
        return true;
    return input->at_end && (length > 0 || !input->by_lines);
}

int input_next(struct input *input, const char **piece_out,
               size_t *length_out) {
    int result = 0;

    if (input->given && !input->by_lines)
        return 0;
    while (input->skips && result == 0)
        result = skip(input);
    while (result == 0 && !is_complete(input, length_out)) {
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
    input->begin += *length_out;
    input->given = true;
    return 1;
}

int input_rewind(struct input *input) {
    input->begin = input->end = 0;
    input->at_end = input->given = input->skips = false;
    return reader_rewind(&input->reader);
}

void input_stop(struct input *input) {
    if (input->on_ready == NULL)
        return;
    reader_stop(&input->reader);
    uv_close((uv_handle_t *)&input->idle, NULL);
}

void input_close(struct input *input) {
    reader_close(&input->reader);
}
