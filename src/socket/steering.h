/* Which socket of a port with reuse_port gets a datagram. */
#ifndef DGRAM_SOCKET_STEERING_H
#define DGRAM_SOCKET_STEERING_H

#include "namespace.h"
#include "dgram.h"
#include "os/platform.h"

struct steering_part {
    struct platform_steering *how; /* NULL: the kernel's choice */
};

/* DGRAM_ERR_INVALID_ARG_VALUE, or UV_ENOTSUP where there is no steering. */
int steering_check(const dgram_options *options);

/* Copies the program of the caller: UV_ENOMEM. */
int steering_init(struct steering_part *steering, const dgram_options *options);
void steering_release(struct steering_part *steering);

/* For a descriptor that is bound. */
int steering_attach(const struct steering_part *steering, dgram_fd fd);

#endif
