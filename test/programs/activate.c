/* What systemd does for a socket unit, for the test of a recipe: binds a UDP
   socket and a Unix socket, and runs a program with both, as the descriptors 3
   and 4, whenever a datagram waits. It prints the UDP port, and each status of
   the program. usage: activate RUNS PATH PROGRAM [ARGUMENT...] */
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UDP, LOCAL, SOCKETS };

static int open_udp(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&address, length) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -1;
    printf("port %d\n", ntohs(address.sin_port));
    return fd;
}

static int open_local(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -1 : fd;
}

/* Above the numbers that they get, so that none overwrites another. */
static void run(const int *fds, char **program) {
    char pid[16];

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (int i = 0; i < SOCKETS; i++)
        if (dup2(fds[i], 3 + i) < 0)
            _exit(126);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_FDNAMES", "network:local", 1);
    execvp(program[0], program);
    _exit(127);
}

int main(int argc, char **argv) {
    int fds[SOCKETS], status;

    if (argc < 3)
        return 2;
    /* Takes the numbers that the program expects. */
    while (dup(0) < 10)
        ;
    fds[UDP] = open_udp();
    fds[LOCAL] = open_local(argv[1]);
    if (fds[UDP] < 0 || fds[LOCAL] < 0)
        return 1;
    fflush(stdout);
    for (;;) {
        struct pollfd waits[SOCKETS] = {{.fd = fds[UDP], .events = POLLIN},
                                        {.fd = fds[LOCAL], .events = POLLIN}};
        pid_t child;

        if (poll(waits, SOCKETS, -1) < 0)
            return 1;
        child = fork();
        if (child == 0)
            run(fds, argv + 2);
        if (child < 0 || waitpid(child, &status, 0) < 0)
            return 1;
        printf("status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        fflush(stdout);
    }
}
