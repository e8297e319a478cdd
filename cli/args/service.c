#include "args/service.h"

#include <dgram.h>

static bool look_up(uv_loop_t *loop, const char *name, uint16_t *port_out) {
    const struct addrinfo hints = {.ai_family = AF_INET,
                                   .ai_socktype = SOCK_DGRAM,
                                   .ai_protocol = IPPROTO_UDP};
    uv_getaddrinfo_t request;
    const struct sockaddr_in *address;

    if (uv_getaddrinfo(loop, &request, NULL, NULL, name, &hints) < 0)
        return false;
    address = (const struct sockaddr_in *)request.addrinfo->ai_addr;
    *port_out = ntohs(address->sin_port);
    uv_freeaddrinfo(request.addrinfo);
    return true;
}

bool service_find(const char *name, uint16_t *port_out) {
    uv_loop_t loop;
    bool found;

    if (uv_loop_init(&loop) < 0)
        return false;
    found = look_up(&loop, name, port_out);
    uv_loop_close(&loop);
    return found;
}
