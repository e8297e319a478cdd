/* All that the library asks of the operating system, in one table, so that a
   platform is a file and tests can script the kernel.

   Functions return 0 or more, or a negative UV_E* code. Interrupted calls are
   repeated inside. What a platform lacks is a number with a neutral value
   (segments_max 1), not a branch in the caller. */
#ifndef DGRAM_OS_PLATFORM_H
#define DGRAM_OS_PLATFORM_H

#include "namespace.h"

#include <sys/uio.h>

#include "dgram_types.h"
#include "util/codes.h"

struct sock_filter;

/* One system message: one datagram, or a run of equal ones cut by the kernel
   every segment_size bytes. */
struct platform_out {
    const dgram_address *to; /* NULL: the connected peer */
    struct iovec *parts;     /* the payload of all its datagrams */
    uint32_t part_count;
    uint32_t segment_size; /* 0: one datagram */
};

/* Room for one system message, and what came: a message, or an error that the
   kernel reported in its place. */
struct platform_in {
    unsigned char *room;
    uint32_t room_size;
    int error;             /* out: 0, or a negative code and nothing else */
    uint32_t length;       /* out: bytes in room */
    uint32_t segment_size; /* out: datagrams are this long; 0: only one */
    uint32_t flags;        /* out: DGRAM_TRUNCATED, or 0 */
    dgram_address from;    /* out */
};

#define KERNEL_RELEASE_MAX 64u /* bytes of its text, the NUL included */

/* What a descriptor is, for bind by fd. */
enum platform_kind {
    PLATFORM_UDP4,
    PLATFORM_UDP6,
    PLATFORM_OTHER,
};

/* What taking over a descriptor changes. */
struct platform_adopted {
    int file_flags, descriptor_flags;
    int reuse_address;
    int receive_buffer_size, send_buffer_size; /* as getsockopt() gives them */
};

struct platform {
    /* A datagram socket, non-blocking, not inherited by children. */
    int (*open)(int family);
    int (*close)(int fd);
    int (*bind)(int fd, const dgram_address *address);
    /* NULL: disconnect. */
    int (*connect)(int fd, const dgram_address *address);
    int (*local_address)(int fd, dgram_address *out);
    int (*remote_address)(int fd, dgram_address *out);
    int (*set_option)(int fd, int level, int name, const void *value,
                      socklen_t size);
    int (*get_option)(int fd, int level, int name, void *value,
                      socklen_t *size);
    /* Whether an IPv6 socket has the IPv4 options, too, for what it sends to
       IPv4 addresses. */
    bool has_mapped_options;
    /* An enum platform_kind, or UV_EBADF. */
    int (*kind)(int fd);
    /* Makes a descriptor non-blocking, and closed on exec. */
    int (*set_flags)(int fd);
    /* Makes a descriptor of someone else's non-blocking, closed on exec, and
       its address one that others may bind. On failure it is as it was. */
    int (*adopt)(int fd, struct platform_adopted *before);
    /* Makes it as it was before, its buffers' sizes included. */
    void (*restore)(int fd, const struct platform_adopted *before);
    /* Most datagrams in one struct platform_out on this socket; 1: no GSO. */
    uint32_t (*segments_max)(int fd);
    /* Writes the release of the kernel ("6.1.0-43-amd64"), "" if it is not
       known or does not matter. */
    void (*kernel_release)(char *text, size_t size);
    /* Lets the kernel glue datagrams of one sender together where it can, or
       no more. Those that wait already stay as they are, but how they are to
       be cut is told only while this is on. */
    int (*coalesce)(int fd, bool on);
    bool (*coalesces)(int fd); /* whether that is on */
    uint32_t messages_max;     /* of one send() or receive() */
    bool splits; /* receive() tells how glued ones are to be cut */
    /* Sends in order. Returns how many messages went, at least one, or what
       the first met with. */
    int (*send)(int fd, const struct platform_out *messages, uint32_t count);
    /* Returns how many came, at least one, or UV_EAGAIN. */
    int (*receive)(int fd, struct platform_in *messages, uint32_t count);
    /* Whether receive() would give something. */
    bool (*has_data)(int fd);
    /* Whether nothing will come any more: reading was shut down. */
    bool (*receive_is_shut)(int fd);
    /* Hands received datagrams to a filter of `count` instructions, NULL: to
       none. */
    int (*attach_filter)(int fd, const struct sock_filter *instructions,
                         size_t count);
    /* Empties the queue of errors that the kernel keeps for whoever asked. */
    void (*drop_errors)(int fd);
};

/* The one in use. Tests put their own here. */
extern const struct platform *platform;

#endif
