/* The files of Unix sockets. Functions return 0 or more, or a negative code. */
#ifndef DGRAM_OS_FILES_H
#define DGRAM_OS_FILES_H

#include "namespace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dgram_types.h"

struct files_status {
    bool is_socket;
    uint32_t permissions;   /* 0 to 07777 */
    uint64_t device, inode; /* which file it is, as long as it exists */
};

/* Does not follow a symbolic link. */
int files_get_status(const char *path, struct files_status *out);

/* Sets the permissions with which bind() creates the file of a socket, before
   the umask. UV_ENOTSUP where the system cannot do that. */
int files_set_bind_permissions(dgram_fd fd, uint32_t permissions);

/* Does not follow a symbolic link. */
int files_set_permissions(const char *path, uint32_t permissions);

int files_remove(const char *path);

/* Locks the directory of a path against other callers of this function, while
   the descriptor that it returns is open. If another caller has the lock, it
   waits for at most 20 milliseconds. UV_EAGAIN if this is not enough. */
int files_lock_folder(const char *path);

/* Writes the working directory. UV_ERANGE if the memory is too small. */
int files_working_directory(char *path, size_t size);

/* Returns the ID of the calling process. */
int files_process_id(void);

#endif
