/* The text is in memory until the reader takes it. */
#include "output/writer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <uv.h>

#include "posix/interrupt_fd.h"

#define PATIENCE_MS 3000 /* for a slow reader, after a signal */
#define RETRY_MS 1

static struct {
    FILE *stream;
    char *bytes; /* in the stream */
    size_t size;
} it;

FILE *writer_open(void) {
    it.stream = open_memstream(&it.bytes, &it.size);
    return it.stream;
}

/* Returns 0 when write() will not block: it succeeds or returns an error. */
static int wait_for_reader(void) {
    struct pollfd ends[] = {
        {.fd = STDOUT_FILENO, .events = POLLOUT},
        {.fd = interrupt_fd(), .events = POLLIN},
    };
    bool interrupted = false;

    for (;;) {
        int count =
            poll(ends, interrupted ? 1 : 2, interrupted ? PATIENCE_MS : -1);

        if (count < 0 && errno != EINTR)
            return -errno;
        if (count < 0 && interrupt_fd() < 0)
            interrupted = true; /* a worker: the library handles its signals */
        if (count > 0 && ends[0].revents != 0)
            return 0;
        if (count == 0)
            return UV_ECANCELED;
        interrupted = interrupted || count > 0;
    }
}

/* A pipe that is writable takes PIPE_BUF bytes without blocking. */
static int write_all(const char *bytes, size_t length, bool keeps_together) {
    while (length > 0) {
        size_t part = length > PIPE_BUF && !keeps_together ? PIPE_BUF : length;
        int result = wait_for_reader();
        ssize_t written;

        if (result < 0)
            return result;
        written = write(STDOUT_FILENO, bytes, part);
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            poll(NULL, 0, RETRY_MS); /* it is writable, but takes nothing */
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

int writer_flush(bool keeps_together) {
    bool failed = fflush(it.stream) != 0 || ferror(it.stream);
    long length = ftell(it.stream);

    if (failed || length < 0)
        return UV_ENOMEM;
    return write_all(it.bytes, (size_t)length, keeps_together);
}

void writer_drop(void) {
    fseek(it.stream, 0, SEEK_SET);
}
