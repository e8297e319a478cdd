/* Load for an echo server: clients with some datagrams in flight each, all in
   one process, each datagram sent and received by a plain system call.
 *
 *   echo_clients PORT CLIENTS IN_FLIGHT SIZE SECONDS
 *
 * One client with one datagram in flight is a ping. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define CLIENTS_MAX 1024
#define TIMES_MAX (8u << 20)
#define LOST_MS 50 /* with no answer for so long, all is sent again */

static int fds[CLIENTS_MAX], clients, in_flight;
static size_t size;
static double *times;
static size_t count;
static unsigned char payload[65536];

static void send_to(int client) {
    double now = bench_now();

    *(double *)payload = now;
    send(fds[client], payload, size, 0);
}

static void send_all(void) {
    for (int i = 0; i < clients; i++) {
        for (int k = 0; k < in_flight; k++)
            send_to(i);
    }
}

static void receive_from(int client) {
    static union {
        unsigned char bytes[65536];
        double sent;
    } buffer;

    while (recv(fds[client], buffer.bytes, sizeof buffer, MSG_DONTWAIT) >= 8) {
        if (count < TIMES_MAX)
            times[count++] = bench_now() - buffer.sent;
        send_to(client);
    }
}

static void turn(int epoll) {
    struct epoll_event ready[64];
    int n = epoll_wait(epoll, ready, 64, LOST_MS);

    if (n == 0)
        send_all();
    for (int i = 0; i < n; i++)
        receive_from(ready[i].data.fd);
}

int main(int argc, char **argv) {
    double seconds, start;
    int epoll = epoll_create1(0);

    if (argc != 6) {
        fprintf(stderr,
                "usage: echo_clients PORT CLIENTS IN_FLIGHT SIZE SECONDS\n");
        return 2;
    }
    clients = atoi(argv[2]);
    in_flight = atoi(argv[3]);
    size = (size_t)atoi(argv[4]);
    seconds = atof(argv[5]);
    times = malloc(TIMES_MAX * sizeof *times);
    if (times == NULL || clients > CLIENTS_MAX || size < sizeof(double))
        return 1;
    for (int i = 0; i < clients; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = i};

        fds[i] = bench_connected((uint16_t)atoi(argv[1]));
        epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event);
    }
    send_all();
    for (start = bench_now(); bench_now() - start < seconds / 5;)
        turn(epoll); /* to warm up */
    count = 0;
    for (start = bench_now(); bench_now() - start < seconds;)
        turn(epoll);
    bench_percentiles(times, count, bench_now() - start);
    return 0;
}
