#include "datapath/offload.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "os/lock.h"

/* The first release that corrupts GSO packets, and the first that does not. */
#define CORRUPT_FROM RELEASE(7, 0, 0)
#define CORRUPT_UNTIL RELEASE(7, 1, 5)

/* The first release that only coalesces datagrams with equal TOS and TTL. Older
   ones compare these for GRO, but only TCP uses the result; the commit "net:
   gro: add flush check in udp_gro_receive_segment" makes UDP use it. For IPv6,
   they mix traffic classes only: another hop limit is another flow. Some
   releases of stable series before 6.9 have the commit, too. */
#define EQUAL_HEADERS_FROM RELEASE(6, 9, 0)

/* The first release that accepts 128 datagrams as one message. Older ones
   accept 64. Some releases of stable series have the change, too. */
#define LONG_MESSAGES_FROM RELEASE(6, 9, 0)

#define RELEASE(major, minor, patch)                                           \
    (((uint64_t)(major) << 40) | ((uint64_t)(minor) << 20) | (uint64_t)(patch))

#define RELEASE_PART_MAX 0xfffffu

/* The whole text must be digits. Larger numbers become UINT32_MAX. */
static bool parse_number(const char *text, uint32_t *number_out) {
    uint64_t number = 0;

    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        if (number < UINT32_MAX)
            number = number * 10 + (uint64_t)(*text - '0');
    }
    *number_out = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
    return true;
}

struct offload_override offload_parse(const char *text) {
    struct offload_override override = {0};
    uint32_t number;

    if (text == NULL || *text == '\0' || strcasecmp(text, "auto") == 0)
        return override;
    if (strcasecmp(text, "on") == 0)
        override.on = true;
    else if (parse_number(text, &number) && number > 0)
        override.segments_max = number;
    else
        override.off = true;
    return override;
}

static struct offload_override environment;
static struct os_once environment_once = OS_ONCE_INIT;

/* Once: another thread may call setenv() later. */
static void read_environment(void) {
    environment = offload_parse(getenv("DGRAM_OFFLOAD"));
}

struct offload_override offload_environment(void) {
    os_once_run(&environment_once, read_environment);
    return environment;
}

/* Parses "7.1.4-arch1". A missing part is 0, as in "7.1-rc3". */
static uint64_t parse_release(const char *text) {
    uint64_t parts[3] = {0};

    for (int i = 0; i < 3 && isdigit((unsigned char)*text); i++) {
        for (; isdigit((unsigned char)*text); text++) {
            parts[i] = parts[i] * 10 + (uint64_t)(*text - '0');
            if (parts[i] > RELEASE_PART_MAX)
                parts[i] = RELEASE_PART_MAX;
        }
        if (*text == '.')
            text++;
        else
            break;
    }
    return RELEASE(parts[0], parts[1], parts[2]);
}

bool offload_corrupts(const char *kernel_release) {
    uint64_t release = parse_release(kernel_release);

    return release >= CORRUPT_FROM && release < CORRUPT_UNTIL;
}

bool offload_mixes_headers(const char *kernel_release) {
    return parse_release(kernel_release) < EQUAL_HEADERS_FROM;
}

uint32_t offload_segments_max(const char *kernel_release) {
    return parse_release(kernel_release) < LONG_MESSAGES_FROM
               ? OFFLOAD_SEGMENTS_PORTABLE
               : UINT32_MAX;
}

static uint32_t lesser_bound(uint32_t a, uint32_t b) {
    if (a == 0 || b == 0)
        return a + b;
    return a < b ? a : b;
}

struct offload offload_decide(dgram_offload mode, uint32_t segments_max,
                              struct offload_override override,
                              const char *kernel_release) {
    struct offload offload = {.segments_max = 1};

    if (override.off)
        mode = DGRAM_OFFLOAD_OFF;
    else if (override.on && mode == DGRAM_OFFLOAD_AUTO)
        mode = DGRAM_OFFLOAD_ON;
    if (mode == DGRAM_OFFLOAD_OFF)
        return offload;
    segments_max = lesser_bound(segments_max, override.segments_max);
    offload.segments_max = segments_max == 0 ? UINT32_MAX : segments_max;
    offload.local_only =
        mode == DGRAM_OFFLOAD_AUTO && offload_corrupts(kernel_release);
    offload.gro = true;
    offload.gro_mixes_headers =
        mode == DGRAM_OFFLOAD_AUTO && offload_mixes_headers(kernel_release);
    return offload;
}
