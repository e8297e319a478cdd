/* A QUIC echo server on a datapath, with ngtcp2 and GnuTLS.
 *
 *   quic_server [-s] CERTIFICATE [ADDRESS [PORT]]
 *
 * It makes a certificate for "localhost", writes it to the file CERTIFICATE,
 * and listens on 127.0.0.1, port 4433, or as you say. It returns what it
 * receives on a bidirectional stream, and discards what it receives on a
 * unidirectional one. With -s it prints a checksum of each stream. It ends on
 * SIGTERM or SIGINT.
 */
#include "server.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void on_signal(int number) {
    (void)number;
    stopped = 1;
}

void peer_print(struct peer *peer, const char *text) {
    const ngtcp2_path *path = ngtcp2_conn_get_path(peer->connection.quic);
    const dgram_address *from = (const dgram_address *)path->remote.addr;
    char address[DGRAM_ADDRESS_TEXT_MAX];

    dgram_address_format(from, address, sizeof(address));
    printf("%s:%d %s\n", address, dgram_address_port(from), text);
    fflush(stdout);
}

/* ---- Who may have something to send ----------------------------------------
 */

static void add_ready(struct peer *peer) {
    struct server *server = peer->server;

    if (peer->is_ready)
        return;
    peer->is_ready = true;
    peer->next = NULL;
    *server->ready_end = peer;
    server->ready_end = &peer->next;
}

static void remove_peer(struct peer *peer) {
    char reason[64];

    connection_reason(&peer->connection, reason, sizeof(reason));
    peer_print(peer, reason);
    timers_remove(&peer->server->timers, &peer->timer);
    peer->server->connections--;
    connection_free(&peer->connection);
    free(peer);
}

static void write_peer(struct peer *peer) {
    struct server *server = peer->server;
    struct connection *c = &peer->connection;
    bool more = connection_write(c, server->now);

    if (c->state == CONNECTION_ENDED) {
        remove_peer(peer);
        return;
    }
    if (more)
        add_ready(peer);
    timers_set(&server->timers, &peer->timer, connection_expiry(c));
}

/* Each connection has one burst, and the bursts go out together. Those that
   have more wait for the next round: the socket is read before. */
static void write_ready(struct server *server) {
    struct peer *round = server->ready;

    server->ready = NULL;
    server->ready_end = &server->ready;
    while (round != NULL) {
        struct peer *peer = round;

        round = peer->next;
        peer->is_ready = false;
        write_peer(peer);
    }
    udp_flush(&server->udp);
}

/* ---- The loop -------------------------------------------------------------
 */

static void on_packet(void *data, const struct udp_packet *packet) {
    struct server *server = data;
    struct peer *peer = server_peer_of(server, packet);

    if (peer == NULL)
        return;
    connection_read(&peer->connection, packet, server->now);
    add_ready(peer);
}

static void expire(struct server *server) {
    struct timer *timer;

    while ((timer = timers_first(&server->timers)) != NULL &&
           timer->at <= server->now) {
        struct peer *peer = timer->data;

        timers_remove(&server->timers, timer); /* writing sets it again */
        connection_expire(&peer->connection, server->now);
        add_ready(peer);
    }
}

/* While the kernel accepts no packets, nobody can send and no timer matters. */
static ngtcp2_tstamp next_time(const struct server *server) {
    const struct timer *first = timers_first(&server->timers);

    if (udp_waits(&server->udp))
        return UINT64_MAX;
    if (server->ready != NULL)
        return 0;
    return first != NULL ? first->at : UINT64_MAX;
}

static void serve(struct server *server, const sigset_t *mask) {
    while (!stopped) {
        struct pollfd fd = {
            .fd = udp_fd(&server->udp),
            .events = udp_waits(&server->udp) ? POLLIN | POLLOUT : POLLIN,
        };

        clock_wait(&fd, 1, next_time(server), mask);
        server->now = clock_now();
        if ((fd.revents & POLLOUT) != 0)
            udp_flush(&server->udp);
        if ((fd.revents & (POLLIN | POLLERR)) != 0)
            udp_receive(&server->udp, on_packet, server);
        expire(server);
        write_ready(server);
    }
}

static void close_all(struct server *server) {
    struct timer *timer;

    write_ready(server);
    server->now = clock_now();
    while ((timer = timers_first(&server->timers)) != NULL) {
        struct peer *peer = timer->data;

        connection_close(&peer->connection, server->now);
        remove_peer(peer);
    }
    udp_flush(&server->udp);
}

/* ---- The program -----------------------------------------------------------
 */

/* Blocks the two signals except while the server waits. */
static void catch_signals(sigset_t *while_waiting) {
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t both;

    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    sigprocmask(SIG_BLOCK, &both, while_waiting);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static int usage(void) {
    fprintf(stderr, "usage: quic_server [-s] CERTIFICATE [ADDRESS [PORT]]\n");
    return 2;
}

static int parse(struct server *server, int argc, char **argv,
                 dgram_address *address) {
    int option;

    while ((option = getopt(argc, argv, "s")) != -1) {
        if (option != 's')
            return -1;
        server->sums = true;
    }
    if (argc - optind < 1 || argc - optind > 3)
        return -1;
    return udp_parse(argc - optind > 1 ? argv[optind + 1] : "127.0.0.1",
                     argc - optind > 2 ? argv[optind + 2] : "4433", address);
}

static int prepare(struct server *server, const char *certificate,
                   const dgram_address *address) {
    int code = tls_init_server(&server->tls, certificate);

    if (code < 0) {
        fprintf(stderr, "quic_server: %s: %s\n", certificate,
                code == GNUTLS_E_FILE_ERROR ? "cannot write the file"
                                            : gnutls_strerror(code));
        return -1;
    }
    gnutls_rnd(GNUTLS_RND_KEY, server->secret, sizeof(server->secret));
    code = udp_open_server(&server->udp, address);
    if (code < 0)
        fprintf(stderr, "quic_server: %s\n", dgram_strerror(code));
    return code;
}

int main(int argc, char **argv) {
    static struct server server;
    dgram_address address;
    char text[DGRAM_ADDRESS_TEXT_MAX];
    sigset_t mask;

    server.ready_end = &server.ready;
    if (parse(&server, argc, argv, &address) < 0)
        return usage();
    catch_signals(&mask);
    if (prepare(&server, argv[optind], &address) < 0)
        return 1;
    dgram_address_format(&server.udp.local, text, sizeof(text));
    printf("quic_server listening %s:%d\n", text,
           dgram_address_port(&server.udp.local));
    fflush(stdout);
    serve(&server, &mask);
    close_all(&server);
    udp_report(&server.udp);
    printf("processor time %.3f s\n", clock_cpu());
    udp_close(&server.udp);
    tls_free(&server.tls);
    return 0;
}
