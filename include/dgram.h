/*
 * libdgram: UDP sockets with the contract of Node's node:dgram, for C, on a
 * libuv loop.
 *
 * Rules that hold everywhere, said once:
 *
 * Threads.  A socket belongs to the thread that runs its loop. Every call on
 *   a socket, a listener, an abort handle or a lookup is made on that thread.
 *   Different loops in different threads do not disturb each other; a block
 *   list is for the sockets of one thread.
 *
 * Order.  No callback runs inside the call that asked for it: callbacks run
 *   from the loop, later in the same phase or in the next. Callbacks of one
 *   socket run in the order of what they report; `close` comes last, once.
 *   Any callback may call anything here, dgram_close() of its own socket
 *   included; only uv_run() of the same loop may not be nested.
 *
 * Exceptions.  A callback should return. If an exception or a longjmp() leaves
 *   it through uv_run(), the library goes on when uv_run() is called again: the
 *   callback that was left is not called again, the other listeners of that
 *   event are not called, and all that is behind it comes, once: datagrams,
 *   results of sends and connects, `close`. A resolver that was left has failed
 *   with UV_ECANCELED unless it had answered. libuv itself promises less: it
 *   may forget handles of yours that were ready in that turn, and until the
 *   next turn is over it keeps a pointer into the stack that was left, which
 *   uv_close() uses. So catch exceptions inside the callback; where you cannot,
 *   call uv_run(), at least with UV_RUN_NOWAIT, before you close a socket.
 *
 * The end of a loop.  Close each socket, run the loop until uv_run() returns 0,
 *   then uv_loop_close() succeeds. You may also close every handle of the loop
 *   with uv_walk() and uv_close(), before or after dgram_close(). A socket
 *   whose handles you have closed sends and receives no more; it still needs
 *   its dgram_close(), which may even follow uv_loop_close() as long as the
 *   memory of the loop is there: then its last callbacks run inside the call.
 *
 * Processes.  After fork() a child shares the loop's kernel objects with its
 *   parent. It may call _exit() or execute a program: descriptors are closed
 *   then. To go on with a loop it calls uv_loop_fork() on it first; then it has
 *   the parent's sockets as duplicates (see dgram_set_shared()) and may use and
 *   close them. Any other call on the loop or its sockets disturbs the
 * parent's. While other threads use the library, a child may only end or
 * execute.
 *
 * Errors.  An int result is 0 or more for success, or negative: a UV_E* code
 *   of libuv for what the system refused, a DGRAM_ERR_* code for misuse. A
 *   call that returns a negative code has changed nothing, but that a bind it
 *   implied stays, and its callback will not run. A failure that comes later
 *   goes to the callback of the operation; without one, to the socket's `error`
 *   listeners; without those, to dgram_on_unhandled_error(). The library never
 * prints and never aborts.
 *
 * Memory.  Sockets, block lists and abort handles are the library's; listener
 *   nodes and event tables are the caller's and must outlive their use. What
 *   a callback is given by pointer is valid until that callback returns. Text
 *   and structs passed in are copied before the call returns, payloads too,
 *   unless they were lent (DGRAM_NO_COPY).
 *
 * Structs that can grow begin with `size`: set it to sizeof the struct and
 *   zero what you do not use, as a designated initialiser does. A struct that
 * is smaller than the library's, from a program that was built earlier, lacks
 *   members: they are 0. One that is larger is taken if all that the library
 *   does not know is 0. DGRAM_ERR_INVALID_ARG_VALUE otherwise, and for a size
 * in which the first member behind `size` has no room. Flags that the library
 *   does not know, and a `reserved` that is not NULL, give the same code.
 *
 * NULL.  A socket argument is never NULL. An optional argument says so.
 *
 * Units.  Sizes are bytes, ports are in host order, TTLs are hops.
 *
 * "Seed" names the part of the node:dgram page that a function comes from.
 */
#ifndef DGRAM_H
#define DGRAM_H

#include <uv.h>

#include "dgram_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Block lists ------------------------------------------------------- */

/* A set of addresses not to hear from or speak to. Counted references: each
   socket made with it holds one, the creator holds one. May be changed at any
   time, with effect on what is received, sent or connected to from then on.
   IPv4 rules also match IPv4-mapped IPv6. */
typedef struct dgram_blocklist dgram_blocklist;

/* Makes an empty list; release it with dgram_blocklist_release(). UV_ENOMEM. */
DGRAM_API int dgram_blocklist_create(dgram_blocklist **list_out);

/* Gives up the caller's reference. NULL is ignored. */
DGRAM_API void dgram_blocklist_release(dgram_blocklist *list);

/* Blocks one numeric address. UV_EINVAL for other text, UV_ENODEV for an
   unknown scope, UV_ENOMEM. */
DGRAM_API int dgram_blocklist_add_address(dgram_blocklist *list,
                                          const char *address);

/* Blocks `first` to `last`, both included, of one family.
   ERR_INVALID_ARG_VALUE if last is below first, UV_EINVAL, UV_ENODEV,
   UV_ENOMEM. */
DGRAM_API int dgram_blocklist_add_range(dgram_blocklist *list,
                                        const char *first, const char *last);

/* Blocks the addresses that share the first `prefix` bits of `network`.
   ERR_OUT_OF_RANGE for a prefix above 32 or 128, UV_EINVAL, UV_ENODEV,
   UV_ENOMEM. */
DGRAM_API int dgram_blocklist_add_subnet(dgram_blocklist *list,
                                         const char *network, unsigned prefix);

/* Whether the list blocks the address; its port and scope do not count. */
DGRAM_API bool dgram_blocklist_check(const dgram_blocklist *list,
                                     const dgram_address *address);

/* ---- Abort handles ----------------------------------------------------- */

/* Closes, at one call, all sockets that were created with it: the C form of
   an AbortController. Of one loop; used on its thread. Seed: signal. */
typedef struct dgram_abort dgram_abort;

/* Makes a handle; release it with dgram_abort_release(). UV_ENOMEM. */
DGRAM_API int dgram_abort_create(dgram_abort **abort_out);

/* Closes the sockets as dgram_close() does. Again: no effect. A socket created
   with a handle that was signalled before is closed from the start. */
DGRAM_API void dgram_abort_signal(dgram_abort *abort);

/* Whether dgram_abort_signal() was called. */
DGRAM_API bool dgram_abort_signalled(const dgram_abort *abort);

/* Gives up the caller's reference; open sockets stay open and keep theirs.
   NULL is ignored. */
DGRAM_API void dgram_abort_release(dgram_abort *abort);

/* ---- Sockets: events --------------------------------------------------- */

typedef struct dgram_socket dgram_socket;

/* What a listener hears. Leave NULL what it does not care for. Make it static
   const: it is used as long as a listener with it is on a socket. */
typedef struct dgram_events {
    size_t size; /* sizeof(dgram_events) */
    /* The socket is bound and receives. Seed: 'listening'. */
    void (*listening)(dgram_socket *socket, void *data);
    /* dgram_connect() succeeded. Seed: 'connect'. */
    void (*connect)(dgram_socket *socket, void *data);
    /* A datagram. Seed: 'message'. */
    void (*message)(dgram_socket *socket, const dgram_message *message,
                    void *data);
    /* All datagrams of one wake-up at once, count >= 1; called before the
       `message` listeners see the same datagrams one by one. Of a socket that
       processes share: those of one message of the system. */
    void (*batch)(dgram_socket *socket, const dgram_message *messages,
                  size_t count, void *data);
    /* A failure that no callback took; the socket stays as it is. A failure of
       receiving that repeats is reported once, until receiving works again;
       UV_EOF: the program shut the descriptor down for reading; nothing is
       received any more, and the socket keeps no loop running.
       Seed: 'error'. */
    void (*error)(dgram_socket *socket, const dgram_error *error, void *data);
    /* The last call for this socket; its memory goes afterwards.
       Seed: 'close'. */
    void (*close)(dgram_socket *socket, void *data);
} dgram_events;

/* The node that puts an event table on a socket. The caller's memory; its
   members are the library's while it is on. */
typedef struct dgram_listener {
    const dgram_events *events;
    void *data;
    struct dgram_listener *previous, *next;
    uint64_t serial;
    bool once;
} dgram_listener;

/* Adds a listener behind those that are there; it hears what is emitted from
   now on. `listener` must not be on a socket. It may be removed and freed at
   any time, also by itself or another listener during an event. When its
   `close` is called it is off already, and while that is told none is added.
   ERR_INVALID_ARG_VALUE for NULL or a wrong `size` of the events; then
   `listener` is zeroed, and not on. */
DGRAM_API int dgram_on(dgram_socket *socket, dgram_listener *listener,
                       const dgram_events *events, void *data);

/* As dgram_on(), and off again before the first event that it hears: with
   {listening, error} this is the callback of Node's bind(). */
DGRAM_API int dgram_once(dgram_socket *socket, dgram_listener *listener,
                         const dgram_events *events, void *data);

/* Removes a listener; one that is not on is ignored if it was zeroed. */
DGRAM_API void dgram_off(dgram_socket *socket, dgram_listener *listener);

typedef void (*dgram_unhandled_error_cb)(dgram_socket *socket,
                                         const dgram_error *error, void *data);

/* Sets the loop's one hook for errors of sockets without `error` listener;
   NULL removes it. It lasts as long as the loop has sockets: the end of the
   last one removes it. Set before the first one it waits for that, and keeps
   the loop from being closed (UV_EBUSY) until then. UV_ENOMEM. */
DGRAM_API int dgram_on_unhandled_error(uv_loop_t *loop,
                                       dgram_unhandled_error_cb cb, void *data);

/* The latest failure of this socket, of a call or of an event. Valid until
   the next one. */
DGRAM_API const dgram_error *dgram_last_error(const dgram_socket *socket);

/* How many errors of this socket nobody listened to. */
DGRAM_API uint64_t dgram_get_unhandled_error_count(const dgram_socket *socket);

/* ---- Sockets: create --------------------------------------------------- */

/* A name being looked up; see dgram_lookup_fn. */
typedef struct dgram_lookup dgram_lookup;

/* Resolves `host` to an address of `type`, for numeric texts not called. Ends
   with one dgram_lookup_done(), inside this call or later on the loop's
   thread. A negative result is the error of the operation, without done. */
typedef int (*dgram_lookup_fn)(dgram_lookup *lookup, const char *host,
                               dgram_type type, void *data);

/* Called inside dgram_close(): the answer is not wanted any more. One that is
   given inside this call is dropped; `lookup` is gone when it returns. */
typedef void (*dgram_lookup_cancel_fn)(dgram_lookup *lookup, void *data);

/* Answers a lookup: status 0 with an address (its port is ignored), or a
   negative code. `lookup` is gone afterwards. */
DGRAM_API void dgram_lookup_done(dgram_lookup *lookup, int status,
                                 const dgram_address *address);

/* How a socket is made. Seed: dgram.createSocket(options). */
typedef struct dgram_options {
    size_t size;        /* sizeof(dgram_options) */
    dgram_type type;    /* DGRAM_UDP4 or DGRAM_UDP6 */
    bool reuse_address; /* SO_REUSEADDR at bind */
    bool reuse_port;    /* SO_REUSEPORT at bind: kernel spreads load;
                           UV_ENOTSUP there where it does not */
    bool ipv6_only;     /* no IPv4 on a socket bound to ::; of udp4 the
                           bind fails with UV_EINVAL */
    uint32_t receive_buffer_size; /* SO_RCVBUF at bind; 0: the system's */
    uint32_t send_buffer_size;    /* SO_SNDBUF at bind; 0: the system's */
    uint32_t message_size_max;    /* cut longer datagrams; 0: never */
    uint32_t busy_poll_us;        /* stay awake so long after each wake-up: the
                                     next datagram is seen sooner, at the price of
                                     a core; 0: sleep at once. It keeps no loop
                                     running that has nothing else to do */
    size_t send_queue_size_max;   /* bytes kept at most for sending, as counted
                                     at dgram_send(), else UV_ENOBUFS; 0: no
                                     bound */
    dgram_lookup_fn lookup;       /* NULL: getaddrinfo() on libuv's threads */
    dgram_lookup_cancel_fn lookup_cancel; /* NULL: a late answer is dropped */
    void *lookup_data;                    /* handed to both */
    dgram_abort *abort;                   /* NULL, or closes the socket */
    dgram_blocklist *receive_blocklist;   /* NULL, or senders not heard */
    dgram_blocklist *send_blocklist; /* NULL, or not connected or sent to */
    dgram_offload offload;           /* see there; the environment variable
                                        DGRAM_OFFLOAD overrides it */
    uint32_t segments_max; /* datagrams in a GSO message at most; 1: no
                              GSO; 0: what the kernel takes */
} dgram_options;

/* Makes a socket. No descriptor exists until it is bound. It ends with
   dgram_close() and is freed after `close`.
   ERR_SOCKET_BAD_TYPE, ERR_OUT_OF_RANGE for buffer sizes of 2^31 and more,
   ERR_INVALID_ARG_VALUE for a wrong `size`, an unknown `offload`, or an abort
   handle of another loop, UV_ENOMEM. Seed: dgram.createSocket().

   The environment variable DGRAM_OFFLOAD is read once, when the process makes
   its first socket: "off" switches offload off for all sockets, "on" makes
   automatic mean on, a number bounds the datagrams in a GSO message. Any other
   value means "off". */
DGRAM_API int dgram_create(uv_loop_t *loop, dgram_type type,
                           dgram_socket **socket_out);
DGRAM_API int dgram_create_with(uv_loop_t *loop, const dgram_options *options,
                                dgram_socket **socket_out);

/* A pointer of the caller's, NULL at first. */
DGRAM_API void dgram_set_data(dgram_socket *socket, void *data);
DGRAM_API void *dgram_get_data(const dgram_socket *socket);

/* What the socket was made with; an adopted descriptor may change its type. */
DGRAM_API uv_loop_t *dgram_get_loop(const dgram_socket *socket);
DGRAM_API dgram_type dgram_get_type(const dgram_socket *socket);

/* The descriptor, still the socket's, or UV_EBADF while unbound or closed. Not
   to be read by anybody else before dgram_set_shared(): the kernel may glue
   datagrams of a sender together there, which only the library cuts; a
   duplicate shows the same, and so does a socket filter that you attach here:
   use dgram_attach_filter(), or DGRAM_OFFLOAD_OFF. A program that asks for an
   error queue (IP_RECVERR) reads that itself, at best in the `error` listener;
   what it leaves for a turn of the loop is dropped. */
DGRAM_API int dgram_fileno(const dgram_socket *socket);

/* ---- Sockets: bind and connect ----------------------------------------- */

/* Seed: socket.bind(options). */
typedef struct dgram_bind_options {
    size_t size;         /* sizeof(dgram_bind_options) */
    const char *address; /* numeric or a name; NULL or "": all interfaces */
    uint16_t port;       /* 0: one that is free */
    bool exclusive;      /* never shared with other processes */
    int fd;              /* > 0: take over this datagram socket, with its family
                            and its peer; address and port are ignored. It is
                            made non-blocking, closed on exec, SO_REUSEADDR */
} dgram_bind_options;

/* Binds and starts to receive: `listening` follows, or `error`, after which
   the socket is unbound again and may be bound again. With `fd` the descriptor
   is checked and taken over inside the call; when that fails it stays the
   caller's, with all its flags and options. ERR_SOCKET_ALREADY_BOUND also while
   a bind is under way, ERR_SOCKET_DGRAM_NOT_RUNNING when closed; for an fd:
   ERR_INVALID_FD_TYPE, UV_EBADF, UV_EEXIST when the loop watches it already,
   ERR_SOCKET_DGRAM_IS_CONNECTED if it has a peer and a connect is under way.
   ERR_INVALID_ARG_VALUE for a wrong `size`, UV_ENOMEM. As an event: what the
   lookup and the system say, UV_EINVAL for an address of the other family,
   UV_ENODEV for an unknown scope.
   `options` NULL: all interfaces, a free port. Seed: socket.bind(). */
DGRAM_API int dgram_bind(dgram_socket *socket, const char *address,
                         uint16_t port);
DGRAM_API int dgram_bind_with(dgram_socket *socket,
                              const dgram_bind_options *options);

/* Binds to a numeric address at once: bound on return, `listening` follows.
   ERR_INVALID_ARG_VALUE for a name, UV_EINVAL for the other family, UV_ENODEV
   for an unknown scope, else as dgram_bind() and what the system says:
   UV_EADDRINUSE, UV_EADDRNOTAVAIL, UV_EACCES, ... */
DGRAM_API int dgram_bind_sync(dgram_socket *socket, const char *address,
                              uint16_t port);

/* status: 0, or a negative code. */
typedef void (*dgram_connect_cb)(dgram_socket *socket, int status, void *data);

/* Fixes the peer: sends go there, and only its datagrams are received from then
   on; what came before is shown all the same. Binds first if unbound. Host:
   numeric or a name; NULL or "": loopback. On success `connect` is emitted and
   cb (may be NULL) called with 0; on failure cb is called with the code, or
   without cb `error` is emitted.
   ERR_SOCKET_BAD_PORT for 0, ERR_SOCKET_DGRAM_IS_CONNECTED also while
   connecting, ERR_SOCKET_DGRAM_NOT_RUNNING, UV_ENOMEM, and what the implicit
   bind gives. Seed: socket.connect(). */
DGRAM_API int dgram_connect(dgram_socket *socket, const char *host,
                            uint16_t port, dgram_connect_cb cb, void *data);

/* Connects to a numeric address at once; `connect` follows.
   ERR_SOCKET_ALREADY_BOUND while a bind is under way, ERR_INVALID_ARG_VALUE
   for a name, ERR_IP_BLOCKED, UV_EINVAL for the other family, UV_ENODEV for an
   unknown scope, else as dgram_connect() and the system's. */
DGRAM_API int dgram_connect_sync(dgram_socket *socket, const char *address,
                                 uint16_t port);

/* Gives the peer up at once. A port that the kernel chose is given up with it
   on Linux; the next send gets a new one. ERR_SOCKET_DGRAM_NOT_CONNECTED,
   ERR_SOCKET_DGRAM_NOT_RUNNING. Seed: socket.disconnect(). */
DGRAM_API int dgram_disconnect(dgram_socket *socket);

/* Where the socket is bound. UV_EBADF while unbound,
   ERR_SOCKET_DGRAM_NOT_RUNNING. Seed: socket.address(). */
DGRAM_API int dgram_get_local_address(dgram_socket *socket,
                                      dgram_address *address_out);

/* The peer. ERR_SOCKET_DGRAM_NOT_CONNECTED, ERR_SOCKET_DGRAM_NOT_RUNNING.
   Seed: socket.remoteAddress(). */
DGRAM_API int dgram_get_remote_address(dgram_socket *socket,
                                       dgram_address *address_out);

/* ---- Sockets: send ----------------------------------------------------- */

/* status: the datagram's bytes when it went to the kernel, or a negative code;
   UV_ECANCELED if the socket closed first. dgram_last_error() has the rest. */
typedef void (*dgram_send_cb)(dgram_socket *socket, int status, void *data);

/* Queues one datagram; it leaves at the end of the loop's current phase with
   all others of that phase, or earlier when a batch is full. Order is kept for
   each destination. Binds first if unbound. `to` is NULL on a connected socket
   and must not be on any other. A length of 0 is a datagram too.
   cb (may be NULL) is called once for every datagram accepted.
   ERR_SOCKET_BAD_PORT without `to` or with port 0,
   ERR_SOCKET_DGRAM_IS_CONNECTED with `to` on a connected socket,
   ERR_SOCKET_DGRAM_NOT_RUNNING, ERR_INVALID_ARG_VALUE for a NULL payload of
   length > 0, ERR_OUT_OF_RANGE for 4 GiB and more, UV_EINVAL for an address of
   the other family, UV_ENOBUFS at send_queue_size_max, UV_ENOMEM, and what the
   implicit bind gives. For that bound a datagram counts from this call until
   the kernel has it, or if there is a cb until that is called: its bytes and
   256 for what keeping it takes; instead of those, 768 and the host's text
   while its host is looked up. So an empty datagram counts, too. Later, by cb:
   UV_EMSGSIZE above 65,507 bytes (IPv6: 65,527), UV_ENETUNREACH,
   UV_ECONNREFUSED, ERR_IP_BLOCKED, UV_ENOBUFS when the system had no buffers
   for it for a second (other destinations do not wait for it), UV_EAGAIN when a
   writable socket does not take it (no port is free), ... Seed: socket.send().
 */
DGRAM_API int dgram_send(dgram_socket *socket, const void *payload,
                         size_t length, const dgram_address *to,
                         dgram_send_cb cb, void *data);

/* The same to a host: numeric, or a name that is looked up first (and may be
   overtaken meanwhile); NULL or "": loopback. A scope is looked up at each
   call. Later, by cb, also UV_ENODEV for an unknown scope, UV_EAI_NONAME and
   other codes of the lookup, UV_EISCONN if the socket was connected meanwhile.
 */
DGRAM_API int dgram_send_to(dgram_socket *socket, const void *payload,
                            size_t length, const char *host, uint16_t port,
                            dgram_send_cb cb, void *data);

/* The same with one datagram made of `count` buffers, in order. */
DGRAM_API int dgram_sendv(dgram_socket *socket, const dgram_buffer *parts,
                          size_t count, const dgram_address *to,
                          dgram_send_cb cb, void *data);

/* Queues `count` datagrams as one dgram_send() each would. Each has its own
   fate: a refused one stops none of the others. `status_out`, NULL or an array
   of `count`, gets 0 for each one accepted and the code for each one refused
   (ERR_INVALID_ARG_VALUE also for DGRAM_NO_COPY without cb, for other flags,
   and for a `reserved` that is not NULL). cb (may be NULL) is called for each
   one accepted, with its data, and for no other. Returns how many were
   accepted; if none was, the code that refused the first.
   ERR_INVALID_ARG_VALUE, for each of them, if `messages` is NULL; for a count
   above INT32_MAX `status_out` is left alone. */
DGRAM_API int dgram_send_batch(dgram_socket *socket,
                               const dgram_outgoing *messages, size_t count,
                               int *status_out, dgram_send_cb cb);

/* Hands what is queued to the kernel now, as far as it takes it; callbacks
   follow from the loop. Returns how many datagrams still wait (for the kernel,
   for a bind or a lookup), ERR_SOCKET_DGRAM_NOT_RUNNING. */
DGRAM_API int dgram_flush(dgram_socket *socket);

/* Bytes of payload, and datagrams, accepted and not yet taken or refused by the
   kernel. Seed: socket.getSendQueueSize(), socket.getSendQueueCount(). */
DGRAM_API size_t dgram_get_send_queue_size(const dgram_socket *socket);
DGRAM_API size_t dgram_get_send_queue_count(const dgram_socket *socket);

/* ---- Sockets: options -------------------------------------------------- */

/* All of these: ERR_SOCKET_DGRAM_NOT_RUNNING when closed, then what is wrong
   with the argument, then UV_EBADF while unbound, and the system's errors. */

/* SO_BROADCAST. Seed: socket.setBroadcast(). */
DGRAM_API int dgram_set_broadcast(dgram_socket *socket, bool on);

/* Hops of unicast datagrams, 1 to 255, else UV_EINVAL. Like the next two, on a
   udp6 socket that is not ipv6_only this is for what it sends to IPv4
   addresses, too (on Linux): both are set, or on failure neither. Seed:
   setTTL(), which leaves IPv4 alone there, also in the Node package. */
DGRAM_API int dgram_set_ttl(dgram_socket *socket, int ttl);

/* Hops of multicast datagrams, 0 to 255, else UV_EINVAL.
   Seed: socket.setMulticastTTL(). */
DGRAM_API int dgram_set_multicast_ttl(dgram_socket *socket, int ttl);

/* Whether this host hears the socket's multicast itself.
   Seed: socket.setMulticastLoopback(). */
DGRAM_API int dgram_set_multicast_loopback(dgram_socket *socket, bool on);

/* Where multicast leaves: an IPv4 address of the interface, or IPv6 with a
   scope ("::%eth1"); "0.0.0.0" or "::" give the choice back to the system.
   The family of the text decides. UV_EINVAL for other text, UV_EADDRNOTAVAIL,
   UV_ENODEV for no such scope, or none though it is not "::", UV_ENOPROTOOPT
   for IPv6 on udp4. Seed: socket.setMulticastInterface(). */
DGRAM_API int dgram_set_multicast_interface(dgram_socket *socket,
                                            const char *interface_address);

/* Kernel buffers. The getters return bytes (Linux reports twice what was set);
   setting 0 changes nothing. ERR_SOCKET_BUFFER_SIZE, with the system's code as
   `cause`, also while unbound (UV_EBADF) and above 2^31 - 1 (UV_EINVAL).
   Seed: socket.getRecvBufferSize(), ... */
DGRAM_API int dgram_get_receive_buffer_size(dgram_socket *socket);
DGRAM_API int dgram_get_send_buffer_size(dgram_socket *socket);
DGRAM_API int dgram_set_receive_buffer_size(dgram_socket *socket,
                                            uint32_t size);
DGRAM_API int dgram_set_send_buffer_size(dgram_socket *socket, uint32_t size);

/* Whether other processes read the descriptor, too: it was inherited, or a
   duplicate goes to one. If so, one message is read at a time from the next
   wake-up on, and what answers it leaves before the next is read: a process
   that is killed takes no other datagram with it. The kernel is also told to
   glue no more; where it did, what waits by then is read inside the call, and
   shown by this process. False: many are read at a time again. Sockets that
   dgram_cluster.h shares need no call. UV_ENOMEM. */
DGRAM_API int dgram_set_shared(dgram_socket *socket, bool on);

struct sock_filter; /* of <linux/filter.h> */

/* Attaches a classic BPF filter of `count` instructions to the descriptor, in
   place of an earlier one: it decides which datagrams the socket receives
   (SO_ATTACH_FILTER). GRO is switched off first and stays off, so that the
   filter judges datagrams one by one. Datagrams that wait already are not
   judged. NULL and 0 detach it. On error no filter changes.
   ERR_INVALID_ARG_VALUE for one of NULL and 0 without the other, UV_EINVAL for
   a program that the kernel does not take, UV_ENOTSUP where the system has no
   such filters. An eBPF program, or an option that this library does not know:
   create the socket with DGRAM_OFFLOAD_OFF and use dgram_fileno(). */
DGRAM_API int dgram_attach_filter(dgram_socket *socket,
                                  const struct sock_filter *instructions,
                                  size_t count);

/* ---- Sockets: multicast ------------------------------------------------ */

/* Texts are numeric addresses. `interface_address`: NULL: the kernel's choice;
   for an IPv4 group, the interface's IPv4 address; for IPv6, an address with a
   scope ("::%eth1"), or "::" for the kernel's choice. A scope of the group or
   of the source names the interface, too: UV_EINVAL if they differ. An unbound
   socket is bound first (all interfaces, a free port, `listening` follows);
   while a bind is under way: UV_EBADF. ERR_MISSING_ARGS for NULL, and for an
   empty group of the first two calls; UV_EINVAL for text that is no address and
   for joining what is no group, UV_ENODEV for no such interface, UV_EADDRINUSE
   for a group joined already, UV_EADDRNOTAVAIL for one not joined,
   UV_ENOPROTOOPT for an IPv6 group on udp4, UV_ENOBUFS,
   ERR_SOCKET_DGRAM_NOT_RUNNING when closed. */

/* Seed: socket.addMembership(), socket.dropMembership(). */
DGRAM_API int dgram_add_membership(dgram_socket *socket, const char *group,
                                   const char *interface_address);
DGRAM_API int dgram_drop_membership(dgram_socket *socket, const char *group,
                                    const char *interface_address);

/* Only what `source` sends to `group`. A source joined already:
   UV_EADDRNOTAVAIL; dropping from a group not joined: UV_EINVAL.
   Seed: socket.addSourceSpecificMembership(), ...drop... */
DGRAM_API int dgram_add_source_specific_membership(
    dgram_socket *socket, const char *source, const char *group,
    const char *interface_address);
DGRAM_API int dgram_drop_source_specific_membership(
    dgram_socket *socket, const char *source, const char *group,
    const char *interface_address);

/* ---- Sockets: end ------------------------------------------------------ */

/* Whether a bound socket keeps the loop running; it does at first. Datagrams
   not yet sent and lookups keep it running in any case. In any state, before
   the bind too. Seed: socket.ref(), socket.unref(). */
DGRAM_API void dgram_ref(dgram_socket *socket);
DGRAM_API void dgram_unref(dgram_socket *socket);

/* Closes the descriptor inside the call. What the kernel takes of the queue at
   once still leaves; the rest is called back with UV_ECANCELED, pending
   connects and lookups too. No other datagram is shown after this; `close`
   follows, then the socket is freed. ERR_SOCKET_DGRAM_NOT_RUNNING if closed
   already.
   Seed: socket.close(). */
DGRAM_API int dgram_close(dgram_socket *socket);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_H */
