#include "path.h"

#include <poll.h>

void path_open(struct path *path, dgram_type type,
               const dgram_datapath_options *given) {
    dgram_datapath_options options = {.size = sizeof options};
    socklen_t size = sizeof path->address;
    int space = 4 << 20; /* for what waits; as much of it as the system gives */

    path->address = address_of(loopback(type), 0);
    if (given != NULL)
        options = *given;
    options.address = &path->address;
    assert_int_equal(dgram_datapath_create(&options, &path->datapath), 0);
    assert_int_equal(getsockname(dgram_datapath_fd(path->datapath),
                                 &path->address.any, &size),
                     0);
    setsockopt(dgram_datapath_fd(path->datapath), SOL_SOCKET, SO_RCVBUF, &space,
               sizeof space);
    path->buffers = (dgram_buffers){
        .memory = malloc(PATH_MESSAGES * DGRAM_BUFFER_SIZE),
        .size = DGRAM_BUFFER_SIZE,
        .count = PATH_MESSAGES,
    };
    assert_non_null(path->buffers.memory);
}

void path_close(struct path *path) {
    dgram_datapath_destroy(path->datapath);
    free(path->buffers.memory);
}

int path_receive(struct path *path, dgram_message *messages, size_t max) {
    struct pollfd wait = {.fd = dgram_datapath_fd(path->datapath),
                          .events = POLLIN};

    if (path->buffers.given == path->buffers.received)
        assert_int_equal(poll(&wait, 1, 20000), 1);
    return dgram_datapath_receive(path->datapath, &path->buffers, messages,
                                  max);
}
