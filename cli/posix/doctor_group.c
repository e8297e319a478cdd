/* Multicast, which stays on the loopback interface here, and Unix sockets. */
#include "posix/doctor_checks.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "posix/doctor_socket.h"

#define GROUP "239.255.77.77" /* of a scope that no router forwards */
#define QUEUE_MAX 1024        /* datagrams that a check puts in a queue */
#define QUEUE_FEW 32

/* TTL 0: it leaves the host in no case. */
static int prepare_group(int fd, const struct sockaddr_in *here) {
    struct ip_mreq request = {.imr_interface = here->sin_addr};
    const unsigned char ttl = 0, loop = 1;

    request.imr_multiaddr.s_addr = inet_addr(GROUP);
    if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &loop, sizeof loop) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &here->sin_addr,
                   sizeof here->sin_addr) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request,
                   sizeof request) < 0)
        return -errno;
    return 0;
}

/* Returns 1, 0 if nothing came, or a negative code. */
static int send_to_group(struct doctor *doctor, int fd, uint16_t port) {
    struct sockaddr_in to = probe_loopback();
    char byte = 0;

    to.sin_port = port;
    to.sin_addr.s_addr = inet_addr(GROUP);
    if (sendto(fd, "m", 1, 0, (struct sockaddr *)&to, sizeof to) < 0)
        return -errno;
    while (doctor_wait(doctor, fd)) {
        ssize_t length = recv(fd, &byte, 1, 0);

        if (length < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        if (length == 1 && byte == 'm')
            return 1;
    }
    return 0;
}

/* The socket takes any address of this host, so that the group's datagrams
   reach it on every system. */
void check_multicast(struct doctor *doctor, struct check *check) {
    struct sockaddr_in here = probe_loopback(), any = here;
    int fd, code;

    any.sin_addr.s_addr = htonl(INADDR_ANY);
    fd = probe_open(&any, false);
    code = fd < 0 ? fd : prepare_group(fd, &here);
    if (code == 0)
        code = send_to_group(doctor, fd, any.sin_port);
    check_flag(check, "works", code == 1);
    if (code == 1)
        check_set(check, CHECK_OK, "a group is received over loopback");
    else if (code < 0)
        check_refused(check, CHECK_NOTE, "multicast over loopback", code);
    else
        check_set(check, CHECK_NOTE, "multicast over loopback does not arrive");
    if (fd >= 0)
        close(fd);
}

/* Binds to an abstract name that Linux chooses. Returns false elsewhere. */
static bool bind_abstract(int fd, struct sockaddr_un *name, socklen_t *size) {
    const struct sockaddr_un none = {.sun_family = AF_UNIX};

    *size = sizeof *name;
    return bind(fd, (const struct sockaddr *)&none,
                offsetof(struct sockaddr_un, sun_path)) == 0 &&
           getsockname(fd, (struct sockaddr *)name, size) == 0 &&
           *size > offsetof(struct sockaddr_un, sun_path) &&
           name->sun_path[0] == '\0';
}

/* The queue of a receiver is limited for senders that are not its peer. */
static bool connect_abstract(int to, int from) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size;

    return bind_abstract(to, &name, &size) &&
           connect(from, (struct sockaddr *)&name, size) == 0;
}

/* Returns how many datagrams wait for a reader before a sender must. */
static unsigned queue_length(int fd) {
    unsigned count = 0;

    while (count < QUEUE_MAX && send(fd, "u", 1, MSG_DONTWAIT) == 1)
        count++;
    return count;
}

static void judge_queue(struct check *check, unsigned count) {
    uint64_t limit;

    check_number(check, "queue", count);
    check_add(check, "; a queue holds %u%s", count,
              count == QUEUE_MAX ? " or more" : "");
    if (!probe_read_numbers("/proc/sys/net/unix/max_dgram_qlen", &limit, 1))
        return;
    check_number(check, "max_dgram_qlen", limit);
    if (count > QUEUE_FEW)
        return;
    check->state = CHECK_NOTE;
    check_advise(check, "for bursts, as root: sysctl -w "
                        "net.unix.max_dgram_qlen=512");
}

static void check_pair(struct check *check, int receiver, int sender) {
    bool abstract = connect_abstract(receiver, sender);

    check_flag(check, "abstract", abstract);
    if (!abstract) {
        check_set(check, CHECK_NOTE,
                  "datagram sockets, without abstract names");
        return;
    }
    check_set(check, CHECK_OK, "datagram sockets, with abstract names");
    judge_queue(check, queue_length(sender));
}

void check_unix(struct doctor *doctor, struct check *check) {
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
    int sender = receiver < 0 ? -1 : socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)doctor;
    if (sender < 0)
        check_refused(check, CHECK_NOTE, "Unix datagram sockets", -errno);
    else
        check_pair(check, receiver, sender);
    if (sender >= 0)
        close(sender);
    if (receiver >= 0)
        close(receiver);
}
