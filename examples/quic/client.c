/* A QUIC echo client on a datapath, with ngtcp2 and GnuTLS.
 *
 *   quic_client [-o] [-n BYTES] [-s STREAMS] [-i SECONDS] CERTIFICATE ADDRESS
 * PORT
 *
 * It trusts a server with the certificate in the file CERTIFICATE. It sends
 * what it reads from standard input, and prints what comes back. With -n it
 * sends as many bytes of its own instead, on each of STREAMS (1 to 4), compares
 * what comes back, and prints how long it took. With -o it sends them one way.
 * After SECONDS without a packet from the server (30) it gives up.
 */
#include "client.h"

#include "clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WINDOW (1024 * 1024)

static void on_packet(void *data, const struct udp_packet *packet) {
    struct client *client = data;

    connection_read(&client->connection, packet, client->now);
}

static int start(struct client *client, const dgram_address *server) {
    struct connection *c = &client->connection;
    ngtcp2_settings settings;
    ngtcp2_transport_params params;
    ngtcp2_cid own, server_cid;
    ngtcp2_path path = udp_path(&client->udp, server);

    connection_settings(&settings, client->now);
    if (settings.handshake_timeout > client->idle_timeout)
        settings.handshake_timeout = client->idle_timeout;
    ngtcp2_transport_params_default(&params);
    params.initial_max_stream_data_bidi_local = WINDOW;
    params.initial_max_data = STREAMS_MAX * WINDOW;
    params.max_idle_timeout = client->idle_timeout;
    cids_make(&own);
    cids_make(&server_cid);
    if (tls_client_session(&client->tls, &c->ref, &c->tls) < 0)
        return NGTCP2_ERR_CRYPTO;
    if (ngtcp2_conn_client_new(&c->quic, &server_cid, &own, &path,
                               NGTCP2_PROTO_VER_V1, &connection_callbacks,
                               &settings, &params, NULL, c) != 0)
        return NGTCP2_ERR_NOMEM;
    ngtcp2_conn_set_tls_native_handle(c->quic, c->tls);
    return 0;
}

/* While the kernel accepts no packets, no timer matters. */
static ngtcp2_tstamp next_time(struct client *client, bool more) {
    if (udp_waits(&client->udp))
        return UINT64_MAX;
    return more ? 0 : connection_expiry(&client->connection);
}

static void wait_and_read(struct client *client, bool more) {
    struct pollfd fds[2] = {
        {.fd = udp_fd(&client->udp),
         .events = udp_waits(&client->udp) ? POLLIN | POLLOUT : POLLIN},
        {.fd = transfer_fd(client), .events = POLLIN},
    };

    clock_wait(fds, 2, next_time(client, more), NULL);
    client->now = clock_now();
    if ((fds[0].revents & POLLOUT) != 0)
        udp_flush(&client->udp);
    if ((fds[0].revents & (POLLIN | POLLERR)) != 0)
        udp_receive(&client->udp, on_packet, client);
    if (fds[1].revents != 0)
        transfer_read(client);
    connection_expire(&client->connection, client->now);
}

static void run(struct client *client) {
    struct connection *c = &client->connection;

    while (c->state == CONNECTION_OPEN) {
        bool more = connection_write(c, client->now);

        if (client->open_streams == 0)
            connection_close(c, client->now);
        udp_flush(&client->udp);
        if (c->state == CONNECTION_OPEN)
            wait_and_read(client, more);
    }
    udp_flush(&client->udp); /* why it failed */
}

/* ---- The program -----------------------------------------------------------
 */

/* If standard input or output is closed, the socket would get its number. A
   file that is open for reading takes it: to write to it is an error. */
static int hold_standard_files(void) {
    int fd;

    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
    return fd;
}

static int usage(void) {
    fprintf(stderr, "usage: quic_client [-o] [-n BYTES] [-s STREAMS] "
                    "[-i SECONDS] CERTIFICATE ADDRESS PORT\n");
    return 2;
}

static bool set_option(struct client *client, int option) {
    unsigned long long value = optarg != NULL ? strtoull(optarg, NULL, 10) : 0;

    switch (option) {
    case 'o':
        client->one_way = true;
        return true;
    case 'n':
        client->bytes = value;
        return value > 0;
    case 's':
        client->streams = (unsigned)value;
        return value > 0 && value <= STREAMS_MAX;
    case 'i':
        client->idle_timeout = value * NGTCP2_SECONDS;
        return value > 0 && value <= 3600;
    default:
        return false;
    }
}

static int parse(struct client *client, int argc, char **argv,
                 dgram_address *server) {
    int option;

    client->streams = 1;
    client->idle_timeout = 30 * NGTCP2_SECONDS;
    while ((option = getopt(argc, argv, "on:s:i:")) != -1) {
        if (!set_option(client, option))
            return -1;
    }
    if (argc - optind != 3 || (client->bytes == 0 && client->streams > 1))
        return -1;
    client->open_streams = client->streams;
    return udp_parse(argv[optind + 1], argv[optind + 2], server);
}

static int prepare(struct client *client, const char *certificate,
                   const dgram_address *server) {
    int code = tls_init_client(&client->tls, certificate);

    if (code < 0) {
        fprintf(stderr, "quic_client: %s: %s\n", certificate,
                gnutls_strerror(code));
        return -1;
    }
    code = udp_open_client(&client->udp, server);
    if (code < 0) {
        fprintf(stderr, "quic_client: %s\n", dgram_strerror(code));
        return -1;
    }
    connection_init(&client->connection, &client->udp, &transfer_application,
                    client);
    client->now = clock_now();
    code = start(client, server);
    if (code < 0)
        fprintf(stderr, "quic_client: %s\n", ngtcp2_strerror(code));
    return code;
}

/* Returns the status of the program. */
static int result(struct client *client) {
    char reason[64];
    int icmp = client->udp.path_error;

    if (client->failed)
        return 1;
    if (client->complete == client->streams) {
        if (client->bytes > 0)
            transfer_report(client);
        if (fflush(stdout) == 0)
            return 0;
        perror("quic_client: standard output");
        return 1;
    }
    connection_reason(&client->connection, reason, sizeof(reason));
    fprintf(stderr, "quic_client: %s%s%s\n", reason, icmp != 0 ? ": " : "",
            icmp != 0 ? dgram_strerror(icmp) : "");
    return 1;
}

int main(int argc, char **argv) {
    static struct client client;
    dgram_address server;
    int status = 1;

    if (parse(&client, argc, argv, &server) < 0)
        return usage();
    if (hold_standard_files() < 0) {
        perror("quic_client: /dev/null");
        return 1;
    }
    if (prepare(&client, argv[optind], &server) == 0) {
        run(&client);
        status = result(&client);
    }
    connection_free(&client.connection);
    udp_close(&client.udp);
    tls_free(&client.tls);
    return status;
}
