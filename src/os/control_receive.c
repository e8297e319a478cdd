#include "os/control_receive.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include <sys/time.h>
#if defined(IP_RECVIF)
#include <net/if_dl.h>
#endif

#include "os/bsd.h"
#include "os/calls.h"

/* The content of one control message. */
struct content {
    const unsigned char *bytes;
    size_t size;
};

static struct content content_of(const struct msghdr *header,
                                 struct cmsghdr *cmsg) {
    const unsigned char *bytes = CMSG_DATA(cmsg);
    const unsigned char *end =
        (const unsigned char *)header->msg_control + header->msg_controllen;
    size_t size = 0;

    if (cmsg->cmsg_len > CMSG_LEN(0) && bytes < end)
        size = cmsg->cmsg_len - CMSG_LEN(0);
    if (size > (size_t)(end - bytes) && bytes < end)
        size = (size_t)(end - bytes);
    return (struct content){bytes, size};
}

/* Returns false if the content is truncated. */
static bool copy(void *out, size_t size, const struct content *content) {
    if (content->size < size)
        return false;
    memcpy(out, content->bytes, size);
    return true;
}

/* Systems differ in whether a TOS or a TTL is a byte or an int. */
static void read_byte(const struct content *content, uint32_t flag,
                      uint8_t *value_out, dgram_receive_info *out) {
    unsigned char byte;
    int value;

    if (copy(&value, sizeof(value), content))
        *value_out = (uint8_t)value;
    else if (content->size == 1 && copy(&byte, sizeof(byte), content))
        *value_out = byte;
    else
        return;
    out->valid |= flag;
}

static void set_interface(dgram_receive_info *out, uint32_t index) {
    if (index == 0)
        return;
    out->interface_index = index;
    out->valid |= DGRAM_INFO_INTERFACE;
}

/* An address of IPv4, as sockets of the sender's family write it. */
static void put_v4(const dgram_address *from, const struct in_addr *address,
                   dgram_address *out) {
    memset(out, 0, sizeof(*out));
    out->any.sa_family = from->any.sa_family;
    if (from->any.sa_family != AF_INET6) {
        out->any.sa_family = AF_INET;
        out->v4.sin_addr = *address;
        return;
    }
    out->v6.sin6_addr.s6_addr[10] = out->v6.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&out->v6.sin6_addr.s6_addr[12], address, sizeof(*address));
}

/* Only the kernel knows the broadcast addresses of the interfaces, so an answer
   is sent from the address that the kernel reports. */
static void set_local_v4(dgram_receive_info *out, const dgram_address *from,
                         const struct in_addr *local,
                         const struct in_addr *reply_from) {
    put_v4(from, local, &out->local);
    put_v4(from, reply_from, &out->reply_from);
    out->valid |= DGRAM_INFO_LOCAL;
}

/* An answer is sent from the address that the datagram was sent to, unless this
   is not an address of a host. */
static struct in_addr reply_address(const struct in_addr *local) {
    struct in_addr any = {0};

    if (IN_MULTICAST(ntohl(local->s_addr)) || local->s_addr == INADDR_BROADCAST)
        return any;
    return *local;
}

#if defined(IP_PKTINFO)

static void read_v4(const struct cmsghdr *cmsg, const struct content *content,
                    const dgram_address *from, dgram_receive_info *out) {
    struct in_pktinfo info;

    if (cmsg->cmsg_type != IP_PKTINFO || !copy(&info, sizeof(info), content))
        return;
    set_interface(out, (uint32_t)info.ipi_ifindex);
    /* macOS leaves this member empty. */
    if (OS_BSD && info.ipi_spec_dst.s_addr == INADDR_ANY)
        info.ipi_spec_dst = reply_address(&info.ipi_addr);
    set_local_v4(out, from, &info.ipi_addr, &info.ipi_spec_dst);
}

#else

static void read_v4(const struct cmsghdr *cmsg, const struct content *content,
                    const dgram_address *from, dgram_receive_info *out) {
#if defined(IP_RECVDSTADDR)
    if (cmsg->cmsg_type == IP_RECVDSTADDR) {
        struct in_addr local, reply_from;

        if (!copy(&local, sizeof(local), content))
            return;
        reply_from = reply_address(&local);
        set_local_v4(out, from, &local, &reply_from);
    }
#endif
#if defined(IP_RECVIF)
    if (cmsg->cmsg_type == IP_RECVIF) {
        struct sockaddr_dl link;
        size_t size = offsetof(struct sockaddr_dl, sdl_data);

        if (copy(&link, size, content))
            set_interface(out, link.sdl_index);
    }
#endif
    (void)cmsg;
    (void)content;
    (void)from;
    (void)out;
}

#endif

static void read_ip(const struct cmsghdr *cmsg, const struct content *content,
                    const dgram_address *from, dgram_receive_info *out) {
    switch (cmsg->cmsg_type) {
    case IP_TOS:
#if defined(IP_RECVTOS) && IP_RECVTOS != IP_TOS
    case IP_RECVTOS:
#endif
        read_byte(content, DGRAM_INFO_TOS, &out->tos, out);
        break;
    case IP_TTL:
#if defined(IP_RECVTTL) && IP_RECVTTL != IP_TTL
    case IP_RECVTTL:
#endif
        read_byte(content, DGRAM_INFO_TTL, &out->ttl, out);
        break;
    default:
        read_v4(cmsg, content, from, out);
    }
}

static bool needs_scope(const struct in6_addr *address) {
    return IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MC_LINKLOCAL(address);
}

static void set_local_v6(dgram_receive_info *out, const struct in6_addr *local,
                         uint32_t interface_index) {
    memset(&out->local, 0, sizeof(out->local));
    out->local.v6.sin6_family = AF_INET6;
    out->local.v6.sin6_addr = *local;
    if (needs_scope(local))
        out->local.v6.sin6_scope_id = interface_index;
    out->reply_from = out->local;
    if (IN6_IS_ADDR_MULTICAST(local)) {
        out->reply_from.v6.sin6_addr = in6addr_any;
        out->reply_from.v6.sin6_scope_id = 0;
    }
    out->valid |= DGRAM_INFO_LOCAL;
}

/* For an IPv4 datagram there is also an IPv4 message, which has the address to
   answer from. */
static void read_ip6(const struct cmsghdr *cmsg, const struct content *content,
                     dgram_receive_info *out) {
    struct in6_pktinfo info;

    switch (cmsg->cmsg_type) {
#if defined(IPV6_TCLASS)
    case IPV6_TCLASS:
        read_byte(content, DGRAM_INFO_TOS, &out->tos, out);
        break;
#endif
    case IPV6_HOPLIMIT:
        read_byte(content, DGRAM_INFO_TTL, &out->ttl, out);
        break;
    case IPV6_PKTINFO:
        if (!copy(&info, sizeof(info), content))
            break;
        set_interface(out, (uint32_t)info.ipi6_ifindex);
        if ((out->valid & DGRAM_INFO_LOCAL) == 0 ||
            !IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr))
            set_local_v6(out, &info.ipi6_addr, (uint32_t)info.ipi6_ifindex);
        break;
    default:
        break;
    }
}

#define SECOND_NS 1000000000

/* The fraction of the second is in units of `unit` nanoseconds. A time that no
   kernel reports is left out. */
static void set_time(dgram_receive_info *out, int64_t seconds, int64_t fraction,
                     int64_t unit) {
    if (seconds < 0 || seconds >= INT64_MAX / SECOND_NS || fraction < 0 ||
        fraction >= SECOND_NS / unit)
        return;
    out->timestamp_ns = (uint64_t)(seconds * SECOND_NS + fraction * unit);
    out->valid |= DGRAM_INFO_TIMESTAMP;
}

#if defined(SCM_CREDENTIALS)
static void set_sender(dgram_receive_info *out, const struct content *content) {
    struct ucred sender;

    if (!copy(&sender, sizeof(sender), content))
        return;
    out->pid = (int32_t)sender.pid;
    out->uid = sender.uid;
    out->gid = sender.gid;
    out->valid |= DGRAM_INFO_CREDENTIALS;
}
#endif

static void read_socket(const struct cmsghdr *cmsg,
                        const struct content *content,
                        dgram_receive_info *out) {
#if defined(SCM_TIMESTAMPNS)
    struct timespec precise;

    if (cmsg->cmsg_type == SCM_TIMESTAMPNS &&
        copy(&precise, sizeof(precise), content))
        set_time(out, precise.tv_sec, precise.tv_nsec, 1);
#endif
#if defined(SCM_TIMESTAMP)
    struct timeval time;

    if (cmsg->cmsg_type == SCM_TIMESTAMP && copy(&time, sizeof(time), content))
        set_time(out, time.tv_sec, time.tv_usec, 1000);
#endif
#if defined(SCM_CREDENTIALS)
    if (cmsg->cmsg_type == SCM_CREDENTIALS)
        set_sender(out, content);
#endif
}

/* A program may have enabled SO_PASSPIDFD. */
static bool has_descriptors(const struct cmsghdr *cmsg) {
#if defined(__linux__) && !defined(SCM_PIDFD)
#define SCM_PIDFD 4
#endif
#if defined(SCM_PIDFD)
    if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_PIDFD)
        return true;
#endif
    return cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS;
}

void control_receive_close_descriptors(struct msghdr *header) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);

    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(header, cmsg)) {
        struct content content = content_of(header, cmsg);
        int fd;

        if (!has_descriptors(cmsg))
            continue;
        for (; copy(&fd, sizeof(fd), &content); content.size -= sizeof(fd)) {
            if (fd >= 0)
                os_close(fd);
            content.bytes += sizeof(fd);
        }
    }
}

void control_receive_parse(struct msghdr *header, const dgram_address *from,
                           dgram_receive_info *out) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);

    out->valid = 0;
    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(header, cmsg)) {
        const struct content content = content_of(header, cmsg);

        if (cmsg->cmsg_level == IPPROTO_IP)
            read_ip(cmsg, &content, from, out);
        else if (cmsg->cmsg_level == IPPROTO_IPV6)
            read_ip6(cmsg, &content, out);
        else if (cmsg->cmsg_level == SOL_SOCKET)
            read_socket(cmsg, &content, out);
    }
}
