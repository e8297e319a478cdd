/* What the fragments of the documentation run in: a loop, and a udp4 socket
 * that is bound to loopback. If it still is open it is closed when as many
 * lines were printed as the fragment promises, PROMISED, or after five seconds.
 */
#ifndef FRAGMENT_H
#define FRAGMENT_H

#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void example(uv_loop_t *loop, dgram_socket *socket);

/* Ends the program when a call failed. */
static inline int must(int result) {
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", dgram_err_name(result),
                dgram_strerror(result));
        exit(1);
    }
    return result;
}

static int fragment_lines;            /* printed so far */
static int fragment_ticks = 1000;     /* of 5 ms left */
static dgram_socket *fragment_socket; /* NULL when it is closed */

#define printf(...) (fragment_lines++, printf(__VA_ARGS__))

static void fragment_on_close(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    fragment_socket = NULL;
}

static void fragment_on_timer(uv_timer_t *timer) {
    if (fragment_lines < PROMISED && --fragment_ticks > 0)
        return;
    if (fragment_socket != NULL)
        dgram_close(fragment_socket);
    uv_close((uv_handle_t *)timer, NULL);
}

int main(void) {
    static const dgram_events events = {.size = sizeof events,
                                        .close = fragment_on_close};
    uv_loop_t *loop = uv_default_loop();
    dgram_listener listener;
    uv_timer_t timer;

    must(dgram_create(loop, DGRAM_UDP4, &fragment_socket));
    dgram_on(fragment_socket, &listener, &events, NULL);
    must(dgram_bind_sync(fragment_socket, "127.0.0.1", 0));
    uv_timer_init(loop, &timer);
    example(loop, fragment_socket);
    uv_timer_start(&timer, fragment_on_timer, 5, 5);
    uv_run(loop, UV_RUN_DEFAULT);
    dgram_on_unhandled_error(loop, NULL, NULL);
    return uv_loop_close(loop) != 0;
}

#endif /* FRAGMENT_H */
