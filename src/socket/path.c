/* The path MTU, of a socket. */
#include "datapath/path_mtu.h"
#include "socket/socket.h"

int dgram_get_path_mtu(dgram_socket *s, const dgram_address *to) {
    static const char name_of_call[] = "getPathMTU";
    dgram_address peer;
    int result = socket_need_ip(s, name_of_call);

    if (result < 0)
        return result;
    if (to == NULL) {
        result = dgram_get_remote_address(s, &peer);
        if (result < 0)
            return result;
        to = &peer;
    }
    if (to->any.sa_family != address_family_of(s->type))
        return error_set(&s->error, UV_EINVAL, name_of_call);
    result = socket_need_descriptor(s, name_of_call);
    if (result < 0)
        return result;
    result = path_mtu_find(&s->datapath, to);
    return result < 0 ? error_set(&s->error, result, name_of_call) : result;
}
