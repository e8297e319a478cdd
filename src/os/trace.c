#include "os/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/udp.h>

#include "dgram_types.h"
#include "os/trace_names.h"
#include "util/address.h"
#include "util/util.h"

#define LINE_MAX_BYTES                                                         \
    512u /* with the newline; a write to a pipe does not split it */

atomic_int trace_state = TRACE_UNKNOWN;

static bool is_wanted(void) {
    const char *text = getenv("DGRAM_TRACE");

    return text != NULL && *text != '\0' && strcmp(text, "0") != 0 &&
           strcmp(text, "off") != 0;
}

/* Several threads may do this at once, with the same result. Without a standard
   error the trace is off: a socket may get that number. */
bool trace_ask(void) {
    int error = errno;
    bool on = is_wanted() && fcntl(STDERR_FILENO, F_GETFD) >= 0;

    atomic_store(&trace_state, on ? TRACE_ON : TRACE_OFF);
    errno = error;
    return on;
}

struct line {
    size_t length;
    int error; /* errno when the call returned */
    char text[LINE_MAX_BYTES];
};

static void add_list(struct line *line, const char *format, va_list list) {
    size_t free = sizeof(line->text) - line->length;
    int length = vsnprintf(line->text + line->length, free, format, list);

    /* Text that does not fit is left out, except for the newline. */
    if (length > 0)
        line->length += min_size((size_t)length, free - 1);
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
add(struct line *line, const char *format, ...) {
    va_list list;

    va_start(list, format);
    add_list(line, format, list);
    va_end(list);
}

static void begin(struct line *line, const char *name) {
    line->error = errno;
    line->length = 0;
    add(line, "dgram: %s(", name);
}

static void add_result(struct line *line, long result) {
    int code = -line->error; /* as libuv's */

    if (result >= 0)
        add(line, ") = %ld", result);
    else
        add(line, ") = -1 %s (%s)", dgram_err_name(code), dgram_strerror(code));
}

static void end(struct line *line) {
    ssize_t written;

    line->text[line->length] = '\n';
    do {
        written = write(STDERR_FILENO, line->text, line->length + 1);
    } while (written < 0 && errno == EINTR);
    errno = line->error;
}

static void end_with(struct line *line, long result) {
    add_result(line, result);
    end(line);
}

void trace_call(const char *name, long result, const char *arguments, ...) {
    struct line line;
    va_list list;

    begin(&line, name);
    va_start(list, arguments);
    add_list(&line, arguments, list);
    va_end(list);
    end_with(&line, result);
}

/* The name of a sender is any bytes, and must not look like other lines. */
static void add_name(struct line *line, const char *name) {
    if (*name == '\0')
        add(line, "no name");
    for (; *name != '\0'; name++) {
        unsigned char byte = (unsigned char)*name;

        add(line, byte < ' ' || byte == 0x7f ? "\\x%02x" : "%c", byte);
    }
}

static void add_address(struct line *line, const struct sockaddr *address,
                        socklen_t size) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address copy = {0};
    unsigned port;

    memcpy(&copy, address, min_size(size, sizeof(copy.un.name)));
    address_received(&copy, size);
    port = dgram_address_port(&copy);
    if (address->sa_family == AF_UNSPEC)
        add(line, "nobody");
    else if (dgram_address_format(&copy, text, sizeof(text)) < 0)
        add(line, "family %d", (int)address->sa_family);
    else if (address->sa_family == AF_UNIX)
        add_name(line, text);
    else
        add(line, address->sa_family == AF_INET6 ? "[%s]:%u" : "%s:%u", text,
            port);
}

void trace_to(const char *name, int fd, const struct sockaddr *address,
              socklen_t size, int result) {
    struct line line;

    begin(&line, name);
    add(&line, "fd %d, ", fd);
    add_address(&line, address, size);
    end_with(&line, result);
}

void trace_own(const char *name, int fd, const struct sockaddr *address,
               socklen_t size, int result) {
    struct line line;

    begin(&line, name);
    add(&line, "fd %d", fd);
    add_result(&line, result);
    if (result >= 0) {
        add(&line, ": ");
        add_address(&line, address, size);
    }
    end(&line);
}

static void add_option(struct line *line, int fd, int level, int option) {
    const char *name = trace_option_name(level, option);

    if (name != NULL)
        add(line, "fd %d, %s", fd, name);
    else
        add(line, "fd %d, level %d, option %d", fd, level, option);
}

static void add_value(struct line *line, const void *value, socklen_t size) {
    int number;

    if (size != sizeof(number)) {
        add(line, "%u bytes", (unsigned)size);
        return;
    }
    memcpy(&number, value, sizeof(number));
    add(line, "%d", number);
}

void trace_set(int fd, int level, int option, const void *value, socklen_t size,
               int result) {
    struct line line;

    begin(&line, "setsockopt");
    add_option(&line, fd, level, option);
    add(&line, ", ");
    add_value(&line, value, size);
    end_with(&line, result);
}

void trace_got(int fd, int level, int option, const void *value, socklen_t size,
               int result) {
    struct line line;

    begin(&line, "getsockopt");
    add_option(&line, fd, level, option);
    add_result(&line, result);
    if (result >= 0) {
        add(&line, ": ");
        add_value(&line, value, size);
    }
    end(&line);
}

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

/* ---- Messages -------------------------------------------------------- */

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

static void add_sum(struct line *line, const struct sum *sum, const char *way) {
    if (sum->datagrams > 1)
        add(line, "%zu datagrams, ", sum->datagrams);
    add(line, "%zu bytes", sum->bytes);
    if (sum->address != NULL) {
        add(line, ", %s ", way);
        add_address(line, sum->address, sum->address_size);
    }
    if (sum->others)
        add(line, " and others");
    if (sum->truncated)
        add(line, ", truncated");
    if (sum->passed >= 0)
        add(line, ", with fd %d", sum->passed);
}

static const struct msghdr *message_at(const void *messages, size_t stride,
                                       unsigned i) {
    return (const void *)((const char *)messages + i * stride);
}

void trace_sent(int fd, const struct msghdr *message, long result) {
    struct sum sum = {.passed = -1};
    struct line line;

    begin(&line, "sendmsg");
    add(&line, "fd %d, ", fd);
    sum_up(&sum, message, bytes_of(message));
    sum.truncated = false;
    add_sum(&line, &sum, "to");
    end_with(&line, result);
}

void trace_sent_many(int fd, const void *messages, size_t stride,
                     unsigned count, int result) {
    struct sum sum = {.passed = -1};
    struct line line;

    begin(&line, "sendmmsg");
    add(&line, "fd %d, %u messages, ", fd, count);
    for (unsigned i = 0; i < count; i++) {
        const struct msghdr *message = message_at(messages, stride, i);

        sum_up(&sum, message, bytes_of(message));
    }
    sum.truncated = false;
    add_sum(&line, &sum, "to");
    end_with(&line, result);
}

void trace_received(int fd, const struct msghdr *message, int flags,
                    long result) {
    struct sum sum = {.passed = -1};
    struct line line;

    begin(&line, "recvmsg");
    add(&line, "fd %d%s", fd,
        trace_is_error_queue(flags) ? ", MSG_ERRQUEUE" : "");
    add_result(&line, result);
    if (result >= 0) {
        sum_up(&sum, message, (size_t)result);
        add(&line, ": ");
        add_sum(&line, &sum, "from");
    }
    end(&line);
}

void trace_received_many(int fd, const void *messages, size_t stride,
                         size_t length_at, unsigned count, int result) {
    struct sum sum = {.passed = -1};
    struct line line;

    begin(&line, "recvmmsg");
    add(&line, "fd %d, %u messages", fd, count);
    add_result(&line, result);
    for (int i = 0; i < result; i++) {
        const struct msghdr *message =
            message_at(messages, stride, (unsigned)i);
        unsigned length;

        memcpy(&length, (const char *)message + length_at, sizeof(length));
        sum_up(&sum, message, length);
    }
    if (result > 0) {
        add(&line, ": ");
        add_sum(&line, &sum, "from");
    }
    end(&line);
}
