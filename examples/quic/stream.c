#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* The ring need not be cleared. */
struct stream *stream_new(int64_t id) {
    struct stream *stream = malloc(sizeof(*stream));

    if (stream != NULL) {
        memset(stream, 0, offsetof(struct stream, ring));
        stream->id = id;
    }
    return stream;
}

void stream_free(struct stream *stream) {
    if (stream->sum != NULL)
        gnutls_hash_deinit(stream->sum, NULL);
    free(stream);
}

size_t stream_space(const struct stream *stream) {
    return STREAM_RING - (size_t)(stream->end - stream->acknowledged);
}

/* Bytes from the offset to the end of the ring, at most `length`. */
static size_t contiguous(uint64_t offset, size_t length) {
    size_t left = STREAM_RING - (size_t)(offset % STREAM_RING);

    return length < left ? length : left;
}

unsigned char *stream_tail(struct stream *stream, size_t *length_out) {
    *length_out = contiguous(stream->end, stream_space(stream));
    return stream->ring + stream->end % STREAM_RING;
}

void stream_put(struct stream *stream, const unsigned char *bytes,
                size_t length) {
    size_t first = contiguous(stream->end, length);

    if (length == 0)
        return; /* an end alone has no bytes, and memcpy() takes no NULL */
    memcpy(stream->ring + stream->end % STREAM_RING, bytes, first);
    memcpy(stream->ring, bytes + first, length - first);
    stream->end += length;
}

size_t stream_unsent(struct stream *stream, ngtcp2_vec parts[2]) {
    size_t length = (size_t)(stream->end - stream->sent);
    size_t first = contiguous(stream->sent, length);

    parts[0] = (ngtcp2_vec){stream->ring + stream->sent % STREAM_RING, first};
    parts[1] = (ngtcp2_vec){stream->ring, length - first};
    return length > first ? 2 : 1;
}

bool stream_pending(const struct stream *stream) {
    return !stream->stopped &&
           (stream->sent < stream->end || (stream->ended && !stream->end_sent));
}
