#include "os/path.h"

#include <net/if.h>
#include <string.h>

#include "os/sockets.h"

#if defined(SO_BINDTODEVICE)

int path_set_device(int fd, const char *name) {
    return sockets_set_option(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
                              (socklen_t)strlen(name));
}

int path_copy_device(int from, int to) {
    char name[IF_NAMESIZE] = "";
    socklen_t size = sizeof(name);
    int result =
        sockets_get_option(from, SOL_SOCKET, SO_BINDTODEVICE, name, &size);

    if (result < 0 || size == 0)
        return result;
    return path_set_device(to, name);
}

#else

int path_set_device(int fd, const char *name) {
    (void)fd;
    (void)name;
    return UV_ENOTSUP;
}

int path_copy_device(int from, int to) {
    (void)from;
    (void)to;
    return 0;
}

#endif
