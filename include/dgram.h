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
 *   refused the operation, or a DGRAM_ERR_* code if the call was wrong. On
 *   error nothing changes, except that an implicit bind remains, and the
 *   callback of the call does not run.
 *   An operation that fails later reports its error to its callback. Without a
 *   callback the error goes to the socket's `error` listeners. Without those it
 *   goes to the callback set by dgram_on_unhandled_error().
 *   The library never aborts the process. It prints nothing, unless the
 *   environment variable DGRAM_TRACE asks for a trace of system calls on the
 *   standard error.
 *
 * Memory
 *   The library allocates sockets, block lists and abort handles. You allocate
 *   listeners and event tables, and keep them for as long as they are in use.
 *   Pointers passed to a callback are valid until the callback returns. Strings
 *   and structs that you pass to a function are copied before it returns. So
 *   are payloads, unless you pass DGRAM_NO_COPY.
 *
 * Structs with a `size`
 *   Structs that may grow begin with `size`. Set it to the sizeof of the
 *   struct, and set the members that you do not use to zero. (A designated
 *   initializer does so.) If `size` is smaller than the library's struct, the
 *   missing members are zero. If it is larger, all bytes that the library does
 *   not know must be zero. Otherwise, or if `size` does not even include the
 *   first member after it, the call fails with DGRAM_ERR_INVALID_ARG_VALUE. The
 *   same code reports unknown flags, and an `info` that is not NULL.
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
 *   before or after dgram_close(). A socket without its handles no longer sends
 *   or receives, and still needs its dgram_close(). You may call that even
 *   after uv_loop_close(), while the memory of the loop exists. Then the last
 *   callbacks of the socket run inside dgram_close().
 *
 * Processes
 *   After fork() the child shares the kernel objects of the loop with its
 *   parent. It may call _exit() or execute a program, which closes the
 *   descriptors. To use the loop, the child must call uv_loop_fork() first. It
 *   then owns duplicates of the parent's sockets (see dgram_set_shared()) and
 *   may use and close them. Any other call on the loop or on its sockets
 *   disturbs the parent. If other threads use the library during fork(), the
 *   child may only exit or execute a program.
 *
 * Exceptions
 *   A callback should return. If an exception or a longjmp() leaves it through
 *   uv_run() instead, the library continues at the next uv_run(). It does not
 *   call that callback again, and skips the remaining listeners of that event.
 *   It then delivers everything that follows, once: datagrams, results of sends
 *   and connects, `close`. A lookup function that is left this way has failed
 *   with UV_ECANCELED, unless it had answered.
 *   libuv itself promises less. It may forget handles of yours that were ready
 *   in that loop iteration. Until the next iteration ends it also keeps a
 *   pointer into the abandoned stack, which it uses when a handle is closed or
 *   stopped. So catch exceptions inside the callback. Where you cannot, call
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

/* A set of blocked addresses. A socket drops datagrams from the addresses of
   its `receive_blocklist`, and does not send or connect to those of its
   `send_blocklist`. A rule may be added at any time and applies to all later
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
   Errors: UV_EINVAL if the text is no numeric address, UV_ENODEV if no
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

/* Closes with one call all sockets that were created with it. All of them are
   on one loop. Node: AbortController and the option `signal`. */
typedef struct dgram_abort dgram_abort;

/* Creates a handle. Release it with dgram_abort_release().
   Errors: UV_ENOMEM. */
DGRAM_API int dgram_abort_create(dgram_abort **abort_out);

/* Closes the sockets as dgram_close() does. A second call has no effect. A
   socket that is created with the handle afterwards starts out closed. */
DGRAM_API void dgram_abort_signal(dgram_abort *abort);

/* Returns whether dgram_abort_signal() was called. */
DGRAM_API bool dgram_abort_signalled(const dgram_abort *abort);

/* Releases the caller's reference. Open sockets stay open and keep their own
   references. NULL is ignored. */
DGRAM_API void dgram_abort_release(dgram_abort *abort);

/* ---- Sockets: events --------------------------------------------------- */

/* A UDP socket. See dgram_create(). */
typedef struct dgram_socket dgram_socket;

#define DGRAM_BATCH_MAX 2048u /* most datagrams in one `batch` event */

/* The callbacks of a listener. Set to NULL those that you do not need. The
   library does not copy the table, so make it static const. */
typedef struct dgram_events {
    size_t size; /* sizeof(dgram_events) */
    /* The socket is bound and receives. Node: 'listening'. */
    void (*listening)(dgram_socket *socket, void *data);
    /* dgram_connect() or dgram_connect_sync() succeeded. Node: 'connect'. */
    void (*connect)(dgram_socket *socket, void *data);
    /* A datagram was received. Node: 'message'. */
    void (*message)(dgram_socket *socket, const dgram_message *message,
                    void *data);
    /* All datagrams of one wake-up, at least one, at most DGRAM_BATCH_MAX. The
       `message` listeners are called for the same datagrams afterwards, one at
       a time. On a shared socket a batch is the datagrams of one recvmsg()
       call. */
    void (*batch)(dgram_socket *socket, const dgram_message *messages,
                  size_t count, void *data);
    /* An operation without a callback failed. The socket remains as it is.
       If receiving keeps failing, the error is reported once, until receiving
       works again. UV_EOF means that the program called shutdown() on the
       descriptor: the socket receives nothing more and no longer keeps the loop
       running. Node: 'error'. */
    void (*error)(dgram_socket *socket, const dgram_error *error, void *data);
    /* The socket is closed. This is its last event; the library frees the
       socket afterwards. Node: 'close'. */
    void (*close)(dgram_socket *socket, void *data);
    /* A datagram did not arrive: its destination or a router sent an ICMP
       error, or this host refused to send it. Needs the option `path_errors`.
       A wake-up emits its errors before its datagrams. Node: 'pathError'. */
    void (*path_error)(dgram_socket *socket, const dgram_path_error *error,
                       void *data);
    /* The send queue has space again. Needs the option `send_queue_size_max`.
       When the queue has reached half of its limit, the event is emitted once,
       as soon as the queue falls below half. If the limit refuses a large
       datagram while the queue is below half, the event is emitted when the
       queue is empty. So a `drain` follows each send that the limit refused,
       except a datagram that counts as more than the whole limit.
       If you check dgram_get_send_queue_space() instead of trying to send, the
       event follows if the space was at most half of the limit. A closed socket
       emits none. Node: 'drain'. */
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
   remove and free it at any time, even from a callback of its own or of another
   listener. It is already removed when its `close` runs, and no listener can be
   added during `close`. Node: socket.on().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `events` is NULL or has a wrong
   `size`. Then `listener` is zeroed and not added. */
DGRAM_API int dgram_on(dgram_socket *socket, dgram_listener *listener,
                       const dgram_events *events, void *data);

/* As dgram_on(), but removes the listener before its first callback. With the
   events {listening, error} it replaces the callback of Node's bind().
   Node: socket.once(). */
DGRAM_API int dgram_once(dgram_socket *socket, dgram_listener *listener,
                         const dgram_events *events, void *data);

/* Removes a listener. Has no effect if it is removed already. A listener that
   was never added must be zeroed. Node: socket.off(). */
DGRAM_API void dgram_off(dgram_socket *socket, dgram_listener *listener);

typedef void (*dgram_unhandled_error_cb)(dgram_socket *socket,
                                         const dgram_error *error, void *data);

/* Sets the callback for errors of sockets that have no `error` listener. Each
   loop has one such callback; NULL removes it. It is also removed when the last
   socket of the loop ends. You may set it before the first socket is created;
   then uv_loop_close() fails with UV_EBUSY until a socket was created and
   closed, or the callback is removed. Errors: UV_ENOMEM. */
DGRAM_API int dgram_on_unhandled_error(uv_loop_t *loop,
                                       dgram_unhandled_error_cb cb, void *data);

/* Returns the latest error of this socket, from a call or an event. It is valid
   until the next error. */
DGRAM_API const dgram_error *dgram_last_error(const dgram_socket *socket);

/* Returns how many errors of this socket found no `error` listener. */
DGRAM_API uint64_t dgram_get_unhandled_error_count(const dgram_socket *socket);

/* ---- Sockets: create --------------------------------------------------- */

/* A lookup of a host name in progress; see dgram_lookup_fn. */
typedef struct dgram_lookup dgram_lookup;

/* Resolves the name `host` to an address of the family of `type`. It is not
   called for numeric addresses. Answer with one dgram_lookup_done(), inside
   this function or later on the thread of the loop. A negative return value
   fails the operation with that code; then do not call dgram_lookup_done(). */
typedef int (*dgram_lookup_fn)(dgram_lookup *lookup, const char *host,
                               dgram_type type, void *data);

/* The lookup was cancelled. Called inside dgram_close(). An answer that is
   given inside this function is ignored. `lookup` is freed when it returns. */
typedef void (*dgram_lookup_cancel_fn)(dgram_lookup *lookup, void *data);

/* Answers a lookup: with `status` 0 and an address, whose port is ignored, or
   with a negative code. Frees `lookup`. */
DGRAM_API void dgram_lookup_done(dgram_lookup *lookup, int status,
                                 const dgram_address *address);

/* Forgets the answers that the loop keeps for `host`, or for all names if it is
   NULL; see `lookup_ttl` in dgram_options. `host` must be the same text that
   was looked up. Sends, binds and connects that are waiting for an answer get
   that of a new lookup. Call this function when the network has changed, or
   when a server does not answer any more. */
DGRAM_API void dgram_lookup_flush(uv_loop_t *loop, const char *host);

/* Bytes that hold any message that a system call receives, even one that GRO
   has coalesced from many datagrams. */
#define DGRAM_RECEIVE_MESSAGE_SIZE 65536u

/* Bytes for all messages that one system call receives. */
#define DGRAM_RECEIVE_MEMORY_SIZE (32u * DGRAM_RECEIVE_MESSAGE_SIZE)

/* Bytes that hold a message of a DGRAM_UNIX socket. A longer datagram is
   truncated. On Linux, unprivileged senders cannot send a longer one, unless
   the sysctl net.core.wmem_max was raised. */
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
   dgram_receive_stop(). The datagrams wait in the kernel until you have memory
   again and call dgram_receive_start(). You may also call dgram_receive_stop()
   or dgram_close() here; then the memory is not used.
   The library uses the memory until dgram_receive_release_fn returns it. */
typedef void (*dgram_receive_memory_fn)(dgram_socket *socket, size_t size,
                                        uv_buf_t *memory, void *data);

/* Returns memory that was provided, when everything received into it has been
   delivered, or at once if nothing was received. The library no longer uses it,
   so the payloads remain valid until you use it again. If the socket is closed
   first, this function is not called, and the memory is yours again when
   `close` is emitted. */
typedef void (*dgram_receive_release_fn)(dgram_socket *socket, void *memory,
                                         void *data);

struct sock_filter; /* of <linux/filter.h> */

/* How the kernel chooses one of the sockets that share a port by `reuse_port`.
   Sockets are numbered from 0 in the order of their binds. When one is closed,
   the last socket gets its number. The steering of the latest bind applies to
   all of them. If no socket has the chosen number, the kernel chooses as with
   DGRAM_STEERING_NONE. */
typedef enum dgram_steering {
    DGRAM_STEERING_NONE = 0, /* by a hash of both addresses and ports */
    /* By the CPU that received the datagram: its number modulo
       steering_sockets. A datagram stays on one core if the thread of the
       chosen socket runs there. */
    DGRAM_STEERING_CPU,
    /* By a hash of the address of the sender, without the port: all datagrams
       of one host reach one socket. */
    DGRAM_STEERING_SOURCE,
    /* By steering_program, which returns the number of a socket. */
    DGRAM_STEERING_PROGRAM
} dgram_steering;

/* Options of a new socket. Node: dgram.createSocket(options). */
typedef struct dgram_options {
    size_t size;        /* sizeof(dgram_options) */
    dgram_type type;    /* DGRAM_UDP4, DGRAM_UDP6 or DGRAM_UNIX */
    bool reuse_address; /* set SO_REUSEADDR at bind */
    /* Set SO_REUSEPORT at bind: the kernel distributes the datagrams among the
       sockets of the port. The bind fails with UV_ENOTSUP on a system that does
       not distribute them. */
    bool reuse_port;
    /* Receive no IPv4 on a socket that is bound to "::". On a DGRAM_UDP4 socket
       the bind fails with UV_EINVAL. */
    bool ipv6_only;
    uint32_t receive_buffer_size; /* SO_RCVBUF at bind; 0: system default */
    uint32_t send_buffer_size;    /* SO_SNDBUF at bind; 0: system default */
    uint32_t message_size_max;    /* truncate longer datagrams; 0: never */
    /* Microseconds for which the loop polls without sleeping after each wake-up
       of the socket; 0: none. The next datagram is seen sooner, at the cost of
       one CPU core. This does not keep a loop running that has nothing else to
       do.
       On Linux the kernel also polls the network device for this time before
       it sleeps. The library sets SO_BUSY_POLL of the descriptor (more than the
       system's default needs CAP_NET_ADMIN) and, since Linux 6.9, EPIOCSPARAMS
       of the loop's epoll descriptor. The latter affects all that the loop
       waits for: the longest time of its sockets applies until the last of them
       is closed. The library ignores it if the kernel refuses. */
    uint32_t busy_poll_us;
    /* Limit of the send queue in bytes; 0: none. A send that exceeds it fails
       with UV_ENOBUFS, and the event `drain` follows. A datagram counts as its
       length plus 256 bytes, from the send until the kernel has it or, if it
       has a callback, until that is called. While its host is looked up it
       counts as its length plus 768 bytes and the length of the name. */
    size_t send_queue_size_max;
    dgram_lookup_fn lookup; /* NULL: getaddrinfo() in libuv's thread pool */
    dgram_lookup_cancel_fn lookup_cancel; /* NULL: late answers are ignored */
    void *lookup_data;                    /* passed to both */
    dgram_abort *abort;                   /* NULL, or closes the socket */
    dgram_blocklist *receive_blocklist;   /* NULL, or senders to ignore */
    dgram_blocklist *send_blocklist; /* NULL, or addresses not to send to */
    dgram_offload offload; /* the environment variable DGRAM_OFFLOAD overrides
                              it: see dgram_create() */
    uint32_t segments_max; /* most datagrams in one GSO message; 1: no GSO;
                              0: as many as the kernel takes */
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
       NULL. See dgram_receive_info. If the kernel refuses it, the bind fails.
     */
    uint32_t receive_info;
    /* Emit `path_error` for ICMP errors, whether the socket is connected or
       not. They then neither fail a send nor cause an `error` event. An ICMP
       error is also pending on the descriptor: the library repeats a send that
       fails with it. Errors are emitted even while receiving is stopped, but
       not after UV_EOF.
       On a shared socket each error goes to one of the processes: set the
       option in all of them.
       The library reads the error queue of the descriptor, and discards other
       entries, such as time stamps of sent datagrams. The kernel keeps errors
       in the receive buffer, and drops those that do not fit. A buffer of
       208 KiB holds about 250.
       On loopback a GSO message causes one error, not one for each datagram. */
    bool path_errors;
    /* How long the socket reuses an answer of getaddrinfo(), in milliseconds.
       0: each bind, connect and send to a name calls getaddrinfo(). The sockets
       of a loop share the answers. Lookups of one name that are in progress at
       the same time share one call of getaddrinfo(). A datagram to a name with
       a known address is queued at once. Datagrams of a socket to the same name
       keep their order, also during a lookup. A failure is kept for this time
       or one second, whichever is shorter. A loop keeps the answers of 1024
       names and forgets the oldest first. It frees them with its last socket.
       The system does not say how long an answer is valid; see
       dgram_lookup_flush(). Cannot be combined with `lookup`. */
    uint32_t lookup_ttl;
} dgram_options;

/* Creates a socket. It has no descriptor until it is bound. End it with
   dgram_close(); the library frees it after the event `close`.
   Node: dgram.createSocket().

   A DGRAM_UNIX socket sends datagrams to sockets of this host. Its addresses
   are paths, or abstract names on Linux: see dgram_address_unix(). Ports are
   ignored, and nothing is looked up. What is different:
   - A bind to NULL or "" lets the kernel choose an abstract name (Linux). A
     socket that sends before it is bound has no address, so nobody can answer.
     (With DGRAM_INFO_CREDENTIALS, Linux gives it an abstract name when it
     sends.)
   - A bind to a path creates a socket file. An old socket file that no socket
     is bound to any more is replaced. If a socket is bound to the file, or if
     it is not a socket, the bind fails with UV_EADDRINUSE.
   - dgram_close() removes the file, even if the program has changed its working
     directory. It does not remove another file that is at the path by now, nor
     the file of an adopted descriptor (`fd`). It also removes nothing in a
     process that did not bind the socket: a child process may close its copy.
     See `unix_mode` and `unix_keep_file` in dgram_bind_options.
   - Everyone who may write to the file can send. An abstract name has no
     permissions: every process of the network namespace can send to it.
   - A connected socket survives its server. If the server was closed, the next
     send connects to the path again. A datagram that finds no server fails with
     UV_ECONNREFUSED or UV_ENOENT. When a send finds that the server was closed,
     the kernel discards the datagrams of that server that the socket has not
     received yet.
   - Nothing is lost on the way. While the queue of a destination is full
     (Linux: net.unix.max_dgram_qlen datagrams), datagrams to it wait, however
     long that takes. Datagrams to other destinations are sent. See
     `send_queue_size_max`. For each of up to 64 full destinations the library
     keeps a descriptor open, which wakes the loop when there is space.
   - Datagrams that the destinations have not read yet take up the send buffer
     of the sender. If they fill it, all datagrams wait. Increase
     `send_buffer_size` if you send long datagrams, or to many destinations.
   - A datagram may be as long as the send buffer. A longer one fails with
     UV_EMSGSIZE.
   - `receive_info` may be DGRAM_INFO_CREDENTIALS and DGRAM_INFO_TIMESTAMP only.
     The library closes descriptors that a sender passes.
   - Block lists, GSO and GRO have no effect, and the processes of a cluster do
     not share the bind.
   - Calls that concern IP fail with UV_ENOTSUP: TTL, type of service,
     fragments, path MTU, broadcast, multicast. So do the options `reuse_port`,
     `ipv6_only`, `steering` and `path_errors`, and the bind option `device`. A
     send with a dgram_send_info that sets anything fails with
     DGRAM_ERR_INVALID_ARG_VALUE.

   Errors: DGRAM_ERR_SOCKET_BAD_TYPE, DGRAM_ERR_OUT_OF_RANGE if a kernel buffer
   size is 2^31 or more, DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong,
   `offload` or `receive_info` unknown, `abort` used on another loop,
   `lookup_ttl` together with `lookup`, or `steering` unknown, incomplete or
   without `reuse_port`, UV_ENOTSUP if the system has no `steering`, no error
   queue for `path_errors` or does not report all of `receive_info`, or if the
   type is DGRAM_UNIX and an option is for UDP only, UV_ENOMEM.

   The library reads the environment variable DGRAM_OFFLOAD once, when the
   process creates its first socket. "off" turns offload off for all sockets.
   "on" makes DGRAM_OFFLOAD_AUTO mean DGRAM_OFFLOAD_ON. A number limits the
   datagrams in one GSO message. Any other value means "off". */
DGRAM_API int dgram_create(uv_loop_t *loop, dgram_type type,
                           dgram_socket **socket_out);
DGRAM_API int dgram_create_with(uv_loop_t *loop, const dgram_options *options,
                                dgram_socket **socket_out);

/* Sets and gets a pointer for your own use. It is NULL at first. */
DGRAM_API void dgram_set_data(dgram_socket *socket, void *data);
DGRAM_API void *dgram_get_data(const dgram_socket *socket);

/* Return the loop and the type of the socket. The type changes if the socket
   adopts a descriptor of the other family. */
DGRAM_API uv_loop_t *dgram_get_loop(const dgram_socket *socket);
DGRAM_API dgram_type dgram_get_type(const dgram_socket *socket);

/* Returns the descriptor, which remains the socket's, or UV_EBADF if the socket
   is unbound or closed.
   Do not read from the descriptor or a duplicate before dgram_set_shared():
   with GRO the kernel coalesces datagrams of one sender, and only the library
   splits them. A socket filter sees them coalesced, too: attach it with
   dgram_attach_filter(), or create the socket with DGRAM_OFFLOAD_OFF.
   If you enable the error queue (IP_RECVERR), read it yourself, for example in
   the `error` listener. The library discards what is still there one loop
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
       close-on-exec, and gets SO_REUSEADDR. If GRO is on, as after
       dgram_detach(), it stays on, unless the options of the socket forbid it.
       Coalesced messages that wait are split in either case. */
    dgram_fd fd;
    /* The name of an interface (SO_BINDTODEVICE); NULL or "": any. The socket
       sends and receives by this interface only. A VRF includes its interfaces.
       If the interface is renamed, the socket stays with it. The workers of a
       cluster do not share such a bind. */
    const char *device;
    /* For a path of a DGRAM_UNIX socket: the permissions of the socket file,
       such as 0660; 0: those that the umask leaves. The file never has wider
       ones, not even for a moment. The bind fails with UV_ENOTSUP if the system
       cannot do that. The call fails with DGRAM_ERR_INVALID_ARG_VALUE if the
       value is above 0777, or if the address is not a path. */
    uint32_t unix_mode;
    /* For a path of a DGRAM_UNIX socket: neither replace a file that an earlier
       socket has left, nor remove the file when the socket is closed. */
    bool unix_keep_file;
} dgram_bind_options;

/* Binds the socket and starts to receive. The event `listening` follows, or
   `error`; after `error` the socket is unbound and may be bound again. If
   `options` is NULL the socket binds to all interfaces and a free port. A
   descriptor in `fd` is checked and adopted inside the call. If the call fails,
   the descriptor remains the caller's and its flags and options are unchanged.
   Node: socket.bind().
   Errors: DGRAM_ERR_SOCKET_ALREADY_BOUND (also while a bind is in progress),
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if closed, DGRAM_ERR_INVALID_ARG_VALUE if
   `size` is wrong, UV_ENOMEM.
   Errors for `fd`: UV_EBADF, DGRAM_ERR_INVALID_FD_TYPE, UV_EEXIST if the loop
   watches it already, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED if it has a peer and
   a connect is in progress.
   Errors of the event `error`: those of the lookup and of the bind() call,
   UV_EINVAL if the address is of the other family, UV_ENODEV if no interface
   has the name of the scope or of the `device`, UV_ENOTSUP if the system has no
   `device`, UV_EPERM for `device` before Linux 5.7 without CAP_NET_RAW.
   A `device` of 16 bytes or more fails at once with UV_ENODEV, and one together
   with `fd` with DGRAM_ERR_INVALID_ARG_VALUE.
   For a path of a DGRAM_UNIX socket: UV_ENAMETOOLONG, UV_ENOENT or UV_ENOTDIR
   if the folder is missing, UV_EADDRINUSE (see dgram_create()), and UV_EACCES,
   UV_EPERM or UV_EROFS if you may not create the file or remove an old one. A
   bind that fails leaves no new file. */
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
   `options` is NULL, the socket binds to all interfaces and a free port. Other
   errors: those of dgram_bind_with() for `size`, `fd` and `device`. */
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
   (may be NULL) is called with 0. On failure `cb` is called with the code;
   without `cb` the event is `error`. Node: socket.connect().
   Errors: DGRAM_ERR_SOCKET_BAD_PORT if `port` is 0,
   DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED (also while a connect is in progress),
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING, UV_ENOMEM, and those of the implicit
   bind. For a DGRAM_UNIX socket: DGRAM_ERR_MISSING_ARGS if `host` is NULL or
   "". For `cb`: UV_ENOENT if there is no such path, UV_ECONNREFUSED if no
   socket is bound to it, UV_EPROTOTYPE if a stream socket is bound to it,
   UV_EACCES if you may not write to the file, UV_EPERM if the socket that is
   bound to it is connected to another one. */
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

/* Removes the peer. On Linux the socket also loses a port that the kernel
   chose; the next send gets a new one. Node: socket.disconnect().
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

/* The result of a send. status: the length of the datagram if the kernel took
   it, or a negative code; UV_ECANCELED if the socket was closed first.
   dgram_last_error() has the details. */
typedef void (*dgram_send_cb)(dgram_socket *socket, int status, void *data);

/* Queues one datagram. It is sent at the end of the current phase of the loop,
   together with all others of that phase, or earlier if a batch is full. The
   order of datagrams to one destination is kept. An unbound socket is bound
   first. `to` must be NULL on a connected socket, and must not be NULL on any
   other. `length` may be 0. `cb` (may be NULL) is called once if the call
   succeeds. Node: socket.send().
   Errors: DGRAM_ERR_SOCKET_BAD_PORT if `to` is NULL or its port 0,
   DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED if `to` is set on a connected socket,
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING, DGRAM_ERR_INVALID_ARG_VALUE if `payload`
   is NULL and `length` is not 0, DGRAM_ERR_OUT_OF_RANGE if `length` is 4 GiB or
   more, UV_EINVAL if the address is of the other family, UV_ENOBUFS if the
   queue is full (see `send_queue_size_max`), UV_ENOMEM, and those of the
   implicit bind.
   Errors of `cb`, among others: UV_EMSGSIZE if `length` is above 65,507
   (IPv6: 65,527), UV_ENETUNREACH, UV_ECONNREFUSED, DGRAM_ERR_IP_BLOCKED,
   UV_ENOBUFS if the system had no buffers for the datagram during one second
   (datagrams to other destinations do not wait for it), UV_EAGAIN if the socket
   is writable and does not take the datagram, for example because no port is
   free. */
DGRAM_API int dgram_send(dgram_socket *socket, const void *payload,
                         size_t length, const dgram_address *to,
                         dgram_send_cb cb, void *data);

/* As dgram_send(), to a host: a numeric address, or a name that is looked up
   first; NULL or "" is the loopback address. Later sends may overtake the
   datagram during a lookup, except those to the same name on a socket with a
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

/* Queues `count` datagrams, each as dgram_send() does. A refused one does not
   stop the others. `status_out` is NULL or an array of `count`; it receives 0
   for each accepted datagram and the code for each refused one. `cb` (may be
   NULL) is called once for each accepted datagram, with the `data` of that
   datagram. Returns how many were accepted; if none was, the code of the first.
   Further errors: DGRAM_ERR_INVALID_ARG_VALUE for a datagram with DGRAM_NO_COPY
   if `cb` is NULL, with unknown flags or with an invalid `info` (see
   dgram_send_info); for all of them if `messages` is NULL; and for a `count`
   above INT32_MAX, which leaves `status_out` unchanged.
   Further errors of `cb` for a datagram with an `info`: those of the kernel in
   dgram_send_info, and DGRAM_ERR_INVALID_ARG_VALUE if the source address cannot
   be used with the address of its `host`. */
DGRAM_API int dgram_send_batch(dgram_socket *socket,
                               const dgram_outgoing *messages, size_t count,
                               int *status_out, dgram_send_cb cb);

/* Passes `count` datagrams to the kernel inside the call, as many as it takes,
   and queues none of them. Datagrams that are queued already go first. An
   unbound socket is bound first. Payloads are not used after the call; `data`
   and DGRAM_NO_COPY have no effect.
   Returns how many datagrams are done: sent or failed. `status_out`,
   an array of `count`, receives the length of each sent datagram and the code
   of each failed one. A failure does not stop the others. No callback and no
   `error` event follows.
   If fewer than `count` are done, the next one has to wait, and nothing after
   it was sent. Its status is the reason; if none is done, the reason is
   returned. Pass the rest to dgram_send_batch(), which queues it, or try again
   later. UV_EAGAIN: the kernel takes no more now, datagrams are queued before,
   or a bind is in progress. UV_ENOBUFS: the system has no buffers for the
   destination of this datagram now, or the destination is a Unix socket whose
   queue is full. Datagrams to other destinations may be sent.
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
   socket receives information (`message->info`), the answer leaves from the
   address that the message was sent to; see dgram_reply_info(). This matters
   for a socket that is bound to the wildcard on a host with several addresses.
   Without information it is an ordinary send. The message is not used after the
   call. On a connected socket the message must be from the peer.
   Errors: those of dgram_send(), and DGRAM_ERR_INVALID_ARG_VALUE if `message`
   or its `from` is NULL. */
DGRAM_API int dgram_reply(dgram_socket *socket, const dgram_message *message,
                          const void *payload, size_t length, dgram_send_cb cb,
                          void *data);

/* Passes queued datagrams to the kernel now, as many as it takes. Callbacks
   follow from the loop. Returns how many datagrams still wait: for the kernel,
   for a bind or for a lookup.
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING. */
DGRAM_API int dgram_flush(dgram_socket *socket);

/* Return the bytes of payload, and the number of datagrams, that were accepted
   and that the kernel has neither taken nor refused yet.
   Node: socket.getSendQueueSize(), socket.getSendQueueCount(). */
DGRAM_API size_t dgram_get_send_queue_size(const dgram_socket *socket);
DGRAM_API size_t dgram_get_send_queue_count(const dgram_socket *socket);

/* Returns how many bytes may still be queued, or SIZE_MAX without the option
   `send_queue_size_max`. That option says what a datagram counts as. A datagram
   that counts as more than this is refused with UV_ENOBUFS. */
DGRAM_API size_t dgram_get_send_queue_space(const dgram_socket *socket);

/* Gets the counts of the socket. Set `size` before. It costs one getsockopt().
   You can call it after dgram_close(), up to and including the `close` event.
   `receive_drops` is 0 before a bind, and keeps its last value after
   dgram_close(). Node: socket.getStats().
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if `size` is wrong. */
DGRAM_API int dgram_get_stats(dgram_socket *socket, dgram_stats *stats_out);

/* ---- Sockets: receive -------------------------------------------------- */

/* Stop and start receiving. A stopped socket makes no system call to receive.
   The kernel keeps the datagrams that arrive, as many as fit in the socket's
   receive buffer. The socket stays bound and can send.
   No datagram is delivered between the two calls. If a listener stops
   receiving, the datagrams that were received together with its own are kept.
   They are delivered first after the start, from the loop. Until then the
   socket keeps its receive buffers: 2 MiB of address space, of which the
   datagrams use a part.
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

/* Sets the TTL of unicast datagrams, 1 to 255, else UV_EINVAL.
   On Linux this and the next two functions also set the IPv4 option of a
   DGRAM_UDP6 socket that is not `ipv6_only`. If one of the options cannot be
   set, neither changes.
   Node: socket.setTTL(), which does not set the IPv4 option. */
DGRAM_API int dgram_set_ttl(dgram_socket *socket, int ttl);

/* Sets the type of service (IPv4) or traffic class (IPv6) of datagrams, 0 to
   255, else UV_EINVAL; see DGRAM_TOS(). A dual-stack socket is set as by
   dgram_set_ttl(). The getter returns the value, of IPv6 for a DGRAM_UDP6
   socket. */
DGRAM_API int dgram_set_tos(dgram_socket *socket, int tos);
DGRAM_API int dgram_get_tos(dgram_socket *socket);

/* Whether the packets of a socket may be fragmented: the modes of Linux. Other
   systems have DGRAM_PMTU_DONT and DGRAM_PMTU_DO only. */
typedef enum dgram_pmtu {
    DGRAM_PMTU_DONT = 0, /* fragment as needed, never set "don't fragment" */
    DGRAM_PMTU_WANT = 1, /* learn the path MTU, and fragment what exceeds it */
    DGRAM_PMTU_DO = 2,   /* never fragment: what exceeds the path MTU fails with
                            UV_EMSGSIZE */
    DGRAM_PMTU_PROBE = 3, /* never fragment, and ignore the path MTU: only what
                             exceeds the MTU of the interface fails */
    DGRAM_PMTU_INTERFACE = 4, /* as PROBE, but let routers fragment (IPv4), and
                                 learn no path MTU */
    DGRAM_PMTU_OMIT = 5       /* as INTERFACE, but fragment what exceeds the MTU
                                 of the interface */
} dgram_pmtu;

/* Set and get the mode. A dual-stack socket is set as by dgram_set_ttl(). A GSO
   message is no exception: each of its datagrams is sent, or fails, as it would
   alone.
   Errors: UV_EINVAL for an unknown mode, UV_ENOTSUP if the system lacks it. */
DGRAM_API int dgram_set_dont_fragment(dgram_socket *socket, dgram_pmtu mode);
DGRAM_API int dgram_get_dont_fragment(dgram_socket *socket);

/* Returns the path MTU to the unicast address `to`: the bytes of the longest IP
   packet; see dgram_payload_size_max(). It is the MTU of the interface until an
   ICMP error of a router reports a smaller one to the kernel. The port of `to`
   is ignored. NULL is the peer. The call opens a temporary descriptor with the
   source address and the device of the socket.
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED if `to` is NULL and there is no
   peer, UV_EINVAL if `to` is of the other family, UV_ENETUNREACH, UV_EMFILE,
   UV_ENOTSUP on systems other than Linux and Windows. */
DGRAM_API int dgram_get_path_mtu(dgram_socket *socket, const dgram_address *to);

/* Sets the TTL of multicast datagrams, 0 to 255, else UV_EINVAL.
   Node: socket.setMulticastTTL(). */
DGRAM_API int dgram_set_multicast_ttl(dgram_socket *socket, int ttl);

/* Sets whether this host receives the multicast datagrams that the socket
   sends. Node: socket.setMulticastLoopback(). */
DGRAM_API int dgram_set_multicast_loopback(dgram_socket *socket, bool on);

/* Sets whether a socket that is bound to all addresses or to a group receives
   groups that only other sockets of this host have joined. The default is true.
   A dual-stack socket is set for both families.
   Errors: UV_ENOTSUP on systems other than Linux, UV_ENOPROTOOPT for IPv6
   before Linux 4.20. */
DGRAM_API int dgram_set_multicast_all(dgram_socket *socket, bool on);

/* Sets the interface that multicast datagrams leave by: its name ("eth0"), its
   index ("2"), its IPv4 address, or an IPv6 address with a scope ("::%eth1").
   "0.0.0.0" and "::" let the kernel choose. An address sets the interface for
   its own family, a name or an index for all families of the socket.
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
   On a shared socket the library reads one message at a time, from the next
   wake-up on, and sends the answers to it before it reads the next. So a
   process that is killed loses no other datagram. GRO is turned off; coalesced
   messages that already wait are read inside the call and delivered by this
   process. With `on` false the library reads many messages at a time again.
   Errors: UV_ENOMEM. */
DGRAM_API int dgram_set_shared(dgram_socket *socket, bool on);

/* Attaches a classic BPF filter of `count` instructions to the descriptor
   (SO_ATTACH_FILTER). It decides which datagrams the socket receives, and
   replaces an earlier filter. NULL and 0 detach it. The call turns GRO off for
   good first, so that the filter sees each datagram alone. Datagrams that
   already wait are not filtered. On error the filter does not change.
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
   UV_EBADF while a bind is in progress, UV_EINVAL if a group or a source is
   no address, if the group is no multicast address, if the interface is "" or
   an address of the other family, or if two scopes differ, UV_ENODEV if there
   is no such interface, UV_EADDRINUSE if the group is joined already,
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
   Other errors: UV_EADDRNOTAVAIL if the source is joined already, UV_EINVAL
   when leaving a group that is not joined. */
DGRAM_API int dgram_add_source_specific_membership(dgram_socket *socket,
                                                   const char *source,
                                                   const char *group,
                                                   const char *interface_name);
DGRAM_API int dgram_drop_source_specific_membership(dgram_socket *socket,
                                                    const char *source,
                                                    const char *group,
                                                    const char *interface_name);

/* Join and leave a group on all interfaces that are up and can do multicast,
   and on the loopback interface. Until you leave it, the socket also joins it
   on interfaces that appear or are set up, and again on an interface that was
   removed and created anew. Interfaces that cannot have the group, such as one
   without IPv6, are skipped.
   dgram_add_membership() is independent of this: the socket leaves a group on
   an interface when both kinds of membership are dropped. If the socket has
   joined the group for single sources on an interface, it receives only these
   there.
   Linux reports changes at once. If the system does not report them, the
   library reads the list of interfaces every two seconds. It then does not
   notice an interface that was replaced by one with the same index. Neither
   keeps the loop running.
   Errors: as above, UV_EADDRINUSE if the group is already joined on all
   interfaces, UV_EADDRNOTAVAIL if you leave one that is not, UV_EINVAL also if
   the group has a scope. The kernel may allow no more memberships (UV_ENOBUFS;
   on Linux the sysctl net.ipv4.igmp_max_memberships), or memory may run out. If
   that fails the join on all interfaces, the call fails. If it fails it on some
   of them, the call succeeds, and an `error` event follows with the syscall
   "addMembershipAll" and the group as its address. The library tries these
   again when an interface changes or a membership is dropped. */
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

/* Writes up to `max` of the memberships that these calls made, and returns how
   many there are. Memberships on removed interfaces are not among them.
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if closed. */
DGRAM_API int dgram_get_memberships(dgram_socket *socket, dgram_membership *out,
                                    size_t max);

/* ---- Sockets: end ------------------------------------------------------ */

/* Set whether the socket keeps the loop running while it is bound. It does at
   first. Queued datagrams and lookups keep the loop running in any case. The
   events `listening` and `connect` that follow a call do not: if the loop ends
   before them, they are emitted when it runs again. May be called in any state,
   even before the bind.
   Node: socket.ref(), socket.unref(). */
DGRAM_API void dgram_ref(dgram_socket *socket);
DGRAM_API void dgram_unref(dgram_socket *socket);

/* Closes the socket and its descriptor. Queued datagrams that the kernel takes
   at once are still sent. The callbacks of the others, and of pending connects,
   run with UV_ECANCELED. The socket delivers no further datagram. The event
   `close` follows; then the library frees the socket. Node: socket.close().
   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if it is closed already. */
DGRAM_API int dgram_close(dgram_socket *socket);

/* Closes the socket and returns its descriptor, which is yours: close it, or
   let another socket adopt it (`fd` in dgram_bind_options), also in another
   thread. It is a close-on-exec duplicate, above 0.

   No datagram is lost. Datagrams that wait in the kernel are for whoever reads
   the descriptor next. Datagrams that this socket has received already, such as
   the rest of a batch, it delivers as always, and then emits `close`. It does
   so even if receiving was stopped before the call. If you call
   dgram_receive_stop() after dgram_detach(), the rest and `close` wait for
   dgram_receive_start().

   Until `close` the socket can send, so that a listener can answer. When it
   closes, it treats queued datagrams as dgram_close() does. If you call
   dgram_close() earlier, it drops the datagrams that are not delivered yet.
   Until `close`, dgram_connect(), dgram_disconnect(), dgram_set_shared(),
   dgram_attach_filter() and dgram_detach() fail with
   DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING. A connect in progress fails with
   UV_ECANCELED.

   The descriptor keeps its address, its peer, its memberships and what was set
   on it: buffer sizes, TTLs, a filter, a device. The file of a DGRAM_UNIX
   socket stays, and no socket removes it later. The options of the socket are
   not part of the descriptor. Give the next socket the same `receive_info` and
   `path_errors`. Call dgram_set_shared() if other processes read the
   descriptor, and call dgram_add_membership_all() again for groups on all
   interfaces. dgram_get_memberships() does not list what an earlier socket
   joined, and only dgram_drop_membership() leaves it.

   GRO stays on: messages that wait may be coalesced, and the kernel coalesces
   more. A dgram_socket and a dgram_datapath split them. Any other reader must
   read the control message of UDP_GRO and split them, too. If it cannot, create
   the socket with DGRAM_OFFLOAD_OFF.

   Errors: DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING if the socket is closed or
   detached, UV_EBADF if it is unbound, UV_ENOTSUP in a worker of a cluster if
   the primary process opened the descriptor (not for an `exclusive` bind),
   UV_EMFILE if the process has too many descriptors. */
DGRAM_API dgram_fd dgram_detach(dgram_socket *socket);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_H */
