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
    uint8_t delays;    /* waits for such a read to succeed, in a row */
    int16_t error;     /* that each read returns; 0: none */
    uint32_t size_max; /* bytes of a datagram that are kept; 0: all */
    struct task task;  /* reads after an error, and delivers readahead */
    dgram_receive_memory_fn memory; /* NULL: the loop's memory */
    void *memory_data;
};

void receive_init(dgram_socket *s, const dgram_options *options);

static inline bool receive_is_paused(const struct receive_part *receive) {
    return receive->stopped || receive->paused || receive->ended ||
           receive->task.due != 0;
}

/* Whether the socket is to keep the loop running though nothing of it waits. */
static inline bool receive_is_stopped(const struct receive_part *receive) {
    return receive->stopped && !receive->paused && !receive->ended;
}

/* Returns false if nothing changed. */
static inline bool receive_set_paused(struct receive_part *receive,
                                      bool paused) {
    bool changed = receive->paused != paused;

    receive->paused = paused;
    return changed;
}

/* The same for the program. What was received before is delivered first, from a
   task. */
bool receive_set_stopped(dgram_socket *s, bool stopped);

/* Whether the socket is to be read now: it is not paused, and if it is shared,
   what it has to send does not wait. */
bool receive_is_wanted(const dgram_socket *s);

/* The socket may be read again: delivers readahead, from a task. */
void receive_resume(dgram_socket *s);

/* The socket is readable. Makes one system call and delivers what it returned;
   on a shared socket, several calls of one message each. Returns whether
   anything came, an error included. */
bool receive_readable(dgram_socket *s);

/* Whether waiting after an error keeps the loop running. */
void receive_keep_loop(dgram_socket *s, bool on);

/* The socket closes: what is not delivered yet is dropped. */
void receive_close(dgram_socket *s);

#endif
