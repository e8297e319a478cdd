/* dgram_message.info says what was asked for, and nothing else. */
#include "endpoint.h"
#include "info.h"

#include <unistd.h>

#define COUNT 10
#define TOS DGRAM_TOS(46, DGRAM_ECN_ECT0)
#define TTL 33

static dgram_datapath_options options_with(uint32_t info) {
    return (dgram_datapath_options){.size = sizeof(dgram_datapath_options),
                                    .receive_info = info};
}

static const dgram_receive_info *receive_one(struct endpoint *endpoint) {
    dgram_message message;

    assert_int_equal(endpoint_receive(endpoint, &message, 1), 1);
    return message.info;
}

static void all_is_known(dgram_type type) {
    const dgram_datapath_options options = options_with(DGRAM_INFO_ALL);
    struct endpoint endpoint;
    const dgram_receive_info *info;
    int peer = peer_open(type);

    endpoint_open(&endpoint, type, &options);
    set_tos_and_ttl(peer, type, TOS, TTL);
    peer_send_text(peer, "x", &endpoint.address);
    info = receive_one(&endpoint);
    expect_info(info, &endpoint.address, loopback_index(), TOS, TTL);
    assert_true(dgram_address_equal(&info->reply_from, &info->local));
    assert_int_equal(DGRAM_TOS_DSCP(info->tos), 46);
    assert_int_equal(DGRAM_TOS_ECN(info->tos), DGRAM_ECN_ECT0);
    endpoint_close(&endpoint);
    peer_close(peer);
}
BOTH(all_is_known)

static void only_what_was_asked_for(dgram_type type) {
    for (uint32_t info = 1; info < DGRAM_INFO_ALL; info++) {
        const dgram_datapath_options options = options_with(info);
        struct endpoint endpoint;
        int peer = peer_open(type);

        endpoint_open(&endpoint, type, &options);
        peer_send_text(peer, "x", &endpoint.address);
        assert_int_equal(receive_one(&endpoint)->valid, info);
        endpoint_close(&endpoint);
        peer_close(peer);
    }
}
BOTH(only_what_was_asked_for)

static void not_asked_for(dgram_type type) {
    const dgram_datapath_options options = options_with(0);
    struct endpoint endpoint;
    int peer = peer_open(type);

    endpoint_open(&endpoint, type, &options);
    peer_send_text(peer, "x", &endpoint.address);
    assert_null(receive_one(&endpoint));
    endpoint_close(&endpoint);
    peer_close(peer);
}
BOTH(not_asked_for)

static void send_some(dgram_datapath *datapath, const dgram_address *to) {
    dgram_outgoing out[COUNT];
    int status[COUNT];

    for (int i = 0; i < COUNT; i++)
        out[i] = (dgram_outgoing){.payload = "payload", .length = 7, .to = to};
    assert_int_equal(dgram_datapath_send(datapath, out, COUNT, status), COUNT);
}

/* Each GSO message is received as one, and the datagrams of it have the
   information of that message. */
static void coalesced(dgram_type type) {
    const dgram_datapath_options options = options_with(DGRAM_INFO_ALL);
    const dgram_datapath_options plain = options_with(0);
    struct endpoint endpoint, sender;
    dgram_message messages[3 * COUNT];
    int count = 0;

    endpoint_open(&endpoint, type, &options);
    endpoint_open(&sender, type, &plain);
    for (int i = 0; i < 3; i++) {
        set_tos_and_ttl(dgram_datapath_fd(sender.datapath), type, 4 * i,
                        10 + i);
        send_some(sender.datapath, &endpoint.address);
    }
    while (count < 3 * COUNT) {
        int more = endpoint_receive(&endpoint, messages, 3 * COUNT);

        for (int i = 0; i < more; i++, count++)
            expect_info(messages[i].info, &endpoint.address, loopback_index(),
                        count / COUNT * 4, 10 + count / COUNT);
    }
    endpoint_close(&endpoint);
    endpoint_close(&sender);
}
BOTH(coalesced)

static void set_flag(int fd, int level, int name) {
    int on = 1;

    assert_int_equal(setsockopt(fd, level, name, &on, sizeof on), 0);
}

/* The other messages that a program may enable. */
static void among_others(dgram_type type) {
    const dgram_datapath_options options = options_with(DGRAM_INFO_ALL);
    struct endpoint endpoint;
    int peer = peer_open(type), fd;

    endpoint_open(&endpoint, type, &options);
    fd = dgram_datapath_fd(endpoint.datapath);
    set_flag(fd, SOL_SOCKET, SO_TIMESTAMP);
#if defined(SO_RXQ_OVFL)
    set_flag(fd, SOL_SOCKET, SO_RXQ_OVFL);
#endif
#if defined(IP_RECVORIGDSTADDR)
    set_flag(fd, IPPROTO_IP, IP_RECVORIGDSTADDR);
#endif
#if defined(SO_TIMESTAMPING)
    {
        int all = 0x7f | 1 << 4;

        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &all, sizeof all);
    }
#endif
    set_tos_and_ttl(peer, type, TOS, TTL);
    peer_send_text(peer, "x", &endpoint.address);
    expect_info(receive_one(&endpoint), &endpoint.address, loopback_index(),
                TOS, TTL);
    endpoint_close(&endpoint);
    peer_close(peer);
}
BOTH(among_others)

/* The datagrams of IPv4 have an IPv4-mapped local address. */
static void mapped(void **state) {
    dgram_datapath_options options = options_with(DGRAM_INFO_ALL);
    const dgram_address any = address_of("::", 0);
    dgram_address local, to;
    struct endpoint endpoint = {0};
    socklen_t size = sizeof local;
    const dgram_receive_info *info;
    int peer = peer_open(DGRAM_UDP4);

    (void)state;
    if (!has_ipv6())
        skip();
    endpoint_open(&endpoint, DGRAM_UDP6, &options);
    dgram_datapath_destroy(endpoint.datapath);
    options.address = &any;
    assert_int_equal(dgram_datapath_create(&options, &endpoint.datapath), 0);
    getsockname(dgram_datapath_fd(endpoint.datapath), &local.any, &size);
    to = address_of("127.0.0.1", dgram_address_port(&local));
    set_tos_and_ttl(peer, DGRAM_UDP4, TOS, TTL);
    peer_send_text(peer, "x", &to);
    to = address_of("::ffff:127.0.0.1", 0);
    info = receive_one(&endpoint);
    expect_info(info, &to, loopback_index(), TOS, TTL);
    assert_true(dgram_address_equal(&info->reply_from, &to));
    endpoint_close(&endpoint);
    peer_close(peer);
}

static int value_of(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;

    assert_int_equal(getsockopt(fd, level, name, &value, &size), 0);
    return value;
}

/* What the program itself had enabled stays. */
static void descriptor_is_restored(void **state) {
    dgram_datapath_options options = options_with(DGRAM_INFO_ALL);
    dgram_datapath *datapath;
    int fd = peer_open(DGRAM_UDP4);

    (void)state;
    set_flag(fd, IPPROTO_IP, IP_RECVTTL);
    set_flag(fd, SOL_SOCKET, SO_TIMESTAMP);
    options.fd = fd;
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    assert_int_not_equal(value_of(fd, IPPROTO_IP, IP_RECVTOS), 0);
    dgram_datapath_destroy(datapath);
    assert_int_equal(value_of(fd, IPPROTO_IP, IP_RECVTOS), 0);
    assert_int_not_equal(value_of(fd, IPPROTO_IP, IP_RECVTTL), 0);
    assert_int_not_equal(value_of(fd, SOL_SOCKET, SO_TIMESTAMP), 0);
    peer_close(fd);
}

static void unknown_information_is_refused(void **state) {
    dgram_datapath_options options = options_with(2 * DGRAM_INFO_CREDENTIALS);
    const dgram_address any = address_of("127.0.0.1", 0);
    dgram_datapath *datapath;

    (void)state;
    options.address = &any;
    assert_int_equal(dgram_datapath_create(&options, &datapath),
                     DGRAM_ERR_INVALID_ARG_VALUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(all_is_known),
        IN_LOOP_BOTH(only_what_was_asked_for),
        IN_LOOP_BOTH(not_asked_for),
        IN_LOOP_BOTH(coalesced),
        IN_LOOP_BOTH(among_others),
        IN_LOOP(mapped),
        IN_LOOP(descriptor_is_restored),
        IN_LOOP(unknown_information_is_refused),
    };

    if (!has_receive_info()) {
        printf("skipped: this system does not report all information\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
