/* Linux: which socket of a port gets a datagram (SO_ATTACH_REUSEPORT_CBPF). The
   program returns the index of a socket, in the order of their binds. It sees
   the payload; offsets from SKF_NET_OFF reach the IP header, which is that of
   IPv4 for IPv4 datagrams on IPv6 sockets as well. */
#include "os/linux_steering.h"

#include <string.h>

#include <linux/filter.h>

#include "os/sockets.h"

#define MULTIPLIER 0x9e3779b1u /* 2^32 divided by the golden ratio */

#define NETWORK_AT(offset) ((uint32_t)(SKF_NET_OFF + (offset)))
#define IPV4_SOURCE 12
#define IPV6_SOURCE 8

/* The accumulator becomes a function of its value and another word. */
#define MIX_WORD(offset)                                                       \
    BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, MULTIPLIER),                           \
        BPF_STMT(BPF_MISC | BPF_TAX, 0),                                       \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NETWORK_AT(offset)),                \
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0)

static int attach(int fd, struct sock_filter *instructions, size_t count) {
    struct sock_fprog program;

    memset(&program, 0, sizeof(program)); /* the kernel copies the padding */
    program.len = (unsigned short)count;
    program.filter = instructions;
    return sockets_set_option(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
                              &program, sizeof(program));
}

static int steer_by_cpu(int fd, uint32_t sockets) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_CPU)),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, sockets),
        BPF_STMT(BPF_RET | BPF_A, 0),
    };

    return attach(fd, program, sizeof(program) / sizeof(program[0]));
}

static int steer_by_source(int fd, uint32_t sockets) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NETWORK_AT(0)),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4), /* the version */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 2, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NETWORK_AT(IPV4_SOURCE)),
        BPF_STMT(BPF_JMP | BPF_JA, 13), /* to the hash */
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NETWORK_AT(IPV6_SOURCE)),
        MIX_WORD(IPV6_SOURCE + 4),
        MIX_WORD(IPV6_SOURCE + 8),
        MIX_WORD(IPV6_SOURCE + 12),
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, MULTIPLIER),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, sockets),
        BPF_STMT(BPF_RET | BPF_A, 0),
    };

    return attach(fd, program, sizeof(program) / sizeof(program[0]));
}

int linux_steer(int fd, const struct platform_steering *how) {
    switch (how->kind) {
    case PLATFORM_STEER_BY_CPU:
        return steer_by_cpu(fd, how->sockets);
    case PLATFORM_STEER_BY_SOURCE:
        return steer_by_source(fd, how->sockets);
    default:
        return attach(fd, (struct sock_filter *)(uintptr_t)how->program,
                      how->length);
    }
}
