/* A connection of ngtcp2 and GnuTLS on a datapath: what client and server have
   in common. */
#ifndef QUIC_CONNECTION_H
#define QUIC_CONNECTION_H

#include "cids.h"
#include "stream.h"
#include "tls.h"
#include "udp.h"

#include <stdbool.h>

#define HANDSHAKE_TIMEOUT (10 * NGTCP2_SECONDS)

enum connection_state {
    CONNECTION_OPEN,
    CONNECTION_CLOSING,  /* closed by this end, which repeats why */
    CONNECTION_DRAINING, /* closed by the peer; its packets are ignored */
    CONNECTION_ENDED
};

struct connection {
    ngtcp2_crypto_conn_ref ref; /* for GnuTLS */
    ngtcp2_conn *quic;
    gnutls_session_t tls;
    struct udp *udp;
    struct cids *cids; /* of the server; NULL for a client */
    const struct application *application;
    void *data; /* of the application */
    struct stream *streams;
    enum connection_state state;
    int error;              /* of ngtcp2, why it failed, or 0 */
    ngtcp2_tstamp deadline; /* when closing or draining ends */
    /* The packet that closes the connection, and how many packets of the peer
       came since then. */
    unsigned char close_packet[UDP_PACKET_MAX];
    size_t close_length;
    unsigned answered;
};

/* What the two ends do in their own way. Functions that return int return 0, or
   NGTCP2_ERR_CALLBACK_FAILURE to end the connection. */
struct application {
    int (*connected)(struct connection *c);
    int (*opened)(struct connection *c, struct stream *stream);
    int (*received)(struct connection *c, struct stream *stream,
                    const uint8_t *bytes, size_t length, bool end);
    int (*acknowledged)(struct connection *c, struct stream *stream,
                        size_t length);
    void (*closed)(struct connection *c, struct stream *stream);
};

/* The callbacks and settings that both ends have. */
extern const ngtcp2_callbacks connection_callbacks;
void connection_settings(ngtcp2_settings *settings, ngtcp2_tstamp now);

/* Prepares the struct. Then make `tls` and `quic`. */
void connection_init(struct connection *c, struct udp *udp,
                     const struct application *application, void *data);

/* Frees what the connection has, but not the struct. */
void connection_free(struct connection *c);

/* Adds a stream, which is open. Returns 0, or an error of ngtcp2. */
int connection_add_stream(struct connection *c, struct stream *stream);
void connection_remove_stream(struct connection *c, struct stream *stream);

/* Processes a packet. */
void connection_read(struct connection *c, const struct udp_packet *packet,
                     ngtcp2_tstamp now);

/* Adds packets to the batch, as many as may be sent now. Returns whether there
   is more to send at once; otherwise wait for connection_expiry(). */
bool connection_write(struct connection *c, ngtcp2_tstamp now);

/* When to call connection_expire(), and to write then. */
ngtcp2_tstamp connection_expiry(struct connection *c);
void connection_expire(struct connection *c, ngtcp2_tstamp now);

/* Closes the connection: the application has finished. */
void connection_close(struct connection *c, ngtcp2_tstamp now);

/* Writes why the connection ended, such as "idle timeout". */
void connection_reason(struct connection *c, char *text, size_t size);

#endif /* QUIC_CONNECTION_H */
