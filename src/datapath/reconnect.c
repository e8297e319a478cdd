#include "datapath/reconnect.h"

/* The kernel disconnects a socket when it finds that its peer is closed
   (ECONNREFUSED, then ENOTCONN), or when the peer has connected to another
   socket (ECONNRESET). */
static bool is_gone(int code) {
    return code == UV_ECONNREFUSED || code == UV_ENOTCONN ||
           code == UV_ECONNRESET;
}

int reconnect_send_again(dgram_datapath *dp,
                         const struct platform_out *messages, uint32_t count,
                         int code) {
    int result;

    if (!is_gone(code) || !dp->connected || messages->to != NULL ||
        dp->peer->un.length == 0)
        return code;
    result = platform->connect(dp->fd, dp->peer);
    if (result < 0)
        return result;
    dp->stats.counts.send_calls++;
    return platform->send(dp->fd, messages, count);
}
