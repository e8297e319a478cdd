/* Linux: many messages a system call (sendmmsg, recvmmsg), many datagrams a
   message (UDP GSO and GRO). */
#include "platform/sockets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <netinet/udp.h>
#include <sys/utsname.h>

#include "address.h"
#include "base/util.h"

#define SEND_MESSAGES_MAX 64
#define RECEIVE_MESSAGES_MAX 64
#define RECEIVE_CONTROL_SIZE 256u /* bytes */
#define SEGMENTS_MAX 64           /* what every kernel with GSO takes */

static int linux_open(int family) {
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    return fd < 0 ? sockets_error() : fd;
}

/* A kernel without GSO would send the whole run as one datagram, so ask. */
static uint32_t linux_segments_max(int fd) {
    int value;
    socklen_t size = sizeof(value);

    return getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &value, &size) == 0
               ? SEGMENTS_MAX
               : 1;
}

static void linux_kernel_release(char *text, size_t size) {
    struct utsname name;

    if (uname(&name) < 0)
        name.release[0] = '\0';
    snprintf(text, size, "%s", name.release);
}

static int linux_coalesce(int fd, bool on) {
    int value = on;
    int result =
        sockets_set_option(fd, IPPROTO_UDP, UDP_GRO, &value, sizeof(value));

    /* A kernel that does not know it has it off. */
    return result == UV_ENOPROTOOPT && !on ? 0 : result;
}

/* Room for one control message with an int, aligned as the kernel wants. */
struct control {
    _Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
};

static void put_segment_size(struct msghdr *header, struct control *control,
                             uint32_t segment_size) {
    uint16_t value = (uint16_t)segment_size;
    struct cmsghdr *cmsg;

    memset(control, 0, sizeof(*control));
    header->msg_control = control->room;
    header->msg_controllen = CMSG_SPACE(sizeof(value));
    cmsg = CMSG_FIRSTHDR(header);
    cmsg->cmsg_level = IPPROTO_UDP;
    cmsg->cmsg_type = UDP_SEGMENT;
    cmsg->cmsg_len = CMSG_LEN(sizeof(value));
    memcpy(CMSG_DATA(cmsg), &value, sizeof(value));
}

static int linux_send(int fd, const struct platform_out *messages,
                      uint32_t count) {
    struct mmsghdr headers[SEND_MESSAGES_MAX];
    struct control controls[SEND_MESSAGES_MAX];
    int sent;

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
        if (messages[i].segment_size > 0)
            put_segment_size(header, &controls[i], messages[i].segment_size);
    }
    do {
        sent = sendmmsg(fd, headers, count, 0);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? sockets_error() : sent;
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

/* The kernel writes what a program asked for at the level of the socket, such
   as SO_TIMESTAMP, before the segment size. All of it together has room here:
   without, the size would be left out, and glued datagrams be shown as one. */
struct received_control {
    _Alignas(struct cmsghdr) char room[RECEIVE_CONTROL_SIZE];
};

static int linux_receive(int fd, struct platform_in *messages, uint32_t count) {
    struct mmsghdr headers[RECEIVE_MESSAGES_MAX];
    struct iovec parts[RECEIVE_MESSAGES_MAX];
    struct received_control controls[RECEIVE_MESSAGES_MAX];
    int received;

    count = (uint32_t)min_size(count, RECEIVE_MESSAGES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct msghdr *header = &headers[i].msg_hdr;

        parts[i] = (struct iovec){messages[i].room, messages[i].room_size};
        *header = (struct msghdr){
            .msg_name = &messages[i].from,
            .msg_namelen = sizeof(messages[i].from),
            .msg_iov = &parts[i],
            .msg_iovlen = 1,
            .msg_control = controls[i].room,
            .msg_controllen = sizeof(controls[i].room),
        };
    }
    do {
        received = recvmmsg(fd, headers, count, 0, NULL);
    } while (received < 0 && errno == EINTR);
    if (received < 0) {
        if (errno == EAGAIN)
            return UV_EAGAIN;
        messages[0].error = sockets_error();
        return 1;
    }
    for (int i = 0; i < received; i++) {
        sockets_fill_message(&headers[i].msg_hdr, headers[i].msg_len,
                             &messages[i]);
        messages[i].segment_size = get_segment_size(&headers[i].msg_hdr);
    }
    return received;
}

static const struct platform linux_platform = {
    .open = linux_open,
    .close = sockets_close,
    .bind = sockets_bind,
    .connect = sockets_connect,
    .local_address = sockets_local_address,
    .remote_address = sockets_remote_address,
    .set_option = sockets_set_option,
    .get_option = sockets_get_option,
    .kind = sockets_kind,
    .adopt = sockets_adopt,
    .segments_max = linux_segments_max,
    .kernel_release = linux_kernel_release,
    .coalesce = linux_coalesce,
    .splits = true,
    .send = linux_send,
    .receive = linux_receive,
    .drop_errors = sockets_drop_errors,
};

const struct platform *platform = &linux_platform;
