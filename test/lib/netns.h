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
 * Each host is a network namespace, which ends with the program. A descriptor
 * belongs to the host that the program was on when it was opened.
 */
#ifndef TEST_NETNS_H
#define TEST_NETNS_H

#include "harness.h"

enum host { NEAR, FAR };

/* Creates the hosts, and enters NEAR. Where that is not allowed the program
   exits as skipped, with the reason. */
void create_hosts(void);

/* The system calls that follow are made on that host. */
void enter_host(enum host host);

/* Runs `ip ARGUMENTS` on the host; the test fails if that fails. */
void ip_on(enum host host, const char *arguments);

/* Sets the MTU of both ends of the wire. */
void set_mtu(int mtu);

/* A socket bound on that host, to a free port or the given one. */
dgram_socket *new_bound_on(enum host host, const char *address);
dgram_socket *new_bound_on_with(enum host host, const char *address,
                                uint16_t port, const dgram_options *options);

/* So that bursts are not lost. */
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

#endif
