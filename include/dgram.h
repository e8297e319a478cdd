/*
 * libdgram: UDP sockets for C on a libuv loop, with the behaviour of Node's
 * node:dgram.
 *
 * These rules hold for every function.
 *
 * Threads
 *   A socket belongs to the thread that runs its loop. Call its functions, and
 *   those of its listeners, abort handle and lookups, on that thread only.
 *   Loops in different threads are independent of each other. All sockets that
 *   use one block list must be on one thread.
 *
 * Order
 *   No callback runs inside the call that asked for it. Callbacks run from the
 *   loop, later in the same phase or in the next one. The callbacks of one
 *   socket run in the order of the events that they report. `close` is the last
 *   one and runs once. A callback may call any function of this header, even
 *   dgram_close() on its own socket. It must not call uv_run() on the same
 *   loop.
 *
 * Errors
 *   Functions that return int return 0 or more on success and a negative code
 *   on failure. The code is a UV_E* code of libuv if the operating system
 *   refused the operation, or a DGRAM_ERR_* code if the arguments or the state
 *   of the socket do not allow it. On error nothing changes, except that an
 *   implicit bind remains. The callback of the call does not run.
 *   An operation that fails after the call has returned reports its error to
 *   its callback. If it has no callback, the error goes to the `error`
 *   listeners of the socket. If there are none, it goes to the callback set by
 *   dgram_on_unhandled_error().
 *   The library never aborts the process. It prints nothing, unless the
 *   environment variable DGRAM_TRACE requests a trace of system calls on
 *   standard error.
 *
 * Memory
 *   The library allocates sockets, block lists and abort handles. You allocate
 *   listeners and event tables, and keep them for as long as they are in use.
 *   Pointers that are passed to a callback are valid until it returns. Strings,
 *   structs and payloads that you pass to a function are copied before it
 *   returns. A payload with DGRAM_NO_COPY is not copied.
 *
 * Structs with a `size`
 *   Structs that may grow begin with `size`. Set it to the sizeof of the
 *   struct, and set the members that you do not use to zero. (A designated
 *   initializer does this.) If `size` is smaller than the library's struct, the
 *   missing members are zero. If it is larger, all bytes that the library does
 *   not know must be zero. Otherwise, or if `size` does not include the first
 *   member after it, the call fails with DGRAM_ERR_INVALID_ARG_VALUE. The
 *   same code reports unknown flags.
 *
 * NULL
 *   A socket argument must not be NULL. The comment of a function names the
 *   arguments that may be NULL.
 *
 * Units
 *   Sizes are in bytes, ports in host byte order, TTLs in hops.
 *
 * The end of a loop
 *   Close each socket and run the loop until uv_run() returns 0. Then
 *   uv_loop_close() succeeds.
 *   You may also close all handles of the loop with uv_walk() and uv_close(),
 *   before or after dgram_close(). A socket whose handles were closed no longer
 *   sends or receives, but you must still call dgram_close(). You may call it
 *   even after uv_loop_close(), while the memory of the loop exists. In this
 *   case the last callbacks of the socket run inside dgram_close().
 *
 * Processes
 *   After fork() the child shares the kernel objects of the loop with its
 *   parent. It may call _exit() or execute a program, which closes the
 *   descriptors. To use the loop, the child must call uv_loop_fork() first. It
 *   then owns duplicates of the parent's sockets (see dgram_set_shared()) and
 *   may use and close them. Any other call on the loop or on its sockets
 *   interferes with the parent. If other threads use the library during fork(),
 *   the child may only exit or execute a program.
 *
 * Exceptions
 *   A callback should return. If an exception or a longjmp() leaves it through
 *   uv_run(), the library continues at the next uv_run(). It does not call this
 *   callback again, and skips the remaining listeners of the event. It then
 *   delivers everything that follows, once: datagrams, results of sends and
 *   connects, `close`. If a lookup function is left in this way before it has
 *   answered, the lookup fails with UV_ECANCELED.
 *   libuv guarantees less. It may skip other handles that were ready in the
 *   same loop iteration. Until the next iteration ends, it also keeps a pointer
 *   into the abandoned stack, which it uses when a handle is closed or stopped.
 *   Therefore, catch exceptions inside the callback. If you cannot, call
 *   uv_run(), at least with UV_RUN_NOWAIT, before you close or detach a socket,
 *   or stop or start receiving. Do none of these in a timer callback of that
 *   uv_run().
 *
 * "Node:" names the JavaScript counterpart of a function or type.
 */
#ifndef DGRAM_H
#define DGRAM_H

#include <uv.h>

#include "dgram_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Block lists ------------------------------------------------------- */

/* A set of blocked addresses. A socket drops datagrams from the addresses in
   its `receive_blocklist`, and refuses to send or connect to the addresses in
   its `send_blocklist`. You may add a rule at any time; it applies to all later
   datagrams. IPv4 rules also match IPv4-mapped IPv6 addresses.
   A list is reference-counted: its creator holds one reference, and each socket
   created with the list holds one. Node: net.BlockList. */
typedef struct dgram_blocklist dgram_blocklist;

/* Creates an empty list. Release it with dgram_blocklist_release().
   Errors: UV_ENOMEM. */
DGRAM_API int dgram_blocklist_create(dgram_blocklist **list_out);

/* Releases the caller's reference. NULL is ignored. */
DGRAM_API void dgram_blocklist_release(dgram_blocklist *list);

/* Blocks one numeric address.
   Errors: UV_EINVAL if the text is not a numeric address, UV_ENODEV if no
   interface has the name of its scope, UV_ENOMEM. */
DGRAM_API int dgram_blocklist_add_address(dgram_blocklist *list,
                                          const char *address);

/* Blocks the addresses from `first` to `last`, both included.
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `last` is lower than `first`,
   UV_EINVAL (also if the families differ), UV_ENODEV, UV_ENOMEM. */
DGRAM_API int dgram_blocklist_add_range(dgram_blocklist *list,
                                        const char *first, const char *last);

/* Blocks the addresses that share the first `prefix` bits of `network`.
   Errors: DGRAM_ERR_OUT_OF_RANGE if `prefix` is above 32 (IPv4) or 128 (IPv6),
   UV_EINVAL, UV_ENODEV, UV_ENOMEM. */
DGRAM_API int dgram_blocklist_add_subnet(dgram_blocklist *list,
                                         const char *network, unsigned prefix);

/* Returns whether the list blocks the address. Ignores port and scope. */
DGRAM_API bool dgram_blocklist_check(const dgram_blocklist *list,
                                     const dgram_address *address);

/* ---- Abort handles ----------------------------------------------------- */

/* A handle that closes all sockets that were created with it. They must be on
   one loop. Node: AbortController and the option `signal`. */
typedef struct dgram_abort dgram_abort;

/* Creates a handle. Release it with dgram_abort_release().
   Errors: UV_ENOMEM. */
DGRAM_API int dgram_abort_create(dgram_abort **abort_out);

/* Closes the sockets as dgram_close() does. A second call has no effect. A
   socket that you create with it afterwards is closed from the start. */
DGRAM_API void dgram_abort_signal(dgram_abort *abort);

/* Returns whether dgram_abort_signal() was called. */
DGRAM_API bool dgram_abort_signalled(const dgram_abort *abort);

/* Releases the caller's reference. Open sockets stay open and keep their own
   references. NULL is ignored. */
DGRAM_API void dgram_abort_release(dgram_abort *abort);

/* ---- Sockets: events --------------------------------------------------- */

/* A UDP socket. See dgram_create(). */
typedef struct dgram_socket dgram_socket;

#define DGRAM_BATCH_MAX 2048u /* the most datagrams in one `batch` event */

/* The callbacks of a listener. Set the callbacks that you do not need to NULL.
   The library does not copy the table, so make it static const. */
typedef struct dgram_events {
    size_t size; /* sizeof(dgram_events) */
    /* The socket is bound and receives. Node: 'listening'. */
    void (*listening)(dgram_socket *socket, void *data);
    /* dgram_connect() or dgram_connect_sync() succeeded. Node: 'connect'. */
    void (*connect)(dgram_socket *socket, void *data);
    /* A datagram was received. Node: 'message'. */
    void (*message)(dgram_socket *socket, const dgram_message *message,
                    void *data);
    /* All datagrams of one wake-up were received: at least one, at most
       DGRAM_BATCH_MAX. Afterwards, the `message` listeners are called for the
       same datagrams, one at a time. On a shared socket, a batch is the
       datagrams of one recvmsg() call. */
    void (*batch)(dgram_socket *socket, const dgram_message *messages,
                  size_t count, void *data);
    /* An operation without a callback failed. The error does not change the
       state of the socket. If receiving keeps failing, the error is reported
       only once until receiving works again. UV_EOF means that the program
       called shutdown() on the descriptor: the socket receives nothing more and
       no longer keeps the loop running. Node: 'error'. */
    void (*error)(dgram_socket *socket, const dgram_error *error, void *data);
    /* The socket is closed. This is its last event; the library frees the
       socket afterwards. Node: 'close'. */
    void (*close)(dgram_socket *socket, void *data);
    /* A datagram did not arrive: its destination or a router sent an ICMP
       error, or this host refused to send it. Needs the option `path_errors`.
       At each wake-up, the errors are emitted before the datagrams.
       Node: 'pathError'. */
    void (*path_error)(dgram_socket *socket, const dgram_path_error *error,
                       void *data);
    /* The send queue has space again. Needs the option `send_queue_size_max`.
       When the queue has reached half of its limit, the event is emitted once,
       as soon as the queue falls below half. If the limit refuses a large
       datagram while the queue is below half, the event is emitted when the
       queue is empty. Therefore `drain` follows each send that the limit
       refused, unless the datagram counts as more than the whole limit.
       If you check dgram_get_send_queue_space() instead of trying to send, the
       event follows if the space was at most half of the limit. A closed socket
       does not emit the event. Node: 'drain'. */
    void (*drain)(dgram_socket *socket, void *data);
} dgram_events;

/* Attaches an event table to a socket. You provide the memory. Do not change
   its members while the listener is on a socket. */
typedef struct dgram_listener {
    const dgram_events *events;
    void *data;
    struct dgram_listener *previous, *next;
    uint64_t serial;
    bool once;
} dgram_listener;

/* Adds `listener` after the socket's other listeners. It receives the events
   that are emitted from now on. It must not be on a socket already. You may
   remove and free it at any time, even in its own callback or in that of
   another listener. It is already removed when its `close` runs, and no
   listener can be added during `close`. Node: socket.on().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `events` is NULL or has a wrong
   `size`. In this case `listener` is zeroed and not added. */
DGRAM_API int dgram_on(dgram_socket *socket, dgram_listener *listener,
                       const dgram_events *events, void *data);

/* As dgram_on(), but removes the listener before its first callback. Use it
   with the events {listening, error} to get the effect of the callback of
   Node's bind(). Node: socket.once(). Errors: those of dgram_on(). */
DGRAM_API int dgram_once(dgram_socket *socket, dgram_listener *listener,
                         const dgram_events *events, void *data);

/* Removes a listener. It has no effect if the listener is already removed. A
   listener that was never added must be zeroed. Node: socket.off(). */
DGRAM_API void dgram_off(dgram_socket *socket, dgram_listener *listener);

typedef void (*dgram_unhandled_error_cb)(dgram_socket *socket,
                                         const dgram_error *error, void *data);

/* Sets the callback for errors of sockets that have no `error` listener. Each
   loop has one such callback; NULL removes it. It is also removed when the last
   socket of the loop ends. You may set it before you create the first socket.
   In this case, uv_loop_close() fails with UV_EBUSY until a socket was created
   and closed, or the callback is removed. Errors: UV_ENOMEM. */
DGRAM_API int dgram_on_unhandled_error(uv_loop_t *loop,
                                       dgram_unhandled_error_cb cb, void *data);

/* Returns the latest error of this socket, from a call or an event. Its `code`
   is 0 if there was no error yet. The struct is valid until the next error. */
DGRAM_API const dgram_error *dgram_last_error(const dgram_socket *socket);

/* Returns how many errors of this socket occurred without an `error` listener.
 */
DGRAM_API uint64_t dgram_get_unhandled_error_count(const dgram_socket *socket);

/* ---- Sockets: create --------------------------------------------------- */

/* A lookup of a host name in progress; see dgram_lookup_fn. */
typedef struct dgram_lookup dgram_lookup;

/* Resolves the name `host` to an address of the family of `type`. It is not
   called for numeric addresses. Call dgram_lookup_done() once to answer, inside
   this function or later on the thread of the loop. If this function returns a
   negative code, the operation fails with this code. In this case, do not call
   dgram_lookup_done(). */
typedef int (*dgram_lookup_fn)(dgram_lookup *lookup, const char *host,
                               dgram_type type, void *data);

/* The lookup was cancelled. This function is called inside dgram_close(). A
   call of dgram_lookup_done() inside this function has no effect. `lookup` is
   freed when this function returns. */
typedef void (*dgram_lookup_cancel_fn)(dgram_lookup *lookup, void *data);

/* Answers a lookup: with `status` 0 and an address, whose port is ignored, or
   with a negative code. Frees `lookup`. */
DGRAM_API void dgram_lookup_done(dgram_lookup *lookup, int status,
                                 const dgram_address *address);

/* Discards the answers that the loop keeps for `host`, or for all names if
   `host` is NULL; see `lookup_ttl` in dgram_options. `host` must be the same
   text that was looked up. Sends, binds and connects that are waiting for an
   answer get the answer of a new lookup. Call this function when the network
   has changed, or when a server no longer answers. */
DGRAM_API void dgram_lookup_flush(uv_loop_t *loop, const char *host);

/* Bytes that suffice for any message that a system call receives, even for one
   that GRO has coalesced from many datagrams. */
#define DGRAM_RECEIVE_MESSAGE_SIZE 65536u

/* Bytes for all messages that one system call receives. */
#define DGRAM_RECEIVE_MEMORY_SIZE (32u * DGRAM_RECEIVE_MESSAGE_SIZE)

/* Bytes for a message of a DGRAM_UNIX socket. A longer datagram is truncated.
   On Linux, unprivileged senders cannot send a longer datagram, unless the
   sysctl net.core.wmem_max was raised. */
#define DGRAM_RECEIVE_UNIX_MESSAGE_SIZE (8u * DGRAM_RECEIVE_MESSAGE_SIZE)

/* Provides the memory that the next system call receives into, as libuv's
   uv_alloc_cb does. Set `memory` to a multiple of DGRAM_RECEIVE_MESSAGE_SIZE
   bytes, preferably `size` bytes. `size` is DGRAM_RECEIVE_MEMORY_SIZE, or one
   message if the socket is shared. Any alignment is allowed. Each message
   starts at a multiple of DGRAM_RECEIVE_MESSAGE_SIZE, and the payloads of
   `batch` and `message` point into the memory. For a DGRAM_UNIX socket,
   DGRAM_RECEIVE_UNIX_MESSAGE_SIZE takes the place of
   DGRAM_RECEIVE_MESSAGE_SIZE.
   If you set nothing, or less than one message, receiving stops as after
   dgram_receive_stop(). The datagrams wait in the kernel's receive buffer until
   you call dgram_receive_start(), when memory is available again. You may also
   call dgram_receive_stop() or dgram_close() inside this function; then the
   memory is not used.
   The library uses the memory until it calls dgram_receive_release_fn. */
typedef void (*dgram_receive_memory_fn)(dgram_socket *socket, size_t size,
                                        uv_buf_t *memory, void *data);

/* Releases `memory` of dgram_receive_memory_fn. The library calls this function
   when all datagrams received into the memory have been delivered, or at once
   if nothing was received. It no longer uses the memory, so the payloads remain
   valid until you use the memory again. If the socket is closed first, this
   function is not called, and the memory is yours when `close` is emitted. */
typedef void (*dgram_receive_release_fn)(dgram_socket *socket, void *memory,
                                         void *data);

struct sock_filter; /* of <linux/filter.h> */

/* How the kernel chooses one of the sockets that share a port with
   `reuse_port`. Sockets are numbered from 0 in the order of their binds. When a
   socket is closed, the last socket gets its number. The steering of the latest
   bind applies to all of them. If no socket has the chosen number, the kernel
   chooses as with DGRAM_STEERING_NONE. */
typedef enum dgram_steering {
    DGRAM_STEERING_NONE = 0, /* by a hash of both addresses and ports */
    /* By the CPU that received the datagram: its number modulo
       steering_sockets. If the thread of the chosen socket runs on this CPU,
       the datagram stays on one core. */
    DGRAM_STEERING_CPU,
    /* By a hash of the sender's address without the port: all datagrams from
       one host go to one socket. */
    DGRAM_STEERING_SOURCE,
    /* By steering_program, which returns the number of a socket. */
    DGRAM_STEERING_PROGRAM
} dgram_steering;

/* Options of a new socket. Node: dgram.createSocket(options). */
typedef struct dgram_options {
    size_t size;        /* sizeof(dgram_options) */
    dgram_type type;    /* DGRAM_UDP4, DGRAM_UDP6 or DGRAM_UNIX */
    bool reuse_address; /* set SO_REUSEADDR at bind */
    /* Set SO_REUSEPORT at bind: several sockets share the port, and the kernel
       distributes the senders among them. On a system whose kernel does not
       distribute them, the bind fails with UV_ENOTSUP. */
    bool reuse_port;
    /* Receive no IPv4 on a socket that is bound to "::". On a DGRAM_UDP4 socket
       the bind fails with UV_EINVAL. */
    bool ipv6_only;
    uint32_t receive_buffer_size; /* SO_RCVBUF at bind; 0: system default */
    uint32_t send_buffer_size;    /* SO_SNDBUF at bind; 0: system default */
    uint32_t message_size_max;    /* truncate longer datagrams to this many
                                     bytes; 0: never */
    /* Microseconds for which the loop polls without sleeping after each wake-up
       of the socket; 0: none. The loop receives the next datagram sooner, and
       occupies one CPU core. Polling does not keep the loop running if it has
       nothing else to do.
       On Linux the kernel also polls the network device for this time before it
       sleeps. For this, the library sets SO_BUSY_POLL on the descriptor (more
       than the system's default needs CAP_NET_ADMIN) and, since Linux 6.9,
       EPIOCSPARAMS on the loop's epoll descriptor, which affects all
       descriptors of the loop. The longest time of the loop's sockets applies
       until the last of them is closed. If the kernel refuses an option, the
       library ignores the error. */
    uint32_t busy_poll_us;
    /* Limit of the send queue in bytes; 0: none. A send that exceeds it
       fails with UV_ENOBUFS, and the event `drain` follows. A datagram counts
       as its length plus 256 bytes. It counts until the kernel has accepted it
       or, if it has a callback, until the callback is called. While its host is
       looked up, it counts as its length plus 768 bytes plus the length of the
       name. */
    size_t send_queue_size_max;
    dgram_lookup_fn lookup; /* NULL: getaddrinfo() in libuv's thread pool */
    dgram_lookup_cancel_fn lookup_cancel; /* NULL: late answers are ignored */
    void *lookup_data;                    /* passed to both */
    dgram_abort *abort;                   /* NULL, or closes the socket */
    dgram_blocklist *receive_blocklist;   /* NULL, or blocked senders */
    dgram_blocklist *send_blocklist;      /* NULL, or blocked destinations */
    dgram_offload offload; /* the environment variable DGRAM_OFFLOAD overrides
                              it: see dgram_create() */
    uint32_t segments_max; /* the most datagrams in one GSO message; 1: no GSO;
                              0: as many as the kernel accepts */
    dgram_receive_memory_fn receive_memory;   /* NULL: memory of the library */
    dgram_receive_release_fn receive_release; /* or NULL */
    void *receive_memory_data;                /* passed to both */
    /* How the kernel chooses a socket of a shared port. Needs `reuse_port`. It
       applies to binds by address, not to adopted descriptors. */
    dgram_steering steering;
    /* For DGRAM_STEERING_CPU and DGRAM_STEERING_SOURCE: how many sockets share
       the port, 1 to 65,535. */
    uint32_t steering_sockets;
    /* For DGRAM_STEERING_PROGRAM: 1 to 4,096 instructions of classic BPF, which
       the library copies. Offset 0 is the payload, SKF_NET_OFF the IP header.
       If the kernel refuses it, the bind fails with UV_EINVAL. */
    const struct sock_filter *steering_program;
    size_t steering_program_length; /* in instructions */
    /* The members of dgram_message.info to receive, DGRAM_INFO_*; 0: `info` is
       NULL. See dgram_receive_info. If the kernel refuses the option, the bind
       fails. */
    uint32_t receive_info;
    /* Emit `path_error` for ICMP errors, whether the socket is connected or
       not. These errors then do not make a send fail, and cause no `error`
       event. An ICMP message also sets the pending error of the socket. If a
       send fails because of this, the library repeats it. Errors are also
       emitted while receiving is stopped, but not after UV_EOF.
       On a shared socket, each error is reported to one of the processes.
       Therefore, set the option in all of them.
       The library reads the error queue of the descriptor, and discards other
       entries, such as time stamps of sent datagrams. The kernel stores errors
       in the receive buffer, and drops them when it is full. A buffer of 208
       KiB holds about 250.
       On loopback, one GSO message causes only one error. */
    bool path_errors;
    /* How long the socket reuses a result of getaddrinfo(), in milliseconds.
       0: each bind, connect and send to a name calls getaddrinfo(). The sockets
       of a loop share the answers. Lookups of one name that are in progress at
       the same time share one call of getaddrinfo(). A datagram to a name with
       a known address is queued at once. Datagrams of a socket to the same name
       keep their order, even during a lookup. A failure is kept for this time
       or one second, whichever is shorter. A loop keeps the answers for up to
       1024 names and discards the oldest first. It frees them with its last
       socket. The system does not report how long an answer is valid; see
       dgram_lookup_flush(). Cannot be combined with `lookup`. */
    uint32_t lookup_ttl;
} dgram_options;

/* Creates a socket. It has no descriptor until it is bound. End it with
   dgram_close(); the library frees it after the event `close`.
   Node: dgram.createSocket().

   A DGRAM_UNIX socket sends datagrams to sockets of this host. Its addresses
   are paths, or abstract names on Linux: see dgram_address_unix(). Ports are
   ignored, and nothing is looked up. These are the differences from UDP:
   - A bind to NULL or "" lets the kernel choose an abstract name (Linux). A
     socket that sends before it is bound has no address, so nobody can answer.
     (With DGRAM_INFO_CREDENTIALS, Linux gives it an abstract name when it
     sends.)
   - A bind to a path creates a socket file. It replaces an old socket file that
     no socket is bound to. If a socket is bound to the file, or if the file is
     not a socket, the bind fails with UV_EADDRINUSE.
   - dgram_close() removes the file, even if the program has changed its working
     directory. It does not remove a different file that has taken the path in
     the meantime, or the file of an adopted descriptor (`fd`). Only the process
     that bound the socket removes the file, so a child process may close its
     copy of the socket. See `unix_mode` and `unix_keep_file` in
     dgram_bind_options.
   - Everyone who may write to the file can send. An abstract name has no
     permissions: every process of the network namespace can send to it.
   - A connected socket reconnects. If the server was closed, the next send
     connects to the path again. If no socket is bound to the path, the send
     fails with UV_ECONNREFUSED or UV_ENOENT. When a send finds that the server
     was closed, the kernel discards the datagrams from that server that the
     socket has not received yet.
   - No datagram is lost on the path. While the queue of a destination is full
     (Linux: net.unix.max_dgram_qlen datagrams), datagrams to it wait, however
     long that takes. Datagrams to other destinations are still sent. See
     `send_queue_size_max`. For each full destination, up to 64, the library
     keeps a descriptor open that wakes up the loop when there is space.
   - Datagrams that the destinations have not read yet occupy the send buffer
     of the sender. If they fill it, all datagrams wait. Increase
     `send_buffer_size` if you send long datagrams, or to many destinations.
   - A datagram may be as long as the send buffer. A longer one fails with
     UV_EMSGSIZE.
   - `receive_info` takes only DGRAM_INFO_CREDENTIALS and DGRAM_INFO_TIMESTAMP.
     The library closes descriptors that a sender passes.
   - Block lists, GSO and GRO have no effect, and the processes of a cluster do
     not share the bind.
   - Functions for IP fail with UV_ENOTSUP: TTL, type of service, fragmentation,
     path MTU, broadcast, multicast. So do the options `reuse_port`,
     `ipv6_only`, `steering` and `path_errors`, and the bind option `device`. A
     send with a dgram_send_info that sets anything fails with
     DGRAM_ERR_INVALID_ARG_VALUE.

   Errors: DGRAM_ERR_SOCKET_BAD_TYPE, DGRAM_ERR_OUT_OF_RANGE if a kernel buffer
   size is 2^31 or more, UV_ENOMEM, UV_EINVAL if `loop` is NULL because
   uv_default_loop() has failed.
   DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong, if `offload` or
   `receive_info` is unknown, if `abort` is used on another loop, if
   `lookup_ttl` is set together with `lookup`, or if `steering` is unknown,
   incomplete or without `reuse_port`.
   UV_ENOTSUP if the system does not support `steering` or `path_errors`, if it
   does not report all of `receive_info`, or if the type is DGRAM_UNIX and an
   option is for UDP only.

   The library reads the environment variable DGRAM_OFFLOAD once, when the
   process creates its first socket. "off" turns offload off for all sockets.
   "on" makes DGRAM_OFFLOAD_AUTO mean DGRAM_OFFLOAD_ON. A number limits the
   datagrams in one GSO message. Any other value means "off". */
DGRAM_API int dgram_create(uv_loop_t *loop, dgram_type type,
                           dgram_socket **socket_out);
DGRAM_API int dgram_create_with(uv_loop_t *loop, const dgram_options *options,
                                dgram_socket **socket_out);

/* Set and get a pointer for your own use. Initially it is NULL. */
DGRAM_API void dgram_set_data(dgram_socket *socket, void *data);
DGRAM_API void *dgram_get_data(const dgram_socket *socket);

/* Return the loop and the type of the socket. The type changes if the socket
   adopts a descriptor of the other family. */
DGRAM_API uv_loop_t *dgram_get_loop(const dgram_socket *socket);
DGRAM_API dgram_type dgram_get_type(const dgram_socket *socket);

/* Returns the descriptor, or UV_EBADF if the socket is unbound or closed. The
   socket still owns the descriptor.
   Call dgram_set_shared() before you read from the descriptor or a duplicate of
   it. With GRO, the kernel coalesces datagrams of one sender, and only the
   library splits them. A socket filter also gets coalesced datagrams: attach it
   with dgram_attach_filter(), or create the socket with DGRAM_OFFLOAD_OFF.
   If you enable the error queue (IP_RECVERR), read it yourself, for example in
   the `error` listener. The library discards the remaining entries one loop
   iteration later. */
DGRAM_API dgram_fd dgram_fileno(const dgram_socket *socket);

/* ---- Sockets: bind and connect ----------------------------------------- */

/* Options of a bind. Node: socket.bind(options). */
typedef struct dgram_bind_options {
    size_t size;         /* sizeof(dgram_bind_options) */
    const char *address; /* numeric or a name; NULL or "": all interfaces */
    uint16_t port;       /* 0: the kernel chooses a free one */
    bool exclusive;      /* do not share the port with other processes */
    /* If above 0: adopt this datagram socket, with its family and its peer, and
       ignore `address` and `port`. The descriptor becomes non-blocking and
       close-on-exec, and gets SO_REUSEADDR. If GRO is on, for example after
       dgram_detach(), it stays on, unless the options of the socket forbid it.
       Coalesced messages in the receive buffer are split in either case. */
    dgram_fd fd;
    /* The name of an interface (SO_BINDTODEVICE); NULL or "": any. The socket
       sends and receives through this interface only. A VRF device includes its
       interfaces. If the interface is renamed, the socket stays bound to it.
       The workers of a cluster do not share such a bind. */
    const char *device;
    /* For the path of a DGRAM_UNIX socket: the permissions of the socket file,
       such as 0660; 0: those that the umask allows. The file never
       has wider permissions, not even for a moment. If the system does not
       support this, the bind fails with UV_ENOTSUP. The call fails with
       DGRAM_ERR_INVALID_ARG_VALUE if the value is above 0777, or if the address
       is not a path. */
    uint32_t unix_mode;
    /* For the path of a DGRAM_UNIX socket: do not replace a file that an
       earlier socket has left, and do not remove the file when the socket is
       closed. */
    bool unix_keep_file;
} dgram_bind_options;

/* Binds the socket and starts to receive. The event `listening` or `error`
   follows. After `error` the socket is unbound and may be bound again. If
   `options` is NULL, the socket binds to all interfaces and a free port. A
   descriptor in `fd` is checked and adopted inside the call. If the call fails,
   you still own the descriptor, and its flags and options are unchanged.
   Node: socket.bind().
   Errors: DGRAM_ERR_SOCKET_ALREADY_BOUND (also while a bind is in progress),
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if closed, DGRAM_ERR_INVALID_ARG_VALUE if
   `size` is wrong, UV_ENOMEM.
   Errors for `fd`: UV_EBADF, DGRAM_ERR_INVALID_FD_TYPE, UV_EEXIST if the loop
   already watches it, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED if it has a peer and
   a connect is in progress.
   Errors of the event `error`: those of the lookup and of the bind() call,
   UV_EINVAL if the address is of the other family, UV_ENODEV if no interface
   has the name of the scope or of the `device`, UV_ENOTSUP if the system does
   not support `device`, UV_EPERM for `device` before Linux 5.7 without
   CAP_NET_RAW.
   A `device` of 16 bytes or more fails at once with UV_ENODEV, and one together
   with `fd` with DGRAM_ERR_INVALID_ARG_VALUE.
   For a path of a DGRAM_UNIX socket: UV_ENAMETOOLONG, UV_ENOENT or UV_ENOTDIR
   if the directory does not exist, UV_EADDRINUSE (see dgram_create()),
   UV_EACCES, UV_EPERM or UV_EROFS if you may not create the file or remove an
   old one. A bind that fails leaves no new file. */
DGRAM_API int dgram_bind(dgram_socket *socket, const char *address,
                         uint16_t port);
DGRAM_API int dgram_bind_with(dgram_socket *socket,
                              const dgram_bind_options *options);

/* Binds to a numeric address. The socket is bound when the call returns, and
   `listening` follows.
   Errors: those of dgram_bind(), DGRAM_ERR_INVALID_ARG_VALUE for a name,
   UV_EINVAL if the address is of the other family, UV_ENODEV if no interface
   has the name of the scope, UV_EADDRINUSE, UV_EADDRNOTAVAIL, UV_EACCES, and
   others of the bind() call.
   dgram_bind_sync_with() takes the struct of dgram_bind_with(), with a numeric
   address. `exclusive` has no effect, because such a bind is never shared. If
   `options` is NULL, the socket binds to all interfaces and a free port.
   Further errors: those of dgram_bind_with() for `size`, `fd` and `device`. */
DGRAM_API int dgram_bind_sync(dgram_socket *socket, const char *address,
                              uint16_t port);
DGRAM_API int dgram_bind_sync_with(dgram_socket *socket,
                                   const dgram_bind_options *options);

/* The result of a connect. status: 0 or a negative code. */
typedef void (*dgram_connect_cb)(dgram_socket *socket, int status, void *data);

/* Sets the peer of the socket. The socket then sends to the peer, and receives
   only from the peer; datagrams that arrived earlier are still delivered. An
   unbound socket is bound first. `host` is a numeric address or a name; NULL or
   "" is the loopback address. On success the event `connect` follows, and `cb`
   (may be NULL) is called with 0. On failure, `cb` is called with the code;
   without `cb`, the event `error` follows. Node: socket.connect().
   Errors: DGRAM_ERR_SOCKET_BAD_PORT if `port` is 0,
   DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED (also while a connect is in progress),
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING, UV_ENOMEM, and those of the implicit
   bind. For a DGRAM_UNIX socket: DGRAM_ERR_MISSING_ARGS if `host` is NULL or
   "". For `cb`: UV_ENOENT if there is no such path, UV_ECONNREFUSED if no
   socket is bound to it, UV_EPROTOTYPE if a stream socket is bound to it,
   UV_EACCES if you may not write to the file, UV_EPERM if the socket that is
   bound to it is connected to another socket. */
DGRAM_API int dgram_connect(dgram_socket *socket, const char *host,
                            uint16_t port, dgram_connect_cb cb, void *data);

/* Connects to a numeric address. The socket is connected when the call returns,
   and `connect` follows.
   Errors: those of dgram_connect(), DGRAM_ERR_SOCKET_ALREADY_BOUND while a bind
   is in progress, DGRAM_ERR_INVALID_ARG_VALUE for a name, DGRAM_ERR_IP_BLOCKED,
   UV_EINVAL if the address is of the other family, UV_ENODEV if no interface
   has the name of the scope, and those of the connect() call. */
DGRAM_API int dgram_connect_sync(dgram_socket *socket, const char *address,
                                 uint16_t port);

/* Removes the peer. If the kernel chose the port of the socket, Linux releases
   this port, and the next send gets a new one. Node: socket.disconnect().
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED,
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING. */
DGRAM_API int dgram_disconnect(dgram_socket *socket);

/* Gets the address that the socket is bound to. Node: socket.address().
   Errors: UV_EBADF if unbound, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING. */
DGRAM_API int dgram_get_local_address(dgram_socket *socket,
                                      dgram_address *address_out);

/* Gets the address of the peer. Node: socket.remoteAddress().
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED,
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING. */
DGRAM_API int dgram_get_remote_address(dgram_socket *socket,
                                       dgram_address *address_out);

/* ---- Sockets: send ----------------------------------------------------- */

/* The result of a send. status: the length of the datagram if the kernel
   accepted it, or a negative code; UV_ECANCELED if the socket was closed first.
   dgram_last_error() has the details. */
typedef void (*dgram_send_cb)(dgram_socket *socket, int status, void *data);

/* Queues one datagram. The datagram is sent at the end of the current phase of
   the loop, together with all other datagrams of this phase, or earlier if a
   batch is full. The order of datagrams to one destination is kept. An unbound
   socket is bound first. `to` must be NULL on a connected socket, and must not
   be NULL on any other socket. `length` is in bytes and may be 0. `cb` (may be
   NULL) is called once if the call succeeds. Node: socket.send().
   Errors: DGRAM_ERR_SOCKET_BAD_PORT if `to` is NULL or its port is 0,
   DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED if `to` is set on a connected socket,
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING, DGRAM_ERR_INVALID_ARG_VALUE if `payload`
   is NULL and `length` is not 0, DGRAM_ERR_OUT_OF_RANGE if `length` is 4 GiB or
   more, UV_EINVAL if the address is of the other family, UV_ENOBUFS if the
   queue is full (see `send_queue_size_max`), UV_ENOMEM, and those of the
   implicit bind.
   Errors of `cb`, among others: UV_EMSGSIZE if `length` is above 65,507 (IPv6:
   65,527), UV_ENETUNREACH, UV_ECONNREFUSED, DGRAM_ERR_IP_BLOCKED, UV_ENOBUFS if
   the system had no buffers for the datagram for one second (datagrams to other
   destinations do not wait for this datagram), UV_EAGAIN if the socket is
   writable, but the kernel does not accept the datagram, for example because no
   port is free. */
DGRAM_API int dgram_send(dgram_socket *socket, const void *payload,
                         size_t length, const dgram_address *to,
                         dgram_send_cb cb, void *data);

/* As dgram_send(), to a host: a numeric address, or a name that is looked up
   first; NULL or "" is the loopback address. During a lookup, later sends may
   overtake the datagram, except sends to the same name on a socket with a
   `lookup_ttl`. The interface of a scope is looked up at each call.
   Further errors of `cb`: UV_ENODEV if no interface has the name of the scope,
   UV_EAI_NONAME and others of the lookup, UV_EISCONN if the socket was
   connected during the lookup. */
DGRAM_API int dgram_send_to(dgram_socket *socket, const void *payload,
                            size_t length, const char *host, uint16_t port,
                            dgram_send_cb cb, void *data);

/* As dgram_send(), with one datagram made of `count` buffers, in order. */
DGRAM_API int dgram_sendv(dgram_socket *socket, const dgram_buffer *parts,
                          size_t count, const dgram_address *to,
                          dgram_send_cb cb, void *data);

/* Queues `count` datagrams, each as dgram_send() does. A refused datagram does
   not stop the others. `status_out` is NULL or an array of `count`; it receives
   0 for each accepted datagram and the code for each refused datagram. `cb`
   (may be NULL) is called once for each accepted datagram, with the `data` of
   that datagram. Returns how many datagrams were accepted; if this is none,
   returns the code of the first datagram.
   Further errors: DGRAM_ERR_INVALID_ARG_VALUE for a datagram with unknown
   flags, with an invalid `info` (see dgram_send_info), or with DGRAM_NO_COPY if
   `cb` is NULL; for all datagrams if `messages` is NULL; and for a `count`
   above INT32_MAX, which leaves `status_out` unchanged.
   Further errors of `cb` for a datagram with an `info`: those of the kernel in
   dgram_send_info, and DGRAM_ERR_INVALID_ARG_VALUE if the source address cannot
   be used with the address of its `host`. */
DGRAM_API int dgram_send_batch(dgram_socket *socket,
                               const dgram_outgoing *messages, size_t count,
                               int *status_out, dgram_send_cb cb);

/* Passes `count` datagrams to the kernel inside the call, as many as the kernel
   accepts, and queues none of them. Datagrams that are already queued are sent
   first. An unbound socket is bound first. Payloads are not used after the
   call; `data` and DGRAM_NO_COPY have no effect.
   Returns how many datagrams are done: sent or failed. `status_out`, an array
   of `count`, receives the length of each sent datagram and the code of each
   failed one. A failure does not stop the others. No callback and no `error`
   event follows.
   If fewer than `count` are done, the next datagram must wait, and no datagram
   after it was sent. Its status is the reason; if none is done, the reason is
   returned. Pass the other datagrams to dgram_send_batch(), which queues them,
   or try again later. UV_EAGAIN: the kernel currently accepts no more
   datagrams, earlier datagrams are still queued, or a bind is in progress.
   UV_ENOBUFS: the system currently has no buffers for the destination of this
   datagram, or the destination is a Unix socket whose queue is full. You may
   still send datagrams to other destinations.
   Errors of a datagram: those of dgram_send() and of its `cb`, and
   DGRAM_ERR_INVALID_ARG_VALUE if it has a `host`, unknown flags or an invalid
   `info` (see dgram_send_info).
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING, DGRAM_ERR_INVALID_ARG_VALUE if
   `messages` or `status_out` is NULL or `count` is above INT32_MAX, and those
   of the implicit bind. */
DGRAM_API int dgram_try_send_batch(dgram_socket *socket,
                                   const dgram_outgoing *messages, size_t count,
                                   int *status_out);

/* Sends an answer to the sender of a message, as dgram_send() does. If the
   socket receives information (`message->info`), the answer is sent from the
   address that the message was sent to; see dgram_reply_info(). This matters if
   the socket is bound to the wildcard address on a host with several addresses.
   Without information, the answer is sent as by dgram_send(). The message is
   not used after the call. On a connected socket the message must be from the
   peer.
   Errors: those of dgram_send(), and DGRAM_ERR_INVALID_ARG_VALUE if `message`
   or its `from` is NULL. */
DGRAM_API int dgram_reply(dgram_socket *socket, const dgram_message *message,
                          const void *payload, size_t length, dgram_send_cb cb,
                          void *data);

/* Passes queued datagrams to the kernel now, as many as the kernel accepts.
   Callbacks still run from the loop. Returns how many datagrams still wait for
   the kernel, for a bind or for a lookup.
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING. */
DGRAM_API int dgram_flush(dgram_socket *socket);

/* Return the size of the send queue, in bytes of payload and in datagrams. The
   queue contains the datagrams that a function has accepted, and that the
   kernel has not yet accepted or refused.
   Node: socket.getSendQueueSize(), socket.getSendQueueCount(). */
DGRAM_API size_t dgram_get_send_queue_size(const dgram_socket *socket);
DGRAM_API size_t dgram_get_send_queue_count(const dgram_socket *socket);

/* Returns how many bytes may still be queued, or SIZE_MAX without the option
   `send_queue_size_max`, which defines how many bytes a datagram counts as. A
   datagram that counts as more than the returned number is refused with
   UV_ENOBUFS. */
DGRAM_API size_t dgram_get_send_queue_space(const dgram_socket *socket);

/* Gets the counts of the socket. Set `size` before the call. The call costs one
   getsockopt().
   You can call it after dgram_close(), up to and including the `close` event.
   `receive_drops` is 0 before a bind, and keeps its last value after
   dgram_close(). Node: socket.getStats().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong. */
DGRAM_API int dgram_get_stats(dgram_socket *socket, dgram_stats *stats_out);

/* ---- Sockets: receive -------------------------------------------------- */

/* Stop and start receiving. A stopped socket makes no system call to receive.
   The kernel stores arriving datagrams, as many as fit in the socket's receive
   buffer. The socket stays bound and can send.
   No datagram is delivered between the two calls. If a listener stops
   receiving, the socket keeps the other datagrams of the batch, and delivers
   them first after the start, from the loop. Until then it keeps its receive
   buffers: 2 MiB of address space, of which the datagrams use a part.
   A stopped socket keeps the loop running, unlike a handle after
   uv_udp_recv_stop(); see dgram_ref() and dgram_unref().
   A socket receives when it is bound, unless it was stopped before. Connecting,
   disconnecting and dgram_set_shared() do not start a stopped socket. On a
   shared socket the other processes receive meanwhile. A repeated call has no
   effect. Node: socket.pause(), socket.resume().
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if the socket is closed. */
DGRAM_API int dgram_receive_stop(dgram_socket *socket);
DGRAM_API int dgram_receive_start(dgram_socket *socket);

/* ---- Sockets: options -------------------------------------------------- */

/* Errors of all functions here, in this order:
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if the socket is closed, an error of the
   argument, UV_EBADF if the socket is unbound, an error of the kernel. */

/* Allows sends to broadcast addresses (SO_BROADCAST).
   Node: socket.setBroadcast(). */
DGRAM_API int dgram_set_broadcast(dgram_socket *socket, bool on);

/* Sets the TTL of unicast datagrams, 1 to 255; other values are UV_EINVAL.
   On Linux this and the next two functions also set the IPv4 option of a
   DGRAM_UDP6 socket that is not `ipv6_only`. If one of the options cannot be
   set, neither changes.
   Node: socket.setTTL(), which does not set the IPv4 option. */
DGRAM_API int dgram_set_ttl(dgram_socket *socket, int ttl);

/* Set and get the type of service (IPv4) or traffic class (IPv6) of datagrams,
   0 to 255; other values are UV_EINVAL. See DGRAM_TOS(). On a dual-stack
   socket, the setter sets both options, as dgram_set_ttl() does. The getter
   returns the value; for a DGRAM_UDP6 socket, that of IPv6. */
DGRAM_API int dgram_set_tos(dgram_socket *socket, int tos);
DGRAM_API int dgram_get_tos(dgram_socket *socket);

/* Whether the packets of a socket may be fragmented: the modes of Linux. Other
   systems have only DGRAM_PMTU_DONT and DGRAM_PMTU_DO. */
typedef enum dgram_pmtu {
    DGRAM_PMTU_DONT = 0, /* fragment as needed, never set "don't fragment" */
    DGRAM_PMTU_WANT = 1, /* learn the path MTU, and fragment datagrams that
                            exceed it */
    DGRAM_PMTU_DO = 2,   /* never fragment: a datagram that exceeds the path MTU
                            fails with UV_EMSGSIZE */
    DGRAM_PMTU_PROBE = 3,     /* never fragment, and ignore the path MTU: only a
                                 datagram that exceeds the MTU of the interface
                                 fails */
    DGRAM_PMTU_INTERFACE = 4, /* as PROBE, but let routers fragment (IPv4), and
                                 learn no path MTU */
    DGRAM_PMTU_OMIT = 5       /* as INTERFACE, but fragment datagrams that
                                 exceed the MTU of the interface */
} dgram_pmtu;

/* Set and get the mode. On a dual-stack socket, the setter sets both options,
   as dgram_set_ttl() does. GSO changes nothing: each datagram is sent, or
   fails, as it would alone.
   Errors: UV_EINVAL for an unknown mode, UV_ENOTSUP if the system does not
   support the mode. */
DGRAM_API int dgram_set_dont_fragment(dgram_socket *socket, dgram_pmtu mode);
DGRAM_API int dgram_get_dont_fragment(dgram_socket *socket);

/* Returns the path MTU to the unicast address `to`, as the kernel has cached
   it: the longest IP packet in bytes; see dgram_payload_size_max(). It is the
   MTU of the interface until an ICMP error from a router reports a smaller one.
   The port of `to` is ignored. NULL means the peer. The call opens a temporary
   descriptor with the source address and the device of the socket.
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED if `to` is NULL and there is no
   peer, UV_EINVAL if `to` is of the other family, UV_ENETUNREACH, UV_EMFILE,
   UV_ENOTSUP on systems other than Linux and Windows. */
DGRAM_API int dgram_get_path_mtu(dgram_socket *socket, const dgram_address *to);

/* Sets the TTL of multicast datagrams, 0 to 255; other values are UV_EINVAL.
   Node: socket.setMulticastTTL(). */
DGRAM_API int dgram_set_multicast_ttl(dgram_socket *socket, int ttl);

/* Sets whether this host receives the multicast datagrams that the socket
   sends. Node: socket.setMulticastLoopback(). */
DGRAM_API int dgram_set_multicast_loopback(dgram_socket *socket, bool on);

/* Sets whether a socket that is bound to all addresses or to a group also
   receives datagrams to groups that only other sockets of this host have
   joined. The default is true. On a dual-stack socket, the call sets the option
   of both families.
   Errors: UV_ENOTSUP on systems other than Linux, UV_ENOPROTOOPT for IPv6
   before Linux 4.20. */
DGRAM_API int dgram_set_multicast_all(dgram_socket *socket, bool on);

/* Sets the interface that multicast datagrams are sent through: its name
   ("eth0"), its index ("2"), its IPv4 address, or an IPv6 address with a scope
   ("::%eth1"). "0.0.0.0" and "::" let the kernel choose. An address sets the
   option of its own family; a name or an index sets the option of all families
   of the socket.
   Node: socket.setMulticastInterface().
   Errors: UV_EINVAL if the text is NULL or "", UV_EADDRNOTAVAIL, UV_ENODEV if
   no interface has the name or the index, or if an IPv6 address other than "::"
   has no scope, UV_ENOPROTOOPT for an IPv6 address on a DGRAM_UDP4 socket. */
DGRAM_API int dgram_set_multicast_interface(dgram_socket *socket,
                                            const char *interface_name);

/* Get and set the sizes of the kernel's buffers. The getters return bytes;
   Linux reports twice the size that was set. Setting 0 changes nothing.
   Node: socket.getRecvBufferSize(), socket.setRecvBufferSize() and the same
   with Send.
   Errors: DGRAM_ERR_SOCKET_BUFFER_SIZE. The `cause` in dgram_last_error() is
   UV_EBADF if unbound, UV_EINVAL for a size above 2^31 - 1, or the error of the
   kernel. */
DGRAM_API int dgram_get_receive_buffer_size(dgram_socket *socket);
DGRAM_API int dgram_get_send_buffer_size(dgram_socket *socket);
DGRAM_API int dgram_set_receive_buffer_size(dgram_socket *socket,
                                            uint32_t size);
DGRAM_API int dgram_set_send_buffer_size(dgram_socket *socket, uint32_t size);

/* Tells the library whether other processes also read the descriptor, because
   they inherited it or received a duplicate. Sockets of dgram_cluster.h need no
   call.
   From the next wake-up on, the library reads one message at a time, and sends
   the answers to this message before it reads the next one. A process that is
   killed therefore loses only the datagrams of this message. GRO is turned off;
   coalesced messages in the receive buffer are read inside the call and
   delivered by this process. With `on` false, the library reads many messages
   at a time again; GRO stays off.
   Errors: UV_ENOMEM. */
DGRAM_API int dgram_set_shared(dgram_socket *socket, bool on);

/* Attaches a classic BPF filter of `count` instructions to the descriptor
   (SO_ATTACH_FILTER). The filter determines which datagrams the socket
   receives, and replaces an earlier filter. NULL and 0 detach the filter. The
   call first turns GRO off permanently, so that the filter gets each datagram
   separately. Datagrams that are already in the receive buffer are not
   filtered. On error the filter does not change.
   To attach an eBPF program, create the socket with DGRAM_OFFLOAD_OFF and use
   dgram_fileno().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if only one of `instructions` and `count`
   is zero, UV_EINVAL if the kernel rejects the filter, UV_ENOTSUP if the system
   has no such filters. */
DGRAM_API int dgram_attach_filter(dgram_socket *socket,
                                  const struct sock_filter *instructions,
                                  size_t count);

/* ---- Sockets: multicast ------------------------------------------------ */

/* All addresses are numeric. `interface_name` is the name of the interface
   ("eth0") or its index ("2"). It may also be the IPv4 address of the interface
   for an IPv4 group, or an IPv6 address with a scope ("::%eth1") for an IPv6
   group. NULL or "::" lets the kernel choose. A scope in the group or in the
   source also names the interface.
   An unbound socket is bound first, to all interfaces and a free port, and
   `listening` follows.
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if closed, DGRAM_ERR_MISSING_ARGS
   if an address is NULL (in the first two functions also if the group is ""),
   UV_EBADF while a bind is in progress, UV_EINVAL if a group or a source is not
   an address, if the group is not a multicast address, if the interface is ""
   or an address of the other family, or if two scopes differ, UV_ENODEV if
   there is no such interface, UV_EADDRINUSE if the group is joined already,
   UV_EADDRNOTAVAIL if it is not joined, UV_ENOPROTOOPT for an IPv6 group on a
   DGRAM_UDP4 socket, UV_ENOBUFS. */

/* Join and leave a multicast group.
   Node: socket.addMembership(), socket.dropMembership(). */
DGRAM_API int dgram_add_membership(dgram_socket *socket, const char *group,
                                   const char *interface_name);
DGRAM_API int dgram_drop_membership(dgram_socket *socket, const char *group,
                                    const char *interface_name);

/* Join and leave a group for datagrams from one `source` only.
   Node: socket.addSourceSpecificMembership(),
   socket.dropSourceSpecificMembership().
   Further errors: UV_EADDRNOTAVAIL if the source is joined already, UV_EINVAL
   if you leave a group that is not joined. */
DGRAM_API int dgram_add_source_specific_membership(dgram_socket *socket,
                                                   const char *source,
                                                   const char *group,
                                                   const char *interface_name);
DGRAM_API int dgram_drop_source_specific_membership(dgram_socket *socket,
                                                    const char *source,
                                                    const char *group,
                                                    const char *interface_name);

/* Join and leave a group on all interfaces that are up and can do multicast,
   and on the loopback interface. While the group is joined, the socket also
   joins it on interfaces that appear or go up, and again on an interface that
   was removed and created again. Interfaces that cannot receive the group are
   skipped, such as an interface without IPv6 for an IPv6 group.
   dgram_add_membership() is independent of this: the socket leaves a group on
   an interface when both memberships have been dropped. On an interface where
   the socket joined the group for certain sources, it receives from these
   sources only.
   Linux reports changes of the interfaces at once. On other systems, and if
   Linux refuses to report changes, the library checks the interfaces every two
   seconds. It then does not notice if an interface is replaced, within these
   two seconds, by one with the same index. These checks do not keep the loop
   running.
   Errors: as above, UV_EADDRINUSE if the group is already joined on all
   interfaces, UV_EADDRNOTAVAIL if you leave a group that is not joined on all
   interfaces, UV_EINVAL also if the group has a scope.
   The kernel may allow no more memberships (UV_ENOBUFS; on Linux the sysctl
   net.ipv4.igmp_max_memberships), or memory may run out. If no interface could
   join for this reason, the call fails. If only some interfaces could not join,
   the call succeeds, and an `error` event follows with the syscall
   "addMembershipAll" and the group as its address. The library tries again when
   an interface changes or a membership is dropped. */
DGRAM_API int dgram_add_membership_all(dgram_socket *socket, const char *group);
DGRAM_API int dgram_drop_membership_all(dgram_socket *socket,
                                        const char *group);

/* A group that a socket has joined on an interface. */
typedef struct dgram_membership {
    dgram_address group;      /* port 0 */
    dgram_address source;     /* family AF_UNSPEC (0): any */
    uint32_t interface_index; /* 0: the kernel chose the interface */
    bool from_all;            /* made by dgram_add_membership_all() */
} dgram_membership;

/* Writes up to `max` of the memberships that these functions added, and returns
   how many there are. It omits memberships on interfaces that no longer exist.
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if closed. */
DGRAM_API int dgram_get_memberships(dgram_socket *socket, dgram_membership *out,
                                    size_t max);

/* ---- Sockets: end ------------------------------------------------------ */

/* Set whether the socket keeps the loop running while it is bound. Initially it
   does. Queued datagrams and lookups keep the loop running in any case. The
   events `listening` and `connect` that follow a call do not keep it running:
   if the loop ends before such an event, the event comes when the loop runs
   again. You may call both functions in any state, even before the bind.
   Node: socket.ref(), socket.unref(). */
DGRAM_API void dgram_ref(dgram_socket *socket);
DGRAM_API void dgram_unref(dgram_socket *socket);

/* Closes the socket and its descriptor. Queued datagrams that the kernel
   accepts at once are still sent. The callbacks of the other datagrams, and of
   connects and lookups in progress, run with UV_ECANCELED. The socket delivers
   no more datagrams. The event `close` follows, and then the library frees the
   socket. Node: socket.close().
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if it is closed already. */
DGRAM_API int dgram_close(dgram_socket *socket);

/* Closes the socket and returns its descriptor, which is yours: close it, or
   let another socket adopt it (`fd` in dgram_bind_options), also in another
   thread. It is a close-on-exec duplicate, above 0.

   No datagram is lost. Datagrams in the kernel's receive buffer go to the next
   reader of the descriptor. The socket still delivers the datagrams that it has
   already received, such as the rest of a batch, and then emits `close`. It
   does this even if receiving was stopped before the call. If you call
   dgram_receive_stop() after dgram_detach(), the remaining datagrams and
   `close` follow after dgram_receive_start().

   Until `close`, the socket can send, so that a listener can answer. When the
   socket closes, it treats queued datagrams as dgram_close() does. If you call
   dgram_close() earlier, the socket drops the datagrams that it has not
   delivered yet.
   Until `close`, dgram_connect(), dgram_disconnect(), dgram_set_shared(),
   dgram_attach_filter() and dgram_detach() fail with
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING. A connect in progress fails with
   UV_ECANCELED.

   The descriptor keeps its address, its peer, its memberships and its settings:
   buffer sizes, TTLs, a filter, a device. The file of a DGRAM_UNIX socket
   stays, and no socket removes it later. The options of the socket are not part
   of the descriptor. Give the next socket the same `receive_info` and
   `path_errors`. Call dgram_set_shared() if other processes read the
   descriptor, and call dgram_add_membership_all() again for groups on all
   interfaces. dgram_get_memberships() does not list the groups that an earlier
   socket joined, and only dgram_drop_membership() leaves them.

   GRO stays on: messages in the receive buffer may be coalesced, and the kernel
   continues to coalesce. A dgram_socket and a dgram_datapath split them. Any
   other reader must read the control message of UDP_GRO and split them, too. If
   the next reader cannot do this, create the socket with DGRAM_OFFLOAD_OFF.

   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if the socket is closed or
   detached, UV_EBADF if it is unbound, UV_ENOTSUP in a worker of a cluster if
   the primary process opened the descriptor (not for an `exclusive` bind),
   UV_EMFILE if the process has too many descriptors. */
DGRAM_API dgram_fd dgram_detach(dgram_socket *socket);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_H */
