/* How evenly are datagrams spaced? One thread sends them every GAP microseconds
   by a timer, or all at once: with the time of each (SO_TXTIME), or with a
   limit of the rate (SO_MAX_PACING_RATE), which the queueing discipline fq
   keeps. The kernel's timestamps at the receiver give the gaps.

     pacing timer|txtime|rate GAP COUNT [ADDRESS]

   It prints how far the gaps are from GAP, and the processor time of a
   datagram. For the last two: tc qdisc replace dev DEVICE root fq */
#include "bench.h"

#include <arpa/inet.h>
#include <linux/net_tstamp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SIZE 1200
#define HEADERS 42     /* that the rate counts, too */
#define START 10000000 /* nanoseconds from now to the first datagram */

static enum { BY_TIMER, BY_TIME, BY_RATE } how;
static int64_t gap, count, *arrival;
static int sender;
static struct sockaddr_in to;

static int64_t monotonic(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void wait_until(int64_t time) {
    struct timespec when = {.tv_sec = time / 1000000000,
                            .tv_nsec = time % 1000000000};

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

static void send_now(struct msghdr *header) {
    if (sendmsg(sender, header, 0) < 0)
        perror("sendmsg");
}

/* With a time, the datagram leaves then; with 0, now. */
static void send_at(int64_t time) {
    static unsigned char payload[SIZE];
    struct iovec part = {payload, sizeof payload};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int64_t))];
    } control = {0};
    struct msghdr header = {.msg_name = &to,
                            .msg_namelen = sizeof to,
                            .msg_iov = &part,
                            .msg_iovlen = 1};

    if (time != 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = sizeof control.bytes;
        control.align.cmsg_level = SOL_SOCKET;
        control.align.cmsg_type = SCM_TXTIME;
        control.align.cmsg_len = CMSG_LEN(sizeof time);
        memcpy(CMSG_DATA(&control.align), &time, sizeof time);
    }
    send_now(&header);
}

static void *send_all(void *argument) {
    int64_t start = monotonic() + START;

    for (int64_t i = 0; i < count; i++) {
        if (how == BY_TIMER)
            wait_until(start + i * gap);
        send_at(how == BY_TIME ? start + i * gap : 0);
    }
    return argument;
}

/* Returns the kernel's time of a datagram, or 0 if none comes. */
static int64_t receive_one(int fd) {
    char payload[SIZE], control[64];
    struct iovec part = {payload, sizeof payload};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    struct timespec time;

    if (recvmsg(fd, &header, 0) < 0 || CMSG_FIRSTHDR(&header) == NULL)
        return 0;
    memcpy(&time, CMSG_DATA(CMSG_FIRSTHDR(&header)), sizeof time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void report(int64_t received, double cpu) {
    int64_t gaps = received - 1;

    if (gaps < 1)
        exit(1);
    for (int64_t i = 0; i < gaps; i++)
        arrival[i] = llabs(arrival[i + 1] - arrival[i] - gap);
    qsort(arrival, (size_t)gaps, sizeof arrival[0], compare);
    printf("result received=%lld error_p50_us=%.1f error_p99_us=%.1f "
           "error_max_us=%.1f cpu_us=%.2f\n",
           (long long)received, (double)arrival[gaps / 2] / 1e3,
           (double)arrival[gaps * 99 / 100] / 1e3,
           (double)arrival[gaps - 1] / 1e3, cpu / (double)count * 1e6);
}

static int open_receiver(void) {
    struct timeval limit = {.tv_sec = 1};
    int on = 1, size = RECEIVE_BUFFER, fd = socket(AF_INET, SOCK_DGRAM, 0);
    socklen_t length = sizeof to;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (bind(fd, (struct sockaddr *)&to, sizeof to) < 0 ||
        getsockname(fd, (struct sockaddr *)&to, &length) < 0) {
        perror("receiver");
        exit(1);
    }
    return fd;
}

static void open_sender(void) {
    const struct sock_txtime clock = {.clockid = CLOCK_MONOTONIC};
    unsigned rate = (unsigned)((SIZE + HEADERS) * INT64_C(1000000000) / gap);
    int size = RECEIVE_BUFFER, result = 0;

    sender = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (how == BY_TIME)
        result =
            setsockopt(sender, SOL_SOCKET, SO_TXTIME, &clock, sizeof clock);
    if (how == BY_RATE)
        result = setsockopt(sender, SOL_SOCKET, SO_MAX_PACING_RATE, &rate,
                            sizeof rate);
    if (result < 0) {
        perror("setsockopt");
        exit(1);
    }
}

int main(int argc, char **argv) {
    static const char *const names[] = {"timer", "txtime", "rate"};
    int64_t received = 0;
    pthread_t thread;
    int receiver, i = 0;

    while (i < 3 && argc > 1 && strcmp(argv[1], names[i]) != 0)
        i++;
    how = i;
    gap = argc > 2 ? atoll(argv[2]) * 1000 : 0;
    count = argc > 3 ? atoll(argv[3]) : 0;
    if (i == 3 || gap <= 0 || count <= 0)
        return 2;
    to.sin_family = AF_INET;
    inet_pton(AF_INET, argc > 4 ? argv[4] : "127.0.0.1", &to.sin_addr);
    arrival = calloc((size_t)count, sizeof arrival[0]);
    receiver = open_receiver();
    open_sender();
    pthread_create(&thread, NULL, send_all, NULL);
    while (received < count && (arrival[received] = receive_one(receiver)) != 0)
        received++;
    pthread_join(thread, NULL);
    report(received, bench_cpu());
    return 0;
}
