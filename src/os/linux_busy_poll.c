/* Linux 6.9: a wait for an epoll descriptor polls the devices of its sockets
   before it sleeps. */
#include "os/linux_busy_poll.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "os/calls.h"
#include "os/sockets.h"

/* Older headers have neither the numbers nor the struct. */
struct epoll_parameters {
    uint32_t microseconds;
    uint16_t budget;
    uint8_t prefer;
    uint8_t padding;
};

#if !defined(EPIOCSPARAMS)
#define EPIOCSPARAMS _IOW(0x8a, 0x01, struct epoll_parameters)
#define EPIOCGPARAMS _IOR(0x8a, 0x02, struct epoll_parameters)
#endif

int linux_get_busy_poll(int backend, struct platform_busy_poll *out) {
    struct epoll_parameters parameters = {0};

    if (os_ioctl(backend, EPIOCGPARAMS, &parameters) < 0)
        return sockets_error();
    out->microseconds = parameters.microseconds;
    out->budget = parameters.budget;
    out->prefer = parameters.prefer != 0;
    return 0;
}

int linux_set_busy_poll(int backend, const struct platform_busy_poll *how) {
    struct epoll_parameters parameters = {
        .microseconds = how->microseconds,
        .budget = how->budget,
        .prefer = how->prefer,
    };

    return os_ioctl(backend, EPIOCSPARAMS, &parameters) < 0 ? sockets_error()
                                                            : 0;
}
