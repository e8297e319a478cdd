#include "sink/served.h"

#include <stdlib.h>
#include <string.h>

static struct served_stream **bucket_of(struct served *served,
                                        const dgram_address *address) {
    unsigned char bytes[TOKEN_ADDRESS_SIZE];
    size_t size = token_address(address, bytes);

    return &served->buckets[token_hash(&served->key, bytes, size) %
                            SERVED_BUCKETS];
}

/* It is mostly the sender of the previous datagram. */
struct served_stream *served_find(struct served *served,
                                  const dgram_address *address) {
    struct served_stream *stream = served->latest;

    if (stream != NULL && dgram_address_equal(&stream->address, address))
        return stream;
    if (served->count == 0)
        return NULL;
    stream = *bucket_of(served, address);
    while (stream != NULL && !dgram_address_equal(&stream->address, address))
        stream = stream->next;
    if (stream != NULL)
        served->latest = stream;
    return stream;
}

bool served_is_one_host(const dgram_address *a, const dgram_address *b) {
    dgram_address copy = *a;

    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        copy.v6.sin6_port = b->v6.sin6_port;
    else
        copy.v4.sin_port = b->v4.sin_port;
    return dgram_address_equal(&copy, b);
}

static size_t count_of_host(const struct served *served,
                            const dgram_address *address) {
    size_t count = 0;

    for (size_t i = 0; i < served->count; i++)
        count += served_is_one_host(&served->list[i]->address, address);
    return count;
}

/* Returns the flood that was done first, of one host or (NULL) of all. */
static struct served_flood *oldest_done(const struct served *served,
                                        const dgram_address *host) {
    struct served_flood *oldest = NULL;

    for (struct served_flood *flood = served->floods; flood != NULL;
         flood = flood->next) {
        if (flood->running == 0 &&
            (host == NULL || served_is_one_host(&flood->address, host)) &&
            (oldest == NULL || flood->done_at < oldest->done_at))
            oldest = flood;
    }
    return oldest;
}

static bool has_space(struct served *served, const dgram_address *address) {
    struct served_flood *done;
    bool is_host_full;

    for (;;) {
        is_host_full = count_of_host(served, address) >= SERVED_PER_HOST_MAX;
        if (!is_host_full && served->count < SERVED_MAX)
            return true;
        done = oldest_done(served, is_host_full ? address : NULL);
        if (done == NULL)
            return false;
        served_remove(served, done);
    }
}

static struct served_flood *find_flood(const struct served *served,
                                       const dgram_address *address,
                                       uint64_t id) {
    struct served_flood *flood = served->floods;

    while (flood != NULL && (flood->id != id || flood->running == 0 ||
                             !served_is_one_host(&flood->address, address)))
        flood = flood->next;
    return flood;
}

static struct served_flood *add_flood(struct served *served,
                                      const dgram_address *address,
                                      uint64_t id) {
    struct served_flood *flood = calloc(1, sizeof *flood);

    if (flood == NULL)
        return NULL;
    flood->id = id;
    flood->address = *address;
    flood->next = served->floods;
    served->floods = flood;
    return flood;
}

struct served_stream *served_add(struct served *served,
                                 const dgram_address *address, uint64_t id) {
    struct served_flood *flood;
    struct served_stream *stream, **bucket;

    if (!has_space(served, address))
        return NULL;
    stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    flood = find_flood(served, address, id);
    if (flood == NULL)
        flood = add_flood(served, address, id);
    if (flood == NULL) {
        free(stream);
        return NULL;
    }
    stream->flood = flood;
    stream->address = *address;
    stream->is_hashed = true;
    flood->streams++;
    flood->running++;
    bucket = bucket_of(served, address);
    stream->next = *bucket;
    *bucket = stream;
    served->list[served->count++] = stream;
    return stream;
}

void served_unhash(struct served *served, struct served_stream *stream) {
    struct served_stream **link = bucket_of(served, &stream->address);

    if (!stream->is_hashed)
        return;
    while (*link != stream)
        link = &(*link)->next;
    *link = stream->next;
    stream->is_hashed = false;
    if (served->latest == stream)
        served->latest = NULL;
}

static void free_stream(struct served *served, struct served_stream *stream) {
    served_unhash(served, stream);
    tally_end(&stream->tally);
    free(stream);
}

void served_remove(struct served *served, struct served_flood *flood) {
    struct served_flood **link = &served->floods;
    size_t kept = 0;

    for (size_t i = 0; i < served->count; i++) {
        struct served_stream *stream = served->list[i];

        if (stream->flood == flood)
            free_stream(served, stream);
        else
            served->list[kept++] = stream;
    }
    served->count = kept;
    while (*link != flood)
        link = &(*link)->next;
    *link = flood->next;
    free(flood);
}

void served_end(struct served *served) {
    while (served->floods != NULL)
        served_remove(served, served->floods);
}
