/* The clients of a sink that serves: streams, found by their address. The
   tables are bounded, and the hash has a key, so strangers can neither fill the
   memory nor slow down the search. */
#ifndef CLI_SINK_CLIENTS_H
#define CLI_SINK_CLIENTS_H

#include <dgram.h>

#include "measure/tally.h"
#include "sink/token.h"

#define CLIENTS_MAX 1024         /* of all floods, those that ended included */
#define CLIENTS_PER_HOST_MAX 256 /* from one IP address */
#define CLIENTS_BUCKETS 2048     /* a power of two */

enum client_state {
    CLIENT_RUNS,
    CLIENT_ENDS, /* END came; late datagrams may follow */
    CLIENT_DONE,
};

/* What a stream asked to be sent back. */
struct client_back {
    bool is_wanted, check;
    uint32_t size;      /* bytes of a datagram */
    double rate;        /* datagrams per second, 0: no limit */
    uint64_t count_max; /* datagrams at that rate */
    uint64_t started;   /* nanoseconds; 0: not yet */
    uint64_t ends;      /* nanoseconds */
    uint64_t due_from;  /* nanoseconds; the rate counts from here ... */
    uint64_t due_base;  /* ... and from this many datagrams */
    uint64_t numbered;  /* datagrams that were given a number */
    uint64_t sent;      /* of them, those that the kernel accepted */
    uint64_t latest;    /* nanoseconds; of the latest datagram */
    bool fails;         /* until the stream asks again */
};

/* A socket of a flood. */
struct client_stream {
    struct client_stream *next; /* in its bucket */
    struct client_flood *flood;
    dgram_address address;
    dgram_send_info from; /* the address that it asked */
    uint16_t number;      /* among the streams of its flood */
    uint32_t stamps;
    enum client_state state;
    bool is_hashed;    /* can be found by its address */
    bool is_gone;      /* it ended without END */
    uint64_t heard_at; /* milliseconds of the loop, as the following; its
                          latest datagram or question */
    uint64_t asked_at; /* its latest question with a token */
    uint64_t answered_at;
    uint64_t ended_at;
    uint64_t sent; /* with END */
    bool check;
    struct tally tally;
    struct control_counts counts; /* when it is done */
    struct client_back back;
};

/* A run of 'dgram flood': the streams with one number from one IP address. */
struct client_flood {
    struct client_flood *next;
    uint64_t id;
    dgram_address address; /* of its first stream */
    size_t streams, running;
    uint64_t drops_before; /* the kernel's count when it began */
    uint64_t done_at;      /* milliseconds, when `running` is 0 */
};

struct clients {
    struct client_stream *buckets[CLIENTS_BUCKETS];
    struct client_stream *list[CLIENTS_MAX];
    size_t count;
    struct client_flood *floods;
    struct client_stream *latest; /* the previous find, or NULL */
    struct token_key key;
};

/* Whether two addresses differ in the port at most. */
bool clients_is_one_host(const dgram_address *a, const dgram_address *b);

/* Returns the stream that sends from the address, or NULL. */
struct client_stream *clients_find(struct clients *clients,
                                   const dgram_address *address);

/* Adds a stream of the flood `id`, a new flood if it is its first. No other may
   have the address. Returns NULL if the table is full or without memory. */
struct client_stream *clients_add(struct clients *clients,
                                  const dgram_address *address, uint64_t id);

/* The address is free for another stream. */
void clients_unhash(struct clients *clients, struct client_stream *stream);

/* Removes a flood and its streams. */
void clients_remove(struct clients *clients, struct client_flood *flood);

/* Removes all. */
void clients_end(struct clients *clients);

#endif
