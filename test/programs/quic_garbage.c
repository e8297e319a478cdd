/* Sends a QUIC server on loopback what no client sends, and checks its answers.
 *
     quic_garbage PORT
 *
   Ends with 1 if an answer is missing, wrong, or longer than what it answers.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS 2000
#define ANSWER_MS 10000
#define PADDED 1200 /* bytes of a first packet */
#define LONGEST 1500
#define ID_LENGTH 8
#define V1 1u
#define UNKNOWN 0x1a2a3a4au
#define HEADER_LONG 0xc0
#define FORM_RETRY 0x30
#define TOKEN_MAGIC 0xb6 /* what ngtcp2's tokens begin with */

static int fd;
static unsigned char packet[LONGEST], answer[LONGEST];

static void fail(const char *what) {
    printf("quic_garbage: %s\n", what);
    exit(1);
}

/* The same in each run. */
static unsigned next_random(void) {
    static uint32_t state = 1;

    state = state * 1664525u + 1013904223u;
    return state >> 16;
}

static void fill_random(void) {
    for (size_t i = 0; i < sizeof packet; i++)
        packet[i] = (unsigned char)next_random();
}

/* The beginning of a first packet: version, both connection IDs, `token` bytes
   of a token, and the length of the rest. */
static void make_header(uint32_t version, unsigned char id, uint8_t token) {
    unsigned char *next = packet;
    uint16_t rest;

    fill_random();
    *next++ = HEADER_LONG;
    version = htonl(version);
    memcpy(next, &version, sizeof version);
    next += sizeof version;
    for (int i = 0; i < 2; i++) {
        *next++ = ID_LENGTH;
        memset(next, id + i, ID_LENGTH);
        next += ID_LENGTH;
    }
    *next++ = token;
    if (token > 0)
        *next = TOKEN_MAGIC;
    next += token;
    rest = htons((uint16_t)(0x4000 | (PADDED - (next - packet) - 2)));
    memcpy(next, &rest, sizeof rest);
}

static void transmit(size_t length) {
    if (send(fd, packet, length, 0) < 0)
        fail("cannot send");
}

/* The answer that goes to connection `id`. */
static size_t receive(unsigned char id) {
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    unsigned char expected[ID_LENGTH];
    ssize_t length;

    if (poll(&wait, 1, ANSWER_MS) != 1)
        fail("no answer");
    length = recv(fd, answer, sizeof answer, 0);
    memset(expected, id + 1, sizeof expected);
    if (length < 6 + ID_LENGTH || answer[5] != ID_LENGTH ||
        memcmp(answer + 6, expected, ID_LENGTH) != 0)
        fail("an answer to something else");
    if (length > PADDED)
        fail("the answer is longer than the question");
    return (size_t)length;
}

static uint32_t version_of_answer(void) {
    uint32_t version;

    memcpy(&version, answer + 1, sizeof version);
    return ntohl(version);
}

/* A short packet of an unknown version gets no answer, a padded one gets the
   list of versions. The first answer belongs to the second packet. */
static void ask_unknown_version(void) {
    make_header(UNKNOWN, 'a', 0);
    transmit(PADDED - 1);
    make_header(UNKNOWN, 'c', 0);
    transmit(PADDED);
    receive('c');
    if (version_of_answer() != 0)
        fail("no version negotiation");
}

static void ask_without_token(void) {
    make_header(V1, 'e', 0);
    transmit(PADDED - 1);
    make_header(V1, 'g', 0);
    transmit(PADDED);
    receive('g');
    if (version_of_answer() != V1 || (answer[0] & FORM_RETRY) != FORM_RETRY)
        fail("no Retry");
}

static void ask_with_forged_token(void) {
    make_header(V1, 'i', 60);
    transmit(PADDED);
    receive('i');
    if (version_of_answer() != V1 || (answer[0] & FORM_RETRY) != 0)
        fail("the forged token is not refused");
}

/* Packets of all kinds, with random contents; no answer is awaited. */
static void send_garbage(void) {
    for (unsigned i = 0; i < ROUNDS; i++) {
        fill_random();
        if (i % 4 == 0) {
            make_header(i % 8 == 0 ? V1 : UNKNOWN, 'k', (uint8_t)(i / 8));
            packet[next_random() % 32] ^= (unsigned char)next_random();
        }
        transmit(i % 3 == 0 ? PADDED : next_random() % sizeof packet);
    }
}

int main(int argc, char **argv) {
    struct sockaddr_in server = {.sin_family = AF_INET};

    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.sin_port = htons((uint16_t)atoi(argc > 1 ? argv[1] : ""));
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        fail("cannot connect");
    transmit(0);
    ask_unknown_version();
    ask_without_token();
    ask_with_forged_token();
    send_garbage();
    close(fd);
    return 0;
}
