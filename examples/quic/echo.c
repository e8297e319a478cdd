/* What the server does with streams. Of a bidirectional stream it returns
   what it receives, of a unidirectional one it counts it. */
#include "server.h"

#include "compat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SUM_LENGTH 32 /* of SHA-256 */

static int connected(struct connection *c) {
    peer_print(c->data, "connected");
    return 0;
}

static int opened(struct connection *c, struct stream *stream) {
    struct peer *peer = c->data;

    if (peer->server->sums &&
        gnutls_hash_init(&stream->sum, GNUTLS_DIG_SHA256) < 0)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    return 0;
}

static void more(struct connection *c, const struct stream *stream,
                 size_t length) {
    ngtcp2_conn_extend_max_stream_offset(c->quic, stream->id, length);
    ngtcp2_conn_extend_max_offset(c->quic, length);
}

static void print_sum(struct peer *peer, struct stream *stream) {
    unsigned char sum[SUM_LENGTH];
    char text[128];
    int length = snprintf(text, sizeof(text),
                          "stream %" PRId64 ": %" PRIu64 " bytes, SHA-256 ",
                          stream->id, stream->received);

    gnutls_hash_output(stream->sum, sum);
    for (size_t i = 0; i < SUM_LENGTH; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%02x",
                           sum[i]);
    peer_print(peer, text);
}

/* The client may send as much as there is space in the ring: the window grows
   when the client has acknowledged what it got back. */
static int received(struct connection *c, struct stream *stream,
                    const uint8_t *bytes, size_t length, bool end) {
    stream->received += length;
    if (stream->sum != NULL) {
        gnutls_hash(stream->sum, bytes, length);
        if (end)
            print_sum(c->data, stream);
    }
    if (!ngtcp2_is_bidi_stream(stream->id) || stream->stopped) {
        more(c, stream, length);
        return 0;
    }
    if (length > stream_space(stream))
        return NGTCP2_ERR_CALLBACK_FAILURE;
    stream_put(stream, bytes, length);
    stream->ended = end;
    return 0;
}

static int acknowledged(struct connection *c, struct stream *stream,
                        size_t length) {
    more(c, stream, length);
    return 0;
}

/* What was not acknowledged must not count against the window of the
   connection for ever. */
static void closed(struct connection *c, struct stream *stream) {
    ngtcp2_conn_extend_max_offset(c->quic, stream->end - stream->acknowledged);
    if (ngtcp2_is_bidi_stream(stream->id))
        ngtcp2_conn_extend_max_streams_bidi(c->quic, 1);
    else
        ngtcp2_conn_extend_max_streams_uni(c->quic, 1);
}

const struct application echo_application = {
    .connected = connected,
    .opened = opened,
    .received = received,
    .acknowledged = acknowledged,
    .closed = closed,
};
