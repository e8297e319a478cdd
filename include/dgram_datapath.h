/*
 * The datapath of libdgram: UDP on one descriptor, for programs with an event
 * loop of their own. It sends many datagrams by few system calls and as few
 * messages as the kernel takes (sendmmsg(), UDP GSO), receives many
 * (recvmmsg(), UDP GRO), and knows what may be refused and what then to do.
 *
 * Loops.  It has no loop, no thread and no callback. Wait for the descriptor as
 *   you do for others (poll(), epoll, GLib, io_uring ...), level-triggered or
 *   edge-triggered, and call dgram_datapath_receive() when it is readable. When
 *   dgram_datapath_send() ends with UV_EAGAIN, wait until it is writable.
 *
 * Threads.  A datapath is used by one thread at a time. Different datapaths do
 *   not disturb each other.
 *
 * Memory.  After dgram_datapath_create() nothing is allocated. Payloads, and
 *   the buffers for what comes, are the caller's; nothing of what a call was
 *   given is used after it returns, but the buffers.
 *
 * Errors.  As in dgram_types.h: UV_EAGAIN is written -EAGAIN in a program that
 *   does without libuv.
 *
 * A program that uses nothing else needs no libuv: pkg-config dgram-datapath.
 */
#ifndef DGRAM_DATAPATH_H
#define DGRAM_DATAPATH_H

#include "dgram_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dgram_datapath dgram_datapath;

/* How a datapath is made. */
typedef struct dgram_datapath_options {
    size_t size;                  /* sizeof(dgram_datapath_options) */
    const dgram_address *address; /* a socket is opened and bound to it, port 0:
                                     to a free one; NULL: see fd */
    int fd;                /* if address is NULL: a datagram socket of yours,
                              bound or not, connected or not. It stays yours,
                              and is made non-blocking and closed on exec */
    dgram_offload offload; /* see there; the environment variable DGRAM_OFFLOAD
                              overrides it, as for dgram_create() */
    uint32_t segments_max; /* datagrams in a GSO message at most; 1: no GSO; 0:
                              what the kernel takes */
    bool shared;           /* others read the descriptor, too: no GRO, and one
                              message of the kernel at each receive, so that
                              they get the others */
} dgram_datapath_options;

/* Makes a datapath, which ends with dgram_datapath_destroy().
   ERR_INVALID_ARG_VALUE for a wrong `size` or an unknown `offload`, UV_EBADF,
   ERR_INVALID_FD_TYPE if `fd` is no UDP socket, UV_EAFNOSUPPORT for an address
   of another family, UV_ENOMEM, and what the system says: UV_EADDRINUSE, ... */
DGRAM_API int dgram_datapath_create(const dgram_datapath_options *options,
                                    dgram_datapath **datapath_out);

/* Frees it, and closes the descriptor if it was opened here. On one of yours
   GRO is switched off. NULL is ignored. */
DGRAM_API void dgram_datapath_destroy(dgram_datapath *datapath);

/* The descriptor, to wait for and to set options of. Nobody else may receive on
   it unless the datapath is `shared`: GRO may have coalesced datagrams, which
   only the datapath splits. */
DGRAM_API int dgram_datapath_fd(const dgram_datapath *datapath);

/* Fixes the peer, or with NULL gives it up: as connect(). Sends without `to` go
   there, and errors that its ICMP messages report are the fate of a datagram.
   What the system says. */
DGRAM_API int dgram_datapath_connect(dgram_datapath *datapath,
                                     const dgram_address *peer);

/* What the kernel does for this descriptor now. */
typedef struct dgram_datapath_limits {
    size_t size;                /* sizeof(dgram_datapath_limits) */
    uint32_t segments_max;      /* datagrams in a message sent; 1: no GSO */
    uint32_t send_messages_max; /* messages in a system call; 1: no sendmmsg */
    uint32_t receive_messages_max; /* the same, received */
    bool gro;                      /* several datagrams in a message received */
} dgram_datapath_limits;

/* ERR_INVALID_ARG_VALUE for a wrong `size`. */
DGRAM_API int dgram_datapath_get_limits(const dgram_datapath *datapath,
                                        dgram_datapath_limits *limits);

/* Sends datagrams in order. Those of one size that go to one destination, one
   behind the other, leave as one message where the kernel takes that, the last
   one maybe shorter; their payloads need not stand side by side, but cost less
   if they do. Of a message `payload` and `length`, or `parts` (at most 1024),
   and `to` count, NULL there is the peer; `host` must be NULL, `flags` may be
   DGRAM_NO_COPY, which says nothing here.

   Returns how many are done with: sent, or failed for good. `status` (NULL, or
   an array of `count`) tells each one's fate: its bytes, or a negative code:
   what the kernel refused it with, ERR_INVALID_ARG_VALUE for what the struct
   must not hold, UV_EMSGSIZE, ... A failure concerns that datagram alone: those
   behind it are sent. An error that an ICMP message of the peer left on the
   descriptor is the fate of the datagram that met with it.

   If fewer than `count` are done, the next one may be sent later, and its
   status, or the result if none is done, says when:
   UV_EAGAIN   when the descriptor is writable.
   UV_ENOBUFS  the system has no buffers for its destination now: try again
               some milliseconds later. Writability does not tell. Datagrams to
               other destinations may go meanwhile, so step over this one.
   The status of those behind it is not written. */
DGRAM_API int dgram_datapath_send(dgram_datapath *datapath,
                                  const dgram_outgoing *messages, size_t count,
                                  int *status);

/* What the library needs of each message in dgram_buffers.memory. */
#define DGRAM_BUFFER_OVERHEAD 192u

/* What any message fits in, GRO's too. A message that finds less is cut. */
#define DGRAM_BUFFER_SIZE (65536u + DGRAM_BUFFER_OVERHEAD)

/* Memory for what is received by one system call. */
typedef struct dgram_buffers {
    void *memory;   /* count * size bytes, aligned as malloc() does it */
    uint32_t size;  /* bytes for each message, DGRAM_BUFFER_OVERHEAD of them not
                       for its payload; a multiple of 64, DGRAM_BUFFER_SIZE at
                       best */
    uint32_t count; /* messages received at once at most, 1 to 64 */
    /* The library's, 0 at first: so many messages have come, so many of them,
       and of the next so many datagrams, are given out. While `given` is below
       `received`, a call gives more of them and asks the kernel for none. */
    uint32_t received, given, given_datagrams;
} dgram_buffers;

/* Receives what one system call gives, and splits what the kernel coalesced.
   Fills up to `max` (1 or more) of `messages`, which point into the buffers:
   valid until the next call with these buffers. Returns how many; UV_EAGAIN if
   nothing is there; or another code, which the kernel reported in the place of
   a datagram (of the peer: UV_ECONNREFUSED, ...): call again.
   ERR_INVALID_ARG_VALUE for buffers that are not as above, or a max of 0.

   The descriptor may have more: a level-triggered wait tells. With an
   edge-triggered one call until UV_EAGAIN. */
DGRAM_API int dgram_datapath_receive(dgram_datapath *datapath,
                                     dgram_buffers *buffers,
                                     dgram_message *messages, size_t max);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_DATAPATH_H */
