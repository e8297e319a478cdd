/* Runs a command in which system calls fail, as in a sandbox.

   usage: refuse_calls ERROR CALL... -- COMMAND...

   ERROR is the number of the error. CALL is a name of the table below, or
   "socket=N": socket() of the address family N. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#define CALLS_MAX 32
#define SKIPPED 77

static const struct call {
    const char *name;
    int number;
} calls[] = {
    {"bind", SYS_bind},
    {"capget", SYS_capget},
    {"connect", SYS_connect},
    {"getsockname", SYS_getsockname},
    {"getsockopt", SYS_getsockopt},
    {"ioctl", SYS_ioctl},
    {"prctl", SYS_prctl},
    {"prlimit64", SYS_prlimit64},
    {"recvfrom", SYS_recvfrom},
    {"recvmmsg", SYS_recvmmsg},
    {"recvmsg", SYS_recvmsg},
    {"sendmmsg", SYS_sendmmsg},
    {"sendmsg", SYS_sendmsg},
    {"sendto", SYS_sendto},
    {"setsockopt", SYS_setsockopt},
    {"socket", SYS_socket},
    {"socketpair", SYS_socketpair},
    {"uname", SYS_uname},
};

static struct {
    struct sock_filter instructions[4 * CALLS_MAX + 2];
    unsigned short length;
} filter;

static void add(struct sock_filter instruction) {
    filter.instructions[filter.length++] = instruction;
}

/* Only the low half of an argument is compared. */
static void refuse(int number, int family, unsigned error) {
    const struct sock_filter fails =
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error);
    const struct sock_filter load_number =
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    const struct sock_filter load_family = BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]));

    add(load_number);
    if (family < 0) {
        add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                         (unsigned)number, 0, 1));
    } else {
        add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                         (unsigned)number, 0, 3));
        add(load_family);
        add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                         (unsigned)family, 0, 1));
    }
    add(fails);
}

static int find(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strlen(calls[i].name) == length &&
            memcmp(calls[i].name, name, length) == 0)
            return calls[i].number;
    }
    fprintf(stderr, "refuse_calls: %s is not in the table\n", name);
    exit(2);
}

int main(int argc, char **argv) {
    const struct sock_filter passes =
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.filter = filter.instructions};
    unsigned error = argc > 2 ? (unsigned)atoi(argv[1]) : 0;
    int i = 2;

    for (; i < argc && i < CALLS_MAX && strcmp(argv[i], "--") != 0; i++) {
        size_t length = strcspn(argv[i], "=");
        int family = argv[i][length] == '=' ? atoi(argv[i] + length + 1) : -1;

        refuse(find(argv[i], length), family, error);
    }
    if (i + 1 >= argc) {
        fputs("usage: refuse_calls ERROR CALL... -- COMMAND...\n", stderr);
        return 2;
    }
    add(passes);
    program.len = filter.length;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
        puts("skipped: needs seccomp");
        return SKIPPED;
    }
    execv(argv[i + 1], argv + i + 1);
    perror(argv[i + 1]);
    return 2;
}
