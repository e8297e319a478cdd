#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <sys/file.h>
#include <sys/stat.h>

#include "os/calls.h"
#include "os/sockets.h"

static int result_of(int result) {
    return result < 0 ? sockets_error() : result;
}

int files_get_status(const char *path, struct files_status *out) {
    struct stat status;

    if (os_lstat(path, &status) < 0)
        return sockets_error();
    *out = (struct files_status){
        .is_socket = S_ISSOCK(status.st_mode),
        .permissions = (uint32_t)status.st_mode & 07777,
        .device = (uint64_t)status.st_dev,
        .inode = (uint64_t)status.st_ino,
    };
    return 0;
}

/* Most systems refuse fchmod() of a socket. */
int files_set_bind_permissions(int fd, uint32_t permissions) {
    int result = result_of(os_fchmod(fd, (mode_t)permissions));

    return result == UV_EINVAL ? UV_ENOTSUP : result;
}

int files_set_permissions(const char *path, uint32_t permissions) {
    return result_of(os_fchmodat(path, (mode_t)permissions));
}

int files_remove(const char *path) {
    return result_of(os_unlink(path));
}

#define LOCK_TRIES 20 /* a millisecond apart */
#define PATH_SIZE 128 /* more than the path of a socket takes */

/* Every process that may read the directory can hold the lock, so the wait is
   short. */
static int lock(int fd) {
    struct pollfd nothing = {.fd = -1};

    for (int i = 0; os_flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return sockets_error();
        if (i == LOCK_TRIES)
            return UV_EAGAIN;
        os_poll(&nothing, 1, 1);
    }
    return 0;
}

static int open_folder(const char *path) {
    const char *end = strrchr(path, '/');
    char folder[PATH_SIZE];
    size_t length = end == NULL ? 0 : (size_t)(end - path) + 1;

    if (length >= sizeof(folder))
        return UV_ENAMETOOLONG;
    memcpy(folder, path, length);
    folder[length] = '\0';
    return result_of(os_open(length == 0 ? "." : folder,
                             O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int files_lock_folder(const char *path) {
    int fd = open_folder(path);
    int result = fd < 0 ? fd : lock(fd);

    if (fd >= 0 && result < 0)
        sockets_close(fd);
    return result < 0 ? result : fd;
}

int files_working_directory(char *path, size_t size) {
    return os_getcwd(path, size) == NULL ? sockets_error() : 0;
}

int files_process_id(void) {
    return (int)os_getpid();
}
