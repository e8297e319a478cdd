/* The functions that the library needs from the operating system, in one table:
   each platform is one file, and tests can replace the kernel.

   Functions return 0 or more, or a negative UV_E* code. They repeat interrupted
   calls. A feature that a platform does not have is a number with a neutral
   value (segments_max 1), not a branch in the caller. */
#ifndef DGRAM_OS_PLATFORM_H
#define DGRAM_OS_PLATFORM_H

#include "namespace.h"

#if !defined(_WIN32)
#include <sys/uio.h>
#endif

#include "dgram_types.h"
#include "util/codes.h"

struct sock_filter;

/* A part of a payload. */
#if defined(_WIN32)
typedef struct platform_part {
    void *iov_base;
    size_t iov_len;
} platform_part;
#else
typedef struct iovec platform_part;
#endif

/* A message of sendmsg(): one datagram, or several that the kernel splits every
   segment_size bytes (GSO). */
struct platform_out {
    const dgram_address *to; /* NULL: the connected peer */
    platform_part *parts;    /* the payloads of all its datagrams */
    uint32_t part_count;
    uint32_t segment_size;        /* 0: one datagram */
    const dgram_send_info *info;  /* of each datagram; NULL: nothing special */
    const dgram_address *info_to; /* with info: the destination, which is `to`
                                     or the peer; NULL: none */
};

/* A message of recvmsg(): the buffer, and what was received. That is a message,
   or an error which the kernel reported in place of one. */
struct platform_in {
    /* Aligned for a dgram_receive_info, which may follow in memory. On 32-bit
       ARM a pointer has a smaller alignment. */
    _Alignas(dgram_receive_info) unsigned char *buffer;
    uint32_t buffer_size;
    int error;       /* out: 0, or a negative code; then nothing else is set */
    uint32_t length; /* out: bytes in buffer */
    uint32_t
        segment_size;    /* out: of each coalesced datagram; 0: there is one */
    uint32_t flags;      /* out: DGRAM_TRUNCATED, or 0 */
    dgram_address *from; /* memory for the sender */
    uint32_t from_size;  /* its bytes: ADDRESS_IP_SIZE, or more for a Unix
                            socket */
    dgram_receive_info *info; /* memory for what control messages say; each
                                 message that is received sets its `valid`.
                                 NULL: control messages are not read */
};

#define KERNEL_RELEASE_MAX 64u /* bytes, with the NUL */

/* What a descriptor of the program is. */
enum platform_kind {
    PLATFORM_UDP4,
    PLATFORM_UDP6,
    PLATFORM_UNIX,
    PLATFORM_OTHER,
};

/* What adopt() changes, as it was before. */
struct platform_adopted {
    int file_flags, descriptor_flags;
    int reuse_address;
    int receive_buffer_size, send_buffer_size; /* as getsockopt() gives them */
};

/* Which of the sockets that share a port gets a datagram. */
enum platform_steering_kind {
    PLATFORM_STEER_BY_CPU,
    PLATFORM_STEER_BY_SOURCE,
    PLATFORM_STEER_BY_PROGRAM,
};

struct platform_steering {
    enum platform_steering_kind kind;
    uint32_t sockets; /* that share the port, for the first two */
    const struct sock_filter *program;
    size_t length; /* of the program, in instructions */
};

/* How a wait for a backend descriptor polls the devices of its sockets. */
struct platform_busy_poll {
    uint32_t microseconds; /* before it sleeps */
    uint16_t budget;       /* packets in one poll of a device; 0: default */
    bool prefer;           /* the device does not interrupt meanwhile */
};

struct platform_interface {
    unsigned index;
    bool usable; /* is up, and can do multicast or is the loopback */
};

#define PLATFORM_REMOVED_MAX 64

/* What the kernel reported of interfaces since the last report. */
struct platform_interface_changes {
    bool incomplete; /* reports were lost: any interface may be a new one */
    unsigned removed_count;
    unsigned removed[PLATFORM_REMOVED_MAX]; /* indices, which may be in use
                                               again */
};

struct platform {
    /* Opens a datagram socket, non-blocking and close-on-exec. */
    dgram_fd (*open)(int family);
    int (*close)(dgram_fd fd);
    /* Returns a close-on-exec duplicate, above 0. */
    dgram_fd (*duplicate)(dgram_fd fd);
    int (*bind)(dgram_fd fd, const dgram_address *address);
    /* Disconnects if the address is NULL. */
    int (*connect)(dgram_fd fd, const dgram_address *address);
    int (*local_address)(dgram_fd fd, dgram_address *out);
    int (*remote_address)(dgram_fd fd, dgram_address *out);
    int (*set_option)(dgram_fd fd, int level, int name, const void *value,
                      socklen_t size);
    int (*get_option)(dgram_fd fd, int level, int name, void *value,
                      socklen_t *size);
    /* Names of options of SOL_SOCKET: sockets may bind the same address; and
       the kernel distributes datagrams over them, 0 where it does not. */
    int reuse_address, reuse_port;
    /* Whether IPv6 sockets have IPv4 options as well, for what they send to
       v4-mapped addresses. */
    bool has_mapped_options;
    /* Names of the options that forbid fragments, for both families; 0: there
       are none. Their values are those of dgram_pmtu, or without
       `has_fragment_modes` 0 and 1. */
    int dont_fragment, dont_fragment_v6;
    bool has_fragment_modes;
    /* Names of the options that return the path MTU of a connected descriptor;
       0: there are none. */
    int path_mtu, path_mtu_v6;
    /* Sends and receives only through the interface with this name. */
    int (*set_device)(dgram_fd fd, const char *name);
    /* Gives a descriptor the device of another, if that has one. */
    int (*copy_device)(dgram_fd from, dgram_fd to);
    /* Names of the options that let a socket receive the groups of all sockets,
       for both families; 0: there are none. */
    int multicast_all, multicast_all_v6;
    /* Sets the interface that IPv4 multicast is sent through. */
    int (*send_multicast_from)(dgram_fd fd, unsigned interface_index);
    /* Writes the interfaces, up to `max`. Returns how many there are. */
    int (*list_interfaces)(struct platform_interface *out, unsigned max);
    /* Returns the index of the interface with this IPv4 address; 0: unknown. */
    unsigned (*find_interface)(const struct in_addr *address);
    /* Opens a descriptor that becomes readable when interfaces change.
       UV_ENOTSUP where there is none. */
    dgram_fd (*open_interface_changes)(void);
    /* Reads all reports. After an error, the descriptor is useless. */
    int (*read_interface_changes)(dgram_fd fd,
                                  struct platform_interface_changes *out);
    /* Returns an enum platform_kind, or UV_EBADF. */
    int (*kind)(dgram_fd fd);
    /* Makes a descriptor non-blocking and close-on-exec. */
    int (*set_flags)(dgram_fd fd);
    /* Prepares a descriptor of the program: non-blocking, close-on-exec, and
       with an address that others may bind as well. On error nothing changes.
     */
    int (*adopt)(dgram_fd fd, struct platform_adopted *before);
    /* Undoes adopt(), and restores the sizes of the kernel buffers. */
    void (*restore)(dgram_fd fd, const struct platform_adopted *before);
    /* The most datagrams in one platform_out on this descriptor; 1: no GSO. */
    uint32_t (*segments_max)(dgram_fd fd);
    /* Writes the release of the kernel ("6.1.0-43-amd64"); "" if it is unknown
       or does not matter. */
    void (*kernel_release)(char *text, size_t size);
    /* Turns GRO on or off: whether the kernel coalesces datagrams of one
       sender. What it has queued does not change. While GRO is off, the kernel
       does not report the segment size of messages that are coalesced already.
     */
    int (*coalesce)(dgram_fd fd, bool on);
    bool (*coalesces)(dgram_fd fd); /* whether GRO is on */
    uint32_t messages_max;          /* that one send() or receive() takes */
    bool splits;                    /* receive() reports segment sizes */
    /* Sends in order. Returns how many messages were sent, at least one, or the
       error of the first. UV_ENOTSUP if it has information that the system
       cannot send with. */
    int (*send)(dgram_fd fd, const struct platform_out *messages,
                uint32_t count);
    /* Returns how many messages and errors were received, at least one, or
       UV_EAGAIN. Either all of the messages have `info`, or none. */
    int (*receive)(dgram_fd fd, struct platform_in *messages, uint32_t count);

    /* Whether datagrams that were sent and not read yet fill so many quarters
       of the send buffer of a Unix socket. */
    bool (*send_buffer_is_used)(dgram_fd fd, unsigned quarters);
    /* A connected Unix socket becomes writable when the queue of its peer has
       space. */
    bool reports_space;
    /* Whether receive() would return a message or an error. */
    bool (*has_data)(dgram_fd fd);
    /* Whether shutdown(SHUT_RD) was called: nothing will be received. */
    bool (*receive_is_shut)(dgram_fd fd);
    /* Attaches a socket filter of `count` instructions; NULL detaches it. */
    int (*attach_filter)(dgram_fd fd, const struct sock_filter *instructions,
                         size_t count);
    /* Bytes of an instruction of a steering program; 0: there is no steering.
     */
    size_t instruction_size;
    /* For all sockets that share the port of a bound descriptor. */
    int (*steer)(dgram_fd fd, const struct platform_steering *how);
    /* The name of the option of SOL_SOCKET for busy polling; 0: none. */
    int busy_poll;
    /* Of a loop's backend descriptor. */
    int (*get_busy_poll)(int backend, struct platform_busy_poll *out);
    int (*set_busy_poll)(int backend, const struct platform_busy_poll *how);
    /* What receive() can report about a datagram of UDP, or of a Unix socket,
       DGRAM_INFO_*. */
    uint32_t info_known, info_known_unix;
    /* Lets the kernel report this about the datagrams of a UDP descriptor, for
       all families that it receives. Returns what was not enabled before, for
       disable_info(), or a code. On error nothing changes. */
    int (*enable_info)(dgram_fd fd, uint32_t info);
    void (*disable_info)(dgram_fd fd, unsigned enabled);
    /* Whether descriptors have an error queue (IP_RECVERR). */
    bool has_error_queue;
    /* Enables the queue of a UDP descriptor, for all families that it sends to.
       Returns those that were not enabled before, for disable_errors(), or a
       code. On error nothing changes. */
    int (*enable_errors)(dgram_fd fd);
    /* Disables the queue for these families, which drops what is in it. */
    void (*disable_errors)(dgram_fd fd, unsigned families);
    /* Whether the queue is enabled for any family. */
    bool (*errors_are_enabled)(dgram_fd fd);
    /* Takes the first error. UV_EAGAIN if there is none. */
    int (*receive_error)(dgram_fd fd, dgram_path_error *out);
    /* Drops errors, up to 64. */
    void (*drop_errors)(dgram_fd fd);
    /* How many messages that arrived for the descriptor the kernel has dropped
       since it was opened. The count wraps. UV_ENOTSUP if the system does not
       report it. */
    int (*receive_drops)(dgram_fd fd, uint32_t *count_out);
};

/* The platform in use. Tests replace it. */
extern const struct platform *platform;

#endif
