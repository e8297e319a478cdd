/* Path errors: from the error queue of the descriptor to the listeners. */
#ifndef DGRAM_SOCKET_PATH_ERROR_H
#define DGRAM_SOCKET_PATH_ERROR_H

#include "namespace.h"
#include "dgram.h"

struct path_error_part {
    bool wanted : 1;  /* by the options */
    bool on : 1;      /* the error queue is enabled and read */
    bool ended : 1;   /* by shutdown(), while receiving is stopped */
    uint8_t failures; /* reads in a row that failed */
};

void path_error_init(dgram_socket *s, const dgram_options *options);

/* Whether the error queue is read. */
static inline bool path_error_is_on(const struct path_error_part *part) {
    return part->on;
}

/* Whether to wait for errors only, while receiving is stopped. */
static inline bool path_error_is_awaited(const struct path_error_part *part) {
    return part->on && !part->ended;
}

/* Enables the error queue of the datapath's descriptor if the options want it.
   Returns 0, or a negative code; then nothing changes. */
int path_error_attach(dgram_socket *s);

/* The descriptor is not used after all: undoes path_error_attach(). */
void path_error_detach(dgram_socket *s);

/* The descriptor has errors: emits some. More of them wake the socket up again.
   A listener may close the socket. */
void path_error_read(dgram_socket *s);

#endif
