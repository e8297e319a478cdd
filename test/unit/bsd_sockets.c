/* What the portable platform does differently on macOS and the BSDs. The calls
   that it makes are those of a kernel of the test. */
#define OS_BSD 1
#include "harness.h"

#include <errno.h>
#include <fcntl.h>

#include "os/calls.h"

/* How the next calls end: 0, or the value of errno. */
static int connect_error, peer_error, send_error;
static int send_buffer, send_buffer_max;
static size_t option_size;
static int option_value;
static int sends;
static bool is_shut;

static int fake_connect(int fd, const struct sockaddr *address,
                        socklen_t size) {
    (void)fd;
    (void)address;
    (void)size;
    errno = connect_error;
    return connect_error == 0 ? 0 : -1;
}

static int fake_getpeername(int fd, struct sockaddr *address, socklen_t *size) {
    (void)fd;
    memset(address, 0, *size);
    address->sa_family = AF_INET;
    *size = sizeof(struct sockaddr_in);
    errno = peer_error;
    return peer_error == 0 ? 0 : -1;
}

/* A name of zeros, as BSD gives it to a socket without one. */
static int fake_getsockname(int fd, struct sockaddr *address, socklen_t *size) {
    (void)fd;
    memset(address, 0, *size);
    address->sa_family = AF_UNIX;
    *size = sizeof(struct sockaddr);
    return 0;
}

static int fake_getsockopt(int fd, int level, int name, void *value,
                           socklen_t *size) {
    (void)fd;
    (void)level;
    (void)name;
    (void)size;
    *(int *)value = send_buffer;
    return 0;
}

static int fake_setsockopt(int fd, int level, int name, const void *value,
                           socklen_t size) {
    (void)fd;
    option_size = size;
    option_value =
        size == 1 ? *(const unsigned char *)value : *(const int *)value;
    if (level != SOL_SOCKET || name != SO_SNDBUF)
        return 0;
    errno = ENOBUFS;
    if (option_value > send_buffer_max)
        return -1;
    send_buffer = option_value;
    return 0;
}

/* A datagram that is longer than the send buffer is refused. */
static ssize_t fake_sendmsg(int fd, const struct msghdr *message, int flags) {
    (void)fd;
    (void)flags;
    sends++;
    errno = send_error;
    if (send_error != 0)
        return -1;
    errno = EMSGSIZE;
    return message->msg_iov->iov_len > (size_t)send_buffer
               ? -1
               : (ssize_t)message->msg_iov->iov_len;
}

/* Nothing from nobody, or an empty datagram of a socket without a name. */
static ssize_t fake_recvmsg(int fd, struct msghdr *message, int flags) {
    (void)fd;
    (void)flags;
    message->msg_flags = 0;
    if (is_shut) {
        message->msg_namelen = 0;
        return 0;
    }
    message->msg_namelen = sizeof(struct sockaddr);
    memset(message->msg_name, 0, sizeof(struct sockaddr));
    ((struct sockaddr *)message->msg_name)->sa_family = AF_UNIX;
    return 0;
}

static int fake_poll(struct pollfd *fds, nfds_t count, int timeout) {
    (void)fds;
    (void)count;
    (void)timeout;
    return 1;
}

#undef os_connect
#define os_connect fake_connect
#undef os_getpeername
#define os_getpeername fake_getpeername
#undef os_getsockname
#define os_getsockname fake_getsockname
#undef os_getsockopt
#define os_getsockopt fake_getsockopt
#undef os_setsockopt
#define os_setsockopt fake_setsockopt
#undef os_sendmsg
#define os_sendmsg fake_sendmsg
#undef os_recvmsg
#define os_recvmsg fake_recvmsg
#undef os_poll
#define os_poll fake_poll
#include "os/sockets.c"

#define FD 3 /* no call reaches it */

/* The code depends on the family of the socket. */
static void disconnect_that_is_refused_has_disconnected(void **state) {
    static const int codes[] = {EAFNOSUPPORT, EINVAL, ENOENT};

    (void)state;
    peer_error = ENOTCONN;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        connect_error = codes[i];
        assert_int_equal(sockets_connect(FD, NULL), 0);
    }
}

static void disconnect_that_failed_is_an_error(void **state) {
    (void)state;
    connect_error = EINVAL;
    peer_error = 0;
    assert_int_equal(sockets_connect(FD, NULL), UV_EINVAL);
}

static void connect_that_is_refused_is_an_error(void **state) {
    dgram_address to = address_of("127.0.0.1", 1);

    (void)state;
    connect_error = EINVAL;
    peer_error = ENOTCONN;
    assert_int_equal(sockets_connect(FD, &to), UV_EINVAL);
}

/* Returns the result for a datagram of that length. */
static int send_bytes(size_t length) {
    static char payload[20000];
    struct iovec part = {payload, length};
    struct platform_out message = {.parts = &part, .part_count = 1};

    sends = 0;
    return sockets_send(FD, &message, 1);
}

static void long_datagram_enlarges_the_send_buffer(void **state) {
    (void)state;
    send_error = 0;
    send_buffer = 9216;
    send_buffer_max = 100000;
    assert_int_equal(send_bytes(9216), 1);
    assert_int_equal(send_buffer, 9216);
    assert_int_equal(send_bytes(20000), 1);
    assert_int_equal(sends, 2);
    assert_in_range(send_buffer, 20000, 21000);
    assert_int_equal(send_bytes(20000), 1);
    assert_int_equal(sends, 1);
}

static void too_long_datagram_is_refused(void **state) {
    (void)state;
    send_error = 0;
    send_buffer = send_buffer_max = 9216;
    assert_int_equal(send_bytes(9217), UV_EMSGSIZE);
    assert_int_equal(sends, 1);
    send_error = EMSGSIZE; /* for another reason */
    assert_int_equal(send_bytes(100), UV_EMSGSIZE);
    assert_int_equal(sends, 1);
    assert_int_equal(send_buffer, 9216);
}

static void ipv4_multicast_options_are_bytes(void **state) {
    int value = 7;

    (void)state;
    sockets_set_option(FD, IPPROTO_IP, IP_MULTICAST_TTL, &value, sizeof value);
    assert_int_equal(option_size, 1);
    assert_int_equal(option_value, 7);
    sockets_set_option(FD, IPPROTO_IP, IP_MULTICAST_LOOP, &value, sizeof value);
    assert_int_equal(option_size, 1);
    sockets_set_option(FD, IPPROTO_IP, IP_TTL, &value, sizeof value);
    assert_int_equal(option_size, sizeof value);
    sockets_set_option(FD, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &value,
                       sizeof value);
    assert_int_equal(option_size, sizeof value);
}

static int receive_empty(dgram_address *from) {
    char buffer[8];
    struct platform_in message = {.buffer = (unsigned char *)buffer,
                                  .buffer_size = sizeof buffer,
                                  .from = from,
                                  .from_size = sizeof *from};

    return sockets_receive(FD, &message, 1);
}

static void shut_descriptor_has_no_datagrams(void **state) {
    dgram_address from;

    (void)state;
    is_shut = true;
    assert_int_equal(receive_empty(&from), UV_EAGAIN);
    assert_true(sockets_receive_is_shut(FD));
}

static void empty_datagram_is_one(void **state) {
    dgram_address from;

    (void)state;
    is_shut = false;
    assert_int_equal(receive_empty(&from), 1);
    assert_int_equal(from.un.length, 0);
    assert_false(sockets_receive_is_shut(FD));
}

static void socket_without_a_name_has_an_empty_one(void **state) {
    dgram_address address;

    (void)state;
    assert_int_equal(sockets_local_address(FD, &address), 0);
    assert_int_equal(address.any.sa_family, AF_UNIX);
    assert_int_equal(address.un.length, 0);
}

static void abstract_names_are_not_supported(void **state) {
    dgram_address address;

    (void)state;
    assert_int_equal(dgram_address_unix("@name", &address), 0);
    assert_int_equal(sockets_bind(FD, &address), UV_ENOTSUP);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disconnect_that_is_refused_has_disconnected),
        cmocka_unit_test(disconnect_that_failed_is_an_error),
        cmocka_unit_test(connect_that_is_refused_is_an_error),
        cmocka_unit_test(long_datagram_enlarges_the_send_buffer),
        cmocka_unit_test(too_long_datagram_is_refused),
        cmocka_unit_test(ipv4_multicast_options_are_bytes),
        cmocka_unit_test(shut_descriptor_has_no_datagrams),
        cmocka_unit_test(empty_datagram_is_one),
        cmocka_unit_test(socket_without_a_name_has_an_empty_one),
        cmocka_unit_test(abstract_names_are_not_supported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
