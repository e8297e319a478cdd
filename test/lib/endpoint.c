#include "endpoint.h"

#include <poll.h>

void endpoint_open(struct endpoint *endpoint, dgram_type type,
                   const dgram_datapath_options *given) {
    dgram_datapath_options options = {.size = sizeof options};
    socklen_t size = sizeof endpoint->address;
    int space = 4 << 20; /* receive buffer; the system may limit it */

    endpoint->address = address_of(loopback(type), 0);
    if (given != NULL)
        options = *given;
    options.address = &endpoint->address;
    assert_int_equal(dgram_datapath_create(&options, &endpoint->datapath), 0);
    assert_int_equal(getsockname(dgram_datapath_fd(endpoint->datapath),
                                 &endpoint->address.any, &size),
                     0);
    setsockopt(dgram_datapath_fd(endpoint->datapath), SOL_SOCKET, SO_RCVBUF,
               &space, sizeof space);
    endpoint->buffers = (dgram_buffers){
        .memory = malloc(ENDPOINT_MESSAGES * DGRAM_BUFFER_SIZE),
        .size = DGRAM_BUFFER_SIZE,
        .count = ENDPOINT_MESSAGES,
    };
    assert_non_null(endpoint->buffers.memory);
}

void endpoint_close(struct endpoint *endpoint) {
    dgram_datapath_destroy(endpoint->datapath);
    free(endpoint->buffers.memory);
}

int endpoint_receive(struct endpoint *endpoint, dgram_message *messages,
                     size_t max) {
    struct pollfd wait = {.fd = dgram_datapath_fd(endpoint->datapath),
                          .events = POLLIN};

    if (endpoint->buffers.given == endpoint->buffers.received)
        assert_int_equal(poll(&wait, 1, 20000), 1);
    return dgram_datapath_receive(endpoint->datapath, &endpoint->buffers,
                                  messages, max);
}
