/*
 * The datapath of libdgram: UDP, or a Unix datagram socket, on one descriptor,
 * for programs with an event loop of their own. It sends many datagrams with
 * few system calls (sendmmsg(), UDP GSO), and receives many datagrams with one
 * system call (recvmmsg(), UDP GRO). If the kernel refuses a GSO message, the
 * datapath sends the datagrams to this destination one at a time, now and
 * later.
 *
 * Event loops
 *   A datapath has no loop, no thread and no callback. Wait for its descriptor
 *   as for any other (poll(), epoll, GLib, io_uring), level-triggered or
 *   edge-triggered. Call dgram_datapath_receive() when it is readable. If
 *   dgram_datapath_send() reports UV_EAGAIN, wait until it is writable.
 *
 * Threads
 *   Only one thread at a time may use a datapath. Different datapaths are
 *   independent of each other.
 *
 * Memory
 *   A datapath allocates nothing after dgram_datapath_create(). You own the
 *   payloads and the receive buffers. A function keeps no pointer to its
 *   arguments, except that received messages point into the receive buffers.
 *
 * Errors
 *   See dgram_types.h. A program without libuv writes -EAGAIN for UV_EAGAIN.
 *
 * A program that uses only this header needs no libuv: see pkg-config
 * dgram-datapath.
 */
#ifndef DGRAM_DATAPATH_H
#define DGRAM_DATAPATH_H

#include "dgram_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A descriptor with its sending and receiving state. */
typedef struct dgram_datapath dgram_datapath;

/* Options of a new datapath. */
typedef struct dgram_datapath_options {
    size_t size; /* sizeof(dgram_datapath_options) */
    /* Open a socket and bind it to this address; port 0: a free one. For a
       Unix address this is a Unix datagram socket; if `length` is 0, Linux
       chooses an abstract name. A socket file that exists is not replaced, and
       it is not removed when the datapath is destroyed. NULL: use `fd`. */
    const dgram_address *address;
    /* If `address` is NULL: a UDP socket or a Unix datagram socket, bound or
       not, connected or not, such as one end of a socketpair(). You still own
       it. It becomes non-blocking and close-on-exec. */
    dgram_fd fd;
    dgram_offload offload; /* the environment variable DGRAM_OFFLOAD overrides
                              it: see dgram_create() */
    uint32_t segments_max; /* the most datagrams in one GSO message; 1: no GSO;
                              0: as many as the kernel accepts */
    /* Other processes also read the descriptor. GRO stays off, and each receive
       takes one message and leaves the others to these processes. */
    bool shared;
    /* The members of dgram_message.info to receive, DGRAM_INFO_*; 0: `info` is
       NULL. See dgram_receive_info. */
    uint32_t receive_info;
    /* Report ICMP errors with dgram_datapath_receive_error(). They then make
       neither a send nor a receive fail. */
    bool path_errors;
} dgram_datapath_options;

/* Creates a datapath. End it with dgram_datapath_destroy().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong, or if `offload` or
   `receive_info` is unknown, UV_EBADF, DGRAM_ERR_INVALID_FD_TYPE if `fd` is
   neither a UDP socket nor a Unix datagram socket, UV_EAFNOSUPPORT if `address`
   is neither IPv4, IPv6 nor Unix, UV_ENOTSUP if the system does not support
   `path_errors` or does not report all of `receive_info`, UV_ENOMEM, and those
   of the system calls, such as UV_EADDRINUSE. For a Unix socket, `path_errors`
   fails with UV_ENOTSUP, and so does any `receive_info` except
   DGRAM_INFO_CREDENTIALS and DGRAM_INFO_TIMESTAMP. */
DGRAM_API int dgram_datapath_create(const dgram_datapath_options *options,
                                    dgram_datapath **datapath_out);

/* Frees the datapath. Closes the descriptor if dgram_datapath_create() opened
   it. On a descriptor that you own, disables the socket options that
   `path_errors` and `receive_info` enabled, and turns GRO off. A coalesced
   message that is still in the receive buffer is then received as one long
   datagram. If you continue to receive on the descriptor, first empty the
   receive buffer:
   1. Set the socket option UDP_GRO to 0. Datagrams that arrive from now on are
      not coalesced.
   2. While the descriptor is readable, set UDP_GRO to 1, call
      dgram_datapath_receive() until UV_EAGAIN, and set UDP_GRO to 0.
   NULL is ignored. */
DGRAM_API void dgram_datapath_destroy(dgram_datapath *datapath);

/* Returns the descriptor, to wait for it and to set its options. Unless the
   datapath is `shared`, receive from the descriptor only through the datapath:
   GRO may have coalesced datagrams, and only the datapath splits them. */
DGRAM_API dgram_fd dgram_datapath_fd(const dgram_datapath *datapath);

/* Sets the peer, or removes it if `peer` is NULL, as connect() does. Datagrams
   without `to` are sent to the peer. Without `path_errors`, an ICMP error of
   the peer is reported as the status of a datagram. If the kernel chose the
   port of the descriptor, Linux releases this port when you remove the peer,
   and the next send gets a new one.
   If the peer of a Unix socket was closed, the next send connects to its name
   again. Linux discards the datagrams that a Unix socket has not received yet
   when you connect it to another peer or disconnect it, and when a send finds
   that the peer was closed.
   Errors: those of connect(). */
DGRAM_API int dgram_datapath_connect(dgram_datapath *datapath,
                                     const dgram_address *peer);

/* The current limits of the kernel for a descriptor. */
typedef struct dgram_datapath_limits {
    size_t size;                /* sizeof(dgram_datapath_limits) */
    uint32_t segments_max;      /* the most datagrams in one sent message; 1: no
                                   GSO */
    uint32_t send_messages_max; /* the most messages that one system call sends;
                                   1: no sendmmsg() */
    uint32_t receive_messages_max; /* the most messages that one system call
                                      receives */
    bool gro; /* a received message may contain several datagrams */
} dgram_datapath_limits;

/* Gets the limits. Set `size` before the call.
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong. */
DGRAM_API int dgram_datapath_get_limits(const dgram_datapath *datapath,
                                        dgram_datapath_limits *limits);

/* Gets the counts. Set `size` before the call. The call costs one getsockopt().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong. */
DGRAM_API int dgram_datapath_get_stats(dgram_datapath *datapath,
                                       dgram_stats *stats_out);

/* Sends datagrams in order. Consecutive datagrams of one size to one
   destination, with equal `info`, are sent as one message if the kernel accepts
   it; the last of them may be shorter. Their payloads may be anywhere in
   memory, but adjacent payloads cost less. Set `payload` and `length`, or
   `parts` (at most 1024), and `to` (NULL: the peer). You may also set `info`.
   `host` must be NULL. DGRAM_NO_COPY is allowed and has no effect.

   Returns how many datagrams are done: sent or failed. `status` is NULL or an
   array of `count`. For each datagram that is done it receives the length, or a
   negative code: the error of the kernel, such as UV_EMSGSIZE, or
   DGRAM_ERR_INVALID_ARG_VALUE for members that must not be set or an invalid
   `info` (see dgram_send_info). A failure does not stop the datagrams after it.
   If an ICMP error of the peer is pending on the descriptor, the next datagram
   fails with it, unless `path_errors` is set.

   If fewer than `count` are done, the next datagram was not sent, and its
   status is the reason. If none is done, the function returns this code.
   UV_EAGAIN   Wait until the descriptor is writable. The kernel may return this
               code again although the descriptor is writable, for example if no
               local port is free. Therefore, drop the datagram after a few
               attempts.
               Unix sockets also report this code if the queue of the
               destination is full. If the destination is the peer, the
               descriptor becomes writable when there is space. Otherwise it may
               be writable all the time: try again later. Meanwhile you may skip
               this datagram and send to other destinations.
   UV_ENOBUFS  The system currently has no buffers for this destination. Try
               again a few milliseconds later, even if the descriptor is
               writable. Meanwhile you may skip this datagram and send to other
               destinations.
   The status of the datagrams after it is not written. */
DGRAM_API int dgram_datapath_send(dgram_datapath *datapath,
                                  const dgram_outgoing *messages, size_t count,
                                  int *status);

/* Bytes that the library needs for each message in dgram_buffers.memory. */
#define DGRAM_BUFFER_OVERHEAD 448u

/* A size that fits every UDP message, even one coalesced by GRO. */
#define DGRAM_BUFFER_SIZE (65536u + DGRAM_BUFFER_OVERHEAD)

/* Memory for the messages that one system call receives. */
typedef struct dgram_buffers {
    void *memory; /* count * size bytes, aligned as malloc() does */
    /* NULL: payloads are received into `memory`. Otherwise they are received
       here: count * (size - DGRAM_BUFFER_OVERHEAD) bytes, with any alignment.
       `memory` then has only count * DGRAM_BUFFER_OVERHEAD bytes. */
    void *payloads;
    /* Bytes for each message, DGRAM_BUFFER_OVERHEAD included: a multiple of 64,
       best DGRAM_BUFFER_SIZE. A longer message is truncated. Datagrams of Unix
       sockets may be longer than 64 KiB. With GRO a message may contain many
       datagrams, and truncation loses some of them. For smaller buffers, set
       DGRAM_OFFLOAD_OFF. */
    uint32_t size;
    uint32_t count; /* the most messages that one call receives, 1 to 64 */
    /* Initialize these to 0; the library changes them. While `given` is below
       `received`, the next call returns more datagrams of the received messages
       and makes no system call. */
    uint32_t received;        /* messages of the last system call */
    uint32_t given;           /* messages of these that were returned
                                 completely */
    uint32_t given_datagrams; /* returned datagrams of the next message */
} dgram_buffers;

/* Receives messages with one system call and splits those that the kernel
   coalesced. If the last call received few messages, it first requests only
   few, and makes a second system call if there are more. Fills up to `max` (at
   least 1) of `messages`. They point into the buffers and are valid until the
   next call with these buffers. The descriptor may still be readable
   afterwards. With level-triggered polling, your loop wakes up again. With
   edge-triggered polling, call this function until UV_EAGAIN.

   Returns how many `messages` were filled.
   Errors: UV_EAGAIN if there is no datagram, DGRAM_ERR_INVALID_ARG_VALUE if
   `buffers` do not match their description or `max` is 0. Any other code is an
   error that the kernel reported instead of a datagram, such as UV_ECONNREFUSED
   of the peer. After such an error, call the function again. With
   `path_errors`, these are never errors of peers or routers. */
DGRAM_API int dgram_datapath_receive(dgram_datapath *datapath,
                                     dgram_buffers *buffers,
                                     dgram_message *messages, size_t max);

/* Takes the oldest path error from the error queue of the descriptor. The
   datapath must have the option `path_errors`. While errors wait, poll()
   reports POLLERR, and epoll reports EPOLLERR. Then call this function until
   UV_EAGAIN. With an edge-triggered epoll, also call it each time before you
   wait. The MTU of a UV_EMSGSIZE also limits the segments of GSO messages to
   the destination.
   The kernel stores errors in the receive buffer (SO_RCVBUF), and drops them
   when it is full. A buffer of 208 KiB holds about 250. Other entries of the
   queue, such as time stamps of sent datagrams, are discarded.
   Errors: UV_EAGAIN if there is no error, UV_EINVAL without the option, and
   others if the kernel refuses the call. */
DGRAM_API int dgram_datapath_receive_error(dgram_datapath *datapath,
                                           dgram_path_error *error_out);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_DATAPATH_H */
