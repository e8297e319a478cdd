/*
 * Two hosts and a wire for one test program:
 *
 *        NEAR                               FAR
 *   +--------------+                  +--------------+
 *   |           a0 |------ veth ------| b0           |
 *   +--------------+                  +--------------+
 *     10.77.0.1/24                      10.77.0.2/24
 *                                       10.77.0.3/24
 *     fd77::1/64                        fd77::2/64, fd77::3/64
 *     fe80::1/64                        fe80::2/64
 *
 * add_second_wire() adds another wire, on networks of its own:
 *
 *        NEAR  a1 10.78.0.1/24, fd78::1/64, fe80::1/64
 *        FAR   b1 10.78.0.2/24, fd78::2/64, fe80::2/64
 *
 * Or, with create_routed_hosts(), a router between them:
 *
 *        NEAR                ROUTER               FAR
 *   +------------+     +---------------+     +------------+
 *   |         a0 |-----| r0         r1 |-----| b0         |
 *   +------------+     +---------------+     +------------+
 *    10.77.1.1/24   10.77.1.9    10.77.2.9    10.77.2.2/24
 *    fd77:1::1/64   fd77:1::9    fd77:2::9    fd77:2::2/64
 *
 * NEAR and FAR send everything else to the router. It has no host to which it
 * forwards 10.77.3.0/24 and fd77:3::/64: it answers that they are unreachable
 * (over IPv4 5 times, and then once a second; the kernel has no option for it).
 * Otherwise no host limits the rate of its ICMP errors.
 *
 * Each host is a network namespace, which ends with the program. A descriptor
 * belongs to the host that the program was on when it was opened.
 */
#ifndef TEST_NETNS_H
#define TEST_NETNS_H

#include "harness.h"

enum host { NEAR, FAR, ROUTER };

/* Creates the hosts, and enters NEAR. Where that is not allowed the program
   exits as skipped, with the reason. */
void create_hosts(void);
void create_routed_hosts(void);

/* After create_hosts(). */
void add_second_wire(void);

/* The system calls that follow are made on that host. */
void enter_host(enum host host);

/* Runs `ip ARGUMENTS` on the host; the test fails if that fails. */
void ip_on(enum host host, const char *arguments);

/* Adds an address, such as "10.77.0.4/24", that can be used at once. Options of
   `ip addr add` may follow. */
void add_address(enum host host, const char *device, const char *address);

/* Writes to a file below /proc/sys/net on the host; the test fails if that
   fails. */
void set_sysctl_on(enum host host, const char *name, const char *value);

/* Sets the MTU of both ends of the wire. */
void set_mtu(int mtu);

/* Sets the MTU of the wire from ROUTER to FAR, and lets NEAR forget what it
   has learned about that path. */
void set_far_mtu(int mtu);

/* Whether ROUTER discards its own ICMP errors: that a packet is too big, or
   that a host is unreachable. The program is skipped without nftables. */
void silence_router(bool silent);

/* A socket bound on that host, to a free port or the given one. */
dgram_socket *new_bound_on(enum host host, const char *address);
dgram_socket *new_bound_on_with(enum host host, const char *address,
                                uint16_t port, const dgram_options *options);

/* Enlarges the buffer so that no datagram of a burst is lost. */
void enlarge_receive_buffer(dgram_socket *socket);

/* The addresses of one family. */
struct side {
    dgram_type type;
    const char *near, *far, *far2;              /* addresses of the hosts */
    const char *group;                          /* any-source */
    const char *ssm_group;                      /* source-specific */
    const char *near_interface, *far_interface; /* for memberships */
};

extern const struct side side_v4, side_v6;

/* The same, after create_routed_hosts(). */
struct route {
    dgram_type type;
    const char *near, *far;
    const char *router;      /* its address on the wire to NEAR */
    const char *unreachable; /* a host on the network that ROUTER rejects */
    int unreachable_errno;   /* how the kernel translates that ICMP error */
};

extern const struct route route_v4, route_v6;

#endif
