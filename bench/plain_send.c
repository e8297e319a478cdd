/* A sender of another make: one send() a datagram, at a rate.
 *
 *   plain_send PORT SIZE PPS SECONDS */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv) {
    static unsigned char payload[65536];
    double start, cpu, rate, seconds;
    uint64_t sent = 0;
    size_t size;
    int fd;

    if (argc != 5) {
        fprintf(stderr, "usage: plain_send PORT SIZE PPS SECONDS\n");
        return 2;
    }
    fd = bench_connected((uint16_t)atoi(argv[1]));
    size = (size_t)atoi(argv[2]);
    rate = atof(argv[3]);
    seconds = atof(argv[4]);
    start = bench_now();
    cpu = bench_cpu();
    while (bench_now() - start < seconds) {
        double due = (bench_now() - start) * rate;

        for (; (double)sent < due; sent++)
            send(fd, payload, size, 0);
    }
    bench_sent(sent, start, cpu);
    return 0;
}
