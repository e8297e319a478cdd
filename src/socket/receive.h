/* From the kernel to the listeners. */
#ifndef DGRAM_SOCKET_RECEIVE_H
#define DGRAM_SOCKET_RECEIVE_H

#include "namespace.h"
#include "dgram.h"
#include "loop/loop.h"

struct receive_part {
    bool stopped : 1;  /* by the program */
    bool paused : 1;   /* by the cluster: the worker ends */
    bool ended : 1;    /* by shutdown(SHUT_RD) */
    bool detached : 1; /* the descriptor is the program's: see detach.c */
    uint8_t delays;    /* after an error that each read returns, so far */
    int16_t error;     /* that error; 0: none */
    uint32_t size_max; /* bytes of a datagram that are kept; 0: all */
    struct task task;  /* reads after an error, and delivers readahead */
    struct list kept;  /* receive buffers with what came before a stop */
    dgram_receive_memory_fn memory; /* NULL: the loop's memory */
    dgram_receive_release_fn release;
    void *memory_data; /* of both */
};

void receive_init(dgram_socket *s, const dgram_options *options);

static inline bool receive_is_paused(const struct receive_part *receive) {
    return receive->stopped || receive->paused || receive->ended ||
           receive->detached || receive->task.due != 0;
}

/* Whether the program has stopped a socket that could receive. */
static inline bool receive_is_stopped(const struct receive_part *receive) {
    return receive->stopped && !receive->paused && !receive->ended;
}

/* Whether the program has stopped it, even if it could not receive anyway. */
static inline bool receive_stopped_by_program(
    const struct receive_part *receive) {
    return receive->stopped;
}

/* Returns false if nothing changed. */
static inline bool receive_set_paused(struct receive_part *receive,
                                      bool paused) {
    bool changed = receive->paused != paused;

    receive->paused = paused;
    return changed;
}

/* The same for dgram_receive_stop() and _start(). When receiving starts, a task
   delivers what was received before. */
bool receive_set_stopped(dgram_socket *s, bool stopped);

/* Whether the socket receives now: it is not paused; and if it is shared, none
   of its datagrams waits to be sent. */
bool receive_is_wanted(const dgram_socket *s);

/* The socket may receive again: a task delivers the readahead. */
void receive_resume(dgram_socket *s);

/* The socket is readable: makes one system call and delivers the datagrams; on
   a shared socket, several calls of one message each. Returns whether it
   received anything, or an error. */
bool receive_readable(dgram_socket *s);

/* Sets whether the delay after an error keeps the loop running. */
void receive_keep_loop(dgram_socket *s, bool on);

static inline bool receive_is_detached(const struct receive_part *receive) {
    return receive->detached;
}

/* From now on the socket receives nothing from the kernel. It still delivers
   the datagrams that it has received, even if the program had stopped it. */
void receive_detach(dgram_socket *s);

/* Whether datagrams were received and not delivered yet. */
bool receive_has_undelivered(const dgram_socket *s);

/* The socket closes: drops what is not delivered. */
void receive_close(dgram_socket *s);

#endif
