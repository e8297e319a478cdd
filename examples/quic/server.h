/* What the files of the server share. */
#ifndef QUIC_SERVER_H
#define QUIC_SERVER_H

#include "connection.h"
#include "timers.h"

#define CONNECTIONS_MAX TIMERS_MAX
#define SECRET_LENGTH 32u

struct peer;

struct server {
    struct udp udp;
    struct tls tls;
    struct cids cids;
    struct timers timers;
    uint8_t secret[SECRET_LENGTH]; /* of the tokens */
    size_t connections;
    bool sums; /* print a checksum of each stream */
    ngtcp2_tstamp now;
    struct peer *ready; /* a list of those that may have something to send */
    struct peer **ready_end;
};

/* A connection of the server. */
struct peer {
    struct connection connection;
    struct server *server;
    struct timer timer;
    struct peer *next; /* in `ready` */
    bool is_ready;
};

/* accept.c: returns the connection that a packet belongs to, which may be new.
   Answers other packets, or ignores them, and returns NULL. */
struct peer *server_peer_of(struct server *server,
                            const struct udp_packet *packet);

/* echo.c: returns what a client sends, and counts what it sends one way. */
extern const struct application echo_application;

/* Prints "ADDRESS:PORT " and the text. */
void peer_print(struct peer *peer, const char *text);

#endif /* QUIC_SERVER_H */
