#include "os/windows_calls.h"

#include "os/trace.h"
#include "os/windows_errors.h"
#include "os/windows_trace.h"

/* A SOCKET is a handle. Handles are small positive numbers, so a dgram_fd holds
   each of them, and negative values are free for codes. */
static SOCKET socket_of(dgram_fd fd) {
    return (SOCKET)fd;
}

static int result_of(int result) {
    return result == SOCKET_ERROR ? windows_error() : result;
}

/* Usually libuv has done this. A program that uses the datapath only may not
   use libuv. */
static void start_winsock(void) {
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
}

static SOCKET open_socket(int family) {
    return WSASocketW(family, SOCK_DGRAM, 0, NULL, 0,
                      WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

dgram_fd windows_socket(int family) {
    SOCKET opened = open_socket(family);

    if (opened == INVALID_SOCKET && WSAGetLastError() == WSANOTINITIALISED) {
        start_winsock();
        opened = open_socket(family);
    }
    if (trace_is_on())
        trace_call("WSASocketW", opened == INVALID_SOCKET ? -1 : (long)opened,
                   "%s",
                   family == AF_INET    ? "udp4"
                   : family == AF_INET6 ? "udp6"
                                        : "unix");
    return opened == INVALID_SOCKET ? windows_error() : (dgram_fd)opened;
}

int windows_close(dgram_fd fd) {
    int result = closesocket(socket_of(fd));

    if (trace_is_on())
        trace_call("closesocket", result, "fd %d", (int)fd);
    return result_of(result);
}

int windows_bind(dgram_fd fd, const struct sockaddr *address, socklen_t size) {
    int result = bind(socket_of(fd), address, size);

    if (trace_is_on())
        trace_to("bind", fd, address, size, result);
    return result_of(result);
}

int windows_connect(dgram_fd fd, const struct sockaddr *address,
                    socklen_t size) {
    int result = connect(socket_of(fd), address, size);

    if (trace_is_on())
        trace_to("connect", fd, address, size, result);
    return result_of(result);
}

int windows_getsockname(dgram_fd fd, struct sockaddr *address,
                        socklen_t *size) {
    int result = getsockname(socket_of(fd), address, size);

    if (trace_is_on())
        trace_own("getsockname", fd, address, *size, result);
    return result_of(result);
}

int windows_getpeername(dgram_fd fd, struct sockaddr *address,
                        socklen_t *size) {
    int result = getpeername(socket_of(fd), address, size);

    if (trace_is_on())
        trace_own("getpeername", fd, address, *size, result);
    return result_of(result);
}

int windows_setsockopt(dgram_fd fd, int level, int name, const void *value,
                       socklen_t size) {
    int result = setsockopt(socket_of(fd), level, name, value, size);

    if (trace_is_on())
        trace_set(fd, level, name, value, size, result);
    return result_of(result);
}

int windows_getsockopt(dgram_fd fd, int level, int name, void *value,
                       socklen_t *size) {
    int result = getsockopt(socket_of(fd), level, name, value, size);

    if (trace_is_on())
        trace_got(fd, level, name, value, *size, result);
    return result_of(result);
}

int windows_ioctl(dgram_fd fd, unsigned long request, unsigned long *value) {
    int result = ioctlsocket(socket_of(fd), (long)request, value);

    if (trace_is_on())
        trace_call("ioctlsocket", result, "fd %d, 0x%lx, %lu", (int)fd, request,
                   *value);
    return result_of(result);
}

int windows_control(dgram_fd fd, unsigned long request, const void *in,
                    size_t in_size, void *out, size_t out_size) {
    DWORD written = 0;
    int result =
        WSAIoctl(socket_of(fd), request, (void *)(uintptr_t)in, (DWORD)in_size,
                 out, (DWORD)out_size, &written, NULL, NULL);

    if (trace_is_on())
        trace_call("WSAIoctl", result, "fd %d, 0x%lx", (int)fd, request);
    return result_of(result);
}

int windows_poll(dgram_fd fd, short events) {
    WSAPOLLFD poll_fd = {.fd = socket_of(fd), .events = events};
    int result = WSAPoll(&poll_fd, 1, 0);

    if (trace_is_on())
        trace_call("WSAPoll", result, "fd %d", (int)fd);
    return result_of(result);
}

int windows_peek(dgram_fd fd) {
    char byte;
    int result = recv(socket_of(fd), &byte, sizeof(byte), MSG_PEEK);

    if (trace_is_on())
        trace_call("recv", result, "fd %d, MSG_PEEK", (int)fd);
    return result_of(result);
}

dgram_fd windows_duplicate_socket(dgram_fd fd) {
    WSAPROTOCOL_INFOW information;
    SOCKET copy = INVALID_SOCKET;

    if (WSADuplicateSocketW(socket_of(fd), GetCurrentProcessId(),
                            &information) == 0)
        copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                          FROM_PROTOCOL_INFO, &information, 0,
                          WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (trace_is_on())
        trace_call("WSADuplicateSocketW",
                   copy == INVALID_SOCKET ? -1 : (long)copy, "fd %d", (int)fd);
    return copy == INVALID_SOCKET ? windows_error() : (dgram_fd)copy;
}

static size_t bytes_of(const WSABUF *parts, uint32_t part_count) {
    size_t bytes = 0;

    for (uint32_t i = 0; i < part_count; i++)
        bytes += parts[i].len;
    return bytes;
}

int windows_send_to(dgram_fd fd, WSABUF *parts, uint32_t part_count,
                    const struct sockaddr *to, socklen_t to_size) {
    DWORD sent = 0;
    int result = WSASendTo(socket_of(fd), parts, part_count, &sent, 0, to,
                           to_size, NULL, NULL);

    if (result == 0)
        result = (int)sent;
    if (trace_is_on())
        windows_trace_sent("WSASendTo", fd, bytes_of(parts, part_count), 0, to,
                           to_size, result);
    return result_of(result);
}

/* Returns the segment size; 0: one datagram. */
static uint32_t segment_size_of(WSAMSG *message) {
    WSACMSGHDR *control = WSA_CMSG_FIRSTHDR(message);
    DWORD size = 0;

    for (; control != NULL; control = WSA_CMSG_NXTHDR(message, control))
        if (control->cmsg_level == IPPROTO_UDP)
            memcpy(&size, WSA_CMSG_DATA(control), sizeof(size));
    return size;
}

int windows_send_message(dgram_fd fd, WSAMSG *message) {
    DWORD sent = 0;
    int result = WSASendMsg(socket_of(fd), message, 0, &sent, NULL, NULL);

    if (result == 0)
        result = (int)sent;
    if (trace_is_on())
        windows_trace_sent("WSASendMsg", fd,
                           bytes_of(message->lpBuffers, message->dwBufferCount),
                           segment_size_of(message), message->name,
                           message->namelen, result);
    return result_of(result);
}

/* If a datagram is longer than the buffer, Winsock fills the buffer and returns
   WSAEMSGSIZE. */
static int finish_receive(int result, DWORD length, DWORD buffer_size,
                          DWORD *flags) {
    if (result == 0)
        return (int)length;
    if (WSAGetLastError() != WSAEMSGSIZE)
        return result;
    *flags |= MSG_PARTIAL;
    return (int)buffer_size;
}

int windows_receive_from(dgram_fd fd, WSABUF *part, struct sockaddr *from,
                         socklen_t *from_size, unsigned long *flags_out) {
    DWORD length = 0;
    int result;

    *flags_out = 0;
    result = WSARecvFrom(socket_of(fd), part, 1, &length, flags_out, from,
                         from_size, NULL, NULL);
    result = finish_receive(result, length, part->len, flags_out);
    if (trace_is_on())
        windows_trace_received("WSARecvFrom", fd, from, *from_size,
                               (*flags_out & MSG_PARTIAL) != 0, result);
    return result_of(result);
}

int windows_receive_message(dgram_fd fd, LPFN_WSARECVMSG receive,
                            WSAMSG *message) {
    DWORD length = 0;
    int result = receive(socket_of(fd), message, &length, NULL, NULL);

    result = finish_receive(result, length, message->lpBuffers[0].len,
                            &message->dwFlags);
    if (trace_is_on())
        windows_trace_received("WSARecvMsg", fd, message->name,
                               message->namelen,
                               (message->dwFlags & MSG_PARTIAL) != 0, result);
    return result_of(result);
}
