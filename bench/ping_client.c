/* A single client that sends, waits for the answer, and sends again.
 *
 *   ping_client PORT SIZE SECONDS */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#define TIMES_MAX (4u << 20)

int main(int argc, char **argv) {
    struct timeval limit = {.tv_usec = 50000};
    static unsigned char payload[65536];
    double *times = malloc(TIMES_MAX * sizeof *times);
    double start, seconds;
    size_t count = 0, size;
    int fd;

    if (argc != 4 || times == NULL) {
        fprintf(stderr, "usage: ping_client PORT SIZE SECONDS\n");
        return 2;
    }
    fd = bench_connected((uint16_t)atoi(argv[1]));
    size = (size_t)atoi(argv[2]);
    seconds = atof(argv[3]);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    start = bench_now();
    while (bench_now() - start < seconds && count < TIMES_MAX) {
        double sent = bench_now();

        send(fd, payload, size, 0);
        if (recv(fd, payload, sizeof payload, 0) > 0 &&
            sent - start > seconds / 5)
            times[count++] = bench_now() - sent;
    }
    bench_percentiles(times, count, seconds * 0.8);
    return 0;
}
