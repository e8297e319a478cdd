/* What the client sends and receives on its streams. */
#include "client.h"

#include "clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the client generates repeats after a prime number of bytes: a piece at a
   wrong offset differs, also after a power of 2. */
#define PATTERN 65521u

static const unsigned char *pattern(void) {
    static unsigned char bytes[PATTERN];
    uint32_t random = 1;

    if (bytes[0] == 0) {
        for (size_t i = 0; i < PATTERN; i++) {
            random = random * 1664525u + 1013904223u;
            bytes[i] = (unsigned char)(random >> 24 | 1);
        }
    }
    return bytes;
}

/* Bytes of the pattern from the offset on, at most `length`. */
static size_t piece(uint64_t offset, uint64_t length) {
    size_t left = PATTERN - (size_t)(offset % PATTERN);

    return length < left ? (size_t)length : left;
}

static void generate(const struct client *client, struct stream *stream) {
    uint64_t left = client->bytes - stream->end;

    if (left > stream_space(stream))
        left = stream_space(stream);
    while (left > 0) {
        size_t length = piece(stream->end, left);

        stream_put(stream, pattern() + stream->end % PATTERN, length);
        left -= length;
    }
    stream->ended = stream->end == client->bytes;
}

static bool is_generated(uint64_t offset, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        size_t part = piece(offset, length);

        if (memcmp(bytes, pattern() + offset % PATTERN, part) != 0)
            return false;
        offset += part;
        bytes += part;
        length -= part;
    }
    return true;
}

static int print(struct client *client, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, length);

        if (n < 0) {
            perror("quic_client: standard output");
            client->failed = true;
            return NGTCP2_ERR_CALLBACK_FAILURE;
        }
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* ---- Standard input ------------------------------------------------------ */

static struct stream *input_stream(const struct client *client) {
    return client->bytes == 0 ? client->connection.streams : NULL;
}

int transfer_fd(const struct client *client) {
    const struct stream *stream = input_stream(client);

    return stream != NULL && !stream->ended && stream_space(stream) > 0
               ? STDIN_FILENO
               : -1;
}

void transfer_read(struct client *client) {
    struct stream *stream = input_stream(client);
    size_t space;
    unsigned char *tail = stream_tail(stream, &space);
    ssize_t n = read(STDIN_FILENO, tail, space);

    if (n > 0)
        stream->end += (size_t)n;
    else if (n == 0)
        stream->ended = true;
    else if (errno != EINTR && errno != EAGAIN) {
        perror("quic_client: standard input");
        client->failed = true;
        connection_close(&client->connection, client->now);
    }
}

/* ---- Events ---------------------------------------------------------------
 */

static int open_stream(struct connection *c) {
    const struct client *client = c->data;
    struct stream *stream = stream_new(-1);
    int error;

    if (stream == NULL)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    error = client->one_way
                ? ngtcp2_conn_open_uni_stream(c->quic, &stream->id, stream)
                : ngtcp2_conn_open_bidi_stream(c->quic, &stream->id, stream);
    if (error != 0) {
        stream_free(stream);
        return NGTCP2_ERR_CALLBACK_FAILURE;
    }
    if (client->bytes > 0)
        generate(client, stream);
    return connection_add_stream(c, stream);
}

static int connected(struct connection *c) {
    struct client *client = c->data;

    client->began = client->now;
    for (unsigned i = 0; i < client->streams; i++) {
        int error = open_stream(c);

        if (error != 0)
            return error;
    }
    return 0;
}

/* The server opens no streams: it may not. */
static int opened(struct connection *c, struct stream *stream) {
    (void)c;
    (void)stream;
    return NGTCP2_ERR_CALLBACK_FAILURE;
}

static int received(struct connection *c, struct stream *stream,
                    const uint8_t *bytes, size_t length, bool end) {
    const struct client *client = c->data;
    uint64_t offset = stream->received;

    (void)end;
    ngtcp2_conn_extend_max_stream_offset(c->quic, stream->id, length);
    ngtcp2_conn_extend_max_offset(c->quic, length);
    stream->received += length;
    if (client->bytes == 0)
        return print(c->data, bytes, length);
    return is_generated(offset, bytes, length) ? 0
                                               : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int acknowledged(struct connection *c, struct stream *stream,
                        size_t length) {
    const struct client *client = c->data;

    (void)length;
    if (client->bytes > 0 && !stream->ended)
        generate(client, stream);
    return 0;
}

static void closed(struct connection *c, struct stream *stream) {
    struct client *client = c->data;

    if (client->one_way || stream->received == stream->end)
        client->complete++;
    client->open_streams--;
}

const struct application transfer_application = {
    .connected = connected,
    .opened = opened,
    .received = received,
    .acknowledged = acknowledged,
    .closed = closed,
};

void transfer_report(const struct client *client) {
    double seconds = (double)(client->now - client->began) / NGTCP2_SECONDS;
    uint64_t bytes = client->bytes * client->streams;

    printf("%s %" PRIu64 " bytes in %.3f s: %.1f MB/s\n",
           client->one_way ? "sent" : "echoed", bytes, seconds,
           (double)bytes / seconds / 1e6);
    udp_report(&client->udp);
    printf("processor time %.3f s\n", clock_cpu());
}
