/* What the kernel reports about this process and its network namespace. */
#include "posix/doctor_checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/capability.h>
#include <sys/syscall.h>

#include "doctor/facts.h"
#include "posix/doctor_socket.h"

#define TEXT_MAX 16384 /* bytes of a file in /proc/net, with its NUL */
#define PORTS_FEW 4096

/* Returns those in effect, the first 32 of them; 0 if the call is refused. */
static uint32_t get_capabilities(void) {
    struct __user_cap_header_struct header = {.version =
                                                  _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    memset(data, 0, sizeof data);
    if (syscall(SYS_capget, &header, data) < 0)
        return 0;
    return data[0].effective;
}

static bool has_capability(unsigned number) {
    return (get_capabilities() >> number & 1) != 0;
}

static void add_capabilities(struct check *check) {
    bool admin = has_capability(CAP_NET_ADMIN);
    bool raw = has_capability(CAP_NET_RAW);

    check_flag(check, "net_admin", admin);
    check_flag(check, "net_raw", raw);
    check_add(check, "; %s%s%s%s", admin ? "CAP_NET_ADMIN" : "",
              admin && raw ? ", " : "", raw ? "CAP_NET_RAW" : "",
              admin || raw ? "" : "no privileges");
}

/* A filter may refuse calls, which other checks then find. */
void check_sandbox(struct doctor *doctor, struct check *check) {
    int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);

    (void)doctor;
    check_flag(check, "seccomp", mode != 0 && !(mode < 0 && errno == EINVAL));
    if (mode == 2)
        check_set(check, CHECK_NOTE, "under a seccomp filter");
    else if (mode < 0 && errno != EINVAL)
        check_set(check, CHECK_NOTE,
                  "the sandbox does not report whether it filters calls");
    else
        check_set(check, CHECK_OK, "no seccomp filter");
    add_capabilities(check);
}

/* The range that the system chooses ports from, and the first port that this
   process may bind. */
void check_ports(struct doctor *doctor, struct check *check) {
    uint64_t range[2], first = 1024;

    (void)doctor;
    if (!probe_read_numbers("/proc/sys/net/ipv4/ip_local_port_range", range,
                            2) ||
        range[1] < range[0])
        return;
    probe_read_numbers("/proc/sys/net/ipv4/ip_unprivileged_port_start", &first,
                       1);
    if (has_capability(CAP_NET_BIND_SERVICE))
        first = 1;
    check_number(check, "first", range[0]);
    check_number(check, "last", range[1]);
    check_number(check, "bind_from", first);
    check_set(check, range[1] - range[0] < PORTS_FEW ? CHECK_NOTE : CHECK_OK,
              "%llu-%llu for senders; from %llu on to bind",
              (unsigned long long)range[0], (unsigned long long)range[1],
              (unsigned long long)first);
    if (check->state == CHECK_NOTE)
        check_advise(check, "as root: sysctl -w "
                            "net.ipv4.ip_local_port_range='32768 60999'");
}

/* Binds to the loopback interface. */
void check_device(struct doctor *doctor, struct check *check) {
    struct sockaddr_in name = probe_loopback();
    int fd = probe_open(&name, false), code = fd;

    (void)doctor;
    if (fd >= 0) {
        code = setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) < 0 ? -errno
                                                                        : 0;
        close(fd);
    }
    check_flag(check, "works", code == 0);
    if (code == 0) {
        check_set(check, CHECK_OK,
                  "a socket can be bound to an interface (--device)");
        return;
    }
    check_refused(check, CHECK_NOTE, "SO_BINDTODEVICE (--device)", code);
    if (code == -EPERM)
        check_advise(check,
                     "before Linux 5.7 it needs CAP_NET_RAW; a sandbox may "
                     "forbid it, too");
}

/* Both families. IPv6 may be missing. */
void check_counters(struct doctor *doctor, struct check *check) {
    static char text[TEXT_MAX];
    struct udp_counters counters = {0};
    int code = probe_read_file("/proc/self/net/snmp", text, sizeof text);

    if (code == 0 && !counters_parse(text, &counters))
        code = UV_EINVAL;
    if (code < 0) {
        check_refused(check, CHECK_NOTE, "the counters cannot be read", code);
        if (code == -ENOENT)
            check_advise(check, "mount /proc to see how many datagrams are "
                                "lost");
        return;
    }
    if (probe_read_file("/proc/self/net/snmp6", text, sizeof text) == 0)
        counters_parse(text, &counters);
    doctor->receive_drops = counters.receive_full;
    judge_counters(check, &counters);
}

/* Of all namespaces. A row is short, but each processor has one. */
void check_backlog(struct doctor *doctor, struct check *check) {
    static char text[8 * TEXT_MAX];
    uint64_t dropped, squeezed, limit = 0;

    (void)doctor;
    if (probe_read_file("/proc/self/net/softnet_stat", text, sizeof text) < 0 ||
        !backlog_parse(text, &dropped, &squeezed))
        return;
    probe_read_numbers("/proc/sys/net/core/netdev_max_backlog", &limit, 1);
    judge_backlog(check, dropped, squeezed, limit);
}

/* Nothing is printed where no packet filter tracks. */
void check_conntrack(struct doctor *doctor, struct check *check) {
    uint64_t count, max;

    (void)doctor;
    if (probe_read_numbers("/proc/sys/net/netfilter/nf_conntrack_count", &count,
                           1) &&
        probe_read_numbers("/proc/sys/net/netfilter/nf_conntrack_max", &max, 1))
        judge_conntrack(check, count, max);
}
