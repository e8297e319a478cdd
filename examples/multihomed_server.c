/* A server on the wildcard address of a host with several addresses. It answers
 * each request from the address that the request was sent to. Otherwise the
 * routing table would choose the address, and a client that asked another one
 * would discard the answer.
 *
 *   multihomed_server [PORT [COUNT]]   ends after COUNT answers
 *
 * Try it with `dgram send 127.0.0.5:PORT hello --wait 5`: the answer comes from
 * 127.0.0.5. It prints
 *
 *   listening 0.0.0.0:7000
 *   asked at 127.0.0.5
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

static long left; /* answers until it ends; 0: it does not */

static void on_message(dgram_socket *server, const dgram_message *request,
                       void *data) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    int result;

    (void)data;
    if (request->info != NULL && (request->info->valid & DGRAM_INFO_LOCAL)) {
        dgram_address_format(&request->info->local, text, sizeof text);
        printf("asked at %s\n", text);
        fflush(stdout);
    }
    result = dgram_reply(server, request, request->payload, request->length,
                         NULL, NULL);
    if (result < 0)
        fprintf(stderr, "no answer: %s\n", dgram_strerror(result));
    if (left > 0 && --left == 0)
        dgram_close(server);
}

static void on_error(dgram_socket *server, const dgram_error *error,
                     void *data) {
    char text[200];

    (void)server;
    (void)data;
    dgram_error_format(error, text, sizeof text);
    fprintf(stderr, "error: %s\n", text);
}

int main(int argc, char **argv) {
    static const dgram_events events = {
        .size = sizeof events,
        .message = on_message,
        .error = on_error,
    };
    const dgram_options options = {
        .size = sizeof options,
        .type = DGRAM_UDP4,
        .receive_info = DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE,
    };
    int port = argc > 1 ? atoi(argv[1]) : 7000, result;
    dgram_listener listener;
    dgram_address address;
    dgram_socket *server;

    left = argc > 2 ? atol(argv[2]) : 0;
    result = dgram_create_with(uv_default_loop(), &options, &server);
    if (result < 0) {
        fprintf(stderr, "create: %s\n", dgram_strerror(result));
        return 1;
    }
    dgram_on(server, &listener, &events, NULL);
    result = dgram_bind_sync(server, "0.0.0.0", (uint16_t)port);
    if (result == 0 && dgram_get_local_address(server, &address) == 0) {
        printf("listening 0.0.0.0:%d\n", dgram_address_port(&address));
        fflush(stdout);
    } else {
        fprintf(stderr, "bind: %s\n", dgram_strerror(result));
        dgram_close(server);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0 || result < 0;
}
