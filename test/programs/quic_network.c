/* A network between clients and a server on loopback, which it mistreats.
 *
     quic_network PORT DROP DAMAGE REPEAT MTU MOVE
 *
   PORT is that of the server. Each DROP-th datagram is lost, in each DAMAGE-th
 a bit is wrong, each REPEAT-th comes twice, those of more than MTU bytes of
   payload are lost, and after MOVE datagrams of the client it comes from
 another port; 0: never. It serves one client at a time, keeps the ECN marks,
 and prints on SIGTERM what it has seen. */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ECN_MASK 3
#define DATAGRAM_MAX 65536

/* A direction, and what it has seen. */
struct way {
    const char *from;
    unsigned datagrams, with_ecn, longest;
};

static unsigned drop, damage, repeat, mtu, move_after;
static struct way ways[2] = {{.from = "client"}, {.from = "server"}};
static volatile sig_atomic_t stopped;

static void on_signal(int number) {
    (void)number;
    stopped = 1;
}

static int open_socket(void) {
    struct sockaddr_in any = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&any, sizeof any) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof on) < 0) {
        perror("quic_network");
        exit(1);
    }
    return fd;
}

static ssize_t receive(int fd, char *bytes, struct sockaddr_in *from,
                       int *tos) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {bytes, DATAGRAM_MAX};
    struct msghdr message = {
        .msg_name = from,
        .msg_namelen = sizeof *from,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT);
    struct cmsghdr *first = CMSG_FIRSTHDR(&message);

    *tos = length >= 0 && first != NULL ? *CMSG_DATA(first) : 0;
    return length;
}

static int happens(unsigned every, const struct way *way) {
    return every != 0 && way->datagrams % every == 0;
}

/* Passes one datagram on. Returns whether there was one. */
static int pass(struct way *way, int in, struct sockaddr_in *from, int out,
                const struct sockaddr_in *to) {
    static char bytes[DATAGRAM_MAX];
    int tos;
    ssize_t length = receive(in, bytes, from, &tos);

    if (length < 0)
        return 0;
    way->datagrams++;
    if (happens(drop, way) || (mtu != 0 && length > mtu))
        return 1;
    way->with_ecn += (tos & ECN_MASK) != 0;
    if (way->longest < length)
        way->longest = (unsigned)length;
    if (happens(damage, way) && length > 0)
        bytes[way->datagrams % (unsigned)length] ^= 4;
    setsockopt(out, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    for (int i = 0; i < 1 + happens(repeat, way); i++)
        sendto(out, bytes, (size_t)length, 0, (const struct sockaddr *)to,
               sizeof *to);
    return 1;
}

static void serve(int near, const struct sockaddr_in *server) {
    struct sockaddr_in client = {.sin_family = AF_INET}, from;
    int far = open_socket();

    while (!stopped) {
        struct pollfd fds[2] = {{.fd = near, .events = POLLIN},
                                {.fd = far, .events = POLLIN}};

        poll(fds, 2, -1);
        while (pass(&ways[0], near, &client, far, server))
            if (move_after != 0 && ways[0].datagrams == move_after) {
                close(far);
                far = open_socket();
            }
        while (pass(&ways[1], far, &from, near, &client))
            ;
    }
    close(far);
}

int main(int argc, char **argv) {
    struct sigaction action = {.sa_handler = on_signal};
    struct sockaddr_in server = {.sin_family = AF_INET}, own;
    socklen_t size = sizeof own;
    int near = open_socket();

    if (argc != 7)
        return 2;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.sin_port = htons((uint16_t)atoi(argv[1]));
    drop = (unsigned)atoi(argv[2]);
    damage = (unsigned)atoi(argv[3]);
    repeat = (unsigned)atoi(argv[4]);
    mtu = (unsigned)atoi(argv[5]);
    move_after = (unsigned)atoi(argv[6]);
    sigaction(SIGTERM, &action, NULL);
    getsockname(near, (struct sockaddr *)&own, &size);
    printf("listening 127.0.0.1:%d\n", ntohs(own.sin_port));
    fflush(stdout);
    serve(near, &server);
    for (int i = 0; i < 2; i++)
        printf("%s: %u datagrams, %u with ECN, longest %u\n", ways[i].from,
               ways[i].datagrams, ways[i].with_ecn, ways[i].longest);
    close(near);
    return 0;
}
