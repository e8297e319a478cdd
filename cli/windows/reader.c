/* A console and a pipe are read by libuv, whose threads wait for their bytes. A
   file is read at once. */
#include "send/reader.h"

#include <io.h>
#include <stdio.h>

#define END_OF_CONSOLE 0x1a /* Ctrl-Z at the start of a line */

int reader_open(struct reader *reader, const char *path) {
    uv_fs_t request;

    reader->fd = 0;
    if (path == NULL)
        return 0;
    reader->fd = uv_fs_open(NULL, &request, path, UV_FS_O_RDONLY, 0, NULL);
    uv_fs_req_cleanup(&request);
    return reader->fd < 0 ? reader->fd : 0;
}

/* A seek on a pipe or a console succeeds and does nothing. */
int reader_rewind(struct reader *reader) {
    if (uv_guess_handle(reader->fd) != UV_FILE)
        return UV_ESPIPE;
    return _lseeki64(reader->fd, 0, SEEK_SET) < 0 ? UV_ESPIPE : 0;
}

static bool open_stream(struct reader *reader, uv_loop_t *loop) {
    switch (uv_guess_handle(reader->fd)) {
    case UV_TTY:
        return uv_tty_init(loop, &reader->handle.tty, reader->fd, 1) == 0;
    case UV_NAMED_PIPE:
        uv_pipe_init(loop, &reader->handle.pipe, 0);
        if (uv_pipe_open(&reader->handle.pipe, reader->fd) == 0)
            return true;
        uv_close(&reader->handle.any, NULL);
        return false;
    default:
        return false;
    }
}

void reader_start(struct reader *reader, uv_loop_t *loop,
                  void (*on_ready)(void *data), void *data) {
    reader->on_ready = on_ready;
    reader->data = data;
    reader->waits = open_stream(reader, loop);
    reader->handle.any.data = reader;
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *memory_out) {
    struct reader *reader = handle->data;

    (void)size;
    *memory_out = reader->memory;
}

static bool is_end(const struct reader *reader, ssize_t length) {
    return length == UV_EOF ||
           (length > 0 && reader->handle.any.type == UV_TTY &&
            reader->memory.base[0] == END_OF_CONSOLE);
}

static void on_read(uv_stream_t *stream, ssize_t length,
                    const uv_buf_t *memory) {
    struct reader *reader = stream->data;

    (void)memory;
    if (length == 0)
        return; /* nothing yet */
    uv_read_stop(stream);
    reader->result = is_end(reader, length) ? 0 : length;
    reader->is_ready = true;
    reader->on_ready(reader->data);
}

static int read_file(struct reader *reader, char *bytes, size_t size) {
    uv_buf_t memory = uv_buf_init(bytes, (unsigned)size);
    uv_fs_t request;
    int result = uv_fs_read(NULL, &request, reader->fd, &memory, 1, -1, NULL);

    uv_fs_req_cleanup(&request);
    return result == UV_EOF ? 0 : result;
}

int reader_read(struct reader *reader, char *bytes, size_t size) {
    int result;

    if (!reader->waits)
        return read_file(reader, bytes, size);
    if (reader->is_ready) {
        reader->is_ready = false;
        return (int)reader->result;
    }
    reader->memory = uv_buf_init(bytes, (unsigned)size);
    result =
        uv_read_start((uv_stream_t *)&reader->handle.any, on_alloc, on_read);
    return result < 0 && result != UV_EALREADY ? result : UV_EAGAIN;
}

void reader_stop(struct reader *reader) {
    if (reader->waits)
        uv_close(&reader->handle.any, NULL);
}

void reader_close(struct reader *reader) {
    uv_fs_t request;

    if (reader->fd == 0)
        return;
    uv_fs_close(NULL, &request, reader->fd, NULL);
    uv_fs_req_cleanup(&request);
}
