/* What the files of the client share. */
#ifndef QUIC_CLIENT_H
#define QUIC_CLIENT_H

#include "connection.h"

struct client {
    struct udp udp;
    struct tls tls;
    struct connection connection;
    ngtcp2_tstamp now;
    ngtcp2_duration idle_timeout;
    /* The transfer */
    bool one_way;
    uint64_t bytes; /* of each stream; 0: standard input */
    unsigned streams;
    unsigned open_streams; /* and those that will be opened */
    unsigned complete;     /* streams that returned all that was sent */
    ngtcp2_tstamp began;
    bool failed; /* an error of standard input or output, which is printed */
};

/* transfer.c: what is sent and received on the streams. */
extern const struct application transfer_application;

/* The descriptor to wait for, -1 if nothing can be sent now. When it is
   readable, read it. */
int transfer_fd(const struct client *client);
void transfer_read(struct client *client);

void transfer_report(const struct client *client);

#endif /* QUIC_CLIENT_H */
