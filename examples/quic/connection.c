#include "connection.h"

#include "compat.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static ngtcp2_conn *get_conn(ngtcp2_crypto_conn_ref *ref) {
    return ((struct connection *)ref->user_data)->quic;
}

void connection_init(struct connection *c, struct udp *udp,
                     const struct application *application, void *data) {
    memset(c, 0, sizeof(*c));
    c->ref = (ngtcp2_crypto_conn_ref){.get_conn = get_conn, .user_data = c};
    c->udp = udp;
    c->application = application;
    c->data = data;
}

void connection_free(struct connection *c) {
    if (c->cids != NULL)
        cids_remove_all(c->cids, c);
    ngtcp2_conn_del(c->quic);
    if (c->tls != NULL)
        gnutls_deinit(c->tls);
    while (c->streams != NULL) {
        struct stream *stream = c->streams;

        c->streams = stream->next;
        stream_free(stream);
    }
}

void connection_settings(ngtcp2_settings *settings, ngtcp2_tstamp now) {
    ngtcp2_settings_default(settings);
    settings->initial_ts = now;
    settings->handshake_timeout = HANDSHAKE_TIMEOUT;
    settings->max_tx_udp_payload_size = UDP_PACKET_MAX;
}

int connection_add_stream(struct connection *c, struct stream *stream) {
    stream->next = c->streams;
    c->streams = stream;
    return ngtcp2_conn_set_stream_user_data(c->quic, stream->id, stream);
}

void connection_remove_stream(struct connection *c, struct stream *stream) {
    struct stream **place = &c->streams;

    while (*place != stream)
        place = &(*place)->next;
    *place = stream->next;
}

/* ---- Closing ------------------------------------------------------------ */

static void send_close_packet(struct connection *c) {
    unsigned char *space = udp_space(c->udp);

    if (space == NULL || c->close_length == 0)
        return;
    memcpy(space, c->close_packet, c->close_length);
    udp_add(c->udp, c->close_length, ngtcp2_conn_get_path(c->quic), 0);
}

/* The two states last three times the probe timeout: packets that are still
   under way find the connection then, and need no answer of their own. */
static void enter(struct connection *c, enum connection_state state,
                  ngtcp2_tstamp now) {
    c->state = state;
    c->deadline = now + 3 * ngtcp2_conn_get_pto(c->quic);
}

static void close_with(struct connection *c, const ngtcp2_ccerr *reason,
                       ngtcp2_tstamp now) {
    ngtcp2_ssize length = ngtcp2_conn_write_connection_close(
        c->quic, NULL, NULL, c->close_packet, sizeof(c->close_packet), reason,
        now);

    if (length > 0)
        c->close_length = (size_t)length;
    enter(c, CONNECTION_CLOSING, now);
    send_close_packet(c);
}

void connection_close(struct connection *c, ngtcp2_tstamp now) {
    ngtcp2_ccerr reason;

    ngtcp2_ccerr_default(&reason);
    ngtcp2_ccerr_set_application_error(&reason, 0, NULL, 0);
    if (c->state == CONNECTION_OPEN)
        close_with(c, &reason, now);
}

static void fail(struct connection *c, int error, ngtcp2_tstamp now) {
    ngtcp2_ccerr reason;

    c->error = error;
    switch (error) {
    case NGTCP2_ERR_DRAINING:
        enter(c, CONNECTION_DRAINING, now);
        return;
    case NGTCP2_ERR_IDLE_CLOSE: /* the peer is gone */
    case NGTCP2_ERR_DROP_CONN:
    case NGTCP2_ERR_RETRY: /* the server sends Retry before it has a state */
        c->state = CONNECTION_ENDED;
        return;
    default:
        break;
    }
    ngtcp2_ccerr_default(&reason);
    if (error == NGTCP2_ERR_CRYPTO)
        ngtcp2_ccerr_set_tls_alert(&reason, ngtcp2_conn_get_tls_alert(c->quic),
                                   NULL, 0);
    else
        ngtcp2_ccerr_set_liberr(&reason, error, NULL, 0);
    close_with(c, &reason, now);
}

static void reason_of_peer(struct connection *c, char *text, size_t size) {
    ngtcp2_ccerr reason;

    compat_get_ccerr(c->quic, &reason);
    if (reason.type == NGTCP2_CCERR_TYPE_APPLICATION && reason.error_code == 0)
        snprintf(text, size, "closed by the peer");
    else
        snprintf(text, size, "closed by the peer with error %#" PRIx64,
                 reason.error_code);
}

void connection_reason(struct connection *c, char *text, size_t size) {
    int alert = ngtcp2_conn_get_tls_alert(c->quic);
    const char *name = gnutls_alert_get_name((gnutls_alert_description_t)alert);

    switch (c->error) {
    case 0:
        snprintf(text, size, "closed");
        return;
    case NGTCP2_ERR_DRAINING:
        reason_of_peer(c, text, size);
        return;
    case NGTCP2_ERR_IDLE_CLOSE:
        snprintf(text, size, "idle timeout");
        return;
    case NGTCP2_ERR_HANDSHAKE_TIMEOUT:
        snprintf(text, size, "handshake timeout");
        return;
    case NGTCP2_ERR_CRYPTO:
        snprintf(text, size, "TLS: %s", name != NULL ? name : "failed");
        return;
    default:
        snprintf(text, size, "%s", ngtcp2_strerror(c->error));
    }
}

/* ---- Packets and time ---------------------------------------------------- */

void connection_read(struct connection *c, const struct udp_packet *packet,
                     ngtcp2_tstamp now) {
    int error;

    if (c->state == CONNECTION_CLOSING) {
        /* The 1st, 2nd, 4th, 8th, ... packet is answered. */
        c->answered++;
        if ((c->answered & (c->answered - 1)) == 0)
            send_close_packet(c);
    }
    if (c->state != CONNECTION_OPEN)
        return;
    error = ngtcp2_conn_read_pkt(c->quic, &packet->path, &packet->info,
                                 packet->bytes, packet->length, now);
    if (error != 0)
        fail(c, error, now);
}

/* Whether the windows of the peer let the stream send something. */
static bool may_send(struct connection *c, const struct stream *stream) {
    if (!stream_pending(stream))
        return false;
    if (stream->sent == stream->end)
        return true;
    return ngtcp2_conn_get_max_data_left(c->quic) > 0 &&
           ngtcp2_conn_get_max_stream_data_left(c->quic, stream->id) > 0;
}

/* Returns a stream that may send, or NULL. It becomes the last one of the list,
   so that all streams have their turn. */
static struct stream *next_stream(struct connection *c) {
    struct stream *stream = c->streams;
    struct stream **last = &c->streams;

    while (stream != NULL && !may_send(c, stream))
        stream = stream->next;
    if (stream == NULL || stream->next == NULL)
        return stream;
    connection_remove_stream(c, stream);
    while (*last != NULL)
        last = &(*last)->next;
    stream->next = NULL;
    *last = stream;
    return stream;
}

/* Writes frames of the stream, if it is not NULL, into the packet. */
static ngtcp2_ssize write_frames(struct connection *c, struct stream *stream,
                                 ngtcp2_path *path, ngtcp2_pkt_info *info,
                                 unsigned char *space, ngtcp2_tstamp now) {
    uint32_t flags = NGTCP2_WRITE_STREAM_FLAG_MORE;
    ngtcp2_vec parts[2];
    size_t count = 0;
    ngtcp2_ssize taken = -1, length;

    if (stream != NULL) {
        count = stream_unsent(stream, parts);
        if (stream->ended)
            flags |= NGTCP2_WRITE_STREAM_FLAG_FIN;
    }
    length = ngtcp2_conn_writev_stream(
        c->quic, path, info, space, UDP_PACKET_MAX, &taken, flags,
        stream != NULL ? stream->id : -1, parts, count, now);
    if (stream != NULL && taken >= 0) {
        stream->sent += (uint64_t)taken;
        stream->end_sent = stream->ended && stream->sent == stream->end;
    }
    return length;
}

/* Writes one packet with frames of as many streams as fit. Returns its length,
   0 if nothing may be sent now, or an error of ngtcp2. */
static ngtcp2_ssize write_packet(struct connection *c, unsigned char *space,
                                 ngtcp2_tstamp now) {
    ngtcp2_path_storage path;
    ngtcp2_pkt_info info = {0};
    ngtcp2_ssize length;

    ngtcp2_path_storage_zero(&path);
    for (;;) {
        struct stream *stream = next_stream(c);

        length = write_frames(c, stream, &path.path, &info, space, now);
        if (stream != NULL && (length == NGTCP2_ERR_STREAM_SHUT_WR ||
                               length == NGTCP2_ERR_STREAM_NOT_FOUND))
            stream->stopped = true;
        else if (length != NGTCP2_ERR_WRITE_MORE)
            break;
    }
    if (length > 0)
        udp_add(c->udp, (size_t)length, &path.path, info.ecn);
    return length;
}

/* A burst is as long as congestion control allows. ngtcp2 computes from its
   length when the next one may follow: this is the next expiry. */
bool connection_write(struct connection *c, ngtcp2_tstamp now) {
    size_t quantum, written = 0;
    ngtcp2_ssize length = 1;

    if (c->state != CONNECTION_OPEN)
        return false;
    quantum = ngtcp2_conn_get_send_quantum(c->quic);
    while (length > 0 && written < quantum) {
        unsigned char *space = udp_space(c->udp);

        if (space == NULL)
            break;
        length = write_packet(c, space, now);
        if (length > 0)
            written += (size_t)length;
    }
    ngtcp2_conn_update_pkt_tx_time(c->quic, now);
    if (length < 0)
        fail(c, (int)length, now);
    return length > 0;
}

ngtcp2_tstamp connection_expiry(struct connection *c) {
    switch (c->state) {
    case CONNECTION_OPEN:
        return ngtcp2_conn_get_expiry(c->quic);
    case CONNECTION_ENDED:
        return 0;
    default:
        return c->deadline;
    }
}

void connection_expire(struct connection *c, ngtcp2_tstamp now) {
    int error;

    if (connection_expiry(c) > now || c->state == CONNECTION_ENDED)
        return;
    if (c->state != CONNECTION_OPEN) {
        c->state = CONNECTION_ENDED;
        return;
    }
    error = ngtcp2_conn_handle_expiry(c->quic, now);
    if (error != 0)
        fail(c, error, now);
}
