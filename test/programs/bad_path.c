/* A relay on loopback that treats datagrams as a bad path does, both ways.
 *
     bad_path PORT [drop=N] [twice=N] [swap=N] [forge] [spoil=OFFSET]
 [alter=OFFSET] [only]
 *
   It relays to PORT, and prints the port that it listens on. Of the datagrams
   it drops each Nth, sends each Nth twice, and swaps each Nth with the next.
   With "forge" an altered copy of each answer goes ahead of it, from a foreign
   port. With "spoil" such a copy comes from the right port, and its byte at
   OFFSET is inverted. What is altered is the byte at OFFSET, or the last. With
 "only" the answers themselves do not follow. On SIGTERM it prints what it did.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 200
#define HELD_MS 20 /* a swapped datagram waits no longer for the next */
#define DATAGRAM_MAX 65536

static struct client {
    struct sockaddr_in address;
    int fd; /* connected to the server */
} clients[CLIENTS_MAX];
static size_t client_count;

/* Of one direction. */
struct path {
    long seen;
    bool holds;
    struct client *client; /* of the datagram that is held */
    size_t length;
    unsigned char held[DATAGRAM_MAX];
};
static struct path forward, back;

static long drop, twice, swap, spoil = -1, alter = -1;
static bool forges, only;
static long dropped, doubled, swapped, forged;
static int listener, foreign;
static struct sockaddr_in server = {.sin_family = AF_INET};
static volatile sig_atomic_t ends;

static void on_signal(int number) {
    (void)number;
    ends = 1;
}

static int open_socket(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) < 0) {
        perror("bad_path");
        exit(1);
    }
    return fd;
}

static void answer(int fd, const struct client *client, const void *bytes,
                   size_t length) {
    sendto(fd, bytes, length, 0, (const struct sockaddr *)&client->address,
           sizeof client->address);
}

/* What the client must ignore. */
static void mislead(const struct client *client, const unsigned char *bytes,
                    size_t length) {
    static unsigned char copy[DATAGRAM_MAX];

    if (length == 0)
        return;
    memcpy(copy, bytes, length);
    copy[alter >= 0 && (size_t)alter < length ? (size_t)alter : length - 1] ^=
        0x55;
    if (forges) {
        answer(foreign, client, copy, length);
        forged++;
    }
    if (spoil >= 0 && (size_t)spoil < length) {
        copy[spoil] ^= 0xff;
        answer(listener, client, copy, length);
        forged++;
    }
}

static void deliver(struct path *path, struct client *client,
                    const unsigned char *bytes, size_t length) {
    if (path == &forward) {
        send(client->fd, bytes, length, 0);
        return;
    }
    mislead(client, bytes, length);
    if (!only)
        answer(listener, client, bytes, length);
}

static void release(struct path *path) {
    if (path->holds)
        deliver(path, path->client, path->held, path->length);
    path->holds = false;
}

static bool is_due(long number, long each) {
    return each > 0 && number % each == 0;
}

static void pass(struct path *path, struct client *client,
                 const unsigned char *bytes, size_t length) {
    long number = ++path->seen;

    if (is_due(number, drop)) {
        dropped++;
        return;
    }
    if (is_due(number, swap) && !path->holds) {
        memcpy(path->held, bytes, length);
        path->length = length;
        path->client = client;
        path->holds = true;
        swapped++;
        return;
    }
    deliver(path, client, bytes, length);
    if (is_due(number, twice)) {
        deliver(path, client, bytes, length);
        doubled++;
    }
    release(path);
}

/* The oldest client makes room for a new one. */
static struct client *client_at(const struct sockaddr_in *address) {
    static size_t next;
    struct client *client;

    for (size_t i = 0; i < client_count; i++)
        if (clients[i].address.sin_port == address->sin_port &&
            clients[i].address.sin_addr.s_addr == address->sin_addr.s_addr)
            return &clients[i];
    client = &clients[next++ % CLIENTS_MAX];
    if (client_count < CLIENTS_MAX)
        client_count++;
    else
        close(client->fd);
    client->address = *address;
    client->fd = open_socket();
    if (connect(client->fd, (struct sockaddr *)&server, sizeof server) < 0)
        perror("bad_path");
    return client;
}

static void receive(void) {
    static unsigned char bytes[DATAGRAM_MAX];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t length = recvfrom(listener, bytes, sizeof bytes, MSG_DONTWAIT,
                              (struct sockaddr *)&from, &size);

    if (length >= 0)
        pass(&forward, client_at(&from), bytes, (size_t)length);
    for (size_t i = 0; i < client_count; i++) {
        length = recv(clients[i].fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (length >= 0)
            pass(&back, &clients[i], bytes, (size_t)length);
    }
}

static void relay(void) {
    while (!ends) {
        struct pollfd fds[CLIENTS_MAX + 1];
        nfds_t count = client_count + 1;

        fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (size_t i = 0; i < client_count; i++)
            fds[i + 1] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
        if (poll(fds, count, forward.holds || back.holds ? HELD_MS : -1) > 0)
            receive();
        else {
            release(&forward);
            release(&back);
        }
    }
}

static void read_arguments(int argc, char **argv) {
    static const struct {
        const char *name;
        long *value;
    } numbers[] = {{"drop=", &drop},
                   {"twice=", &twice},
                   {"swap=", &swap},
                   {"spoil=", &spoil},
                   {"alter=", &alter}};

    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "forge") == 0)
            forges = true;
        if (strcmp(argv[i], "only") == 0)
            only = true;
        for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
            size_t length = strlen(numbers[n].name);

            if (strncmp(argv[i], numbers[n].name, length) == 0)
                *numbers[n].value = atol(argv[i] + length);
        }
    }
}

int main(int argc, char **argv) {
    struct sigaction action = {.sa_handler = on_signal};
    struct sockaddr_in self;
    socklen_t size = sizeof self;

    if (argc < 2) {
        fprintf(stderr, "usage: bad_path PORT [drop=N] [twice=N] [swap=N] "
                        "[forge] [spoil=OFFSET] [alter=OFFSET] [only]\n");
        return 2;
    }
    read_arguments(argc, argv);
    server.sin_port = htons((uint16_t)atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sigaction(SIGTERM, &action, NULL);
    listener = open_socket();
    foreign = open_socket();
    getsockname(listener, (struct sockaddr *)&self, &size);
    printf("listening on port %d\n", ntohs(self.sin_port));
    fflush(stdout);
    relay();
    printf("%ld dropped, %ld doubled, %ld swapped, %ld forged\n", dropped,
           doubled, swapped, forged);
    return 0;
}
