/* The watch on a socket's descriptor: one uv_poll_t. Its wake-ups send what
   waited for the kernel, and receive. */
#ifndef DGRAM_SOCKET_WATCH_H
#define DGRAM_SOCKET_WATCH_H

#include "namespace.h"
#include "dgram.h"
#include "loop/loop.h"

struct watch_part {
    uv_poll_t poll;           /* on the descriptor, while bound */
    bool referenced;          /* the socket keeps the loop running */
    bool keeps_loop;          /* while the program has stopped receiving */
    bool error_queue_pending; /* a wake-up for an error that no read returned */
    uint32_t busy_poll_us;    /* 0: the loop sleeps at once */
};

void watch_init(dgram_socket *s, const dgram_options *options);

static inline bool watch_is_referenced(const struct watch_part *watch) {
    return watch->referenced;
}

/* Starts to watch s->datapath.fd. UV_EEXIST if the loop watches it already. */
int watch_start(dgram_socket *s);

/* Waits for the events that the socket needs now: datagrams, writability, or
   nothing. */
void watch_update(dgram_socket *s);

/* Pauses receiving, or resumes it. */
void watch_pause(dgram_socket *s, bool paused);

/* The socket closes: stops at once. s->task runs when libuv has closed the poll
   handle. */
void watch_stop(dgram_socket *s);

#endif
