/* A stream with the bytes that it sends, in a ring. ngtcp2 does not copy them:
   they stay where they are until the peer has acknowledged them. */
#ifndef QUIC_STREAM_H
#define QUIC_STREAM_H

#include <gnutls/crypto.h>
#include <ngtcp2/ngtcp2.h>
#include <stdbool.h>

#define STREAM_RING (512 * 1024u) /* bytes, a power of 2 */
#define STREAMS_MAX 4             /* of a kind, open at a time */

struct stream {
    int64_t id; /* -1: not yet open */
    struct stream *next;
    /* Offsets: below `acknowledged` nothing is needed any more, below `sent`
       ngtcp2 has seen it, below `end` it is in the ring. */
    uint64_t acknowledged, sent, end;
    bool ended;    /* nothing follows `end` */
    bool end_sent; /* ngtcp2 knows this */
    bool stopped;  /* the peer wants no more */
    uint64_t received;
    gnutls_hash_hd_t sum; /* of what was received, or NULL */
    unsigned char ring[STREAM_RING];
};

struct stream *stream_new(int64_t id);
void stream_free(struct stream *stream);

/* Free bytes of the ring. */
size_t stream_space(const struct stream *stream);

/* Where the next bytes go: at most stream_space(), and fewer at the end of the
   ring. */
unsigned char *stream_tail(struct stream *stream, size_t *length_out);

/* Appends bytes; there must be space. */
void stream_put(struct stream *stream, const unsigned char *bytes,
                size_t length);

/* Describes what is not sent yet, by up to 2 parts. Returns how many. */
size_t stream_unsent(struct stream *stream, ngtcp2_vec parts[2]);

/* Whether there is something to send: bytes, or the end. */
bool stream_pending(const struct stream *stream);

#endif /* QUIC_STREAM_H */
