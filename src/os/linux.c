/* Linux: many messages in a system call (sendmmsg(), recvmmsg()), and many
   datagrams in a message (UDP GSO and GRO). If a sandbox or an old runtime
   refuses sendmmsg(), sendto() or recvmmsg(), sendmsg() or recvmsg() replaces
   it. */
#include "os/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <sys/syscall.h>

#include "os/calls.h"
#include "os/control_receive.h"
#include "os/control_send.h"
#include "os/linux_busy_poll.h"
#include "os/linux_netlink.h"
#include "os/linux_steering.h"
#include "os/error_queue.h"
#include "os/receive_info.h"
#include "os/interfaces.h"
#include "os/path.h"
#include "os/trace.h"
#include "util/address.h"
#include "util/util.h"

#define SEND_MESSAGES_MAX 64
#define RECEIVE_MESSAGES_MAX 64
#define SEGMENTS_MAX 128 /* the limit since Linux 6.9 */

static int linux_open(int family) {
    int fd = os_socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    return fd < 0 ? sockets_error() : fd;
}

/* A kernel without GSO would send the segments as one datagram. GSO needs
   checksums. */
static uint32_t linux_segments_max(int fd) {
    int segment_size;
    socklen_t size = sizeof(segment_size);
    bool has_gso = sockets_get_option(fd, IPPROTO_UDP, UDP_SEGMENT,
                                      &segment_size, &size) >= 0;
    bool no_checksums = sockets_option_is_on(fd, SOL_SOCKET, SO_NO_CHECK);

    return has_gso && !no_checksums ? SEGMENTS_MAX : 1;
}

static void linux_kernel_release(char *text, size_t size) {
    struct utsname name;

    if (os_uname(&name) < 0)
        name.release[0] = '\0';
    snprintf(text, size, "%s", name.release);
}

static int linux_coalesce(int fd, bool on) {
    int value = on;
    int result =
        sockets_set_option(fd, IPPROTO_UDP, UDP_GRO, &value, sizeof(value));

    /* In a kernel without GRO, and on a Unix socket, it is off. */
    return (result == UV_ENOPROTOOPT || result == UV_ENOTSUP) && !on ? 0
                                                                     : result;
}

static bool linux_coalesces(int fd) {
    return sockets_option_is_on(fd, IPPROTO_UDP, UDP_GRO);
}

/* Set permanently once the call was refused. */
static _Atomic bool sendmmsg_refused, sendto_refused, recvmmsg_refused;

/* The sendmmsg() of musl makes one system call for each message. A binary that
   was built with glibc may run with musl, as the Node addon does. With glibc
   the function is called, because programs such as OpenOnload replace it. */
#if defined(__GLIBC__)
extern const char *gnu_get_libc_version(void) __attribute__((weak));
#define SENDMMSG_IS_A_LOOP (gnu_get_libc_version == NULL)
#else
#define SENDMMSG_IS_A_LOOP true
#endif

static int call_sendmmsg(int fd, struct mmsghdr *headers, unsigned count) {
    int sent = SENDMMSG_IS_A_LOOP
                   ? (int)syscall(SYS_sendmmsg, fd, headers, count, 0)
                   : sendmmsg(fd, headers, count, 0);

    if (trace_is_on())
        trace_sent_many(fd, headers, sizeof(*headers), count, sent);
    return sent;
}

static int call_sendto(int fd, struct mmsghdr *headers, unsigned count) {
    ssize_t sent = os_sendto(fd, &headers->msg_hdr, 0);

    (void)count;
    if (sent < 0)
        return -1;
    return (size_t)sent == headers->msg_hdr.msg_iov->iov_len;
}

static int call_recvmmsg(int fd, struct mmsghdr *headers, unsigned count) {
    int received = recvmmsg(fd, headers, count, CONTROL_RECEIVE_FLAGS, NULL);

    if (trace_is_on())
        trace_received_many(fd, headers, sizeof(*headers),
                            offsetof(struct mmsghdr, msg_len), count, received);
    return received;
}

typedef int (*call_for_many)(int fd, struct mmsghdr *headers, unsigned count);

/* Whether a call that failed always fails. For an invalid descriptor the kernel
   returns EBADF; a sandbox returns the same error as for any descriptor. The
   call has a message with a buffer, because emulators look at those first. */
static bool is_refused(call_for_many call, int fd, int code) {
    char byte = 0;
    struct iovec buffer = {.iov_base = &byte, .iov_len = 1};
    struct mmsghdr header = {.msg_hdr = {.msg_iov = &buffer, .msg_iovlen = 1}};

    if (code == UV_EBADF)
        return os_fcntl(fd, F_GETFD, 0) >= 0;
    return call(-1, &header, 1) >= 0 || errno != EBADF;
}

/* Returns how many messages were sent or received, or a negative code, or 0 if
   the call is refused. */
static int do_many(call_for_many call, _Atomic bool *refused, int fd,
                   struct mmsghdr *headers, unsigned count) {
    int done, code;

    do {
        done = call(fd, headers, count);
        if (done > 0)
            return done;
        code = done < 0 ? sockets_error() : UV_ENOSYS;
        if (is_refused(call, fd, code)) {
            *refused = true;
            return 0;
        }
    } while (code == UV_EINTR);
    return code;
}

static int send_one_at_a_time(int fd, struct mmsghdr *headers, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        ssize_t sent;

        do {
            sent = os_sendmsg(fd, &headers[i].msg_hdr, 0);
        } while (sent < 0 && errno == EINTR);
        if (sent < 0)
            return i > 0 ? (int)i : sockets_error();
    }
    return (int)count;
}

/* Whether sendto() can send it. */
static bool is_plain(const struct msghdr *header) {
    return header->msg_iovlen == 1 && header->msg_controllen == 0;
}

/* For one message sendmsg() takes less time than sendmmsg(), and sendto() the
   least: the kernel copies no headers. */
static int send_many(int fd, struct mmsghdr *headers, unsigned count) {
    int result = 0;

    if (count > 1 && !sendmmsg_refused)
        result = do_many(call_sendmmsg, &sendmmsg_refused, fd, headers, count);
    else if (count == 1 && !sendto_refused && is_plain(&headers->msg_hdr))
        result = do_many(call_sendto, &sendto_refused, fd, headers, 1);
    return result != 0 ? result : send_one_at_a_time(fd, headers, count);
}

/* Returns the size of the control messages of a message that has some. */
static inline size_t put_control(int fd, struct msghdr *header,
                                 unsigned char *bytes,
                                 const struct platform_out *message) {
    if (message->info == NULL)
        return control_send_segment(header, bytes, UDP_SEGMENT,
                                    message->segment_size);
    return (size_t)control_send_set(fd, header, bytes, message);
}

static int linux_send(int fd, const struct platform_out *messages,
                      uint32_t count) {
    struct mmsghdr headers[SEND_MESSAGES_MAX];
    _Alignas(struct cmsghdr) unsigned char
        controls[SEND_MESSAGES_MAX * CONTROL_SEND_MAX];
    unsigned char *control = controls;

    count = (uint32_t)min_size(count, SEND_MESSAGES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct msghdr *header = &headers[i].msg_hdr;

        memset(header, 0, sizeof(*header));
        header->msg_iov = messages[i].parts;
        header->msg_iovlen = messages[i].part_count;
        if (messages[i].to != NULL) {
            header->msg_name = (void *)(uintptr_t)messages[i].to;
            header->msg_namelen = address_length(messages[i].to);
        }
        if (((uintptr_t)messages[i].info | messages[i].segment_size) != 0)
            control += put_control(fd, header, control, &messages[i]);
    }
    return send_many(fd, headers, count);
}

static uint32_t get_segment_size(struct msghdr *header) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);
    int value;

    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(header, cmsg)) {
        if (cmsg->cmsg_level != IPPROTO_UDP || cmsg->cmsg_type != UDP_GRO)
            continue;
        memcpy(&value, CMSG_DATA(cmsg), sizeof(value));
        return value > 0 ? (uint32_t)value : 0;
    }
    return 0;
}

/* The kernel stores control messages that the program asked for, such as
   SO_TIMESTAMP, before the segment size. If the buffer were too small for all
   of them, the size would be lost and coalesced datagrams would look like one.
 */
struct received_control {
    _Alignas(struct cmsghdr) char bytes[CONTROL_RECEIVE_MAX];
};

/* Returns how many messages were received. *error_out is the error after them,
   or 0. */
static unsigned receive_one_at_a_time(int fd, struct mmsghdr *headers,
                                      unsigned count, int *error_out) {
    *error_out = 0;
    for (unsigned i = 0; i < count; i++) {
        ssize_t length;

        do {
            length = os_recvmsg(fd, &headers[i].msg_hdr, CONTROL_RECEIVE_FLAGS);
        } while (length < 0 && errno == EINTR);
        if (length < 0) {
            *error_out = sockets_error();
            return i;
        }
        headers[i].msg_len = (unsigned)length;
    }
    return count;
}

static unsigned receive_many(int fd, struct mmsghdr *headers, unsigned count,
                             int *error_out) {
    int result = 0;

    if (count > 1 && !recvmmsg_refused)
        result = do_many(call_recvmmsg, &recvmmsg_refused, fd, headers, count);
    *error_out = result < 0 ? result : 0;
    if (result != 0)
        return result > 0 ? (unsigned)result : 0;
    return receive_one_at_a_time(fd, headers, count, error_out);
}

static void read_info(struct mmsghdr *headers, struct platform_in *messages,
                      unsigned count) {
    for (unsigned i = 0; i < count; i++)
        control_receive_parse(&headers[i].msg_hdr, messages[i].from,
                              messages[i].info);
}

/* Otherwise a program that sends descriptors to this process could fill its
   descriptor table. */
static void close_descriptors(struct mmsghdr *headers, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        control_receive_close_descriptors(&headers[i].msg_hdr);
}

static int linux_receive(int fd, struct platform_in *messages, uint32_t count) {
    struct mmsghdr headers[RECEIVE_MESSAGES_MAX];
    struct iovec parts[RECEIVE_MESSAGES_MAX];
    struct received_control controls[RECEIVE_MESSAGES_MAX];
    bool is_unix = messages[0].from_size > ADDRESS_IP_SIZE;
    size_t control_size = control_receive_size(is_unix, messages[0].info);
    unsigned received;
    int error;

    count = (uint32_t)min_size(count, RECEIVE_MESSAGES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct msghdr *header = &headers[i].msg_hdr;

        parts[i] = (struct iovec){messages[i].buffer, messages[i].buffer_size};
        *header = (struct msghdr){
            .msg_name = messages[i].from,
            .msg_namelen = messages[i].from_size,
            .msg_iov = &parts[i],
            .msg_iovlen = 1,
            .msg_control = controls[i].bytes,
            .msg_controllen = control_size,
        };
    }
    received = receive_many(fd, headers, count, &error);
    for (unsigned i = 0; i < received; i++) {
        sockets_fill_message(&headers[i].msg_hdr, headers[i].msg_len,
                             &messages[i]);
        messages[i].segment_size = get_segment_size(&headers[i].msg_hdr);
    }
    if (messages[0].info != NULL)
        read_info(headers, messages, received);
    if (is_unix)
        close_descriptors(headers, received);
    if (error < 0 && error != UV_EAGAIN)
        messages[received++].error = error;
    return received > 0 ? (int)received : UV_EAGAIN;
}

static int linux_attach_filter(int fd, const struct sock_filter *instructions,
                               size_t count) {
    struct sock_fprog program = {
        .len = (unsigned short)count,
        .filter = (struct sock_filter *)(uintptr_t)instructions,
    };
    int ignored = 0, result;

    if (instructions == NULL) {
        result = sockets_set_option(fd, SOL_SOCKET, SO_DETACH_FILTER, &ignored,
                                    sizeof(ignored));
        return result == UV_ENOENT ? 0 : result;
    }
    if (count > BPF_MAXINSNS)
        return UV_EINVAL;
    return sockets_set_option(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                              sizeof(program));
}

static int linux_receive_drops(int fd, uint32_t *count_out) {
    uint32_t values[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof(values);
    int result = sockets_get_option(fd, SOL_SOCKET, SO_MEMINFO, values, &size);

    if (result < 0)
        return result;
    *count_out = values[SK_MEMINFO_DROPS];
    return size > SK_MEMINFO_DROPS * sizeof(*values) ? 0 : UV_ENOTSUP;
}

static const struct platform linux_platform = {
    .open = linux_open,
    .close = sockets_close,
    .duplicate = sockets_duplicate,
    .bind = sockets_bind,
    .connect = sockets_connect,
    .local_address = sockets_local_address,
    .remote_address = sockets_remote_address,
    .set_option = sockets_set_option,
    .get_option = sockets_get_option,
    .reuse_address = SOCKETS_REUSE_ADDRESS,
    .reuse_port = SOCKETS_REUSE_PORT,
    .has_mapped_options = SOCKETS_MAPPED_OPTIONS,
    .dont_fragment = PATH_DONT_FRAGMENT,
    .dont_fragment_v6 = PATH_DONT_FRAGMENT_V6,
    .has_fragment_modes = PATH_HAS_MODES,
    .path_mtu = PATH_MTU,
    .path_mtu_v6 = PATH_MTU_V6,
    .set_device = path_set_device,
    .copy_device = path_copy_device,
    .multicast_all = INTERFACES_MULTICAST_ALL,
    .multicast_all_v6 = INTERFACES_MULTICAST_ALL_V6,
    .send_multicast_from = interfaces_send_multicast_from,
    .list_interfaces = interfaces_list,
    .find_interface = interfaces_find,
    .open_interface_changes = linux_open_interface_changes,
    .read_interface_changes = linux_read_interface_changes,
    .kind = sockets_kind,
    .set_flags = sockets_set_flags,
    .adopt = sockets_adopt,
    .restore = sockets_restore,
    .segments_max = linux_segments_max,
    .kernel_release = linux_kernel_release,
    .messages_max = SEND_MESSAGES_MAX,
    .coalesce = linux_coalesce,
    .coalesces = linux_coalesces,
    .splits = true,
    .send = linux_send,
    .receive = linux_receive,

    .send_buffer_is_used = sockets_send_buffer_is_used,
    .reports_space = true,
    .has_data = sockets_has_data,
    .receive_is_shut = sockets_receive_is_shut,
    .attach_filter = linux_attach_filter,
    .instruction_size = sizeof(struct sock_filter),
    .steer = linux_steer,
    .busy_poll = SO_BUSY_POLL,
    .get_busy_poll = linux_get_busy_poll,
    .set_busy_poll = linux_set_busy_poll,
    .info_known = RECEIVE_INFO_KNOWN,
    .info_known_unix = RECEIVE_INFO_KNOWN_UNIX,
    .enable_info = receive_info_enable,
    .disable_info = receive_info_disable,
    .has_error_queue = ERROR_QUEUE_EXISTS,
    .enable_errors = error_queue_enable,
    .disable_errors = error_queue_disable,
    .errors_are_enabled = error_queue_is_enabled,
    .receive_error = error_queue_receive,
    .drop_errors = error_queue_drop,
    .receive_drops = linux_receive_drops,
};

const struct platform *platform = &linux_platform;
