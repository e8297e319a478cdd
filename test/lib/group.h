/*
 * Sockets that share a port, and which of them received what. The datagrams
 * carry the number of their source, a uint32_t.
 */
#ifndef TEST_GROUP_H
#define TEST_GROUP_H

#include "peer.h"

#define GROUP_SOCKETS 4
#define GROUP_SOURCES_MAX 256

struct group {
    dgram_socket *socket[GROUP_SOCKETS]; /* in the order of their binds */
    dgram_listener listener[GROUP_SOCKETS];
    uint16_t port;
    int received[GROUP_SOCKETS][GROUP_SOURCES_MAX]; /* of each source */
    int total;
};

/* Binds the sockets. The options of group_open_with() need no type and no
   reuse_port. */
void group_open(struct group *group, dgram_type type, const char *address,
                dgram_steering steering);
void group_open_with(struct group *group, dgram_type type, const char *address,
                     const dgram_options *options);

/* Waits for `each` datagrams of all sources, and checks that each source
   reached one socket, and each socket was reached. */
void group_expect_one_socket_each(struct group *group, int sources, int each);

void group_close(struct group *group);

#endif
