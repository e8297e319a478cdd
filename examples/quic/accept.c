/* Packets without a connection. Everybody can send them from a forged address.
   So the server keeps nothing for an address until the client there has
   returned a token, and answers with less than it received. */
#include "server.h"

#include "compat.h"

#include <gnutls/crypto.h>
#include <stdlib.h>

#define IDLE_TIMEOUT (30 * NGTCP2_SECONDS)
#define TOKEN_TIMEOUT (10 * NGTCP2_SECONDS)

/* Adds an answer to the batch. */
static void answer(struct server *server, const struct udp_packet *packet,
                   ngtcp2_ssize length) {
    if (length > 0)
        udp_add(&server->udp, (size_t)length, &packet->path, 0);
}

/* A client of another version pads its first packet, too. */
static void negotiate_version(struct server *server,
                              const struct udp_packet *packet,
                              const ngtcp2_version_cid *header) {
    static const uint32_t versions[] = {NGTCP2_PROTO_VER_V1};
    unsigned char *space = udp_space(&server->udp);
    uint8_t random;

    if (space == NULL || packet->length < NGTCP2_MAX_UDP_PAYLOAD_SIZE)
        return;
    gnutls_rnd(GNUTLS_RND_NONCE, &random, 1);
    answer(server, packet,
           ngtcp2_pkt_write_version_negotiation(
               space, UDP_PACKET_MAX, random, header->scid, header->scidlen,
               header->dcid, header->dcidlen, versions, 1));
}

/* Asks the client to return a token, which proves its address. */
static void send_retry(struct server *server, const struct udp_packet *packet,
                       const ngtcp2_pkt_hd *header) {
    unsigned char *space = udp_space(&server->udp);
    uint8_t token[NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN];
    ngtcp2_cid cid;
    ngtcp2_ssize length;

    if (space == NULL)
        return;
    cids_make(&cid);
    length = ngtcp2_crypto_generate_retry_token(
        token, server->secret, sizeof(server->secret), header->version,
        packet->path.remote.addr, packet->path.remote.addrlen, &cid,
        &header->dcid, server->now);
    if (length < 0)
        return;
    answer(server, packet,
           ngtcp2_crypto_write_retry(space, UDP_PACKET_MAX, header->version,
                                     &header->scid, &cid, &header->dcid, token,
                                     (size_t)length));
}

static void refuse(struct server *server, const struct udp_packet *packet,
                   const ngtcp2_pkt_hd *header, uint64_t error) {
    unsigned char *space = udp_space(&server->udp);

    if (space != NULL)
        answer(server, packet,
               ngtcp2_crypto_write_connection_close(
                   space, UDP_PACKET_MAX, header->version, &header->scid,
                   &header->dcid, error, NULL, 0));
}

/* The client may send as much as the rings can hold. */
static void limits(ngtcp2_transport_params *params) {
    ngtcp2_transport_params_default(params);
    params->initial_max_streams_bidi = STREAMS_MAX;
    params->initial_max_streams_uni = STREAMS_MAX;
    params->initial_max_stream_data_bidi_remote = STREAM_RING;
    params->initial_max_stream_data_uni = STREAM_RING;
    params->initial_max_data = STREAMS_MAX * STREAM_RING;
    params->max_idle_timeout = IDLE_TIMEOUT;
}

static int start(struct peer *peer, const struct udp_packet *packet,
                 const ngtcp2_pkt_hd *header, const ngtcp2_cid *original) {
    struct connection *c = &peer->connection;
    ngtcp2_settings settings;
    ngtcp2_transport_params params;
    ngtcp2_cid cid;

    connection_settings(&settings, peer->server->now);
    compat_set_retry_token(&settings, header);
    limits(&params);
    compat_set_original_dcid(&params, original);
    params.retry_scid = header->dcid;
    params.retry_scid_present = 1;
    cids_make(&cid);
    if (tls_server_session(&peer->server->tls, &c->ref, &c->tls) < 0 ||
        ngtcp2_conn_server_new(&c->quic, &header->scid, &cid, &packet->path,
                               header->version, &connection_callbacks,
                               &settings, &params, NULL, c) != 0)
        return -1;
    ngtcp2_conn_set_tls_native_handle(c->quic, c->tls);
    c->cids = &peer->server->cids;
    if (cids_add(c->cids, &cid, c) < 0)
        return -1;
    return cids_add(c->cids, &header->dcid, c);
}

static struct peer *new_peer(struct server *server,
                             const struct udp_packet *packet,
                             const ngtcp2_pkt_hd *header,
                             const ngtcp2_cid *original) {
    struct peer *peer = calloc(1, sizeof(*peer));

    if (peer == NULL)
        return NULL;
    peer->server = server;
    peer->timer.data = peer;
    connection_init(&peer->connection, &server->udp, &echo_application, peer);
    if (start(peer, packet, header, original) < 0) {
        connection_free(&peer->connection);
        free(peer);
        return NULL;
    }
    server->connections++;
    timers_set(&server->timers, &peer->timer, server->now);
    return peer;
}

static bool is_retry_token(const ngtcp2_pkt_hd *header) {
    return compat_token_length(header) > 0 &&
           compat_token(header)[0] == NGTCP2_CRYPTO_TOKEN_MAGIC_RETRY;
}

/* The first packet of a client. */
static struct peer *accept_initial(struct server *server,
                                   const struct udp_packet *packet,
                                   const ngtcp2_pkt_hd *header) {
    ngtcp2_cid original;

    if (!is_retry_token(header)) {
        send_retry(server, packet, header);
        return NULL;
    }
    if (ngtcp2_crypto_verify_retry_token(
            &original, compat_token(header), compat_token_length(header),
            server->secret, sizeof(server->secret), header->version,
            packet->path.remote.addr, packet->path.remote.addrlen,
            &header->dcid, TOKEN_TIMEOUT, server->now) != 0) {
        refuse(server, packet, header, NGTCP2_INVALID_TOKEN);
        return NULL;
    }
    if (server->connections == CONNECTIONS_MAX) {
        refuse(server, packet, header, NGTCP2_CONNECTION_REFUSED);
        return NULL;
    }
    return new_peer(server, packet, header, &original);
}

struct peer *server_peer_of(struct server *server,
                            const struct udp_packet *packet) {
    struct connection *known;
    ngtcp2_version_cid ids;
    ngtcp2_pkt_hd header;

    switch (ngtcp2_pkt_decode_version_cid(&ids, packet->bytes, packet->length,
                                          CID_LENGTH)) {
    case 0:
        break;
    case NGTCP2_ERR_VERSION_NEGOTIATION:
        negotiate_version(server, packet, &ids);
        return NULL;
    default:
        return NULL;
    }
    known = cids_find(&server->cids, ids.dcid, ids.dcidlen);
    if (known != NULL)
        return known->data;
    if (ngtcp2_accept(&header, packet->bytes, packet->length) != 0)
        return NULL;
    return accept_initial(server, packet, &header);
}
