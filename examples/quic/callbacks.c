/* What ngtcp2 calls: most of it is done by its functions for GnuTLS. */
#include "connection.h"

#include <stdlib.h>

static void fill_random(uint8_t *bytes, size_t length,
                        const ngtcp2_rand_ctx *context) {
    (void)context;
    if (gnutls_rnd(GNUTLS_RND_NONCE, bytes, length) < 0)
        abort();
}

/* The token would let this host end a connection that it has forgotten. It has
   to be secret; nobody uses it here. */
static int new_connection_id(ngtcp2_conn *quic, ngtcp2_cid *cid, uint8_t *token,
                             size_t length, void *user_data) {
    struct connection *c = user_data;

    (void)quic;
    (void)length; /* that of the first ID: CID_LENGTH */
    cids_make(cid);
    if (gnutls_rnd(GNUTLS_RND_RANDOM, token, NGTCP2_STATELESS_RESET_TOKENLEN) <
        0)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    if (c->cids != NULL && cids_add(c->cids, cid, c) < 0)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    return 0;
}

static int remove_connection_id(ngtcp2_conn *quic, const ngtcp2_cid *cid,
                                void *user_data) {
    struct connection *c = user_data;

    (void)quic;
    if (c->cids != NULL)
        cids_remove(c->cids, cid);
    return 0;
}

static int handshake_completed(ngtcp2_conn *quic, void *user_data) {
    struct connection *c = user_data;

    (void)quic;
    return c->application->connected(c);
}

static int stream_opened(ngtcp2_conn *quic, int64_t id, void *user_data) {
    struct connection *c = user_data;
    struct stream *stream = stream_new(id);

    (void)quic;
    if (stream == NULL)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    if (connection_add_stream(c, stream) != 0)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    return c->application->opened(c, stream);
}

static int stream_received(ngtcp2_conn *quic, uint32_t flags, int64_t id,
                           uint64_t offset, const uint8_t *bytes, size_t length,
                           void *user_data, void *stream) {
    struct connection *c = user_data;

    (void)quic;
    (void)id;
    (void)offset;
    return c->application->received(c, stream, bytes, length,
                                    (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0);
}

static int stream_acknowledged(ngtcp2_conn *quic, int64_t id, uint64_t offset,
                               uint64_t length, void *user_data,
                               void *stream_data) {
    struct connection *c = user_data;
    struct stream *stream = stream_data;

    (void)quic;
    (void)id;
    stream->acknowledged = offset + length;
    return c->application->acknowledged(c, stream, (size_t)length);
}

/* The peer gives up what it sends: what came until then is answered. */
static int stream_reset(ngtcp2_conn *quic, int64_t id, uint64_t size,
                        uint64_t code, void *user_data, void *stream_data) {
    struct stream *stream = stream_data;

    (void)quic;
    (void)id;
    (void)size;
    (void)code;
    (void)user_data;
    stream->ended = true;
    return 0;
}

static int stream_stop_sending(ngtcp2_conn *quic, int64_t id, uint64_t code,
                               void *user_data, void *stream_data) {
    struct stream *stream = stream_data;

    (void)quic;
    (void)id;
    (void)code;
    (void)user_data;
    stream->stopped = true;
    return 0;
}

static int stream_closed(ngtcp2_conn *quic, uint32_t flags, int64_t id,
                         uint64_t code, void *user_data, void *stream) {
    struct connection *c = user_data;

    (void)quic;
    (void)flags;
    (void)id;
    (void)code;
    c->application->closed(c, stream);
    connection_remove_stream(c, stream);
    stream_free(stream);
    return 0;
}

const ngtcp2_callbacks connection_callbacks = {
    .client_initial = ngtcp2_crypto_client_initial_cb,
    .recv_client_initial = ngtcp2_crypto_recv_client_initial_cb,
    .recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb,
    .encrypt = ngtcp2_crypto_encrypt_cb,
    .decrypt = ngtcp2_crypto_decrypt_cb,
    .hp_mask = ngtcp2_crypto_hp_mask_cb,
    .recv_retry = ngtcp2_crypto_recv_retry_cb,
    .update_key = ngtcp2_crypto_update_key_cb,
    .delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb,
    .delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb,
    .get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb,
    .version_negotiation = ngtcp2_crypto_version_negotiation_cb,
    .rand = fill_random,
    .get_new_connection_id = new_connection_id,
    .remove_connection_id = remove_connection_id,
    .handshake_completed = handshake_completed,
    .stream_open = stream_opened,
    .recv_stream_data = stream_received,
    .acked_stream_data_offset = stream_acknowledged,
    .stream_reset = stream_reset,
    .stream_stop_sending = stream_stop_sending,
    .stream_close = stream_closed,
};
