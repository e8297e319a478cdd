/* The counters of the system: where datagrams were lost, and how many. */
#include "doctor/facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The names in /proc/net/snmp; in /proc/net/snmp6 they begin with "Udp6". */
static const struct counter {
    const char *name, *member;
    size_t offset;
} counters_known[] = {
#define COUNTER(name, member)                                                  \
    { name, #member, offsetof(struct udp_counters, member) }
    COUNTER("InDatagrams", received),      COUNTER("NoPorts", no_port),
    COUNTER("InErrors", errors),           COUNTER("OutDatagrams", sent),
    COUNTER("RcvbufErrors", receive_full), COUNTER("SndbufErrors", send_full),
    COUNTER("InCsumErrors", checksum),     COUNTER("MemErrors", no_memory),
#undef COUNTER
};

#define COUNTER_COUNT (sizeof counters_known / sizeof *counters_known)

static uint64_t *member_of(struct udp_counters *counters, size_t i) {
    return (uint64_t *)(void *)((char *)counters + counters_known[i].offset);
}

static void add(struct udp_counters *counters, const char *name, size_t length,
                const char *number) {
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        if (strlen(counters_known[i].name) == length &&
            memcmp(counters_known[i].name, name, length) == 0)
            *member_of(counters, i) += strtoull(number, NULL, 10);
    }
}

/* Two lines that begin with "Udp:" have the names and the numbers, in the same
   order. */
static bool parse_columns(const char *names, struct udp_counters *counters) {
    const char *numbers = strstr(names, "\nUdp:");

    if (numbers == NULL)
        return false;
    names += strlen("Udp:");
    numbers += strlen("\nUdp:");
    for (;;) {
        size_t length;

        names += strspn(names, " ");
        numbers += strspn(numbers, " ");
        length = strcspn(names, " \n");
        if (length == 0 || *numbers < '0' || *numbers > '9')
            return true;
        add(counters, names, length, numbers);
        names += length;
        numbers += strcspn(numbers, " \n");
    }
}

/* Each line has a name and a number. */
static bool parse_lines(const char *text, struct udp_counters *counters) {
    bool has_some = false;

    for (; text != NULL; text = strchr(text, '\n')) {
        const char *name;
        size_t length;

        text += strspn(text, "\n");
        if (*text == '\0')
            break;
        length = strcspn(text, " \t\n");
        if (strncmp(text, "Udp6", 4) != 0 || length < 4)
            continue;
        name = text + 4;
        add(counters, name, length - 4,
            text + length + strspn(text + length, " \t"));
        has_some = true;
    }
    return has_some;
}

bool counters_parse(const char *text, struct udp_counters *counters) {
    const char *columns =
        strncmp(text, "Udp:", 4) == 0 ? text : strstr(text, "\nUdp: ");

    if (columns != NULL)
        return parse_columns(columns + (*columns == '\n'), counters);
    return parse_lines(text, counters);
}

/* What each kind of loss means, the worst first. */
static const struct loss {
    size_t offset;
    const char *fact, *advice;
} losses[] = {
    {offsetof(struct udp_counters, receive_full),
     "found a full receive buffer (RcvbufErrors)",
     "a program reads too slowly: a larger SO_RCVBUF, or more processes "
     "(--workers); ss -uamp shows the socket"},
    {offsetof(struct udp_counters, no_memory),
     "found the memory of UDP used up (MemErrors)",
     "as root: raise sysctl net.ipv4.udp_mem (in pages)"},
    {offsetof(struct udp_counters, checksum),
     "had a wrong checksum (InCsumErrors)",
     "a link, a driver or an offload damages packets: compare with ethtool -K "
     "NAME rx off on the receiver"},
    {offsetof(struct udp_counters, send_full),
     "were not sent for lack of buffers (SndbufErrors)",
     "a program sends faster than the interface: pace it, as 'flood --rate' "
     "does, or raise SO_SNDBUF"},
    {offsetof(struct udp_counters, errors), "were dropped (InErrors)",
     "see nstat -az 'Udp*'"},
};

static uint64_t count_of(const struct udp_counters *counters, size_t offset) {
    return *(const uint64_t *)(const void *)((const char *)counters + offset);
}

static void judge_loss(struct check *check, const struct loss *loss,
                       uint64_t count, uint64_t total) {
    bool is_much = count >= total / 1000 + (total % 1000 > 0);

    check_set(check, is_much ? CHECK_WARNING : CHECK_NOTE,
              "%" PRIu64 " of %" PRIu64 " (%.3g %%) %s", count, total,
              100.0 * (double)count / (double)total, loss->fact);
    check_advise(check, "%s", loss->advice);
}

void judge_counters(struct check *check, const struct udp_counters *counters) {
    struct udp_counters copy = *counters;

    for (size_t i = 0; i < COUNTER_COUNT; i++)
        check_number(check, counters_known[i].member, *member_of(&copy, i));
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        uint64_t count = count_of(counters, losses[i].offset);
        bool is_out =
            losses[i].offset == offsetof(struct udp_counters, send_full);

        if (count == 0)
            continue;
        judge_loss(check, &losses[i], count,
                   count + (is_out ? counters->sent : counters->received));
        return;
    }
    check_set(check, CHECK_OK,
              "%" PRIu64 " datagrams received, %" PRIu64 " sent, none dropped",
              counters->received, counters->sent);
}

/* A row for each processor, of hexadecimal columns: packets, dropped,
   squeezed. */
bool backlog_parse(const char *text, uint64_t *dropped, uint64_t *squeezed) {
    bool has_row = false;

    *dropped = *squeezed = 0;
    while (*text != '\0') {
        uint64_t columns[3] = {0};
        char *end = NULL;
        int i = 0;

        for (const char *at = text; i < 3; i++, at = end) {
            columns[i] = strtoull(at, &end, 16);
            if (end == at)
                break;
        }
        if (i == 3) {
            *dropped += columns[1];
            *squeezed += columns[2];
            has_row = true;
        }
        text += strcspn(text, "\n");
        text += strspn(text, "\n");
    }
    return has_row;
}

void judge_backlog(struct check *check, uint64_t dropped, uint64_t squeezed,
                   uint64_t limit) {
    check_number(check, "dropped", dropped);
    check_number(check, "squeezed", squeezed);
    if (limit > 0)
        check_number(check, "netdev_max_backlog", limit);
    if (dropped == 0) {
        check_set(check, CHECK_OK, "no packet was dropped before the sockets");
        return;
    }
    check_set(check, CHECK_NOTE,
              "%" PRIu64 " packets of this host were dropped in the queue of a "
              "processor (softnet_stat)",
              dropped);
    check_advise(check,
                 "as root: sysctl -w net.core.netdev_max_backlog=%" PRIu64,
                 limit > 0 ? 2 * limit : 5000);
}

void judge_conntrack(struct check *check, uint64_t count, uint64_t max) {
    bool is_full = max > 0 && count >= max - max / 10;

    check_number(check, "tracked", count);
    check_number(check, "nf_conntrack_max", max);
    check_set(check, is_full ? CHECK_WARNING : CHECK_OK,
              "the packet filter tracks %" PRIu64 " of at most %" PRIu64
              " flows",
              count, max);
    if (is_full)
        check_advise(
            check,
            "if the table is full, packets of new flows are dropped: "
            "as root: sysctl -w net.netfilter.nf_conntrack_max=%" PRIu64,
            2 * max);
}
