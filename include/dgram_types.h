/*
 * The types that the headers of libdgram share: errors, addresses, datagrams,
 * memory. Include dgram.h or dgram_datapath.h, which include this header. It
 * does not include a header of libuv.
 *
 * Errors
 *   Functions that return int return 0 or more on success and a negative code
 *   on failure: a DGRAM_ERR_* code if the arguments or the state of the object
 *   do not allow the call, or a UV_E* code of libuv if the operating system
 *   refused the operation. On Unix a UV_E* code is the negated errno, so a
 *   program without libuv writes -EAGAIN for UV_EAGAIN.
 */
#ifndef DGRAM_TYPES_H
#define DGRAM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>
#include <afunix.h> /* needs those above */
#else
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DGRAM_API __attribute__((visibility("default")))
#else
#define DGRAM_API
#endif

#define DGRAM_VERSION_MAJOR 0
#define DGRAM_VERSION_MINOR 1
#define DGRAM_VERSION_PATCH 0
#define DGRAM_VERSION_STRING "0.1.0"

/* Returns the version of the library at run time. Compare it with
   DGRAM_VERSION_STRING. The text is static. */
DGRAM_API const char *dgram_version(void);

/* A descriptor of a socket, or a negative number. On Windows it holds a SOCKET,
   to which you cast it. */
#if defined(_WIN32)
typedef intptr_t dgram_fd;
#else
typedef int dgram_fd;
#endif

/* ---- Errors ------------------------------------------------------------ */

/* The codes of the library: name as in Node, value, text. Each name is a
   constant with the prefix DGRAM_, as in DGRAM_ERR_OUT_OF_RANGE. Only the Node
   package uses DGRAM_ERR_BUFFER_OUT_OF_BOUNDS and
   DGRAM_ERR_SOCKET_BAD_BUFFER_SIZE. */
#define DGRAM_ERRORS(X)                                                        \
    X(ERR_BUFFER_OUT_OF_BOUNDS, -5001, "Payload is outside of buffer bounds")  \
    X(ERR_INVALID_ARG_VALUE, -5002, "Invalid argument value")                  \
    X(ERR_INVALID_FD_TYPE, -5003, "Unsupported fd type")                       \
    X(ERR_IP_BLOCKED, -5004, "IP is blocked by a block list")                  \
    X(ERR_MISSING_ARGS, -5005, "A required argument must be specified")        \
    X(ERR_OUT_OF_RANGE, -5006, "Value is out of range")                        \
    X(ERR_SOCKET_ALREADY_BOUND, -5007, "Socket is already bound")              \
    X(ERR_SOCKET_BAD_BUFFER_SIZE, -5008,                                       \
      "Buffer size must be a positive integer")                                \
    X(ERR_SOCKET_BAD_PORT, -5009, "Port should be > 0 and < 65536")            \
    X(ERR_SOCKET_BAD_TYPE, -5010,                                              \
      "Bad socket type specified. Valid types are: udp4, udp6")                \
    X(ERR_SOCKET_BUFFER_SIZE, -5011, "Could not get or set buffer size")       \
    X(ERR_SOCKET_DGRAM_IS_CONNECTED, -5012, "Already connected")               \
    X(ERR_SOCKET_DGRAM_NOT_CONNECTED, -5013, "Not connected")                  \
    X(ERR_SOCKET_DGRAM_NOT_RUNNING, -5014, "Not running")

enum dgram_error_code {
#define DGRAM_ERROR_ENUM(name, value, text) DGRAM_##name = (value),
    DGRAM_ERRORS(DGRAM_ERROR_ENUM)
#undef DGRAM_ERROR_ENUM
};

/* Returns the name of a code as Node spells it: "ERR_SOCKET_BAD_PORT",
   "EINVAL". The text is static and never NULL. */
DGRAM_API const char *dgram_err_name(int code);

/* Returns one line that describes a code. The text is static and never NULL. */
DGRAM_API const char *dgram_strerror(int code);

/* Bytes of the longest host name or numeric address, with its NUL. */
#define DGRAM_HOST_TEXT_MAX 256

/* An error with its details. */
typedef struct dgram_error {
    int code;            /* negative; 0: no error yet */
    int cause;           /* the UV_E* code that caused
                            DGRAM_ERR_SOCKET_BUFFER_SIZE; otherwise 0 */
    const char *syscall; /* the operation: "bind", "getaddrinfo", ...; "" if the
                            arguments of the call were wrong; static */
    const char *address; /* address or name of the operation, or "" */
    uint16_t port;       /* port of the operation, or 0 */
} dgram_error;

/* Writes the error as one line, such as "bind EADDRINUSE 0.0.0.0:53". Returns
   the length of the whole line. Truncates a line that is longer than `size` - 1
   bytes, as snprintf() does. */
DGRAM_API int dgram_error_format(const dgram_error *error, char *text,
                                 size_t size);

/* ---- Addresses --------------------------------------------------------- */

/* The address of a Unix socket: a path, or an abstract name (Linux), which
   begins with a NUL and may contain others. */
typedef struct dgram_unix_address {
    struct sockaddr_un name;
    uint16_t length; /* bytes of name.sun_path, without the NUL behind a path;
                        0: no address */
} dgram_unix_address;

/* An address and a port, or the address of a Unix socket. `any.sa_family` is
   AF_INET, AF_INET6 or AF_UNIX. To compare two of them, use
   dgram_address_equal(): unused bytes are undefined. */
typedef union dgram_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    dgram_unix_address un;
} dgram_address;

#define DGRAM_ADDRESS_TEXT_MAX                                                 \
    112 /* bytes of the longest text, with its NUL                             \
         */

/* Parses a numeric IPv4 address, or an IPv6 address with an optional scope. The
   scope is the name of an interface, not a number: "fe80::1%eth0".
   Errors: UV_EINVAL for other text, such as a host name, UV_ENODEV if no
   interface has the name of the scope. All functions that take an address as
   text do the same. */
DGRAM_API int dgram_address_parse(const char *text, uint16_t port,
                                  dgram_address *address_out);

/* Makes the address of a Unix socket. The text is a path, or "@" and an
   abstract name. (If a path begins with "@", write "./@".) All functions that
   take an address as text do the same if the socket is a DGRAM_UNIX socket.
   Errors: UV_EINVAL if the text is NULL or "", UV_ENAMETOOLONG if it is longer
   than the system allows (Linux: 107 bytes). */
DGRAM_API int dgram_address_unix(const char *text, dgram_address *address_out);

/* Writes the address without its port, in canonical lower case. A link-local
   address gets its scope, "%eth0". DGRAM_ADDRESS_TEXT_MAX bytes always suffice.
   The text of a Unix address is that of dgram_address_unix(), or "" if there is
   no address. Each NUL in an abstract name is written as "@".
   Node: rinfo.address.
   Errors: UV_ENOSPC if `size` is too small, UV_EINVAL if the family is
   unknown. */
DGRAM_API int dgram_address_format(const dgram_address *address, char *text,
                                   size_t size);

/* Returns the port in host byte order; 0 for a Unix address. */
DGRAM_API uint16_t dgram_address_port(const dgram_address *address);

/* Returns "IPv4", "IPv6" or "unix", a static text. Node: rinfo.family. */
DGRAM_API const char *dgram_address_family(const dgram_address *address);

/* Returns whether family, address, port and scope are equal. */
DGRAM_API bool dgram_address_equal(const dgram_address *a,
                                   const dgram_address *b);

/* Returns the length in bytes of the longest payload in an IP packet of `mtu`
   bytes to `to`, without IP options. The headers take 28 bytes for IPv4 and
   IPv4-mapped addresses, and 48 for IPv6. The result is at most the limit of
   UDP. It is 0 if `mtu` is too small, or if it is a negative code of
   dgram_get_path_mtu(). */
DGRAM_API uint32_t dgram_payload_size_max(int mtu, const dgram_address *to);

/* ---- Datagrams --------------------------------------------------------- */

/* The kind of a socket: UDP over IPv4 or IPv6, or a Unix datagram socket, whose
   datagrams stay on this host. See dgram_create(). */
typedef enum dgram_type {
    DGRAM_UNIX = 1,
    DGRAM_UDP4 = 4,
    DGRAM_UDP6 = 6
} dgram_type;

#define DGRAM_TRUNCATED 1u /* the datagram was longer than `length` */

/* Information about a datagram besides its payload and its remote address.
   These flags name the members of dgram_receive_info and dgram_send_info. */
#define DGRAM_INFO_LOCAL 1u      /* the local address */
#define DGRAM_INFO_INTERFACE 2u  /* the interface */
#define DGRAM_INFO_TOS 4u        /* type of service: DSCP and ECN */
#define DGRAM_INFO_TTL 8u        /* TTL, or hop limit of IPv6 */
#define DGRAM_INFO_TIMESTAMP 16u /* when the kernel received it */
#define DGRAM_INFO_ALL 31u       /* all of the above */
/* The sender's process, user and group. Only for DGRAM_UNIX sockets, which take
   only this flag and DGRAM_INFO_TIMESTAMP. */
#define DGRAM_INFO_CREDENTIALS 32u

/* The parts of a type-of-service byte (IPv4 TOS, IPv6 traffic class): the DSCP,
   0 to 63, and the ECN bits. */
#define DGRAM_TOS(dscp, ecn) ((uint8_t)((dscp) << 2 | (ecn)))
#define DGRAM_TOS_DSCP(tos) ((uint8_t)((tos) >> 2 & 63))
#define DGRAM_TOS_ECN(tos) ((uint8_t)((tos)&3))
#define DGRAM_ECN_NOT_ECT 0u /* the sender does not use ECN */
#define DGRAM_ECN_ECT1 1u
#define DGRAM_ECN_ECT0 2u
#define DGRAM_ECN_CE 3u /* a router on the path was congested */

/* What the kernel reports about a received datagram. Request it with the option
   `receive_info`. All datagrams of a coalesced message share the information.
   The time is that of the first datagram. Linux before 6.9 also coalesces
   datagrams that differ in TOS or TTL. If you request TOS or TTL, the library
   turns GRO off on these kernels, unless you set DGRAM_OFFLOAD_ON.
   On an adopted or shared descriptor, datagrams may have arrived before the
   socket requested the information. Their interface and time may be missing or
   wrong. */
typedef struct dgram_receive_info {
    uint32_t valid;           /* DGRAM_INFO_*: the members that are set */
    uint32_t interface_index; /* of the interface that received it */
    uint64_t timestamp_ns;    /* nanoseconds since 1970 (CLOCK_REALTIME) */
    uint8_t tos;              /* 0 to 255 */
    uint8_t ttl;              /* the remaining TTL or hop limit */
    /* Valid with DGRAM_INFO_CREDENTIALS: the process, user and group of the
       sender. The kernel checks them, but a privileged sender can set other
       values. */
    int32_t pid;
    uint32_t uid, gid;
    /* The address that the datagram was sent to, which may be a multicast or
       broadcast address. The port is 0. The address is IPv4-mapped if a
       DGRAM_UDP6 socket received the datagram over IPv4. */
    dgram_address local;
    /* Valid with DGRAM_INFO_LOCAL: the address of this host that an answer
       should be sent from. It is `local` if that is a unicast address.
       Otherwise it is an address of the interface, or the unspecified address,
       which lets the kernel choose. */
    dgram_address reply_from;
} dgram_receive_info;

/* Source address, interface, TOS and TTL of one datagram. For this datagram,
   they override the options and the bound address of the socket. Only members
   that `set` names are used. The struct need not outlive the call. Only
   consecutive datagrams with equal information can share a GSO message.
   DGRAM_ERR_INVALID_ARG_VALUE reports unknown flags or DGRAM_INFO_TIMESTAMP in
   `set`, a `ttl` of 0, a `local` of another family than the destination, and
   anything in `set` for a Unix socket.
   `local` must be IPv4-mapped if the destination is.
   An error of the kernel makes only this datagram fail. On Linux: UV_EINVAL
   (IPv6) or UV_ENETUNREACH (IPv4; UV_EINVAL on older kernels) if the source is
   not an address of this host, UV_ENODEV if there is no such interface.
   UV_ENOTSUP if the system cannot send with this information. */
typedef struct dgram_send_info {
    uint32_t set;             /* DGRAM_INFO_*, except DGRAM_INFO_TIMESTAMP */
    uint32_t interface_index; /* to send through; 0: the kernel chooses */
    uint8_t tos;              /* 0 to 255 */
    uint8_t ttl;              /* 1 to 255; also for multicast datagrams */
    dgram_address local;      /* source address; its port is ignored, the
                                 unspecified address lets the kernel choose */
} dgram_send_info;

/* Fills the send information for an answer to a received datagram. The source
   address is `reply_from`. The interface is set only if the source address is
   not enough: if the datagram was sent to a multicast, broadcast or link-local
   address, or if `received` has no local address. Otherwise the routing table
   chooses the interface, because the sender may be on this host, or the route
   back may use another interface. To send through the interface of the datagram
   in any case, set `interface_index` and add DGRAM_INFO_INTERFACE to `set`. To
   always let the routing table choose, remove DGRAM_INFO_INTERFACE from `set`.
   If `received` is NULL, nothing is set. */
DGRAM_API void dgram_reply_info(const dgram_receive_info *received,
                                dgram_send_info *info_out);

/* A received datagram. */
typedef struct dgram_message {
    const unsigned char *payload;   /* never NULL, even if length is 0 */
    const dgram_address *from;      /* the sender */
    uint32_t length;                /* bytes at payload */
    uint32_t flags;                 /* DGRAM_TRUNCATED, or 0 */
    const dgram_receive_info *info; /* NULL without `receive_info` */
} dgram_message;

/* Why a datagram did not arrive: a host or a router on its path sent an ICMP
   error, or this host refused to send it. */
typedef struct dgram_path_error {
    /* UV_ECONNREFUSED (no socket has that port), UV_EHOSTUNREACH,
       UV_ENETUNREACH, UV_EACCES (a packet filter rejects the datagram),
       UV_EMSGSIZE (the packet exceeds the path MTU and must not be fragmented),
       or another code of the kernel. */
    int code;
    uint32_t mtu; /* with UV_EMSGSIZE: the longest IP packet that passes, in
                     bytes; 0: unknown */
    /* The destination of the datagram. It is IPv4-mapped for an IPv4
       destination of a DGRAM_UDP6 socket. The port is 0 if the kernel does not
       report it: for an IPv4 datagram of an unconnected socket that this host
       refused. */
    dgram_address to;
    /* The host that reported the error: the destination or a router. The port
       is 0. The family is AF_UNSPEC if this host refused the datagram. */
    dgram_address reporter;
    uint8_t icmp_type; /* of the ICMP message; of the ICMPv6 message if `to` is
                          an IPv6 address that is not IPv4-mapped */
    uint8_t icmp_code;
    bool local; /* this host refused the datagram; no ICMP message came */
} dgram_path_error;

/* Bytes to send. Name the members in initializers: their order may differ
   between systems. */
typedef struct dgram_buffer {
    const void *base; /* NULL only if length is 0 */
    size_t length;    /* bytes */
} dgram_buffer;

/* Do not copy the payload. It must stay valid and unchanged until the callback
   of the send is called, so the send needs a callback. */
#define DGRAM_NO_COPY 1u

/* One datagram of a batch. */
typedef struct dgram_outgoing {
    const void *payload;         /* one buffer of `length` bytes ... */
    size_t length;               /* ignored if `parts` is set */
    const dgram_address *to;     /* NULL: `host`, or without it the peer */
    const char *host;            /* as in dgram_send_to(), or NULL */
    const dgram_buffer *parts;   /* ... or several buffers; `payload` is NULL */
    uint32_t part_count;         /* number of `parts` */
    uint16_t port;               /* port of `host` */
    uint16_t flags;              /* DGRAM_NO_COPY, or 0 */
    void *data;                  /* passed to the callback */
    const dgram_send_info *info; /* NULL: the options of the socket apply */
} dgram_outgoing;

/* ---- Statistics -------------------------------------------------------- */

/* The value of `receive_drops` if the kernel does not report it. */
#define DGRAM_STATS_UNKNOWN UINT64_MAX

/* The counts of a socket or a datapath since it was created. Bytes are bytes of
   payload. */
typedef struct dgram_stats {
    size_t size;                                 /* sizeof(dgram_stats) */
    uint64_t datagrams_received, bytes_received; /* from the kernel, `blocked`
                                                    datagrams included */
    uint64_t datagrams_sent, bytes_sent;         /* accepted by the kernel */
    /* Calls of sendmmsg() and recvmmsg(), failed calls included. If the system
       does not have or refuses these, the library makes one call for each
       message instead, but counts as if the system had them. */
    uint64_t send_calls, receive_calls;
    uint64_t gso_messages;     /* sent, with more than one datagram */
    uint64_t gro_messages;     /* received, with more than one datagram */
    uint64_t refused_messages; /* GSO messages that the kernel refused. Their
                                  datagrams were sent one at a time. */
    uint64_t send_queue_peak;  /* the largest size of the send queue in bytes of
                                  payload, measured when the queue is sent or
                                  fails. A datapath has no queue: 0. */
    /* Messages that arrived for the socket and that the kernel dropped: the
       receive buffer was full, a socket filter rejected them, or the checksum
       was wrong. A coalesced message counts as one, however many datagrams it
       has. For an exact count, set DGRAM_OFFLOAD_OFF. Drops of a descriptor of
       yours before dgram_bind_with() or dgram_datapath_create() do not count.
       If processes share a descriptor, each of them counts the drops of all.
       The count of the kernel has 32 bits: get the stats before it wraps.
       DGRAM_STATS_UNKNOWN if the system is not Linux or forbids the call. */
    uint64_t receive_drops;
    uint64_t truncated;   /* datagrams received with DGRAM_TRUNCATED */
    uint64_t blocked;     /* datagrams that a block list dropped or refused, in
                             both directions. A datapath has no lists: 0. */
    uint64_t send_errors; /* datagrams that failed for any reason except a
                             block list or dgram_close() */
    uint64_t receive_errors; /* errors that the kernel reported instead of
                                datagrams, such as UV_ECONNREFUSED, without
                                path errors */
} dgram_stats;

/* ---- Offload ----------------------------------------------------------- */

/* Whether the kernel may batch datagrams. With GSO, the library passes several
   datagrams of one size to one destination to the kernel as one message. With
   GRO, the kernel returns several datagrams of one sender as one message. The
   datagrams on the network, and the datagrams that you send and receive, are
   the same. If the kernel refuses a GSO message, the library sends its
   datagrams one at a time.
   Turn offload off if something between the socket and the network depends on
   the length of a message (a packet filter, a policer), or if a network drops
   bursts. `segments_max` shortens the bursts. */
typedef enum dgram_offload {
    /* GSO and GRO are on. On Linux 7.0.0 to 7.1.4, which corrupt some GSO
       packets, GSO is used for the loopback interface only. */
    DGRAM_OFFLOAD_AUTO = 0,
    /* GSO and GRO are off. If workers share a socket, one worker with this
       value turns GRO off for all. */
    DGRAM_OFFLOAD_OFF,
    /* GSO and GRO are on for every kernel that supports them. */
    DGRAM_OFFLOAD_ON
} dgram_offload;

/* ---- Memory ------------------------------------------------------------ */

/* Replacements for malloc() and free(). Both functions receive `data`. */
typedef struct dgram_allocator {
    void *(*allocate)(size_t size, void *data);
    void (*release)(void *memory, void *data);
    void *data;
} dgram_allocator;

/* Sets the functions that allocate all memory of the library; NULL restores
   malloc() and free(). The struct is copied. Call this function before any
   other function, or when all objects of the library are freed. The functions
   in the struct are called on all threads that use the library.
   Errors: DGRAM_ERR_INVALID_ARG_VALUE if a function is NULL. */
DGRAM_API int dgram_set_allocator(const dgram_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_TYPES_H */
