#include "sink/clients.h"

#include <stdlib.h>
#include <string.h>

static struct client_stream **bucket_of(struct clients *clients,
                                        const dgram_address *address) {
    unsigned char bytes[TOKEN_ADDRESS_SIZE];
    size_t size = token_address(address, bytes);

    return &clients->buckets[token_hash(&clients->key, bytes, size) %
                             CLIENTS_BUCKETS];
}

/* It is mostly the sender of the previous datagram. */
struct client_stream *clients_find(struct clients *clients,
                                   const dgram_address *address) {
    struct client_stream *stream = clients->latest;

    if (stream != NULL && dgram_address_equal(&stream->address, address))
        return stream;
    if (clients->count == 0)
        return NULL;
    stream = *bucket_of(clients, address);
    while (stream != NULL && !dgram_address_equal(&stream->address, address))
        stream = stream->next;
    if (stream != NULL)
        clients->latest = stream;
    return stream;
}

bool clients_is_one_host(const dgram_address *a, const dgram_address *b) {
    dgram_address copy = *a;

    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        copy.v6.sin6_port = b->v6.sin6_port;
    else
        copy.v4.sin_port = b->v4.sin_port;
    return dgram_address_equal(&copy, b);
}

static size_t count_of_host(const struct clients *clients,
                            const dgram_address *address) {
    size_t count = 0;

    for (size_t i = 0; i < clients->count; i++)
        count += clients_is_one_host(&clients->list[i]->address, address);
    return count;
}

/* Returns the flood that was done first, of one host or (NULL) of all. */
static struct client_flood *oldest_done(const struct clients *clients,
                                        const dgram_address *host) {
    struct client_flood *oldest = NULL;

    for (struct client_flood *flood = clients->floods; flood != NULL;
         flood = flood->next) {
        if (flood->running == 0 &&
            (host == NULL || clients_is_one_host(&flood->address, host)) &&
            (oldest == NULL || flood->done_at < oldest->done_at))
            oldest = flood;
    }
    return oldest;
}

static bool has_space(struct clients *clients, const dgram_address *address) {
    struct client_flood *done;
    bool is_host_full;

    for (;;) {
        is_host_full = count_of_host(clients, address) >= CLIENTS_PER_HOST_MAX;
        if (!is_host_full && clients->count < CLIENTS_MAX)
            return true;
        done = oldest_done(clients, is_host_full ? address : NULL);
        if (done == NULL)
            return false;
        clients_remove(clients, done);
    }
}

static struct client_flood *find_flood(const struct clients *clients,
                                       const dgram_address *address,
                                       uint64_t id) {
    struct client_flood *flood = clients->floods;

    while (flood != NULL && (flood->id != id || flood->running == 0 ||
                             !clients_is_one_host(&flood->address, address)))
        flood = flood->next;
    return flood;
}

static struct client_flood *add_flood(struct clients *clients,
                                      const dgram_address *address,
                                      uint64_t id) {
    struct client_flood *flood = calloc(1, sizeof *flood);

    if (flood == NULL)
        return NULL;
    flood->id = id;
    flood->address = *address;
    flood->next = clients->floods;
    clients->floods = flood;
    return flood;
}

struct client_stream *clients_add(struct clients *clients,
                                  const dgram_address *address, uint64_t id) {
    struct client_flood *flood;
    struct client_stream *stream, **bucket;

    if (!has_space(clients, address))
        return NULL;
    stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    flood = find_flood(clients, address, id);
    if (flood == NULL)
        flood = add_flood(clients, address, id);
    if (flood == NULL) {
        free(stream);
        return NULL;
    }
    stream->flood = flood;
    stream->address = *address;
    stream->is_hashed = true;
    flood->streams++;
    flood->running++;
    bucket = bucket_of(clients, address);
    stream->next = *bucket;
    *bucket = stream;
    clients->list[clients->count++] = stream;
    return stream;
}

void clients_unhash(struct clients *clients, struct client_stream *stream) {
    struct client_stream **link = bucket_of(clients, &stream->address);

    if (!stream->is_hashed)
        return;
    while (*link != stream)
        link = &(*link)->next;
    *link = stream->next;
    stream->is_hashed = false;
    if (clients->latest == stream)
        clients->latest = NULL;
}

static void free_stream(struct clients *clients, struct client_stream *stream) {
    clients_unhash(clients, stream);
    tally_end(&stream->tally);
    free(stream);
}

void clients_remove(struct clients *clients, struct client_flood *flood) {
    struct client_flood **link = &clients->floods;
    size_t kept = 0;

    for (size_t i = 0; i < clients->count; i++) {
        struct client_stream *stream = clients->list[i];

        if (stream->flood == flood)
            free_stream(clients, stream);
        else
            clients->list[kept++] = stream;
    }
    clients->count = kept;
    while (*link != flood)
        link = &(*link)->next;
    *link = flood->next;
    free(flood);
}

void clients_end(struct clients *clients) {
    while (clients->floods != NULL)
        clients_remove(clients, clients->floods);
}
