/* Windows has no Unix datagram sockets, so there are no files of them. */
#include "os/files.h"

#include <winsock2.h>

#include <windows.h>

#include "util/codes.h"

int files_get_status(const char *path, struct files_status *out) {
    (void)path;
    (void)out;
    return UV_ENOTSUP;
}

int files_set_bind_permissions(dgram_fd fd, uint32_t permissions) {
    (void)fd;
    (void)permissions;
    return UV_ENOTSUP;
}

int files_set_permissions(const char *path, uint32_t permissions) {
    (void)path;
    (void)permissions;
    return UV_ENOTSUP;
}

int files_remove(const char *path) {
    (void)path;
    return UV_ENOTSUP;
}

int files_lock_folder(const char *path) {
    (void)path;
    return UV_ENOTSUP;
}

int files_working_directory(char *path, size_t size) {
    (void)path;
    (void)size;
    return UV_ENOTSUP;
}

int files_process_id(void) {
    return (int)GetCurrentProcessId();
}
