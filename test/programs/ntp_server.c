/* A scripted NTP server on loopback.
 *
     ntp_server OFFSET_MS [leap=N] [stratum=N] [mode=N] [dispersion=N] [late]
 [zero]
 *
   It prints its port, and answers with a clock that is OFFSET_MS ahead of this
   host's. The other arguments spoil its answers; with "late" the transmit
   timestamp is before the receive timestamp, with "zero" both are 0. It ends
 when it is killed. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define PACKET_BYTES 48

static long offset, leap, stratum = 2, mode = 4, dispersion;
static int late, zero;

static void put32(unsigned char *out, uint32_t value) {
    value = htonl(value);
    memcpy(out, &value, sizeof value);
}

static void put_time(unsigned char *out, long ahead_ms) {
    struct timespec now;
    uint64_t ns;

    clock_gettime(CLOCK_REALTIME, &now);
    ns = (uint64_t)((now.tv_sec + 2208988800) * 1000000000 + now.tv_nsec +
                    ahead_ms * 1000000);
    put32(out, (uint32_t)(ns / 1000000000));
    put32(out + 4, (uint32_t)((ns % 1000000000 << 32) / 1000000000));
}

static void answer(unsigned char *packet) {
    put_time(packet + 32, offset);
    packet[0] = (unsigned char)(leap << 6 | 4 << 3 | mode);
    packet[1] = (unsigned char)stratum;
    memset(packet + 2, 0, 22);
    put32(packet + 8, (uint32_t)dispersion << 16);
    memcpy(packet + 12, "TEST", 4);
    memcpy(packet + 24, packet + 40, 8);
    put_time(packet + 40, late ? offset - 1000 : offset);
    if (zero)
        memset(packet + 32, 0, 16);
}

static void read_arguments(int argc, char **argv) {
    static const struct {
        const char *format;
        long *value;
    } numbers[] = {{"leap=%ld", &leap},
                   {"stratum=%ld", &stratum},
                   {"mode=%ld", &mode},
                   {"dispersion=%ld", &dispersion}};

    offset = argc > 1 ? atol(argv[1]) : 0;
    for (int i = 2; i < argc; i++) {
        late |= strcmp(argv[i], "late") == 0;
        zero |= strcmp(argv[i], "zero") == 0;
        for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
            sscanf(argv[i], numbers[n].format, numbers[n].value);
    }
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    unsigned char packet[PACKET_BYTES];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    read_arguments(argc, argv);
    if (bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        perror("ntp_server");
        return 1;
    }
    printf("listening on port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    while (recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&address,
                    &size) >= 0) {
        answer(packet);
        sendto(fd, packet, sizeof packet, 0, (struct sockaddr *)&address, size);
    }
    return 1;
}
