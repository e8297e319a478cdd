/* Prints how long a packet to an IPv4 address may be, and how much payload it
 * carries.
 *
 *   path_mtu ADDRESS
 *
 * It prints "192.0.2.1: 1500 bytes, 1472 of payload".
 */
#include <dgram.h>

#include <stdio.h>

int main(int argc, char **argv) {
    dgram_socket *socket;
    dgram_address to;
    int mtu = 0;

    if (argc != 2 || dgram_address_parse(argv[1], 9, &to) < 0) {
        fprintf(stderr, "usage: path_mtu ADDRESS\n");
        return 2;
    }
    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &socket) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    mtu = dgram_bind_sync(socket, NULL, 0);
    if (mtu == 0)
        mtu = dgram_get_path_mtu(socket, &to);
    if (mtu < 0)
        fprintf(stderr, "%s: %s\n", argv[1], dgram_strerror(mtu));
    else
        printf("%s: %d bytes, %u of payload\n", argv[1], mtu,
               (unsigned)dgram_payload_size_max(mtu, &to));
    dgram_close(socket);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    uv_loop_close(uv_default_loop());
    return mtu < 0;
}
