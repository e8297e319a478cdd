/* WSASendTo() and WSARecvFrom(), and for control messages WSASendMsg() and
   WSARecvMsg(). With UDP_SEND_MSG_SIZE (USO) Windows sends many datagrams as
   one message. Windows can also coalesce received datagrams, but this does not
   use it, because some drivers do not report the segment size. */
#include "os/windows_messages.h"

#include "os/windows_calls.h"
#include "os/windows_errors.h"
#include "util/address.h"

#define PARTS_MAX 1024u /* of a message; the limit of sendmsg() on Linux */

static int copy_parts(WSABUF *out, const struct platform_out *message) {
    if (message->part_count > PARTS_MAX)
        return UV_EMSGSIZE;
    for (uint32_t i = 0; i < message->part_count; i++) {
        out[i].buf = message->parts[i].iov_base;
        out[i].len = (ULONG)message->parts[i].iov_len;
    }
    return 0;
}

static int send_with_control(dgram_fd fd, const struct platform_out *message,
                             WSABUF *parts) {
    _Alignas(WSACMSGHDR) char control[WINDOWS_CONTROL_SEND_MAX];
    WSAMSG out = {
        .lpBuffers = parts,
        .dwBufferCount = message->part_count,
        .Control = {.buf = control},
    };
    int result = windows_control_put(&out.Control, message);

    if (result < 0)
        return result;
    if (message->to != NULL) {
        out.name = (void *)(uintptr_t)message->to;
        out.namelen = address_length(message->to);
    }
    return windows_send_message(fd, &out);
}

static int send_one(dgram_fd fd, const struct platform_out *message) {
    WSABUF parts[PARTS_MAX];
    int result = copy_parts(parts, message);

    if (result < 0)
        return result;
    if (message->segment_size > 0 || message->info != NULL)
        return send_with_control(fd, message, parts);
    if (message->to == NULL)
        return windows_send_to(fd, parts, message->part_count, NULL, 0);
    return windows_send_to(fd, parts, message->part_count, &message->to->any,
                           address_length(message->to));
}

int windows_send(dgram_fd fd, const struct platform_out *messages,
                 uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        int result = send_one(fd, &messages[i]);

        if (result < 0)
            return i > 0 ? (int)i : result;
    }
    return (int)count;
}

static _Atomic(LPFN_WSARECVMSG) receive_function; /* NULL: not found yet */

/* ws2_32.dll does not export WSARecvMsg(). */
static int find_receive(dgram_fd fd, LPFN_WSARECVMSG *out) {
    static const GUID id = WSAID_WSARECVMSG;
    int result = 0;

    *out = receive_function;
    if (*out == NULL)
        result = windows_control(fd, SIO_GET_EXTENSION_FUNCTION_POINTER, &id,
                                 sizeof(id), (void *)out, sizeof(*out));
    if (result >= 0)
        receive_function = *out;
    return result;
}

static void fill(struct platform_in *message, int length, DWORD flags) {
    message->error = 0;
    message->length = (uint32_t)length;
    message->segment_size = 0;
    message->flags =
        (flags & (MSG_PARTIAL | MSG_TRUNC)) != 0 ? DGRAM_TRUNCATED : 0;
}

static int receive_plain(dgram_fd fd, struct platform_in *message) {
    WSABUF part = {.buf = (char *)message->buffer, .len = message->buffer_size};
    socklen_t from_size = (socklen_t)message->from_size;
    unsigned long flags;
    int length = windows_receive_from(fd, &part, &message->from->any,
                                      &from_size, &flags);

    if (length >= 0)
        fill(message, length, flags);
    return length;
}

static int receive_with_control(dgram_fd fd, struct platform_in *message) {
    WSABUF part = {.buf = (char *)message->buffer, .len = message->buffer_size};
    _Alignas(WSACMSGHDR) char control[WINDOWS_CONTROL_RECEIVE_MAX];
    WSAMSG in = {
        .name = &message->from->any,
        .namelen = (INT)message->from_size,
        .lpBuffers = &part,
        .dwBufferCount = 1,
        .Control = {.buf = control, .len = sizeof(control)},
    };
    LPFN_WSARECVMSG receive;
    int length = find_receive(fd, &receive);

    if (length >= 0)
        length = windows_receive_message(fd, receive, &in);
    if (length < 0)
        return length;
    fill(message, length, in.dwFlags);
    windows_control_parse(&in, message->from, message->info);
    return length;
}

/* Whether it is an ICMP error about a datagram that was sent. A descriptor that
   the program opened may have such errors from before windows_set_flags()
   disabled them. */
static bool is_ignored(int code) {
    return code == UV_ECONNRESET ||
           (code < 0 && WSAGetLastError() == WSAENETRESET);
}

#define IGNORED_MAX 64

/* After shutdown() nothing is received: see windows_receive_is_shut().
 */
static int receive_one(dgram_fd fd, struct platform_in *message) {
    int result = UV_EAGAIN;

    for (int i = 0; i < IGNORED_MAX; i++) {
        result = message->info != NULL ? receive_with_control(fd, message)
                                       : receive_plain(fd, message);
        if (result == UV_EPIPE)
            return UV_EAGAIN;
        if (!is_ignored(result))
            return result;
    }
    return UV_EAGAIN;
}

int windows_receive(dgram_fd fd, struct platform_in *messages, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        int result = receive_one(fd, &messages[i]);

        if (result == UV_EAGAIN)
            return i > 0 ? (int)i : UV_EAGAIN;
        if (result < 0) {
            messages[i].error = result;
            return (int)i + 1;
        }
    }
    return (int)count;
}
