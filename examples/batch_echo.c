/* Sends all datagrams of a wake-up back with one call, from the memory that
 * they were received into. This is the fastest way to answer.
 *
 *   batch_echo [PORT [COUNT]]     by default port 7000, and no end
 *
 * It prints "echo listening 127.0.0.1:7000". Try it with connect_and_reply.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

#define BATCH_MAX 256

static long left;

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    dgram_outgoing answers[BATCH_MAX];

    (void)data;
    for (size_t done = 0; done < count;) {
        size_t n = 0;

        for (; n < BATCH_MAX && done + n < count; n++)
            answers[n] = (dgram_outgoing){
                .payload = messages[done + n].payload,
                .length = messages[done + n].length,
                .to = messages[done + n].from,
            };
        dgram_send_batch(socket, answers, n, NULL, NULL);
        done += n;
    }
    if (left > 0 && (left -= (long)count) <= 0)
        dgram_close(socket);
}

static void on_listening(dgram_socket *socket, void *data) {
    dgram_address address;

    (void)data;
    dgram_get_local_address(socket, &address);
    printf("echo listening 127.0.0.1:%d\n", dgram_address_port(&address));
    fflush(stdout);
}

int main(int argc, char **argv) {
    static const dgram_events events = {
        .size = sizeof events, .batch = on_batch, .listening = on_listening};
    int port = argc > 1 ? atoi(argv[1]) : 7000;
    dgram_listener listener;
    dgram_socket *socket;

    left = argc > 2 ? atol(argv[2]) : 0;
    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &socket) < 0) {
        fprintf(stderr, "cannot create a socket\n");
        return 1;
    }
    dgram_on(socket, &listener, &events, NULL);
    if (dgram_bind(socket, "127.0.0.1", (uint16_t)port) < 0)
        dgram_close(socket);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
