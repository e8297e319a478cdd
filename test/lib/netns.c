#define _GNU_SOURCE /* setns(), unshare() */
#include "netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

const struct side side_v4 = {
    .type = DGRAM_UDP4,
    .near = "10.77.0.1",
    .far = "10.77.0.2",
    .far2 = "10.77.0.3",
    .group = "239.77.0.1",
    .ssm_group = "232.77.0.1",
    .near_interface = "10.77.0.1",
    .far_interface = "10.77.0.2",
};

const struct side side_v6 = {
    .type = DGRAM_UDP6,
    .near = "fd77::1",
    .far = "fd77::2",
    .far2 = "fd77::3",
    .group = "ff15::77",
    .ssm_group = "ff35::77",
    .near_interface = "::%a0",
    .far_interface = "::%b0",
};

const struct route route_v4 = {
    .type = DGRAM_UDP4,
    .near = "10.77.1.1",
    .far = "10.77.2.2",
    .router = "10.77.1.9",
    .unreachable = "10.77.3.1",
    .unreachable_errno = EHOSTUNREACH,
};

const struct route route_v6 = {
    .type = DGRAM_UDP6,
    .near = "fd77:1::1",
    .far = "fd77:2::2",
    .router = "fd77:1::9",
    .unreachable = "fd77:3::1",
    .unreachable_errno = ENETUNREACH,
};

static int spaces[3]; /* descriptors of the namespaces */

static _Noreturn void skip_program(const char *reason) {
    printf("skipped: %s\n", reason);
    exit(SKIPPED);
}

/* A process in a new namespace, which exists until the process is killed. */
static pid_t spawn_holder(void) {
    int ready[2];
    char answer = 0;
    pid_t pid;

    if (pipe(ready) < 0 || (pid = fork()) < 0)
        skip_program("no process can be made");
    if (pid == 0) {
        answer = unshare(CLONE_NEWNET) == 0;
        if (write(ready[1], &answer, 1) == 1 && answer)
            pause();
        _exit(0);
    }
    if (read(ready[0], &answer, 1) != 1 || !answer) {
        waitpid(pid, NULL, 0);
        skip_program("a network namespace needs CAP_SYS_ADMIN");
    }
    close(ready[0]);
    close(ready[1]);
    return pid;
}

void enter_host(enum host host) {
    assert_int_equal(setns(spaces[host], CLONE_NEWNET), 0);
}

void ip_on(enum host host, const char *arguments) {
    char command[256];

    enter_host(host);
    snprintf(command, sizeof command, "ip %s", arguments);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
    enter_host(NEAR);
}

void set_sysctl_on(enum host host, const char *name, const char *value) {
    char path[128];
    int fd;

    snprintf(path, sizeof path, "/proc/sys/net/%s", name);
    enter_host(host);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value))
        fail_msg("cannot write %s", path);
    close(fd);
    enter_host(NEAR);
}

static int open_space(pid_t pid) {
    char path[64];
    int fd;

    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        skip_program("namespaces cannot be opened below /proc");
    return fd;
}

static void create_host(enum host host) {
    pid_t holder = spawn_holder();

    spaces[host] = open_space(holder);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
}

/* Creates NEAR and FAR, without a wire. */
static void create_ends(void) {
    if (system("ip -V >/dev/null 2>&1") != 0)
        skip_program("the command 'ip' is missing (iproute2)");
    create_host(FAR);
    if (unshare(CLONE_NEWNET) < 0)
        skip_program("a network namespace needs CAP_SYS_ADMIN");
    spaces[NEAR] = open_space(getpid());
    ip_on(NEAR, "link set lo up");
    ip_on(FAR, "link set lo up");
}

static bool is_running(enum host host, const char *device) {
    struct ifreq request = {0};
    int fd;

    strcpy(request.ifr_name, device);
    enter_host(host);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
    close(fd);
    enter_host(NEAR);
    return (request.ifr_flags & IFF_RUNNING) != 0;
}

/* Until the kernel has noticed that both ends are up, it drops what is sent,
   and reports no error. A busy one may take more than 10 seconds, but a recent
   one looks at an interface when it is asked about it. */
static void wait_until_running(enum host host, const char *device) {
    char text[64];

    snprintf(text, sizeof text, "link show dev %s >/dev/null", device);
    ip_on(host, text);
    for (int tries = 0; !is_running(host, device); tries++) {
        assert_in_range(tries, 0, 29999);
        uv_sleep(1);
    }
}

/* While the kernel asks for a neighbour, it keeps as many datagrams for it as a
   test sends. By default it drops the first ones. */
static void keep_while_asking(enum host host, const char *device) {
    char name[64];

    snprintf(name, sizeof name, "ipv4/neigh/%s/unres_qlen_bytes", device);
    set_sysctl_on(host, name, "8000000");
    snprintf(name, sizeof name, "ipv6/neigh/%s/unres_qlen_bytes", device);
    set_sysctl_on(host, name, "8000000");
}

static void set_up(enum host host, const char *device) {
    char text[128];

    snprintf(text, sizeof text, "link set %s addrgenmode none up", device);
    ip_on(host, text);
    keep_while_asking(host, device);
}

/* A wire between two hosts, with these devices at its ends. */
static void connect_hosts(enum host host, const char *device, enum host other,
                          const char *other_device) {
    char text[128];

    enter_host(host);
    snprintf(text, sizeof text,
             "ip link add %s type veth peer name %s netns /proc/%d/fd/%d",
             device, other_device, (int)getpid(), spaces[other]);
    if (system(text) != 0)
        skip_program("no veth pair can be made");
    set_up(host, device);
    set_up(other, other_device);
    wait_until_running(host, device);
    wait_until_running(other, other_device);
}

/* Returns whether the host takes what is sent to its IPv6 address. */
static bool has_local_route(enum host host, const char *device,
                            const struct in6_addr *address) {
    char line[256], wanted[40], *at = wanted;
    size_t length = strlen(device);
    bool found = false;
    FILE *routes;

    for (int i = 0; i < 16; i++)
        at += sprintf(at, "%02x", address->s6_addr[i]);
    strcpy(at, " 80 ");
    enter_host(host);
    routes = fopen("/proc/net/ipv6_route", "re");
    assert_non_null(routes);
    while (!found && fgets(line, sizeof line, routes) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        found = strncmp(line, wanted, strlen(wanted)) == 0 &&
                strlen(line) > length &&
                strcmp(line + strlen(line) - length, device) == 0;
    }
    fclose(routes);
    enter_host(NEAR);
    return found;
}

/* The kernel adds the route later than the address. Without it, it would
   forward or drop the datagrams. */
static void wait_for_route(enum host host, const char *device,
                           const char *address) {
    char text[64];
    struct in6_addr parsed;

    snprintf(text, sizeof text, "%.*s", (int)strcspn(address, "/"), address);
    assert_int_equal(inet_pton(AF_INET6, text, &parsed), 1);
    for (int tries = 0; !has_local_route(host, device, &parsed); tries++) {
        assert_in_range(tries, 0, 9999);
        uv_sleep(1);
    }
}

void add_address(enum host host, const char *device, const char *address) {
    bool v6 = strchr(address, ':') != NULL;
    char text[128];

    snprintf(text, sizeof text, "addr add %s dev %s%s", address, device,
             v6 ? " nodad" : "");
    ip_on(host, text);
    if (v6)
        wait_for_route(host, device, address);
}

void create_hosts(void) {
    create_ends();
    connect_hosts(NEAR, "a0", FAR, "b0");
    add_address(NEAR, "a0", "10.77.0.1/24");
    add_address(NEAR, "a0", "fd77::1/64");
    add_address(NEAR, "a0", "fe80::1/64");
    add_address(FAR, "b0", "10.77.0.2/24");
    add_address(FAR, "b0", "10.77.0.3/24");
    add_address(FAR, "b0", "fd77::2/64");
    add_address(FAR, "b0", "fd77::3/64");
    add_address(FAR, "b0", "fe80::2/64");
}

void add_second_wire(void) {
    connect_hosts(NEAR, "a1", FAR, "b1");
    add_address(NEAR, "a1", "10.78.0.1/24");
    add_address(NEAR, "a1", "fd78::1/64");
    add_address(NEAR, "a1", "fe80::1/64");
    add_address(FAR, "b1", "10.78.0.2/24");
    add_address(FAR, "b1", "fd78::2/64");
    add_address(FAR, "b1", "fe80::2/64");
}

static void do_not_limit_icmp(enum host host) {
    set_sysctl_on(host, "ipv4/icmp_ratemask", "0");
    set_sysctl_on(host, "ipv6/icmp/ratelimit", "0");
}

void create_routed_hosts(void) {
    create_ends();
    create_host(ROUTER);
    connect_hosts(NEAR, "a0", ROUTER, "r0");
    connect_hosts(ROUTER, "r1", FAR, "b0");
    add_address(NEAR, "a0", "10.77.1.1/24");
    add_address(NEAR, "a0", "fd77:1::1/64");
    add_address(ROUTER, "r0", "10.77.1.9/24");
    add_address(ROUTER, "r0", "fd77:1::9/64");
    add_address(ROUTER, "r1", "10.77.2.9/24");
    add_address(ROUTER, "r1", "fd77:2::9/64");
    /* A router asks for its neighbours from a link-local address. */
    add_address(ROUTER, "r0", "fe80::9/64");
    add_address(ROUTER, "r1", "fe80::9/64");
    add_address(FAR, "b0", "10.77.2.2/24");
    add_address(FAR, "b0", "fd77:2::2/64");
    ip_on(NEAR, "route add default via 10.77.1.9");
    ip_on(NEAR, "route add default via fd77:1::9");
    ip_on(FAR, "route add default via 10.77.2.9");
    ip_on(FAR, "route add default via fd77:2::9");
    ip_on(ROUTER, "route add unreachable 10.77.3.0/24");
    ip_on(ROUTER, "route add unreachable fd77:3::/64");
    set_sysctl_on(ROUTER, "ipv4/ip_forward", "1");
    set_sysctl_on(ROUTER, "ipv6/conf/all/forwarding", "1");
    do_not_limit_icmp(ROUTER);
    do_not_limit_icmp(FAR);
}

void set_mtu(int mtu) {
    char text[64];

    snprintf(text, sizeof text, "link set a0 mtu %d", mtu);
    ip_on(NEAR, text);
    snprintf(text, sizeof text, "link set b0 mtu %d", mtu);
    ip_on(FAR, text);
}

void set_far_mtu(int mtu) {
    char text[64];

    snprintf(text, sizeof text, "link set r1 mtu %d", mtu);
    ip_on(ROUTER, text);
    snprintf(text, sizeof text, "link set b0 mtu %d", mtu);
    ip_on(FAR, text);
    ip_on(NEAR, "route flush cache");
    ip_on(NEAR, "-6 route flush cache");
}

#define ERRORS_V4 "{ destination-unreachable, time-exceeded }"
#define ERRORS_V6 "{ destination-unreachable, packet-too-big, time-exceeded }"

/* Not all of ICMPv6: without neighbour discovery nothing arrives. */
static const char silence[] = "nft 'table inet silence { chain errors {"
                              " type filter hook output priority 0;"
                              " icmp type " ERRORS_V4 " drop;"
                              " icmpv6 type " ERRORS_V6 " drop; }; }'";

void silence_router(bool silent) {
    static bool is_silent;

    if (silent == is_silent)
        return;
    if (system("nft --version >/dev/null 2>&1") != 0)
        skip_program("the command 'nft' is missing (nftables)");
    enter_host(ROUTER);
    if (system(silent ? silence : "nft delete table inet silence") != 0)
        skip_program("nftables does not work here");
    enter_host(NEAR);
    is_silent = silent;
}

dgram_socket *new_bound_on_with(enum host host, const char *address,
                                uint16_t port, const dgram_options *options) {
    dgram_socket *socket = new_socket_with(options);

    enter_host(host);
    assert_int_equal(dgram_bind_sync(socket, address, port), 0);
    enter_host(NEAR);
    return socket;
}

dgram_socket *new_bound_on(enum host host, const char *address) {
    dgram_address numeric = address_of(address, 0);
    dgram_options options = {.size = sizeof options};

    options.type = numeric.any.sa_family == AF_INET6 ? DGRAM_UDP6 : DGRAM_UDP4;
    return new_bound_on_with(host, address, 0, &options);
}

void enlarge_receive_buffer(dgram_socket *socket) {
    int size = 8 << 20;

    /* SO_RCVBUFFORCE exceeds the system's limit; root may do that. */
    assert_int_equal(setsockopt(dgram_fileno(socket), SOL_SOCKET,
                                SO_RCVBUFFORCE, &size, sizeof size),
                     0);
}
