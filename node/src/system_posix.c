#if !defined(_WIN32)

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "system.h"

const int system_multicast_ttl_min = 0;

/* UV_E* codes are negative errno values on these systems. */
static int result_of(int result) {
    return result < 0 ? -errno : result;
}

int system_set_option(dgram_fd fd, int level, int name, int value) {
    return result_of(setsockopt(fd, level, name, &value, sizeof value));
}

dgram_fd system_duplicate(dgram_fd fd) {
    return result_of(fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

void system_close(dgram_fd fd) {
    close(fd);
}

void *system_map(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory != MAP_FAILED ? memory : NULL;
}

void system_unmap(void *memory, size_t size) {
    munmap(memory, size);
}

void system_discard(void *memory, size_t size) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)memory + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)memory + size) / page * page;

    if (start < end)
        madvise((void *)start, end - start, MADV_DONTNEED);
}

const char *system_kind(dgram_fd fd) {
    dgram_address address = {0};
    socklen_t size = sizeof address, type_size = sizeof(int);
    int type = 0;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) < 0 ||
        type != SOCK_STREAM || getsockname(fd, &address.any, &size) < 0)
        return "UNKNOWN";
    return address.any.sa_family == AF_UNIX ? "PIPE" : "TCP";
}

unsigned system_interface_index(const char *name) {
    return if_nametoindex(name);
}

bool system_interface_name(unsigned index, char *name) {
    return if_indextoname(index, name) != NULL;
}

bool system_has_scope(const char *text) {
    return if_nametoindex(text) != 0;
}

dgram_fd system_unix_socket(void) {
    return result_of(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static socklen_t size_of(const dgram_address *address) {
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                       address->un.length +
                       (address->un.name.sun_path[0] != '\0'));
}

int system_unix_bind(dgram_fd fd, const dgram_address *address) {
    return result_of(bind(fd, &address->any, size_of(address)));
}

int system_unix_connect(dgram_fd fd, const dgram_address *address) {
    return result_of(connect(fd, &address->any, size_of(address)));
}

int system_unix_send(dgram_fd fd, const void *bytes, size_t length,
                     const dgram_address *to) {
    const struct sockaddr *name = to != NULL ? &to->any : NULL;
    socklen_t size = to != NULL ? size_of(to) : 0;

    while (sendto(fd, bytes, length, 0, name, size) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

#endif
