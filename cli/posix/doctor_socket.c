#include "posix/doctor_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "doctor/facts.h"

struct sockaddr_in probe_loopback(void) {
    struct sockaddr_in name;

    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

int probe_enable(int fd, int level, int name) {
    const int on = 1;

    return setsockopt(fd, level, name, &on, sizeof on) == 0 ? 0 : -errno;
}

static int prepare(int fd, struct sockaddr_in *name, bool reuse_port) {
    socklen_t size = sizeof *name;
    int flags = fcntl(fd, F_GETFL), code = 0;

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return -errno;
    if (reuse_port)
        code = probe_enable(fd, SOL_SOCKET, SO_REUSEPORT);
    if (code == 0 && (bind(fd, (struct sockaddr *)name, size) < 0 ||
                      getsockname(fd, (struct sockaddr *)name, &size) < 0))
        code = -errno;
    return code;
}

int probe_open(struct sockaddr_in *name, bool reuse_port) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), code;

    if (fd < 0)
        return -errno;
    code = prepare(fd, name, reuse_port);
    if (code == 0)
        return fd;
    close(fd);
    return code;
}

int probe_read_file(const char *path, char *text, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t count = 1;

    text[0] = '\0';
    if (fd < 0)
        return -errno;
    while (count > 0 && length < size - 1) {
        count = read(fd, text + length, size - 1 - length);
        if (count < 0 && errno == EINTR)
            count = 1;
        else if (count > 0)
            length += (size_t)count;
    }
    text[length] = '\0';
    close(fd);
    return count < 0 ? -EIO : 0;
}

bool probe_read_numbers(const char *path, uint64_t *numbers, size_t count) {
    char text[256];

    return probe_read_file(path, text, sizeof text) == 0 &&
           numbers_parse(text, numbers, count);
}
