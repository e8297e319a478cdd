#include "doctor/loopback.h"

#include <string.h>

#include "doctor/system.h"

#define PAYLOAD 1200
#define BUFFER_SIZE 2048 /* a multiple of 64, with room for a longer one */

dgram_address loopback_address(int family) {
    dgram_address address;

    dgram_address_parse(family == AF_INET6 ? "::1" : "127.0.0.1", 0, &address);
    return address;
}

/* The port that the system chose. */
static int read_port(struct loopback *loopback) {
    struct sockaddr_in6 name; /* holds an IPv4 address, too */
    socklen_t size = sizeof name;

    memset(&name, 0, sizeof name);
    if (getsockname(SOCKET_OF(loopback->fd), (struct sockaddr *)&name, &size) !=
        0)
        return UV_EIO;
    /* Both families have the port at the same place. */
    if (loopback->here.any.sa_family == AF_INET6)
        loopback->here.v6.sin6_port = name.sin6_port;
    else
        loopback->here.v4.sin_port = name.sin6_port;
    return 0;
}

int loopback_open(struct loopback *loopback, int family,
                  const dgram_datapath_options *options) {
    dgram_datapath_options all = {0};
    int code;

    *loopback = (struct loopback){.here = loopback_address(family)};
    if (options != NULL)
        all = *options;
    all.size = sizeof all;
    all.address = &loopback->here;
    all.offload = DGRAM_OFFLOAD_OFF;
    code = dgram_datapath_create(&all, &loopback->path);
    if (code < 0)
        return code;
    loopback->fd = dgram_datapath_fd(loopback->path);
    code = read_port(loopback);
    if (code < 0)
        loopback_close(loopback);
    return code;
}

void loopback_close(struct loopback *loopback) {
    dgram_datapath_destroy(loopback->path);
    loopback->path = NULL;
}

/* Differs from byte to byte. */
static void fill(unsigned char payload[PAYLOAD]) {
    for (size_t i = 0; i < PAYLOAD; i++)
        payload[i] = (unsigned char)(i * 7 + 1);
}

int loopback_send(struct loopback *loopback, size_t length,
                  const dgram_send_info *info) {
    unsigned char payload[PAYLOAD];
    dgram_outgoing datagram = {.payload = payload,
                               .length = length < PAYLOAD ? length : PAYLOAD,
                               .to = &loopback->here,
                               .info = info};
    int status = 0, done;

    fill(payload);
    done = dgram_datapath_send(loopback->path, &datagram, 1, &status);
    return done < 0 ? done : status < 0 ? status : 0;
}

static bool is_ours(const struct loopback *loopback,
                    const dgram_message *message, size_t length) {
    unsigned char payload[PAYLOAD];

    fill(payload);
    return dgram_address_equal(message->from, &loopback->here) &&
           message->length == length &&
           memcmp(message->payload, payload, length) == 0;
}

int loopback_receive(struct doctor *doctor, struct loopback *loopback,
                     size_t length, dgram_receive_info *info) {
    static _Alignas(64) unsigned char memory[BUFFER_SIZE];
    dgram_buffers buffers = {
        .memory = memory, .size = sizeof memory, .count = 1};
    dgram_message message;
    int count;

    while (doctor_wait(doctor, loopback->fd)) {
        count = dgram_datapath_receive(loopback->path, &buffers, &message, 1);
        if (count == UV_EAGAIN)
            continue;
        if (count < 0)
            return count;
        if (!dgram_address_equal(message.from, &loopback->here))
            continue; /* a stranger's */
        if (!is_ours(loopback, &message, length))
            return UV_EPROTO;
        if (info != NULL && message.info != NULL)
            *info = *message.info;
        return 1;
    }
    return 0;
}
