/* Sends a datagram and prints what the path says about it: the port is closed,
 * a router has no route, or the packet is too long.
 *
 *   path_errors [ADDRESS [PORT]]     by default 127.0.0.1 9
 *
 * It ends when an error has come, or after a second.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static void on_path_error(dgram_socket *client, const dgram_path_error *error,
                          void *data) {
    char to[DGRAM_ADDRESS_TEXT_MAX], reporter[DGRAM_ADDRESS_TEXT_MAX];

    dgram_address_format(&error->to, to, sizeof to);
    printf("%s: %s", to, dgram_strerror(error->code));
    if (error->mtu > 0)
        printf(", the MTU is %u bytes", (unsigned)error->mtu);
    if (dgram_address_format(&error->reporter, reporter, sizeof reporter) == 0)
        printf(", says %s", reporter);
    printf("\n");
    dgram_close(client);
    uv_close(data, NULL);
}

static void on_timeout(uv_timer_t *timer) {
    printf("no error came\n");
    dgram_close(timer->data);
    uv_close((uv_handle_t *)timer, NULL);
}

int main(int argc, char **argv) {
    static const dgram_events events = {.size = sizeof events,
                                        .path_error = on_path_error};
    const char *host = argc > 1 ? argv[1] : "127.0.0.1";
    int port = argc > 2 ? atoi(argv[2]) : 9;
    dgram_options options = {.size = sizeof options, .path_errors = true};
    dgram_listener listener;
    dgram_socket *client;
    dgram_address to;
    uv_timer_t timer;

    if (dgram_address_parse(host, (uint16_t)port, &to) < 0)
        return 2;
    options.type = to.any.sa_family == AF_INET6 ? DGRAM_UDP6 : DGRAM_UDP4;
    if (dgram_create_with(uv_default_loop(), &options, &client) < 0) {
        fprintf(stderr, "cannot create a socket with path errors\n");
        return 1;
    }
    dgram_on(client, &listener, &events, &timer);
    dgram_send(client, "anyone?", 7, &to, NULL, NULL);
    uv_timer_init(uv_default_loop(), &timer);
    timer.data = client;
    uv_timer_start(&timer, on_timeout, 1000, 0);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
