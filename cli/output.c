#include "output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <dgram.h>

#include "interrupt.h"
#include "term.h"

#define PATIENCE_MS 3000 /* that a reader has after a signal */
#define RETRY_MS 1

FILE *output;

static struct {
    char *bytes; /* in the stream */
    size_t size;
    bool keeps_together;
    int failure; /* 0, or the code that ended all writing */
} it;

bool output_open(void) {
    output = open_memstream(&it.bytes, &it.size);
    return output != NULL;
}

void output_keep_together(void) {
    it.keeps_together = true;
}

/* Returns 0 when a write may succeed, or will return the error. */
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
static int write_all(const char *bytes, size_t length) {
    while (length > 0) {
        size_t part =
            length > PIPE_BUF && !it.keeps_together ? PIPE_BUF : length;
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

static void report(int code) {
    if (code == UV_EPIPE)
        return;
    live_clear();
    fprintf(stderr, "%sdgram:%s cannot write to standard output: %s\n",
            tint(stderr, TINT_ERROR), tint(stderr, TINT_NONE),
            code == UV_ECANCELED ? "the reader does not read"
                                 : dgram_strerror(code));
}

int output_flush(void) {
    bool failed = fflush(output) != 0 || ferror(output);
    long length = ftell(output);

    if (it.failure == 0) {
        it.failure = failed || length < 0 ? UV_ENOMEM
                                          : write_all(it.bytes, (size_t)length);
        if (it.failure < 0)
            report(it.failure);
    }
    fseek(output, 0, SEEK_SET);
    return it.failure;
}
