/* Getting a descriptor. */
#ifndef DGRAM_SOCKET_BIND_H
#define DGRAM_SOCKET_BIND_H

#include "namespace.h"
#include "socket/socket.h"

/* Opens sockets for a loop in the place of its own process. */
struct bind_broker {
    /* Takes on a bind to an address of the socket's family, of a socket that
       is neither exclusive nor of reuse_port, and sets s->lease; the answer is
       bind_answer(). Or a negative code. */
    int (*request)(struct bind_broker *broker, dgram_socket *s,
                   const dgram_address *address);
    /* A socket with a lease is closed: no answer is wanted any more, and the
       descriptor it may have had is closed. */
    void (*release)(struct bind_broker *broker, dgram_socket *s);
};

/* What is set on a descriptor before it is bound. */
struct bind_flags {
    bool reuse_address, reuse_port, ipv6_only;
};

/* A descriptor of the type, bound to an address; or a code. */
int bind_open(dgram_type type, const struct bind_flags *flags,
              const dgram_address *address);

/* The two halves of a broker's answer. First, for a descriptor: the socket is
   bound with it, or it stays the caller's and the code is returned. Then the
   result is told; a listener may close the socket or bind it again. */
int bind_use_descriptor(dgram_socket *s, int fd);
void bind_answer(dgram_socket *s, int result, const dgram_address *address);

/* Binds an unbound socket to all interfaces and a free port, at once. While a
   bind is under way or done: 0. */
int bind_implicit(dgram_socket *s);

/* The task of s->listening_task. */
void bind_listening_task(struct task *task);

#endif
