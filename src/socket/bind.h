/* Binding: how a socket gets its descriptor. */
#ifndef DGRAM_SOCKET_BIND_H
#define DGRAM_SOCKET_BIND_H

#include "namespace.h"
#include "dgram.h"
#include "loop/loop.h"
#include "socket/unix_file.h"

#define BIND_DEVICE_SIZE 16u /* of the name of an interface, with the NUL */

/* What is set on a descriptor before it is bound. */
struct bind_flags {
    bool reuse_address, reuse_port, ipv6_only;
    uint32_t receive_info;         /* DGRAM_INFO_* */
    char device[BIND_DEVICE_SIZE]; /* the name of an interface; "": any */
};

struct bind_part {
    struct bind_flags flags;
    bool exclusive; /* the bind does not ask the loop's broker */
    bool shared;    /* other processes read the descriptor */
    int16_t status; /* why the latest bind failed */
    struct unix_file_options file_options;
    struct unix_file *file; /* of a path that is bound, or NULL */
    uint32_t receive_buffer_size, send_buffer_size; /* bytes; 0: unchanged */
    dgram_lookup *lookup;                           /* under way, or NULL */
    void *lease;                /* of the loop's broker, or NULL */
    struct task listening_task; /* emits `listening` */
};

void bind_init(dgram_socket *s, const dgram_options *options);

/* Whether other processes read the descriptor. */
static inline bool bind_is_shared(const struct bind_part *bind) {
    return bind->lease != NULL || bind->shared;
}

/* Whether the descriptor belongs to the loop's broker. */
static inline bool bind_has_lease(const struct bind_part *bind) {
    return bind->lease != NULL;
}

static inline int bind_status(const struct bind_part *bind) {
    return bind->status;
}

static inline const struct bind_flags *bind_flags_of(
    const struct bind_part *bind) {
    return &bind->flags;
}

/* Opens a UDP descriptor and binds it. Returns it, or a negative code. */
dgram_fd bind_open(dgram_type type, const struct bind_flags *flags,
                   const dgram_address *address);

/* The two halves of a broker's answer. First, the socket is bound with the
   descriptor; on error the descriptor remains the caller's. Then the result is
   emitted; a listener may close the socket or bind it again. */
int bind_use_descriptor(dgram_socket *s, dgram_fd fd);
void bind_answer(dgram_socket *s, int result, const dgram_address *address);

/* The lease has ended without its socket. */
void bind_end_lease(dgram_socket *s, bool stays_shared);

/* Binds an unbound socket to all interfaces and a free port, at once. Returns 0
   also if the socket is bound, or a bind is under way. */
int bind_implicit(dgram_socket *s);

void bind_set_shared(dgram_socket *s, bool on);

/* Removes the socket file. Call it before the descriptor is closed: see
   unix_file_remove(). */
void bind_remove_file(dgram_socket *s);

/* The socket file stays: it belongs to the program from now on. */
void bind_leave_file(dgram_socket *s);

/* The socket closes. The lookup is separate: cancelling it may call the
   program's resolver. */
void bind_close(dgram_socket *s);
void bind_cancel_lookup(dgram_socket *s);

#endif
