#include "paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static char folder[64];

int folder_open(void **state) {
    snprintf(folder, sizeof folder, "/tmp/dgram-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return loop_open(state);
}

int folder_end(void **state) {
    int result = loop_end(state);
    DIR *files = opendir(folder);

    assert_non_null(files);
    for (struct dirent *file; (file = readdir(files)) != NULL;)
        remove(path_of(file->d_name));
    closedir(files);
    rmdir(folder);
    return result;
}

const char *path_of(const char *name) {
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

dgram_socket *new_bound_to(const char *path) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);

    assert_int_equal(dgram_bind_sync(socket, path, 0), 0);
    return socket;
}

dgram_address unix_address(const char *path) {
    dgram_address address;

    assert_int_equal(dgram_address_unix(path, &address), 0);
    return address;
}

const char *name_of(dgram_socket *socket) {
    static char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address address;

    assert_int_equal(dgram_get_local_address(socket, &address), 0);
    assert_int_equal(dgram_address_format(&address, text, sizeof text), 0);
    return text;
}

int open_unix(int type) {
    int fd = socket(AF_UNIX, type, 0);

    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}
