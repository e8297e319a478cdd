/* A socket on the loopback address that sends to itself: one descriptor is
   enough, and nothing leaves the host. */
#ifndef CLI_DOCTOR_LOOPBACK_H
#define CLI_DOCTOR_LOOPBACK_H

#include <dgram_datapath.h>

#include "doctor/doctor.h"

struct loopback {
    dgram_datapath *path;
    dgram_fd fd;
    dgram_address here;
};

/* The loopback address of AF_INET or AF_INET6, port 0. */
dgram_address loopback_address(int family);

/* Opens a socket. `options` may have receive_info or path_errors; it may be
   NULL. Returns 0 or a negative code. */
int loopback_open(struct loopback *loopback, int family,
                  const dgram_datapath_options *options);

void loopback_close(struct loopback *loopback);

/* Sends a datagram of up to 1200 bytes. Returns 0 or a negative code. */
int loopback_send(struct loopback *loopback, size_t length,
                  const dgram_send_info *info);

/* Receives what loopback_send() sent. Returns 1, 0 if nothing came, or a
   negative code: UV_EPROTO if it was changed on the way. `info` may be NULL. */
int loopback_receive(struct doctor *doctor, struct loopback *loopback,
                     size_t length, dgram_receive_info *info);

#endif
