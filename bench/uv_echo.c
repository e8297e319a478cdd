/* libuv's echo server: uv_udp_try_send() from the receive callback. */
#include "bench.h"

#include <stdlib.h>
#include <uv.h>

static char storage[20 * 65536];

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
    (void)handle;
    (void)size;
    *buffer = uv_buf_init(storage, sizeof storage);
}

static void on_datagram(uv_udp_t *handle, ssize_t length,
                        const uv_buf_t *buffer, const struct sockaddr *from,
                        unsigned flags) {
    uv_buf_t part;

    (void)flags;
    if (length < 0 || from == NULL)
        return;
    part = uv_buf_init(buffer->base, (unsigned)length);
    uv_udp_try_send(handle, &part, 1, from);
}

int main(void) {
    struct sockaddr_in address;
    uv_udp_t handle;
    int length = sizeof address;

    uv_ip4_addr("0.0.0.0", 0, &address);
    uv_udp_init_ex(uv_default_loop(), &handle, AF_INET | UV_UDP_RECVMMSG);
    uv_udp_bind(&handle, (struct sockaddr *)&address, 0);
    uv_udp_getsockname(&handle, (struct sockaddr *)&address, &length);
    uv_udp_recv_start(&handle, on_alloc, on_datagram);
    bench_ready(ntohs(address.sin_port));
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
