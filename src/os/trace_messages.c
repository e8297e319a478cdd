/* The trace of calls that Windows does not have. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include <sys/socket.h>

#include "os/trace.h"
#include "os/trace_line.h"
#include "os/trace_names.h"

void trace_fcntl(int fd, int command, int argument, int result) {
    const char *text = trace_fcntl_name(command);

    if (text == NULL)
        trace_call("fcntl", result, "fd %d, %d, 0x%x", fd, command,
                   (unsigned)argument);
    else if (command == F_SETFL || command == F_SETFD)
        trace_call("fcntl", result, "fd %d, %s, 0x%x", fd, text,
                   (unsigned)argument);
    else
        trace_call("fcntl", result, "fd %d, %s", fd, text);
}

/* What a call sends, or received. */
struct sum {
    size_t bytes, datagrams;
    const struct sockaddr *address; /* of the first message; NULL: none */
    socklen_t address_size;
    bool others; /* other messages have another address */
    bool truncated;
    int passed; /* a descriptor; -1: none */
};

static size_t bytes_of(const struct msghdr *message) {
    size_t bytes = 0;

    for (size_t i = 0; i < (size_t)message->msg_iovlen; i++)
        bytes += message->msg_iov[i].iov_len;
    return bytes;
}

/* Reads the control messages. Returns the segment size; 0: one datagram. */
static size_t read_control(const struct msghdr *message, int *passed_out) {
    /* The macros take no const pointer, though they only read. */
    struct msghdr copy = *message;
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&copy);
    size_t segment = 0;

    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(&copy, cmsg)) {
        const unsigned char *data = CMSG_DATA(cmsg);
        uint16_t size = 0;
        int gro_size = 0;

        if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
            memcpy(passed_out, data, sizeof(*passed_out));
        if (trace_is_gso(cmsg->cmsg_level, cmsg->cmsg_type)) {
            memcpy(&size, data, sizeof(size));
            segment = size;
        }
        if (trace_is_gro(cmsg->cmsg_level, cmsg->cmsg_type)) {
            memcpy(&gro_size, data, sizeof(gro_size));
            segment = gro_size > 0 ? (size_t)gro_size : 0;
        }
    }
    return segment;
}

static bool is_same(const struct sum *sum, const struct sockaddr *address,
                    socklen_t size) {
    return sum->address == address ||
           (sum->address != NULL && address != NULL &&
            sum->address_size == size &&
            memcmp(sum->address, address, size) == 0);
}

static void sum_up(struct sum *sum, const struct msghdr *message,
                   size_t bytes) {
    size_t segment = read_control(message, &sum->passed);
    const struct sockaddr *address =
        message->msg_namelen > 0 ? message->msg_name : NULL;

    if (sum->datagrams == 0) {
        sum->address = address;
        sum->address_size = message->msg_namelen;
    } else if (!is_same(sum, address, message->msg_namelen)) {
        sum->others = true;
    }
    sum->bytes += bytes;
    sum->datagrams +=
        segment > 0 && bytes > 0 ? (bytes + segment - 1) / segment : 1;
    sum->truncated |= (message->msg_flags & MSG_TRUNC) != 0;
}

static void add_sum(struct trace_line *line, const struct sum *sum,
                    const char *preposition) {
    if (sum->datagrams > 1)
        trace_line_add(line, "%zu datagrams, ", sum->datagrams);
    trace_line_add(line, "%zu bytes", sum->bytes);
    if (sum->address != NULL) {
        trace_line_add(line, ", %s ", preposition);
        trace_line_add_address(line, sum->address, sum->address_size);
    }
    if (sum->others)
        trace_line_add(line, " and others");
    if (sum->truncated)
        trace_line_add(line, ", truncated");
    if (sum->passed >= 0)
        trace_line_add(line, ", with fd %d", sum->passed);
}

static const struct msghdr *message_at(const void *messages, size_t stride,
                                       unsigned i) {
    return (const void *)((const char *)messages + i * stride);
}

void trace_sent(const char *name, int fd, const struct msghdr *message,
                long result) {
    struct sum sum = {.passed = -1};
    struct trace_line line;

    trace_line_begin(&line, name);
    trace_line_add(&line, "fd %d, ", fd);
    sum_up(&sum, message, bytes_of(message));
    sum.truncated = false;
    add_sum(&line, &sum, "to");
    trace_line_add_result(&line, result);
    trace_line_end(&line);
}

void trace_sent_many(int fd, const void *messages, size_t stride,
                     unsigned count, int result) {
    struct sum sum = {.passed = -1};
    struct trace_line line;

    trace_line_begin(&line, "sendmmsg");
    trace_line_add(&line, "fd %d, %u messages, ", fd, count);
    for (unsigned i = 0; i < count; i++) {
        const struct msghdr *message = message_at(messages, stride, i);

        sum_up(&sum, message, bytes_of(message));
    }
    sum.truncated = false;
    add_sum(&line, &sum, "to");
    trace_line_add_result(&line, result);
    trace_line_end(&line);
}

void trace_received(int fd, const struct msghdr *message, int flags,
                    long result) {
    struct sum sum = {.passed = -1};
    struct trace_line line;

    trace_line_begin(&line, "recvmsg");
    trace_line_add(&line, "fd %d%s", fd,
                   trace_is_error_queue(flags) ? ", MSG_ERRQUEUE" : "");
    trace_line_add_result(&line, result);
    if (result >= 0) {
        sum_up(&sum, message, (size_t)result);
        trace_line_add(&line, ": ");
        add_sum(&line, &sum, "from");
    }
    trace_line_end(&line);
}

void trace_received_many(int fd, const void *messages, size_t stride,
                         size_t length_at, unsigned count, int result) {
    struct sum sum = {.passed = -1};
    struct trace_line line;

    trace_line_begin(&line, "recvmmsg");
    trace_line_add(&line, "fd %d, %u messages", fd, count);
    trace_line_add_result(&line, result);
    for (int i = 0; i < result; i++) {
        const struct msghdr *message =
            message_at(messages, stride, (unsigned)i);
        unsigned length;

        memcpy(&length, (const char *)message + length_at, sizeof(length));
        sum_up(&sum, message, length);
    }
    if (result > 0) {
        trace_line_add(&line, ": ");
        add_sum(&line, &sum, "from");
    }
    trace_line_end(&line);
}
