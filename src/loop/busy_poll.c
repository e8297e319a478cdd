#include "loop/busy_poll.h"

static void set_backend(struct busy_poll *poll, int backend,
                        uint32_t microseconds) {
    struct platform_busy_poll how;

    if (microseconds <= poll->microseconds ||
        (poll->microseconds == 0 &&
         platform->get_busy_poll(backend, &poll->before) < 0))
        return;
    how = poll->before;
    if (how.microseconds < microseconds)
        how.microseconds = microseconds;
    if (platform->set_busy_poll(backend, &how) >= 0)
        poll->microseconds = microseconds;
}

/* Without CAP_NET_ADMIN the kernel refuses a longer time than the system's. */
static void set_descriptor(dgram_fd fd, uint32_t microseconds) {
    int value = (int)microseconds;

    if (platform->busy_poll != 0)
        platform->set_option(fd, SOL_SOCKET, platform->busy_poll, &value,
                             sizeof(value));
}

void busy_poll_begin(struct busy_poll *poll, int backend, dgram_fd fd,
                     uint32_t microseconds) {
    if (microseconds > INT32_MAX)
        microseconds = INT32_MAX;
    poll->sockets++;
    set_descriptor(fd, microseconds);
    set_backend(poll, backend, microseconds);
}

void busy_poll_end(struct busy_poll *poll, int backend) {
    if (--poll->sockets > 0 || poll->microseconds == 0)
        return;
    poll->microseconds = 0;
    platform->set_busy_poll(backend, &poll->before);
}
