#include "headers.h"

int headers_set(const struct headers *headers, dgram_socket *socket) {
    int result = 0;

    if (headers->ttl > 0)
        result = dgram_set_ttl(socket, (int)headers->ttl);
    if (result == 0 && headers->ttl > 0)
        result = dgram_set_multicast_ttl(socket, (int)headers->ttl);
    if (result == 0 && headers->tos > 0)
        result = dgram_set_tos(socket, (int)headers->tos);
    if (result == 0 && headers->df)
        result = dgram_set_dont_fragment(socket, DGRAM_PMTU_DO);
    return result;
}
