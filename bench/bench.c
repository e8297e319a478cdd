#include "bench.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

double bench_now(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double bench_cpu(void) {
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

bool bench_info(void) {
    return getenv("BENCH_INFO") != NULL;
}

struct sockaddr_in bench_loopback(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

const char *bench_host(void) {
    const char *host = getenv("BENCH_HOST");

    return host != NULL ? host : "127.0.0.1";
}

struct sockaddr_in bench_to(uint16_t port) {
    struct sockaddr_in address = bench_loopback(port);

    if (inet_pton(AF_INET, bench_host(), &address.sin_addr) != 1) {
        fprintf(stderr, "BENCH_HOST is no IPv4 address\n");
        exit(2);
    }
    return address;
}

static uint32_t random_below(uint32_t limit) {
    static uint32_t state = 1;

    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

/* Payloads of packets of 64, 576 and 1500 bytes. */
static size_t imix_length(void) {
    uint32_t choice = random_below(12);

    return choice < 7 ? 64 - 28 : choice < 11 ? 576 - 28 : 1500 - 28;
}

static void fill_batch(struct work *work) {
    size_t at = 0, average = work->shape == SHAPE_IMIX ? 344 : work->size;

    work->count = BATCH_BYTES_MAX / average;
    if (work->count > BATCH_MAX || work->shape == SHAPE_FAN)
        work->count = BATCH_MAX;
    for (size_t i = 0; i < work->count; i++) {
        work->offset[i] = at;
        work->length[i] =
            work->shape == SHAPE_IMIX ? imix_length() : work->size;
        at += work->length[i];
        work->to[i] = bench_to(work->port);
        if (work->shape == SHAPE_FAN)
            work->to[i].sin_addr.s_addr =
                htonl(INADDR_LOOPBACK + (uint32_t)(i % FAN_OUT));
    }
    for (size_t i = 0; i < at; i++)
        work->payload[i] = (unsigned char)i;
}

struct work *bench_work(int argc, char **argv) {
    static struct work work;

    if (argc != 5) {
        fprintf(stderr, "usage: %s PORT same|imix|fan SIZE SECONDS\n", argv[0]);
        exit(2);
    }
    work.port = (uint16_t)atoi(argv[1]);
    work.shape = strcmp(argv[2], "imix") == 0  ? SHAPE_IMIX
                 : strcmp(argv[2], "fan") == 0 ? SHAPE_FAN
                                               : SHAPE_SAME;
    work.size = (size_t)atoi(argv[3]);
    work.seconds = atof(argv[4]);
    if (work.size < 1 || work.size > 1472) {
        fprintf(stderr, "%s: SIZE is not from 1 to 1472\n", argv[0]);
        exit(2);
    }
    fill_batch(&work);
    return &work;
}

int bench_bound(uint16_t *port_out) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = RECEIVE_BUFFER;
    struct sockaddr_in address = bench_loopback(0);
    socklen_t length = sizeof address;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
        perror("bind");
        exit(1);
    }
    *port_out = ntohs(address.sin_port);
    return fd;
}

int bench_connected(uint16_t port) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = bench_to(port);

    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        exit(1);
    }
    return fd;
}

void bench_ready(uint16_t port) {
    printf("ready %u\n", (unsigned)port);
    fflush(stdout);
}

void bench_count(struct tally *tally, uint64_t datagrams, uint64_t bytes) {
    double now = bench_now();

    if (tally->start == 0) {
        tally->start = now;
        tally->cpu_start = bench_cpu();
    }
    tally->datagrams += datagrams;
    tally->bytes += bytes;
    if (now - tally->start < tally->seconds)
        return;
    printf("result kpps=%.3f gbps=%.4f cpu_us=%.4f datagrams=%llu\n",
           (double)tally->datagrams / (now - tally->start) / 1e3,
           (double)tally->bytes * 8 / (now - tally->start) / 1e9,
           (bench_cpu() - tally->cpu_start) / (double)tally->datagrams * 1e6,
           (unsigned long long)tally->datagrams);
    exit(0);
}

void bench_sent(uint64_t datagrams, double start, double cpu_start) {
    printf("result kpps=%.3f cpu_us=%.4f datagrams=%llu\n",
           (double)datagrams / (bench_now() - start) / 1e3,
           (bench_cpu() - cpu_start) / (double)datagrams * 1e6,
           (unsigned long long)datagrams);
}

static int compare(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

void bench_percentiles(double *times, size_t count, double seconds) {
    qsort(times, count, sizeof *times, compare);
    if (count == 0) {
        printf("result count=0\n");
        return;
    }
    printf("result count=%zu kpps=%.3f p50_us=%.2f p90_us=%.2f p99_us=%.2f "
           "p999_us=%.2f\n",
           count, (double)count / seconds / 1e3, times[count / 2] * 1e6,
           times[count * 9 / 10] * 1e6, times[count * 99 / 100] * 1e6,
           times[count * 999 / 1000] * 1e6);
}
