#include "listen/output_dir.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#define DIGITS 9
#define ENTRIES 64       /* that are read at a time */
#define LAST 999999999u  /* a longer name would not sort */
#define PERMISSIONS 0666 /* less the umask */

/* Returns 0 for a name that is no number of DIGITS digits. */
static uint32_t number_of(const char *name) {
    uint32_t number = 0;
    size_t length = strspn(name, "0123456789");

    if (length != DIGITS || name[length] != '\0')
        return 0;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (uint32_t)(name[i] - '0');
    return number;
}

/* Reads some entries. Returns how many, 0 at the end, or a negative code. */
static int read_entries(struct output_dir *dir, uv_dir_t *entries) {
    uv_fs_t request;
    int count = uv_fs_readdir(NULL, &request, entries, NULL);

    for (int i = 0; i < count; i++) {
        uint32_t number = number_of(entries->dirents[i].name);

        if (number > dir->number)
            dir->number = number;
    }
    uv_fs_req_cleanup(&request);
    return count;
}

static int find_highest(struct output_dir *dir) {
    uv_dirent_t list[ENTRIES];
    uv_dir_t *entries;
    uv_fs_t request;
    int result = uv_fs_opendir(NULL, &request, dir->path, NULL);

    entries = request.ptr;
    uv_fs_req_cleanup(&request);
    if (result < 0)
        return result;
    entries->dirents = list;
    entries->nentries = ENTRIES;
    do {
        result = read_entries(dir, entries);
    } while (result > 0);
    uv_fs_closedir(NULL, &request, entries, NULL);
    uv_fs_req_cleanup(&request);
    return result;
}

/* So that a directory of another user is reported before a datagram comes. */
static int check_writable(const char *path) {
    const int may_create = 2 | 1; /* W_OK | X_OK, which not each system has */
    uv_fs_t request;
    int result = uv_fs_access(NULL, &request, path, may_create, NULL);

    uv_fs_req_cleanup(&request);
    return result;
}

int output_dir_begin(struct output_dir *dir, const char *path) {
    size_t size = strlen(path) + sizeof "/" + DIGITS + sizeof "0";
    int result;

    *dir = (struct output_dir){.path = path, .size = size};
    dir->file = malloc(size);
    if (dir->file == NULL)
        return UV_ENOMEM;
    result = find_highest(dir);
    if (result == 0 && dir->number == LAST)
        result = UV_ERANGE;
    return result == 0 ? check_writable(path) : result;
}

void output_dir_end(struct output_dir *dir) {
    free(dir->file);
    dir->file = NULL;
}

static int create(const char *path) {
    uv_fs_t request;
    int fd = uv_fs_open(NULL, &request, path,
                        UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_EXCL,
                        PERMISSIONS, NULL);

    uv_fs_req_cleanup(&request);
    return fd;
}

/* Returns the descriptor of a new file, or a negative code. */
static int create_next(struct output_dir *dir) {
    size_t length = strlen(dir->path);
    bool has_slash = length > 0 && dir->path[length - 1] == '/';
    int fd = UV_EEXIST;

    while (fd == UV_EEXIST) {
        if (dir->number == LAST)
            return UV_ERANGE;
        snprintf(dir->file, dir->size, "%s%s%0*lu", dir->path,
                 has_slash ? "" : "/", DIGITS, (unsigned long)++dir->number);
        fd = create(dir->file);
    }
    return fd;
}

static int write_all(int fd, const char *bytes, size_t length) {
    uv_fs_t request;
    int result = 0;

    while (length > 0 && result >= 0) {
        uv_buf_t part = uv_buf_init((char *)bytes, (unsigned)length);

        result = uv_fs_write(NULL, &request, fd, &part, 1, -1, NULL);
        uv_fs_req_cleanup(&request);
        bytes += result > 0 ? result : 0;
        length -= result > 0 ? (size_t)result : 0;
    }
    return result < 0 ? result : 0;
}

/* Some file systems report only here that the bytes found no room. */
static int close_file(int fd) {
    uv_fs_t request;
    int result = uv_fs_close(NULL, &request, fd, NULL);

    uv_fs_req_cleanup(&request);
    return result;
}

static void remove_file(const char *path) {
    uv_fs_t request;

    uv_fs_unlink(NULL, &request, path, NULL);
    uv_fs_req_cleanup(&request);
}

int output_dir_save(struct output_dir *dir, const void *bytes, size_t length) {
    int fd = create_next(dir), result, closed;

    if (fd < 0)
        return fd;
    result = write_all(fd, bytes, length);
    closed = close_file(fd);
    if (result == 0)
        result = closed;
    if (result < 0)
        remove_file(dir->file);
    return result;
}
