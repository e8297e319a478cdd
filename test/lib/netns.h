/*
 * Two hosts and a wire, made for one test program:
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
 * Each is a network namespace, which goes when the program ends. A socket
 * belongs to the host that the program stood on when its descriptor was opened.
 */
#ifndef TEST_NETNS_H
#define TEST_NETNS_H

#include "harness.h"

enum host { NEAR, FAR };

/* Makes the hosts, and stands on NEAR. Where that is not allowed the program
   ends as skipped, with the reason. */
void hosts_open(void);

/* Makes the system calls that follow come from that host. */
void stand_on(enum host host);

/* Runs `ip ARGUMENTS` on the host; the test fails if it does. */
void ip_on(enum host host, const char *arguments);

/* Sets the MTU of both ends of the wire. */
void set_mtu(int mtu);

/* A socket bound on that host: at once, to a free port. */
dgram_socket *bound_on(enum host host, const char *address);
dgram_socket *bound_on_with(enum host host, const char *address, uint16_t port,
                            const dgram_options *options);

/* A large receive buffer, so that bursts are not lost. */
void need_room(dgram_socket *socket);

/* Calls test(v4 addresses) and test(v6 addresses) by turns. */
struct side {
    dgram_type type;
    const char *near, *far, *far2;              /* addresses of the hosts */
    const char *group;                          /* any-source */
    const char *ssm_group;                      /* source-specific */
    const char *near_interface, *far_interface; /* for memberships */
};

extern const struct side side_v4, side_v6;

#endif
