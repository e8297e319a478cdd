#define _GNU_SOURCE /* setns(), unshare() */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
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

static int spaces[2]; /* descriptors of the namespaces */

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

static int open_space(pid_t pid) {
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Without duplicate address detection addresses are usable at once. */
static void configure(enum host host, const char *device, int number) {
    char text[128];

    snprintf(text, sizeof text, "link set lo up");
    ip_on(host, text);
    snprintf(text, sizeof text, "link set %s addrgenmode none up", device);
    ip_on(host, text);
    snprintf(text, sizeof text, "addr add 10.77.0.%d/24 dev %s", number,
             device);
    ip_on(host, text);
    snprintf(text, sizeof text, "addr add fd77::%d/64 dev %s nodad", number,
             device);
    ip_on(host, text);
    snprintf(text, sizeof text, "addr add fe80::%d/64 dev %s nodad", number,
             device);
    ip_on(host, text);
}

void create_hosts(void) {
    char text[128];
    pid_t holder;

    if (system("ip -V >/dev/null 2>&1") != 0)
        skip_program("the command 'ip' is missing (iproute2)");
    holder = spawn_holder();
    if (unshare(CLONE_NEWNET) < 0)
        skip_program("a network namespace needs CAP_SYS_ADMIN");
    spaces[NEAR] = open_space(getpid());
    spaces[FAR] = open_space(holder);
    if (spaces[NEAR] < 0 || spaces[FAR] < 0)
        skip_program("namespaces cannot be opened below /proc");
    snprintf(text, sizeof text,
             "ip link add a0 type veth peer name b0 netns %d", (int)holder);
    if (system(text) != 0)
        skip_program("no veth pair can be made");
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    configure(NEAR, "a0", 1);
    configure(FAR, "b0", 2);
    ip_on(FAR, "addr add 10.77.0.3/24 dev b0");
    ip_on(FAR, "addr add fd77::3/64 dev b0 nodad");
    enter_host(NEAR);
}

void set_mtu(int mtu) {
    char text[64];

    snprintf(text, sizeof text, "link set a0 mtu %d", mtu);
    ip_on(NEAR, text);
    snprintf(text, sizeof text, "link set b0 mtu %d", mtu);
    ip_on(FAR, text);
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
