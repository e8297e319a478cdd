/*
 * What the headers of libdgram share: errors, addresses, datagrams, memory. It
 * needs no other library. dgram.h and dgram_datapath.h include it; a program
 * includes one of these.
 *
 * Errors.  An int result is 0 or more for success, or negative: a DGRAM_ERR_*
 *   code for misuse, or the code of what the system refused. The latter is the
 *   UV_E* code of libuv. On every system but Windows that is the negated errno:
 *   UV_EAGAIN is -EAGAIN, so a program that does without libuv writes that.
 */
#ifndef DGRAM_TYPES_H
#define DGRAM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>

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

/* The version of the library that runs, for comparing with the above. */
DGRAM_API const char *dgram_version(void);

/* ---- Errors ------------------------------------------------------------ */

/* Misuse: name as in Node, value, text. System errors keep libuv's codes. The
   first and ERR_SOCKET_BAD_BUFFER_SIZE are given by the Node package alone. */
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

/* The name of a code, as Node spells it: "ERR_SOCKET_BAD_PORT", "EINVAL".
   Never NULL; static. */
DGRAM_API const char *dgram_err_name(int code);

/* One line that explains a code. Never NULL; static. */
DGRAM_API const char *dgram_strerror(int code);

#define DGRAM_HOST_TEXT_MAX 256 /* a host or address text, its NUL included */

/* What failed, in full. */
typedef struct dgram_error {
    int code;            /* negative, as above; 0: nothing failed so far */
    int cause;           /* UV_E* behind ERR_SOCKET_BUFFER_SIZE, else 0 */
    const char *syscall; /* "bind", "getaddrinfo", ...; "" for misuse; static */
    const char *address; /* text of the address or name concerned, or "" */
    uint16_t port;       /* port concerned, or 0 */
} dgram_error;

/* Writes "bind EADDRINUSE 0.0.0.0:53" and the like, cut to `size` with its
   NUL. Returns the length of the whole text, as snprintf() does. */
DGRAM_API int dgram_error_format(const dgram_error *error, char *text,
                                 size_t size);

/* ---- Addresses --------------------------------------------------------- */

/* The end of a datagram's way, in binary. `any.sa_family` tells which. */
typedef union dgram_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} dgram_address;

#define DGRAM_ADDRESS_TEXT_MAX 64 /* longest numeric text, scope and NUL */

/* Reads a numeric IPv4 address, or IPv6 with an optional scope ("fe80::1%eth0",
   an interface's name, no number). No names of hosts: UV_EINVAL. A scope that
   no interface has: UV_ENODEV, here and wherever a text is an address. */
DGRAM_API int dgram_address_parse(const char *text, uint16_t port,
                                  dgram_address *address_out);

/* Writes the address without its port: canonical lower case, link-local ones
   with "%interface". Returns 0, or UV_ENOSPC if `size` is too small
   (DGRAM_ADDRESS_TEXT_MAX always suffices), or UV_EINVAL for another family.
   Seed: rinfo.address. */
DGRAM_API int dgram_address_format(const dgram_address *address, char *text,
                                   size_t size);

/* The port, in host order. */
DGRAM_API uint16_t dgram_address_port(const dgram_address *address);

/* "IPv4" or "IPv6"; static. Seed: rinfo.family. */
DGRAM_API const char *dgram_address_family(const dgram_address *address);

/* Whether family, address, port and scope are the same. */
DGRAM_API bool dgram_address_equal(const dgram_address *a,
                                   const dgram_address *b);

/* ---- Datagrams --------------------------------------------------------- */

typedef enum dgram_type { DGRAM_UDP4 = 4, DGRAM_UDP6 = 6 } dgram_type;

#define DGRAM_TRUNCATED 1u /* the datagram was longer than what is given */

/* A received datagram. */
typedef struct dgram_message {
    const unsigned char *payload; /* never NULL, also when length is 0 */
    const dgram_address *from;    /* the sender */
    uint32_t length;              /* bytes at payload */
    uint32_t flags;               /* DGRAM_TRUNCATED, or 0 */
    const void *reserved;         /* NULL; room for received control data */
} dgram_message;

/* Bytes to send. Name its members in initialisers: systems order them as their
   own calls have them. */
typedef struct dgram_buffer {
    const void *base; /* NULL only if length is 0 */
    size_t length;    /* bytes */
} dgram_buffer;

#define DGRAM_NO_COPY                                                          \
    1u /* the payload stays as it is until the callback, so the                \
          library need not copy it; needs a callback */

/* One datagram of a batch. */
typedef struct dgram_outgoing {
    const void *payload; /* one buffer of `length` bytes */
    size_t length;
    const dgram_address *to;   /* NULL: the peer, or `host` if that is set */
    const char *host;          /* or a host, as for dgram_send_to() */
    const dgram_buffer *parts; /* or several buffers: then payload is NULL */
    uint32_t part_count;       /* of them */
    uint16_t port;             /* of `host` */
    uint16_t flags;            /* DGRAM_NO_COPY, or 0 */
    void *data;                /* for the callback */
    const void *reserved;      /* NULL; room for control data to send */
} dgram_outgoing;

/* ---- Offload ----------------------------------------------------------- */

/* Whether the kernel may batch a socket's datagrams: send several of one size
   to one destination as one message (GSO), and receive several of one sender as
   one (GRO). The datagrams on the wire and those that you see stay the same.
   Whatever a GSO message is refused with, its datagrams are sent again one by
   one. Switch it off where something between the socket and the wire judges
   messages by their length (a packet filter, a policer), or where a network
   drops bursts; `segments_max` makes the bursts shorter. */
typedef enum dgram_offload {
    DGRAM_OFFLOAD_AUTO = 0, /* on, but no GSO beyond the loopback on Linux 7.0.0
                               to 7.1.4, which corrupt GSO packets */
    DGRAM_OFFLOAD_OFF,      /* neither GSO nor GRO; of workers that share a
                               socket, one switches GRO off for all */
    DGRAM_OFFLOAD_ON        /* on every kernel that has them */
} dgram_offload;

/* ---- Memory ------------------------------------------------------------ */

/* allocate: as malloc(); release: as free(). Both get `data`. */
typedef struct dgram_allocator {
    void *(*allocate)(size_t size, void *data);
    void (*release)(void *memory, void *data);
    void *data;
} dgram_allocator;

/* Replaces malloc() and free() for all the library's memory; NULL restores
   them. Copied. The functions are called on
   all threads that use the library. Only
   before the first call of anything else, or after all was freed.
   ERR_INVALID_ARG_VALUE if a function is missing. */
DGRAM_API int dgram_set_allocator(const dgram_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_TYPES_H */
