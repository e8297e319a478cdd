/*
 * The datapath of libdgram: UDP, or a Unix datagram socket, on one descriptor,
 * for programs with an event loop of their own. It sends many datagrams with
 * few system calls (sendmmsg(), UDP GSO), and receives many with one
 * (recvmmsg(), UDP GRO). If the kernel refuses a GSO message, the datapath
 * sends its datagrams one at a time and remembers the destination.
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
 *   Nothing is allocated after dgram_datapath_create(). You own the payloads
 *   and the receive buffers. A function keeps no pointer to its arguments,
 *   except that received messages point into the receive buffers.
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
    /* Open a socket and bind it to this address; port 0: a free one. For a Unix
       address this is a Unix datagram socket; if `length` is 0, Linux chooses
       an abstract name. A socket file that exists is not replaced, and the file
       is not removed when the datapath is destroyed. NULL: use `fd`. */
    const dgram_address *address;
    /* If `address` is NULL: a UDP socket or a Unix datagram socket, bound or
       not, connected or not, such as one end of a socketpair(). It remains
       yours, and becomes non-blocking and close-on-exec. */
    dgram_fd fd;
    dgram_offload offload; /* the environment variable DGRAM_OFFLOAD overrides
                              it: see dgram_create() */
    uint32_t segments_max; /* most datagrams in one GSO message; 1: no GSO;
                              0: as many as the kernel takes */
    /* Other processes read the descriptor, too. GRO stays off, and each receive
       takes one message and leaves the rest to them. */
    bool shared;
    /* The members of dgram_message.info to receive, DGRAM_INFO_*; 0: `info` is
       NULL. See dgram_receive_info. */
    uint32_t receive_info;
    /* Report ICMP errors by dgram_datapath_receive_error(). They then fail
       neither a send nor a receive. */
    bool path_errors;
} dgram_datapath_options;

/* Creates a datapath. End it with dgram_datapath_destroy().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong or `offload` or
   `receive_info` unknown, UV_EBADF, DGRAM_ERR_INVALID_FD_TYPE if `fd` is
   neither a UDP socket nor a Unix datagram socket, UV_EAFNOSUPPORT if `address`
   is neither IPv4, IPv6 nor Unix, UV_ENOTSUP if the system has no error queue
   for `path_errors` or does not report all of `receive_info`, UV_ENOMEM, and
   those of the system calls, such as UV_EADDRINUSE. For a Unix socket,
   `path_errors` is UV_ENOTSUP, and so is any `receive_info` but
   DGRAM_INFO_CREDENTIALS and DGRAM_INFO_TIMESTAMP. */
DGRAM_API int dgram_datapath_create(const dgram_datapath_options *options,
                                    dgram_datapath **datapath_out);

/* Frees the datapath. Closes the descriptor if dgram_datapath_create() opened
   it. On a descriptor of yours, disables what `path_errors` and `receive_info`
   enabled, and turns GRO off: a coalesced message that still waits there is
   then received as one long datagram. If you go on receiving on the descriptor,
   empty it first:
   1. Set the socket option UDP_GRO to 0. What arrives now is not coalesced.
   2. While the descriptor is readable, set UDP_GRO to 1, call
      dgram_datapath_receive() until UV_EAGAIN, and set UDP_GRO to 0.
   NULL is ignored. */
DGRAM_API void dgram_datapath_destroy(dgram_datapath *datapath);

/* Returns the descriptor, to wait for it and to set its options. Nobody else
   may receive from it unless the datapath is `shared`: GRO may have coalesced
   datagrams, and only the datapath splits them. */
DGRAM_API dgram_fd dgram_datapath_fd(const dgram_datapath *datapath);

/* Sets the peer, or removes it if `peer` is NULL, as connect() does. Datagrams
   without `to` are sent to the peer. Without `path_errors` an ICMP error of the
   peer is reported as the status of a datagram. On Linux a descriptor that
   loses its peer also loses a port that the kernel chose; the next send gets a
   new one.
   A Unix socket survives its peer. If the peer was closed, the next send
   connects to its name again. Linux discards what a Unix socket has not
   received yet when you connect it to another peer or disconnect it, and when a
   send finds that its peer was closed.
   Errors: those of connect(). */
DGRAM_API int dgram_datapath_connect(dgram_datapath *datapath,
                                     const dgram_address *peer);

/* What the kernel supports for this descriptor now. */
typedef struct dgram_datapath_limits {
    size_t size;                /* sizeof(dgram_datapath_limits) */
    uint32_t segments_max;      /* datagrams in one message sent; 1: no GSO */
    uint32_t send_messages_max; /* messages sent by one system call; 1: no
                                   sendmmsg() */
    uint32_t receive_messages_max; /* messages received by one system call */
    bool gro; /* a received message may be several datagrams */
} dgram_datapath_limits;

/* Gets the limits. Set `size` before.
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong. */
DGRAM_API int dgram_datapath_get_limits(const dgram_datapath *datapath,
                                        dgram_datapath_limits *limits);

/* Gets the counts. Set `size` before. It costs one getsockopt().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong. */
DGRAM_API int dgram_datapath_get_stats(dgram_datapath *datapath,
                                       dgram_stats *stats_out);

/* Sends datagrams in order. Consecutive datagrams of one size to one
   destination, with equal `info`, are sent as one message if the kernel takes
   it; the last of them may be shorter. Their payloads may be anywhere in
   memory, but adjacent ones cost less. Set `payload` and `length`, or `parts`
   (at most 1024), and `to` (NULL: the peer). `info` may be set. `host` must be
   NULL. DGRAM_NO_COPY is allowed and has no effect.

   Returns how many datagrams are done: sent or failed. `status` is NULL or an
   array of `count`. For each datagram that is done it receives the length, or a
   negative code: the error of the kernel, such as UV_EMSGSIZE, or
   DGRAM_ERR_INVALID_ARG_VALUE for members that must not be set or an invalid
   `info` (see dgram_send_info). A failure does not stop the datagrams after it.
   If an ICMP error of the peer is pending on the descriptor, the next datagram
   fails with it, unless `path_errors` is set.

   If fewer than `count` are done, the next datagram was not sent. Its status
   says when to try again. If none is done, the function returns that code.
   UV_EAGAIN   Wait until the descriptor is writable. The kernel may give this
               code again for a writable one, for example if no local port is
               free: drop the datagram after a few attempts.
               Unix sockets give this code, too, if the queue of the destination
               is full. If the destination is the peer, the descriptor becomes
               writable when there is space. Otherwise it may be writable all
               the time: try again later. Meanwhile you may skip this datagram
               and send to other destinations.
   UV_ENOBUFS  The system has no buffers for this destination now. Try again
               some milliseconds later, even if the descriptor is writable. You
               may skip this datagram and send to other destinations meanwhile.
   The status of the datagrams after it is not written. */
DGRAM_API int dgram_datapath_send(dgram_datapath *datapath,
                                  const dgram_outgoing *messages, size_t count,
                                  int *status);

/* Bytes of each message in dgram_buffers.memory that the library needs. */
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
       sockets may be longer than 64 KiB. With GRO a message may be many
       datagrams, and truncation loses some: for smaller buffers set
       DGRAM_OFFLOAD_OFF. */
    uint32_t size;
    uint32_t count; /* most messages received by one call, 1 to 64 */
    /* Set these to 0 at first; the library changes them. While `given` is below
       `received`, the next call returns more datagrams of the received messages
       and makes no system call. */
    uint32_t received;        /* messages that were received last */
    uint32_t given;           /* of these, messages returned completely */
    uint32_t given_datagrams; /* datagrams returned of the next message */
} dgram_buffers;

/* Receives messages with one system call and splits those that the kernel
   coalesced. After few messages it asks for few, and makes a second call if
   there were more. Fills up to `max` of `messages`, at least 1. They point into
   the buffers and are valid until the next call with these buffers. The
   descriptor may still be readable afterwards. If your wait is level-triggered,
   it wakes you again. If it is edge-triggered, call until UV_EAGAIN.

   Returns how many `messages` were filled.
   Errors: UV_EAGAIN if nothing waits, DGRAM_ERR_INVALID_ARG_VALUE if `buffers`
   do not match their description or `max` is 0. Any other code is an error that
   the kernel reported instead of a datagram, such as UV_ECONNREFUSED of the
   peer: call again. With `path_errors` these are never errors of peers or
   routers. */
DGRAM_API int dgram_datapath_receive(dgram_datapath *datapath,
                                     dgram_buffers *buffers,
                                     dgram_message *messages, size_t max);

/* Takes the oldest path error from the error queue of the descriptor. The
   datapath must have the option `path_errors`. While errors wait, poll()
   reports POLLERR, and epoll EPOLLERR. Then call this function until UV_EAGAIN;
   with an edge-triggered epoll also before you wait. A UV_EMSGSIZE with an MTU
   also limits the segments of GSO messages to that destination.
   The kernel keeps errors in the receive buffer (SO_RCVBUF), and drops those
   that do not fit. A buffer of 208 KiB holds about 250. Other entries of the
   queue, such as time stamps of sent datagrams, are discarded.
   Errors: UV_EAGAIN if none waits, UV_EINVAL without the option, and others if
   the kernel refuses the call. */
DGRAM_API int dgram_datapath_receive_error(dgram_datapath *datapath,
                                           dgram_path_error *error_out);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_DATAPATH_H */
