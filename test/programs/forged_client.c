/* Asks a server on loopback, with forged questions between its own.
 *
     forged_client PORT PROCESS [FILE]
 *
   The forged ones say that they come from where no answer can go. Each round is
   sent while the server's process is stopped, so that it reads all at once; 0:
   it is not stopped. FILE holds the question. Ends with 1 if a question of its
   own was not answered, and with 77 where it may not forge. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ROUNDS 20
#define QUESTIONS 60 /* of a round */
#define QUESTION_MAX 512

static const struct {
    const char *address;
    uint16_t port;
} forged[] = {
    {"127.0.0.1", 0},       {"255.255.255.255", 9}, {"127.255.255.255", 9},
    {"255.255.255.255", 0}, {"0.0.0.0", 9},         {"0.0.0.0", 0},
};

static struct sockaddr_in server = {.sin_family = AF_INET};
static unsigned char question[QUESTION_MAX] = "question";
static size_t question_length = 8;

static void forge(int raw, const char *address, uint16_t port) {
    unsigned char
        packet[sizeof(struct iphdr) + sizeof(struct udphdr) + QUESTION_MAX];
    size_t length =
        sizeof(struct iphdr) + sizeof(struct udphdr) + question_length;
    struct iphdr ip = {
        .version = 4,
        .ihl = sizeof ip / 4,
        .ttl = 64,
        .protocol = IPPROTO_UDP,
        .daddr = server.sin_addr.s_addr,
        .saddr = inet_addr(address),
    };
    struct udphdr udp = {
        .uh_sport = htons(port),
        .uh_dport = server.sin_port,
        .uh_ulen = htons((uint16_t)(sizeof udp + question_length)),
    };

    memcpy(packet, &ip, sizeof ip);
    memcpy(packet + sizeof ip, &udp, sizeof udp);
    memcpy(packet + sizeof ip + sizeof udp, question, question_length);
    if (sendto(raw, packet, length, 0, (struct sockaddr *)&server,
               sizeof server) < 0) {
        perror("forged_client");
        exit(1);
    }
}

/* Sends the forged half of the requests, and the other half. */
static void ask(int fd, int raw) {
    for (int i = 0; i < QUESTIONS; i++) {
        if (i % 10 == 5) {
            size_t n = (size_t)i / 10 % (sizeof forged / sizeof forged[0]);

            forge(raw, forged[n].address, forged[n].port);
        }
        if (send(fd, question, question_length, 0) < 0)
            perror("forged_client");
    }
}

static int count_answers(int fd) {
    unsigned char answer[2048];
    int count = 0;

    while (count < QUESTIONS && recv(fd, answer, sizeof answer, 0) >= 0)
        count++;
    return count;
}

static void read_question(const char *name) {
    FILE *file = fopen(name, "rb");

    if (file == NULL) {
        perror(name);
        exit(1);
    }
    question_length = fread(question, 1, sizeof question, file);
    fclose(file);
}

int main(int argc, char **argv) {
    struct timeval limit = {.tv_sec = 5};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    pid_t process = argc > 2 ? (pid_t)atol(argv[2]) : 0;
    int answered = 0;

    if (raw < 0) {
        printf("skipped: raw sockets: %s\n", strerror(errno));
        return 77;
    }
    server.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 7000));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (argc > 3)
        read_question(argv[3]);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        return 1;
    for (int i = 0; i < ROUNDS && answered == i * QUESTIONS; i++) {
        if (process > 0)
            kill(process, SIGSTOP);
        ask(fd, raw);
        if (process > 0)
            kill(process, SIGCONT);
        answered += count_answers(fd);
    }
    printf("%d of %d answered\n", answered, ROUNDS * QUESTIONS);
    return answered != ROUNDS * QUESTIONS;
}
