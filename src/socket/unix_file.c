/* Happy path: unix_file_bind() sets the permissions on the descriptor, and
   bind() creates the file with them. Bits that the umask has removed are added
   afterwards, so the permissions are never wider than asked for.

   If the path exists, a probe socket connects to it. If the kernel refuses that
   because no socket is bound to the file, the file is removed and the bind
   repeated. Two servers that start at the same time could both find an old
   file, and the second would remove the new file of the first. So this happens
   under a lock of the folder. */
#include "socket/unix_file.h"

#include <string.h>

#include "os/files.h"
#include "os/platform.h"
#include "util/address.h"
#include "util/alloc.h"

struct unix_file {
    uint64_t device, inode;
    int process; /* that has bound it; a child may close its copy */
    char path[]; /* absolute: the program may change its working directory */
};

#define FOLDER_SIZE 4096

bool unix_file_is_path(const dgram_address *address) {
    return address_is_unix(address) && address->un.length > 0 &&
           address->un.name.sun_path[0] != '\0';
}

static struct unix_file *allocate(const char *folder, const char *path) {
    size_t before = strlen(folder), after = strlen(path) + 1;
    struct unix_file *file = alloc_zeroed(sizeof(*file) + before + 1 + after);

    if (file == NULL)
        return NULL;
    memcpy(file->path, folder, before);
    if (before > 0)
        file->path[before++] = '/';
    memcpy(file->path + before, path, after);
    return file;
}

static int create_record(const char *path, struct unix_file **out) {
    char folder[FOLDER_SIZE] = "";
    int result = 0;

    if (path[0] != '/')
        result = files_working_directory(folder, sizeof(folder));
    if (result < 0)
        return result;
    *out = allocate(folder, path);
    return *out == NULL ? UV_ENOMEM : 0;
}

/* UV_EADDRINUSE if the file is not a socket; a symbolic link is not a socket.
 */
static int check_socket(const char *path) {
    struct files_status status;
    int result = files_get_status(path, &status);

    return result >= 0 && !status.is_socket ? UV_EADDRINUSE : result;
}

/* UV_EADDRINUSE if a socket of any type may be bound to the file. */
static int check_unused(const dgram_address *address) {
    dgram_fd probe = platform->open(AF_UNIX);
    int result;

    if (probe < 0)
        return (int)probe;
    result = platform->connect(probe, address);
    platform->close(probe);
    return result == UV_ECONNREFUSED ? 0 : UV_EADDRINUSE;
}

static int remove_stale(const dgram_address *address) {
    const char *path = address->un.name.sun_path;
    int result = check_socket(path);

    if (result >= 0)
        result = check_unused(address);
    if (result >= 0)
        result = files_remove(path);
    return result == UV_ENOENT ? 0 : result; /* another has removed it */
}

/* Without the lock the bind continues: the lock only matters if another server
   starts at the same time. */
static int bind_replacing(dgram_fd fd, const dgram_address *address) {
    int lock = files_lock_folder(address->un.name.sun_path);
    int result =
        platform->bind(fd, address); /* the file may have been removed */

    if (result == UV_EADDRINUSE) {
        result = remove_stale(address);
        if (result >= 0)
            result = platform->bind(fd, address);
    }
    if (lock >= 0)
        platform->close(lock);
    return result;
}

static int set_permissions(dgram_fd fd, uint32_t permissions) {
    return permissions == 0 ? 0 : files_set_bind_permissions(fd, permissions);
}

/* The file is new: adds the bits that the umask has removed, and notes which
   file it is. */
static int finish_file(const char *path,
                       const struct unix_file_options *options,
                       struct unix_file *file) {
    struct files_status status;
    int result;

    if (file == NULL && options->permissions == 0)
        return 0;
    result = files_get_status(path, &status);
    if (result >= 0 && options->permissions != 0 &&
        status.permissions != options->permissions)
        result = files_set_permissions(path, options->permissions);
    if (result < 0 || file == NULL)
        return result;
    file->device = status.device;
    file->inode = status.inode;
    file->process = files_process_id();
    return 0;
}

static int bind_path(dgram_fd fd, const dgram_address *address,
                     const struct unix_file_options *options,
                     struct unix_file *file) {
    const char *path = address->un.name.sun_path;
    int result = set_permissions(fd, options->permissions);

    if (result >= 0)
        result = platform->bind(fd, address);
    if (result == UV_EADDRINUSE && !options->keep)
        result = bind_replacing(fd, address);
    if (result < 0)
        return result;
    result = finish_file(path, options, file);
    if (result < 0)
        files_remove(path);
    return result;
}

int unix_file_bind(dgram_fd fd, const dgram_address *address,
                   const struct unix_file_options *options,
                   struct unix_file **file_out) {
    int result = 0;

    *file_out = NULL;
    if (!options->keep)
        result = create_record(address->un.name.sun_path, file_out);
    if (result >= 0)
        result = bind_path(fd, address, options, *file_out);
    if (result < 0) {
        unix_file_forget(*file_out);
        *file_out = NULL;
    }
    return result;
}

static bool is_ours(const struct unix_file *file) {
    struct files_status status;

    return file->process == files_process_id() &&
           files_get_status(file->path, &status) >= 0 &&
           status.device == file->device && status.inode == file->inode;
}

void unix_file_remove(struct unix_file *file) {
    if (file != NULL && is_ours(file))
        files_remove(file->path);
    unix_file_forget(file);
}

void unix_file_forget(struct unix_file *file) {
    alloc_free(file);
}
