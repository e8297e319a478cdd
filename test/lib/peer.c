#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#define PEER_BUFFER (4 * 1024 * 1024)

static socklen_t length_of(const dgram_address *address) {
    return address->any.sa_family == AF_INET6 ? sizeof address->v6
                                              : sizeof address->v4;
}

int peer_open(dgram_type type) {
    dgram_address address = address_of(loopback(type), 0);
    struct timeval limit = {.tv_sec = 10};
    int size = PEER_BUFFER;
    int peer = socket(address.any.sa_family, SOCK_DGRAM, 0);

    assert_true(peer >= 0);
    fcntl(peer, F_SETFD, FD_CLOEXEC);
    setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    assert_int_equal(
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_int_equal(bind(peer, &address.any, length_of(&address)), 0);
    return peer;
}

dgram_address peer_address(int peer) {
    dgram_address address;
    socklen_t length = sizeof address;

    memset(&address, 0, sizeof address);
    assert_int_equal(getsockname(peer, &address.any, &length), 0);
    return address;
}

void peer_send(int peer, const void *payload, size_t length,
               const dgram_address *to) {
    assert_int_equal(sendto(peer, payload, length, 0, &to->any, length_of(to)),
                     length);
}

void peer_send_text(int peer, const char *text, const dgram_address *to) {
    peer_send(peer, text, strlen(text), to);
}

size_t peer_receive(int peer, void *payload, size_t size, dgram_address *from) {
    dgram_address sender;
    socklen_t length = sizeof sender;
    ssize_t got;

    memset(&sender, 0, sizeof sender);
    do
        got = recvfrom(peer, payload, size, 0, &sender.any, &length);
    while (got < 0 && errno == EINTR);
    assert_true(got >= 0);
    if (from != NULL)
        *from = sender;
    return (size_t)got;
}

void peer_expect(int peer, const char *text) {
    char payload[256];
    size_t length = peer_receive(peer, payload, sizeof payload - 1, NULL);

    payload[length] = '\0';
    assert_string_equal(payload, text);
}

void peer_expect_nothing(int peer) {
    char byte;

    assert_int_equal(recv(peer, &byte, 1, MSG_DONTWAIT), -1);
}

#if defined(MSG_ERRQUEUE)
int peer_take_error(int fd) {
    char payload;
    struct iovec buffer = {.iov_base = &payload, .iov_len = 1};
    struct msghdr header = {.msg_iov = &buffer, .msg_iovlen = 1};

    return (int)recvmsg(fd, &header, MSG_ERRQUEUE);
}
#endif

void peer_close(int peer) {
    assert_int_equal(close(peer), 0);
}

dgram_address peer_closed_port(dgram_type type) {
    int peer = peer_open(type);
    dgram_address address = peer_address(peer);

    peer_close(peer);
    return address;
}
