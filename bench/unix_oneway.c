/* Datagrams between two processes by a Unix socket, one way.

   usage: unix_oneway HOW SIZE SECONDS
   HOW: raw (sendto() and recvfrom(), which block), to_address (libdgram, each
   with its destination), to_peer (libdgram, connected).
   The receiver is a child of the sender. Nothing is lost, so the rate of the
   sender is that of both. */
#include "bench.h"

#include <dgram.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>

#define QUEUE_SIZE (256 * 1024) /* bytes that may wait in the library */
#define CLOCK_EVERY 64

static dgram_address to;
static size_t size;
static double seconds, start, cpu;
static uint64_t sent;
static unsigned char payload[200000];
static bool connected;

static void end_if_over(void) {
    if (sent % CLOCK_EVERY != 0 || bench_now() - start < seconds)
        return;
    bench_sent(sent, start, cpu);
    exit(0);
}

static socklen_t name_length(void) {
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + to.un.length);
}

static int receive_raw(int ready) {
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct sockaddr_un from;
    socklen_t from_size = sizeof from;

    if (bind(fd, &to.any, name_length()) < 0 || write(ready, "", 1) != 1)
        return 1;
    while (recvfrom(fd, payload, sizeof payload, 0, (void *)&from,
                    &from_size) >= 0)
        from_size = sizeof from;
    return 1;
}

static void on_batch(dgram_socket *s, const dgram_message *messages,
                     size_t count, void *data) {
    (void)s;
    (void)messages;
    (void)count;
    (void)data;
}

static int receive_dgram(int ready, const char *name) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};
    dgram_listener listener;
    dgram_socket *s;

    if (dgram_create(uv_default_loop(), DGRAM_UNIX, &s) < 0 ||
        dgram_bind_sync(s, name, 0) < 0 || write(ready, "", 1) != 1)
        return 1;
    dgram_on(s, &listener, &events, NULL);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

static int send_raw(void) {
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    while (sendto(fd, payload, size, 0, &to.any, name_length()) >= 0) {
        sent++;
        end_if_over();
    }
    return 1;
}

/* Until the queue is full. */
static void send_some(dgram_socket *s, void *data) {
    (void)data;
    while (dgram_send(s, payload, size, connected ? NULL : &to, NULL, NULL) ==
           0) {
        sent++;
        end_if_over();
    }
}

static int send_dgram(const char *name) {
    static const dgram_events events = {.size = sizeof events,
                                        .drain = send_some};
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UNIX,
                                   .send_queue_size_max =
                                       QUEUE_SIZE + 2 * (size + 256)};
    dgram_listener listener;
    dgram_socket *s;

    if (dgram_create_with(uv_default_loop(), &options, &s) < 0 ||
        (connected && dgram_connect_sync(s, name, 0) < 0))
        return 1;
    dgram_on(s, &listener, &events, NULL);
    send_some(s, NULL);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

int main(int argc, char **argv) {
    char name[64], byte;
    bool raw;
    int ready[2];

    if (argc != 4)
        return 2;
    raw = strcmp(argv[1], "raw") == 0;
    connected = strcmp(argv[1], "to_peer") == 0;
    size = (size_t)atol(argv[2]);
    seconds = atof(argv[3]);
    snprintf(name, sizeof name, "@dgram bench %d", (int)getpid());
    if (size > sizeof payload || dgram_address_unix(name, &to) < 0 ||
        pipe(ready) < 0)
        return 2;
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return raw ? receive_raw(ready[1]) : receive_dgram(ready[1], name);
    }
    if (read(ready[0], &byte, 1) != 1)
        return 1;
    start = bench_now();
    cpu = bench_cpu();
    return raw ? send_raw() : send_dgram(name);
}
