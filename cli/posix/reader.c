#include "send/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int reader_open(struct reader *reader, const char *path) {
    reader->fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    return reader->fd < 0 ? -errno : 0;
}

int reader_rewind(struct reader *reader) {
    return lseek(reader->fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

/* libuv makes the descriptor non-blocking. This restores its flags, because the
   output and the shell may use the same terminal. A read of a readable
   descriptor does not block. */
static bool watch(struct reader *reader, uv_loop_t *loop) {
    int flags = fcntl(reader->fd, F_GETFL);

    if (uv_poll_init(loop, &reader->handle.poll, reader->fd) < 0)
        return false;
    if (flags >= 0)
        fcntl(reader->fd, F_SETFL, flags);
    reader->handle.poll.data = reader;
    return true;
}

void reader_start(struct reader *reader, uv_loop_t *loop,
                  void (*on_ready)(void *data), void *data) {
    reader->on_ready = on_ready;
    reader->data = data;
    reader->waits = watch(reader, loop);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct reader *reader = poll->data;

    (void)status; /* the read reports it */
    (void)events;
    uv_poll_stop(poll);
    reader->is_ready = true;
    reader->on_ready(reader->data);
}

static int wait(struct reader *reader) {
    int result = uv_poll_start(&reader->handle.poll, UV_READABLE, on_poll);

    return result < 0 ? result : UV_EAGAIN;
}

int reader_read(struct reader *reader, char *bytes, size_t size) {
    ssize_t length;

    if (reader->waits && !reader->is_ready)
        return wait(reader);
    reader->is_ready = false;
    do
        length = read(reader->fd, bytes, size);
    while (length < 0 && errno == EINTR);
    if (length < 0 && errno == EWOULDBLOCK && reader->waits)
        return wait(reader);
    return length < 0 ? -errno : (int)length;
}

void reader_stop(struct reader *reader) {
    if (reader->waits)
        uv_close(&reader->handle.any, NULL);
}

void reader_close(struct reader *reader) {
    if (reader->fd != STDIN_FILENO)
        close(reader->fd);
}
