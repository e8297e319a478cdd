#include "os/linux_netlink.h"

#include <errno.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "os/calls.h"
#include "os/sockets.h"

#define REPORTS_SIZE 8192u /* bytes; the kernel sends no longer message */

union reports {
    struct nlmsghdr first;
    unsigned char bytes[REPORTS_SIZE];
};

int linux_open_interface_changes(void) {
    struct sockaddr_nl groups = {
        .nl_family = AF_NETLINK,
        .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
    };
    int fd = os_socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
                       NETLINK_ROUTE);
    int result;

    if (fd < 0)
        return sockets_error();
    if (os_bind(fd, (struct sockaddr *)&groups, sizeof(groups)) == 0)
        return fd;
    result = sockets_error();
    sockets_close(fd);
    return result;
}

static void note_removed(struct platform_interface_changes *out, int index) {
    if (out->removed_count == PLATFORM_REMOVED_MAX)
        out->incomplete = true;
    else
        out->removed[out->removed_count++] = (unsigned)index;
}

/* A bridge reports a port that leaves it in the same way, with its own family.
 */
static void parse(const struct nlmsghdr *report, size_t size,
                  struct platform_interface_changes *out) {
    const struct ifinfomsg *link;

    for (; NLMSG_OK(report, size); report = NLMSG_NEXT(report, size)) {
        if (report->nlmsg_type != RTM_DELLINK ||
            report->nlmsg_len < NLMSG_LENGTH(sizeof(*link)))
            continue;
        link = NLMSG_DATA(report);
        if (link->ifi_family == AF_UNSPEC)
            note_removed(out, link->ifi_index);
    }
}

/* Returns the bytes of one message, or a code. */
static ssize_t read_reports(int fd, union reports *reports) {
    struct iovec part = {reports, sizeof(*reports)};
    struct sockaddr_nl from = {0};
    struct msghdr header = {
        .msg_name = &from,
        .msg_namelen = sizeof(from),
        .msg_iov = &part,
        .msg_iovlen = 1,
    };
    ssize_t size;

    do {
        size = os_recvmsg(fd, &header, 0);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return sockets_error();
    if (from.nl_pid != 0)
        return 0; /* another process */
    return header.msg_flags & MSG_TRUNC ? UV_ENOBUFS : size;
}

int linux_read_interface_changes(int fd,
                                 struct platform_interface_changes *out) {
    union reports reports;
    ssize_t size;

    for (;;) {
        size = read_reports(fd, &reports);
        if (size == UV_EAGAIN)
            return 0;
        if (size == UV_ENOBUFS)
            out->incomplete = true;
        else if (size < 0)
            return (int)size;
        else
            parse(&reports.first, (size_t)size, out);
    }
}
