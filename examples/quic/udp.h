/* Where QUIC and the datapath meet: packets of ngtcp2 are sent in batches, and
   received with their path and their ECN marks. */
#ifndef QUIC_UDP_H
#define QUIC_UDP_H

#include <dgram_datapath.h>
#include <ngtcp2/ngtcp2.h>

#define UDP_PACKET_MAX 1452u /* longest packet that ngtcp2 makes by itself */
#define UDP_BATCH_MAX 128u   /* packets */

struct udp {
    dgram_datapath *datapath;
    dgram_address local; /* of a client: its address on the path */
    bool connected;
    int path_error; /* the last ICMP error, or 0 */
    dgram_buffers buffers;
    /* The batch: `count` packets, of which `done` were sent. */
    dgram_outgoing packets[UDP_BATCH_MAX];
    dgram_send_info infos[UDP_BATCH_MAX];
    dgram_address to[UDP_BATCH_MAX];
    int status[UDP_BATCH_MAX];
    size_t count, done;
    bool waiting; /* until the socket is writable */
    size_t used;  /* bytes of `memory` */
    unsigned char memory[UDP_BATCH_MAX * UDP_PACKET_MAX];
};

/* A received packet. */
struct udp_packet {
    const unsigned char *bytes;
    size_t length;
    ngtcp2_path path;
    ngtcp2_pkt_info info;
};

/* Reads an address and a port of 0 to 65535. Errors: -EINVAL. */
int udp_parse(const char *address, const char *port, dgram_address *out);

/* Opens a socket. A client names its server, a server the address that it binds
   to. Errors: those of the datapath. */
int udp_open_client(struct udp *udp, const dgram_address *server);
int udp_open_server(struct udp *udp, const dgram_address *address);
void udp_close(struct udp *udp);

int udp_fd(const struct udp *udp);

/* The path of a client. */
ngtcp2_path udp_path(const struct udp *udp, const dgram_address *server);

/* Where to write the next packet, UDP_PACKET_MAX bytes. Sends a full batch
   before. NULL if the kernel accepts no more. */
unsigned char *udp_space(struct udp *udp);

/* Adds the packet that was written there. */
void udp_add(struct udp *udp, size_t length, const ngtcp2_path *path,
             unsigned ecn);

/* Sends the batch. Returns false if the kernel accepts no more: wait until the
   socket is writable, and call it again. */
bool udp_flush(struct udp *udp);

/* Whether packets wait until the socket is writable. */
bool udp_waits(const struct udp *udp);

/* Receives packets with one system call. The function may add packets to the
   batch. */
void udp_receive(struct udp *udp,
                 void (*receive)(void *data, const struct udp_packet *packet),
                 void *data);

/* Prints what the kernel did for the socket. */
void udp_report(const struct udp *udp);

#endif /* QUIC_UDP_H */
