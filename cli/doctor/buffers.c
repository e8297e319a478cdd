/* How large the buffers of a socket may be. */
#include "doctor/facts.h"

#include "doctor/checks.h"
#include "doctor/loopback.h"
#include "doctor/system.h"

/* The size of a buffer that programs may need: 20 milliseconds of 100,000
   datagrams a second. New kernels allow this size. */
#define LARGEST_WANTED (4u << 20)
#define LARGEST_FEW (1u << 20)

static void add_stored(struct check *check, const struct buffer_facts *facts) {
    if (facts->stored == 0 || !facts->receives)
        return;
    check_number(check, "datagrams", facts->standard / facts->stored);
    check_add(check, " for %llu datagrams of %u bytes",
              (unsigned long long)(facts->standard / facts->stored),
              STORED_PAYLOAD);
}

static void add_largest(struct check *check, const struct buffer_facts *facts) {
    char text[SIZE_TEXT_MAX];

    check_flag(check, "may_exceed", facts->may_exceed);
    if (facts->largest == 0)
        return;
    check_number(check, "largest", facts->largest);
    check_add(check, "; at most %s", size_text(facts->largest, text));
    if (facts->limit == NULL)
        return;
    check_text(check, "sysctl", facts->limit);
    check_number(check, "limit", facts->largest / facts->factor);
}

/* A small limit matters to programs that receive bursts. */
static void judge_limit(struct check *check, const struct buffer_facts *facts) {
    uint64_t limit = facts->largest / facts->factor;
    bool loses = facts->receives && facts->drops > 0;

    if (facts->limit == NULL || facts->largest == 0 ||
        limit >= (loses ? LARGEST_WANTED : LARGEST_FEW))
        return;
    check->state = loses ? CHECK_WARNING : CHECK_NOTE;
    check_advise(check, "as root, on the host: sysctl -w %s=%u%s", facts->limit,
                 LARGEST_WANTED,
                 loses ? "; datagrams were lost here (see counters)" : "");
}

void judge_buffer(struct check *check, const struct buffer_facts *facts) {
    char text[SIZE_TEXT_MAX];

    check_number(check, "default", facts->standard);
    check_set(check, CHECK_OK, "%s", size_text(facts->standard, text));
    add_stored(check, facts);
    add_largest(check, facts);
    judge_limit(check, facts);
}

static uint64_t get_size(dgram_fd fd, int name) {
    int size = 0;
    socklen_t length = sizeof size;

    return getsockopt(SOCKET_OF(fd), SOL_SOCKET, name, (void *)&size,
                      &length) == 0 &&
                   size > 0
               ? (uint64_t)size
               : 0;
}

/* Asks for less until the system agrees: some refuse what is too much, and some
   give what they can. Returns 0 if none is known. */
static uint64_t get_largest(dgram_fd fd, int name) {
    for (int size = 1 << 30; size >= 4096; size -= size / 8) {
        if (setsockopt(SOCKET_OF(fd), SOL_SOCKET, name, (const void *)&size,
                       sizeof size) == 0)
            return get_size(fd, name);
    }
    return 0;
}

static void check_buffer(struct doctor *doctor, struct check *check,
                         bool receives) {
    const char *const limit =
        receives ? system_buffers.receive_limit : system_buffers.send_limit;
    int name = receives ? SO_RCVBUF : SO_SNDBUF;
    struct buffer_facts facts = {
        .receives = receives, .limit = limit, .factor = system_buffers.factor};
    struct loopback loopback;
    int code = loopback_open(&loopback, AF_INET, NULL);

    if (code < 0) {
        check_refused(check, CHECK_WARNING, "cannot open a socket", code);
        return;
    }
    facts.standard = get_size(loopback.fd, name);
    if (receives && loopback_send(&loopback, STORED_PAYLOAD, NULL) == 0 &&
        doctor_wait(doctor, loopback.fd))
        facts.stored = system_stored_size(loopback.fd);
    facts.largest = get_largest(loopback.fd, name);
    facts.may_exceed = system_may_exceed(loopback.fd, receives);
    facts.drops = doctor->receive_drops;
    judge_buffer(check, &facts);
    loopback_close(&loopback);
}

void check_receive_buffer(struct doctor *doctor, struct check *check) {
    check_buffer(doctor, check, true);
}

void check_send_buffer(struct doctor *doctor, struct check *check) {
    check_buffer(doctor, check, false);
}
