/*
 * What the programs of the benchmark share.
 *
 * A receiver or server binds a free port, prints "ready PORT",
 * and runs until it is asked to end (SIGTERM) or, a receiver, for some seconds
 * from its first datagram on. Each program ends with one line:
 *
 *   result NAME=NUMBER ...
 */
#ifndef BENCH_H
#define BENCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAN_OUT 1024 /* destinations of the shape "fan" */
#define BATCH_BYTES_MAX 65536u
#define BATCH_MAX 1024u /* datagrams in one call */
#define RECEIVE_BUFFER (8 << 20)

#define INFO_TOS 0x2e /* of the datagrams sent with information */

/* Whether BENCH_INFO is set: send the local address and TOS with each datagram,
   and ask for them when receiving. */
bool bench_info(void);

/* Seconds of a monotonic clock, and of CPU time of this process. */
double bench_now(void);
double bench_cpu(void);

/* What a sender sends. */
enum shape {
    SHAPE_SAME, /* one size, one destination */
    SHAPE_IMIX, /* 64, 576 and 1500 bytes less headers, 7:4:1, shuffled */
    SHAPE_FAN,  /* one size, many destinations round robin */
};

struct work {
    uint16_t port;
    enum shape shape;
    size_t size;
    double seconds;
    unsigned char payload[BATCH_MAX * 1536]; /* all of a batch, in a row */
    size_t offset[BATCH_MAX], length[BATCH_MAX];
    struct sockaddr_in to[BATCH_MAX];
    size_t count; /* datagrams of a batch */
};

/* Reads PORT SHAPE SIZE SECONDS; ends the program if they are not that. */
struct work *bench_work(int argc, char **argv);

struct sockaddr_in bench_loopback(uint16_t port);

/* The destination of senders and clients: 127.0.0.1, or the IPv4 address in
   BENCH_HOST. */
const char *bench_host(void);
struct sockaddr_in bench_to(uint16_t port);

/* A socket bound to a free port of all addresses, with a large receive buffer;
   sets *port_out to its port. */
int bench_bound(uint16_t *port_out);
int bench_connected(uint16_t port);

void bench_ready(uint16_t port);

/* Counts what a receiver gets, and ends the program when the time is over. */
struct tally {
    uint64_t datagrams, bytes;
    double seconds; /* how long to count */
    double start, cpu_start;
};

void bench_count(struct tally *tally, uint64_t datagrams, uint64_t bytes);

/* The result of a sender. */
void bench_sent(uint64_t datagrams, double start, double cpu_start);

/* Sorts times and prints their percentiles. */
void bench_percentiles(double *times, size_t count, double seconds);

#endif
