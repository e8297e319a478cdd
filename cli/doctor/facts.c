/* What is known of kernels, of the environment, and of limits. */
#include "doctor/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The library has the same numbers, in src/datapath/offload.c. */
static const struct kernel_fault {
    unsigned from[3], until[3];
    bool corrupts_gso, mixes_headers;
} kernel_faults[] = {
    {{7, 0, 0}, {7, 1, 5}, .corrupts_gso = true},
    {{0, 0, 0}, {6, 9, 0}, .mixes_headers = true},
};

/* Missing parts are 0, as in "7.1-rc3". */
static void parse_release(const char *text, unsigned parts[3]) {
    memset(parts, 0, 3 * sizeof *parts);
    for (int i = 0; i < 3; i++) {
        char *end;
        unsigned long part = strtoul(text, &end, 10);

        if (end == text || *text < '0' || *text > '9')
            return;
        parts[i] = part < 0xfffff ? (unsigned)part : 0xfffff;
        if (*end != '.')
            return;
        text = end + 1;
    }
}

static int compare(const unsigned a[3], const unsigned b[3]) {
    for (int i = 0; i < 3; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

struct kernel_facts kernel_facts(const char *release) {
    struct kernel_facts facts = {false, false};
    unsigned parts[3];

    parse_release(release, parts);
    for (size_t i = 0; i < sizeof kernel_faults / sizeof *kernel_faults; i++) {
        const struct kernel_fault *fault = &kernel_faults[i];

        if (compare(parts, fault->from) < 0 ||
            compare(parts, fault->until) >= 0)
            continue;
        facts.corrupts_gso |= fault->corrupts_gso;
        facts.mixes_headers |= fault->mixes_headers;
    }
    return facts;
}

void judge_kernel(struct check *check, const char *release) {
    struct kernel_facts facts = kernel_facts(release);

    check_flag(check, "corrupts_gso", facts.corrupts_gso);
    check_flag(check, "mixes_headers", facts.mixes_headers);
    if (facts.corrupts_gso) {
        check->state = CHECK_WARNING;
        check_add(check, "; GSO packets that leave the host may be corrupt");
        check_advise(check,
                     "update to Linux 7.1.5 or newer; dgram uses GSO on this "
                     "host only, other programs may not know");
    } else if (facts.mixes_headers) {
        check->state = CHECK_NOTE;
        check_add(check, "; GRO joins datagrams of different TOS and TTL");
        check_advise(check, "dgram turns GRO off where you ask for these, as "
                            "in 'listen --verbose'; Linux 6.9 has the change");
    }
}

static bool is_number(const char *text) {
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' &&
           text[strspn(text, "0")] != '\0';
}

static bool is_word(const char *text, const char *word) {
    size_t i = 0;

    for (; word[i] != '\0'; i++) {
        if ((text[i] | 0x20) != word[i])
            return false;
    }
    return text[i] == '\0';
}

static void judge_offload(struct check *check, const char *text) {
    if (text == NULL || text[0] == '\0') {
        check_set(check, CHECK_OK, "DGRAM_OFFLOAD is not set");
        return;
    }
    check_text(check, "offload", text);
    if (is_word(text, "on"))
        check_set(check, CHECK_NOTE,
                  "DGRAM_OFFLOAD=on uses GSO and GRO on any kernel");
    else if (is_number(text))
        check_set(check, CHECK_NOTE,
                  "DGRAM_OFFLOAD=%s limits the segments of a message", text);
    else
        check_set(check, CHECK_WARNING,
                  "DGRAM_OFFLOAD=%s turns GSO and GRO off", text);
    check_advise(check, "it overrides --no-offload and --segments: unset "
                        "DGRAM_OFFLOAD");
}

void judge_environment(struct check *check, const char *offload,
                       const char *trace) {
    bool traces = trace != NULL && trace[0] != '\0' &&
                  strcmp(trace, "0") != 0 && strcmp(trace, "off") != 0;

    judge_offload(check, offload);
    check_flag(check, "trace", traces);
    if (!traces)
        return;
    check_add(check, "; DGRAM_TRACE prints all system calls, which is slow");
    if (check->state == CHECK_OK) {
        check->state = CHECK_NOTE;
        check_advise(check, "unset DGRAM_TRACE");
    }
}

/* A loop and a socket need 7 descriptors besides the standard streams. */
#define FILES_LEAST 16
#define FILES_FEW 256

void judge_files(struct check *check, uint64_t soft, uint64_t hard) {
    uint64_t wanted = hard < 1024 ? hard : 1024;

    check_number(check, "soft", soft);
    check_number(check, "hard", hard);
    check_set(check,
              soft < FILES_LEAST ? CHECK_WARNING
              : soft < FILES_FEW ? CHECK_NOTE
                                 : CHECK_OK,
              "%llu open files, at most %llu", (unsigned long long)soft,
              (unsigned long long)hard);
    if (check->state == CHECK_OK)
        return;
    if (wanted > soft)
        check_advise(check, "ulimit -n %llu", (unsigned long long)wanted);
    else
        check_advise(check, "the hard limit must be raised: LimitNOFILE= of "
                            "systemd, or limits.conf");
}

bool numbers_parse(const char *text, uint64_t *numbers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *end;

        text += strspn(text, " \t\n");
        if (*text < '0' || *text > '9')
            return false;
        numbers[i] = strtoull(text, &end, 10);
        text = end;
    }
    return true;
}

const char *size_text(uint64_t bytes, char text[SIZE_TEXT_MAX]) {
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    size_t unit = 0;

    while (unit < 3 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    if (unit == 0 && bytes >= 100000)
        snprintf(text, SIZE_TEXT_MAX, "%.1f KiB", (double)bytes / 1024);
    else
        snprintf(text, SIZE_TEXT_MAX, "%llu %s", (unsigned long long)bytes,
                 units[unit]);
    return text;
}
