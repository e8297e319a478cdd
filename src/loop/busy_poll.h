/* Busy polling by the kernel: how long a wait of the loop polls the devices of
   its sockets before it sleeps. The longest time of its sockets counts. When
   the last one is closed, the loop waits as it did before the first. */
#ifndef DGRAM_LOOP_BUSY_POLL_H
#define DGRAM_LOOP_BUSY_POLL_H

#include "namespace.h"
#include "os/platform.h"

struct busy_poll {
    unsigned sockets;      /* that are bound and busy poll */
    uint32_t microseconds; /* set on the backend; 0: nothing is set */
    struct platform_busy_poll before; /* of the backend, while that is not 0 */
};

/* A socket begins or ends to busy poll. A kernel that cannot do it, or refuses,
   is no error. */
void busy_poll_begin(struct busy_poll *poll, int backend, dgram_fd fd,
                     uint32_t microseconds);
void busy_poll_end(struct busy_poll *poll, int backend);

#endif
