#include "os/trace_system.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int trace_get_error(void) {
    return errno;
}

void trace_set_error(int error) {
    errno = error;
}

/* libuv's codes are negative errno values on these systems. */
int trace_error_code(int error) {
    return -error;
}

bool trace_can_write(void) {
    return fcntl(STDERR_FILENO, F_GETFD) >= 0;
}

void trace_write(const char *text, size_t length) {
    ssize_t written;

    do {
        written = write(STDERR_FILENO, text, length);
    } while (written < 0 && errno == EINTR);
}
