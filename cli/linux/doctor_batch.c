/* Many datagrams in a system call (sendmmsg(), recvmmsg()) and in a message
   (UDP GSO and GRO). Each is tried over loopback. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sendmmsg(), recvmmsg() */
#endif
#include "posix/doctor_checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/udp.h>

#include "posix/doctor_socket.h"

#define BATCH 3
#define SEGMENT 16        /* bytes of payload */
#define SEGMENTS_MAX 128u /* since Linux 6.9 */
#define SEGMENTS_OLD 64u
#define GRO_SEGMENTS 8u

#define NO_OFFLOAD                                                             \
    "use --no-offload, or DGRAM_OFFLOAD=off for all programs with the library"

/* A socket that sends to itself. */
struct probe {
    int fd;
    struct sockaddr_in here;
};

static bool open_probe(struct probe *probe, struct check *check) {
    const int size = 1 << 20; /* for all segments, where it is allowed */

    probe->here = probe_loopback();
    probe->fd = probe_open(&probe->here, false);
    if (probe->fd < 0) {
        check_refused(check, CHECK_WARNING, "cannot open a socket", probe->fd);
        return false;
    }
    setsockopt(probe->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return true;
}

/* Returns how many datagrams sendmmsg() sent, or a negative code. */
static int send_batch(struct probe *probe) {
    struct iovec part = {.iov_base = "batch", .iov_len = 5};
    struct mmsghdr messages[BATCH];

    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        messages[i].msg_hdr.msg_name = &probe->here;
        messages[i].msg_hdr.msg_namelen = sizeof probe->here;
        messages[i].msg_hdr.msg_iov = &part;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int count = sendmmsg(probe->fd, messages, BATCH, 0);
    return count < 0 ? -errno : count;
}

static void send_one_by_one(struct probe *probe) {
    for (int i = 0; i < BATCH; i++)
        (void)!sendto(probe->fd, "batch", 5, 0, (struct sockaddr *)&probe->here,
                      sizeof probe->here);
}

/* Returns how many datagrams recvmmsg() received, or a negative code. */
static int receive_batch(struct probe *probe) {
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    char payloads[BATCH][SEGMENT];
    int count;

    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        parts[i].iov_base = payloads[i];
        parts[i].iov_len = SEGMENT;
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    count = recvmmsg(probe->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    return count < 0 ? -errno : count;
}

static void judge_batch(struct check *check, int sent, int received) {
    const char *call = sent < 0 ? "sendmmsg() is refused"
                                : "recvmmsg() is "
                                  "refused";

    check_flag(check, "sendmmsg", sent == BATCH);
    check_flag(check, "recvmmsg", received == BATCH);
    if (sent == BATCH && received == BATCH) {
        check_set(check, CHECK_OK,
                  "many datagrams in one sendmmsg() and recvmmsg()");
    } else if (sent < 0 || (received < 0 && received != -EAGAIN)) {
        check_refused(check, CHECK_WARNING, call, sent < 0 ? sent : received);
        check_advise(check,
                     "allow sendmmsg and recvmmsg in the seccomp profile; "
                     "until then dgram makes a call for each datagram");
    } else {
        check_set(check, CHECK_WARNING, "only a part of %d datagrams arrives",
                  BATCH);
    }
}

void check_batch(struct doctor *doctor, struct check *check) {
    struct probe probe;
    int sent, received = 0;

    if (!open_probe(&probe, check))
        return;
    sent = send_batch(&probe);
    if (sent < 0)
        send_one_by_one(&probe);
    if (doctor_wait(doctor, probe.fd))
        received = receive_batch(&probe);
    judge_batch(check, sent, received);
    close(probe.fd);
}

/* The bytes of a segment have its number. */
static int send_segments(struct probe *probe, unsigned count) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(uint16_t))];
    } control;
    unsigned char payload[SEGMENTS_MAX * SEGMENT];
    struct iovec part = {payload, (size_t)count * SEGMENT};
    struct msghdr message = {.msg_name = &probe->here,
                             .msg_namelen = sizeof probe->here,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control.bytes};
    const uint16_t size = SEGMENT;

    for (unsigned i = 0; i < count; i++)
        memset(payload + (size_t)i * SEGMENT, (int)i, SEGMENT);
    memset(&control, 0, sizeof control);
    control.header.cmsg_level = IPPROTO_UDP;
    control.header.cmsg_type = UDP_SEGMENT;
    control.header.cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(&control.header), &size, sizeof size);
    return sendmsg(probe->fd, &message, MSG_DONTWAIT) < 0 ? -errno : 0;
}

static bool is_segment(const unsigned char *payload, ssize_t length,
                       unsigned number) {
    unsigned char expected[SEGMENT];

    memset(expected, (int)number, SEGMENT);
    return length == SEGMENT && memcmp(payload, expected, SEGMENT) == 0;
}

/* Returns how many datagrams came in order and unchanged. Sets whether another
   one was not. */
static unsigned receive_segments(struct doctor *doctor, struct probe *probe,
                                 unsigned count, bool *changed) {
    unsigned char payload[SEGMENT + 1];
    unsigned number = 0;

    *changed = false;
    while (number < count && !*changed && doctor_wait(doctor, probe->fd)) {
        ssize_t length =
            recv(probe->fd, payload, sizeof payload, MSG_DONTWAIT | MSG_TRUNC);

        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (is_segment(payload, length, number))
            number++;
        else
            *changed = true;
    }
    return number;
}

static void judge_gso(struct check *check, unsigned count, unsigned arrived,
                      bool changed) {
    check_number(check, "segments", changed ? 0 : arrived);
    if (arrived == count) {
        check_set(check, CHECK_OK, "a message is sent as %u datagrams", count);
    } else if (changed) {
        check_set(
            check, CHECK_WARNING,
            "the datagrams of a message arrive, but not as they were sent");
        check_advise(check, NO_OFFLOAD);
    } else {
        check_set(check, CHECK_NOTE, "%u of %u datagrams of a message arrive",
                  arrived, count);
        check_advise(check, "the receive buffer may be too small for so many");
    }
}

static bool knows_gso(int fd) {
    int size;
    socklen_t length = sizeof size;

    return getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, &length) == 0 ||
           errno != ENOPROTOOPT;
}

static void try_gso(struct doctor *doctor, struct check *check,
                    struct probe *probe) {
    unsigned count = SEGMENTS_MAX, arrived;
    int code = send_segments(probe, count);
    bool changed;

    if (code < 0) {
        count = SEGMENTS_OLD;
        code = send_segments(probe, count);
    }
    if (code < 0) {
        check_refused(check, CHECK_WARNING, "a GSO message is refused", code);
        check_advise(check, "a packet filter may refuse long messages; dgram "
                            "then sends one datagram at a time");
        return;
    }
    arrived = receive_segments(doctor, probe, count, &changed);
    judge_gso(check, count, arrived, changed);
}

void check_gso(struct doctor *doctor, struct check *check) {
    struct probe probe;

    if (!open_probe(&probe, check))
        return;
    if (knows_gso(probe.fd))
        try_gso(doctor, check, &probe);
    else
        check_set(check, CHECK_NOTE,
                  "there is no GSO here; Linux has it since 4.18");
    if (check->value_count == 0)
        check_number(check, "segments", 0);
    close(probe.fd);
}

/* Returns the datagrams of the first message, by its length and by the segment
   size that the kernel reports; 0 if they do not fit. */
static unsigned receive_coalesced(struct probe *probe) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    unsigned char payload[SEGMENTS_MAX * SEGMENT];
    struct iovec part = {payload, sizeof payload};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control.bytes};
    ssize_t length = recvmsg(probe->fd, &message, MSG_DONTWAIT);
    const struct cmsghdr *header;
    int size = 0;

    if (length < SEGMENT)
        return 0;
    header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == IPPROTO_UDP &&
        header->cmsg_type == UDP_GRO)
        memcpy(&size, CMSG_DATA(header), sizeof size);
    if (length == SEGMENT)
        return 1;
    return size == SEGMENT ? (unsigned)(length / SEGMENT) : 0;
}

static void try_gro(struct doctor *doctor, struct check *check,
                    struct probe *probe) {
    unsigned count = 0;

    if (send_segments(probe, GRO_SEGMENTS) < 0) {
        check_set(check, CHECK_NOTE, "not tried: it needs GSO");
        return;
    }
    if (doctor_wait(doctor, probe->fd))
        count = receive_coalesced(probe);
    if (count > 1) {
        check_flag(check, "works", true);
        check_set(check, CHECK_OK, "%u datagrams are received as one message",
                  count);
    } else if (count == 1) {
        check_set(check, CHECK_NOTE, "datagrams are not coalesced");
    } else {
        check_set(check, CHECK_WARNING,
                  "a coalesced message arrives without its segment size");
        check_advise(check, NO_OFFLOAD);
    }
}

void check_gro(struct doctor *doctor, struct check *check) {
    struct probe probe;
    int code;

    if (!open_probe(&probe, check))
        return;
    code = probe_enable(probe.fd, IPPROTO_UDP, UDP_GRO);
    if (code == 0)
        try_gro(doctor, check, &probe);
    else if (code == -ENOPROTOOPT)
        check_set(check, CHECK_NOTE,
                  "there is no GRO here; Linux has it since 5.0");
    else
        check_refused(check, CHECK_NOTE, "UDP_GRO is refused", code);
    if (check->state != CHECK_OK)
        check_flag(check, "works", false);
    close(probe.fd);
}
