/* libuv's receiver, with UV_UDP_RECVMMSG. */
#include "bench.h"

#include <stdlib.h>
#include <uv.h>

static char storage[20 * 65536];
static struct tally tally;

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
    (void)handle;
    (void)size;
    *buffer = uv_buf_init(storage, sizeof storage);
}

/* The clock is looked at once for each system call, as in the others. */
static void on_datagram(uv_udp_t *handle, ssize_t length,
                        const uv_buf_t *buffer, const struct sockaddr *from,
                        unsigned flags) {
    static uint64_t datagrams, bytes;

    (void)handle;
    (void)buffer;
    if (length >= 0 && from != NULL) {
        datagrams++;
        bytes += (uint64_t)length;
        return;
    }
    if ((flags & UV_UDP_MMSG_FREE) == 0 || datagrams == 0)
        return;
    bench_count(&tally, datagrams, bytes);
    datagrams = bytes = 0;
}

int main(int argc, char **argv) {
    struct sockaddr_in address;
    uv_udp_t handle;
    int size = RECEIVE_BUFFER, length = sizeof address;

    tally.seconds = argc > 1 ? atof(argv[1]) : 1;
    uv_ip4_addr("0.0.0.0", 0, &address);
    uv_udp_init_ex(uv_default_loop(), &handle, AF_INET | UV_UDP_RECVMMSG);
    uv_udp_bind(&handle, (struct sockaddr *)&address, 0);
    uv_recv_buffer_size((uv_handle_t *)&handle, &size);
    uv_udp_getsockname(&handle, (struct sockaddr *)&address, &length);
    uv_udp_recv_start(&handle, on_alloc, on_datagram);
    bench_ready(ntohs(address.sin_port));
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
