/* The checks of this system, and those that all Unix systems have. */
#include "doctor/system.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#if defined(__linux__)
#include <linux/sock_diag.h>
#endif

#include "doctor/checks.h"
#include "doctor/facts.h"
#include "posix/doctor_checks.h"
#include "posix/doctor_socket.h"

const struct check_row doctor_rows[] = {
    {"kernel", NEED_NOTHING, check_kernel},
    {"environment", NEED_NOTHING, check_environment},
#if defined(__linux__)
    {"sandbox", NEED_NOTHING, check_sandbox},
#endif
    {"files", NEED_NOTHING, check_files},
    {"ipv4", NEED_NOTHING, check_ipv4},
    {"ipv6", NEED_NOTHING, check_ipv6},
    {"dual-stack", NEED_NOTHING, check_dual_stack},
#if defined(__linux__)
    {"ports", NEED_NOTHING, check_ports},
    /* before the checks below add to them */
    {"counters", NEED_NOTHING, check_counters},
    {"backlog", NEED_NOTHING, check_backlog},
    {"conntrack", NEED_NOTHING, check_conntrack},
    {"batch", NEED_IPV4, check_batch},
    {"gso", NEED_IPV4, check_gso},
    {"gro", NEED_IPV4, check_gro},
#endif
    {"receive-buffer", NEED_IPV4, check_receive_buffer},
    {"send-buffer", NEED_IPV4, check_send_buffer},
    {"icmp-errors", NEED_UDP, check_errors},
    {"packet-info", NEED_UDP, check_packet_info},
    {"tos-ttl", NEED_UDP, check_headers},
    {"timestamps", NEED_UDP, check_timestamps},
    {"reuse-port", NEED_IPV4, check_reuse_port},
#if defined(__linux__)
    {"device", NEED_IPV4, check_device},
#endif
    {"multicast", NEED_IPV4, check_multicast},
    {"unix", NEED_NOTHING, check_unix},
#if defined(__linux__)
    {"interface", NEED_INTERFACE, check_link},
    {"addresses", NEED_INTERFACE, check_addresses},
    {"offload", NEED_INTERFACE, check_link_offload},
    {"drops", NEED_INTERFACE, check_link_drops},
    {"return-path", NEED_INTERFACE, check_return_path},
#else
    {"addresses", NEED_INTERFACE, check_addresses},
#endif
};

const size_t doctor_row_count = sizeof doctor_rows / sizeof *doctor_rows;

#if defined(__linux__)
/* The kernel doubles the size that is set, to have space for its overhead. */
const struct system_buffers system_buffers = {"net.core.rmem_max",
                                              "net.core.wmem_max", 2};
#else
const struct system_buffers system_buffers = {"kern.ipc.maxsockbuf",
                                              "kern.ipc.maxsockbuf", 1};
#endif

bool system_wait(dgram_fd fd, int milliseconds) {
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    int count;

    do
        count = poll(&poll_fd, 1, milliseconds);
    while (count < 0 && errno == EINTR);
    return count > 0;
}

uint64_t system_stored_size(dgram_fd fd) {
#if defined(SO_MEMINFO)
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof info;

    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) == 0)
        return info[SK_MEMINFO_RMEM_ALLOC];
#endif
    (void)fd;
    return 0;
}

bool system_may_exceed(dgram_fd fd, bool receives) {
#if defined(SO_RCVBUFFORCE)
    const int size = 1 << 20;

    return setsockopt(fd, SOL_SOCKET,
                      receives ? SO_RCVBUFFORCE : SO_SNDBUFFORCE, &size,
                      sizeof size) == 0;
#else
    (void)fd;
    (void)receives;
    return false;
#endif
}

int system_find_interface(const char *name, unsigned *index_out) {
    errno = 0;
    *index_out = if_nametoindex(name);
    if (*index_out > 0)
        return 0;
    return errno == 0 || errno == ENXIO ? -ENODEV : -errno;
}

void check_files(struct doctor *doctor, struct check *check) {
    struct rlimit limit;

    (void)doctor;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        check_refused(check, CHECK_NOTE, "the limit of open files is unknown",
                      -errno);
    else
        judge_files(check, limit.rlim_cur, limit.rlim_max);
}

/* What a new IPv6 socket does, even where net.ipv6.bindv6only is hidden. */
void check_dual_stack(struct doctor *doctor, struct check *check) {
    int fd = socket(AF_INET6, SOCK_DGRAM, 0), only = 0;
    socklen_t size = sizeof only;

    (void)doctor;
    if (fd < 0)
        return; /* the check of IPv6 says why */
    if (getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &size) < 0) {
        check_refused(check, CHECK_NOTE, "IPV6_V6ONLY is unknown", -errno);
    } else {
        check_flag(check, "bindv6only", only != 0);
        check_set(check, only ? CHECK_NOTE : CHECK_OK,
                  only ? "an IPv6 socket receives no IPv4 (bindv6only)"
                       : "an IPv6 socket receives IPv4, too");
    }
    if (only)
        check_advise(check, "use an IPv4 socket beside it, or as root: sysctl "
                            "-w net.ipv6.bindv6only=0");
    close(fd);
}

/* Opens two sockets with one port. */
void check_reuse_port(struct doctor *doctor, struct check *check) {
    struct sockaddr_in name = probe_loopback();
    int first = probe_open(&name, true), second;

    (void)doctor;
    if (first < 0) {
        check_refused(check, CHECK_NOTE, "SO_REUSEPORT", first);
        return;
    }
    second = probe_open(&name, true);
    check_flag(check, "works", second >= 0);
    if (second >= 0) {
        check_set(check, CHECK_OK,
                  "sockets share a port, for --reuse-port and --workers");
        close(second);
    } else {
        check_refused(check, CHECK_NOTE, "SO_REUSEPORT", second);
    }
    close(first);
}
