/* What the kernel reports about an interface: RTM_GETLINK of rtnetlink(7). */
#include "linux/doctor_device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "posix/doctor_checks.h"
#include "posix/doctor_socket.h"

#define REPLY_MAX 32768
#define UNKNOWN_SPEED 1000000000u /* what is above is no speed */

struct link {
    struct link_facts facts;
    struct link_counters counters;
};

static int ask(int fd, unsigned index) {
    struct {
        struct nlmsghdr header;
        struct ifinfomsg about;
    } request;

    memset(&request, 0, sizeof request);
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = RTM_GETLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.about.ifi_family = AF_UNSPEC;
    request.about.ifi_index = (int)index;
    return send(fd, &request, sizeof request, 0) < 0 ? -errno : 0;
}

static unsigned number_of(const struct rtattr *attribute) {
    unsigned number = 0;

    if (RTA_PAYLOAD(attribute) >= sizeof number)
        memcpy(&number, RTA_DATA(attribute), sizeof number);
    return number;
}

static void copy_text(const struct rtattr *attribute, char *text, size_t size) {
    size_t length = RTA_PAYLOAD(attribute);

    if (length > size - 1)
        length = size - 1;
    memcpy(text, RTA_DATA(attribute), length);
    text[length] = '\0';
}

/* An old kernel has fewer counters. */
static void copy_counters(const struct rtattr *attribute,
                          struct link_counters *out) {
    struct rtnl_link_stats64 all;
    size_t length = RTA_PAYLOAD(attribute);

    memset(&all, 0, sizeof all);
    memcpy(&all, RTA_DATA(attribute),
           length < sizeof all ? length : sizeof all);
    *out = (struct link_counters){
        .received = all.rx_packets,
        .sent = all.tx_packets,
        .receive_errors = all.rx_errors,
        .send_errors = all.tx_errors,
        .receive_dropped = all.rx_dropped,
        .send_dropped = all.tx_dropped,
        .missed = all.rx_missed_errors,
    };
}

static void read_attribute(const struct rtattr *attribute, struct link *link) {
    switch (attribute->rta_type) {
    case IFLA_MTU:
        link->facts.mtu = number_of(attribute);
        break;
    case IFLA_NUM_RX_QUEUES:
        link->facts.receive_queues = number_of(attribute);
        break;
    case IFLA_NUM_TX_QUEUES:
        link->facts.send_queues = number_of(attribute);
        break;
    case IFLA_GSO_MAX_SEGS:
        link->facts.gso_segments = number_of(attribute);
        break;
    case IFLA_QDISC:
        copy_text(attribute, link->facts.qdisc, sizeof link->facts.qdisc);
        break;
    case IFLA_STATS64:
        copy_counters(attribute, &link->counters);
        break;
    default:
        break;
    }
}

static int read_reply(const struct nlmsghdr *header, size_t length,
                      struct link *link) {
    const struct nlmsgerr *failure = NLMSG_DATA(header);
    const struct ifinfomsg *about = NLMSG_DATA(header);
    const struct rtattr *attribute;
    size_t left;

    if (!NLMSG_OK(header, length))
        return -EPROTO;
    if (header->nlmsg_type == NLMSG_ERROR)
        return failure->error < 0 ? failure->error : -EPROTO;
    if (header->nlmsg_type != RTM_NEWLINK)
        return -EPROTO;
    link->facts.is_up = (about->ifi_flags & IFF_UP) != 0;
    link->facts.has_carrier = (about->ifi_flags & IFF_RUNNING) != 0;
    left = IFLA_PAYLOAD(header);
    for (attribute = IFLA_RTA(about); RTA_OK(attribute, left);
         attribute = RTA_NEXT(attribute, left))
        read_attribute(attribute, link);
    return 0;
}

/* The kernel answers at once. Returns 0 or a negative code. */
static int get_link(unsigned index, struct link *link) {
    static _Alignas(struct nlmsghdr) char reply[REPLY_MAX];
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), code;
    ssize_t length;

    *link = (struct link){{0}, {0}};
    if (fd < 0)
        return -errno;
    code = ask(fd, index);
    if (code == 0) {
        length = recv(fd, reply, sizeof reply, MSG_DONTWAIT);
        code = length < 0 ? -errno
                          : read_reply((const struct nlmsghdr *)(void *)reply,
                                       (size_t)length, link);
    }
    close(fd);
    return code;
}

void check_link(struct doctor *doctor, struct check *check) {
    struct link link;
    int code = get_link(doctor->index, &link);

    if (code < 0) {
        check_refused(check, CHECK_NOTE, "the interface cannot be checked",
                      code);
        return;
    }
    device_facts(doctor->interface, &link.facts);
    if (link.facts.speed > UNKNOWN_SPEED)
        link.facts.speed = 0;
    judge_link(check, doctor->interface, &link.facts);
}

void check_link_drops(struct doctor *doctor, struct check *check) {
    struct link link;
    int code = get_link(doctor->index, &link);

    if (code < 0)
        check_refused(check, CHECK_NOTE, "the counters cannot be read", code);
    else
        judge_link_drops(check, doctor->interface, &link.counters);
}

void check_link_offload(struct doctor *doctor, struct check *check) {
    struct link_features features = {0};
    int code = device_features(doctor->interface, &features);

    if (code < 0)
        check_refused(check, CHECK_NOTE, "the features are unknown", code);
    else
        judge_features(check, doctor->interface, &features);
}

/* The stricter of two settings holds: that of all, and that of this one. */
void check_return_path(struct doctor *doctor, struct check *check) {
    char path[128];
    uint64_t all, one;

    snprintf(path, sizeof path, "/proc/sys/net/ipv4/conf/%s/rp_filter",
             doctor->interface);
    if (probe_read_numbers("/proc/sys/net/ipv4/conf/all/rp_filter", &all, 1) &&
        probe_read_numbers(path, &one, 1))
        judge_return_path(check, doctor->interface, all > one ? all : one);
}
