/* On a host with two interfaces and several addresses, a socket that is bound
   to all of them learns to which address and by which interface each datagram
   came, and what was in its IP header. */
#include "info.h"
#include "netns.h"

#include <net/if.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#define TOS DGRAM_TOS(46, DGRAM_ECN_ECT1)
#define TTL 9
#define HEADERS 3

static struct {
    int calls;
    dgram_receive_info info[16];
} seen;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    assert_in_range(seen.calls, 0, 15);
    assert_non_null(message->info);
    seen.info[seen.calls++] = *message->info;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static dgram_socket *new_receiver(const char *address,
                                  dgram_listener *listener) {
    const dgram_options options = {
        .size = sizeof options,
        .type = strchr(address, ':') != NULL ? DGRAM_UDP6 : DGRAM_UDP4,
        .receive_info = DGRAM_INFO_ALL,
    };
    dgram_socket *socket = new_bound_on_with(FAR, address, 0, &options);

    memset(&seen, 0, sizeof seen);
    dgram_on(socket, listener, &events, NULL);
    return socket;
}

static uint32_t index_on_far(const char *name) {
    uint32_t index;

    enter_host(FAR);
    index = if_nametoindex(name);
    enter_host(NEAR);
    assert_int_not_equal(index, 0);
    return index;
}

static dgram_type type_of(const dgram_address *address) {
    return address->any.sa_family == AF_INET6 ? DGRAM_UDP6 : DGRAM_UDP4;
}

static int open_sender(const dgram_address *to) {
    int fd = socket(to->any.sa_family, SOCK_DGRAM, 0);
    int on = 1, ttl = TTL;

    assert_true(fd >= 0);
    set_tos_and_ttl(fd, type_of(to), TOS, TTL);
    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &ttl, sizeof ttl);
    return fd;
}

/* `to` is as NEAR writes it, the others are as FAR does. */
static void arrives(dgram_socket *receiver, const char *to,
                    const char *interface, const char *local,
                    const char *reply_from) {
    dgram_address address = address_of(to, port_of(receiver));
    int fd = open_sender(&address);
    char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address expected;

    seen.calls = 0;
    peer_send_text(fd, "x", &address);
    run_until(&seen.calls, 1);
    enter_host(FAR);
    assert_int_equal(dgram_address_parse(local, 0, &expected), 0);
    dgram_address_format(&seen.info[0].reply_from, text, sizeof text);
    enter_host(NEAR);
    expect_info(&seen.info[0], &expected, index_on_far(interface), TOS, TTL);
    assert_string_equal(text, reply_from);
    close(fd);
}

static void end(dgram_socket *receiver) {
    dgram_close(receiver);
    run_to_end();
}

static void over_ipv4(void **state) {
    dgram_listener listener;
    dgram_socket *receiver = new_receiver("0.0.0.0", &listener);

    (void)state;
    arrives(receiver, "10.77.0.2", "b0", "10.77.0.2", "10.77.0.2");
    arrives(receiver, "10.77.0.3", "b0", "10.77.0.3", "10.77.0.3");
    arrives(receiver, "10.78.0.2", "b1", "10.78.0.2", "10.78.0.2");
    arrives(receiver, "10.77.0.255", "b0", "10.77.0.255", "10.77.0.2");
    arrives(receiver, "10.78.0.255", "b1", "10.78.0.255", "10.78.0.2");
    end(receiver);
}

static void over_ipv6(void **state) {
    dgram_listener listener;
    dgram_socket *receiver = new_receiver("::", &listener);

    (void)state;
    arrives(receiver, "fd77::2", "b0", "fd77::2", "fd77::2");
    arrives(receiver, "fd77::3", "b0", "fd77::3", "fd77::3");
    arrives(receiver, "fd78::2", "b1", "fd78::2", "fd78::2");
    arrives(receiver, "fe80::2%a0", "b0", "fe80::2%b0", "fe80::2%b0");
    arrives(receiver, "fe80::2%a1", "b1", "fe80::2%b1", "fe80::2%b1");
    arrives(receiver, "ff02::1%a1", "b1", "ff02::1%b1", "::");
    end(receiver);
}

static void over_ipv4_to_an_ipv6_socket(void **state) {
    dgram_listener listener;
    dgram_socket *receiver = new_receiver("::", &listener);

    (void)state;
    arrives(receiver, "10.77.0.3", "b0", "::ffff:10.77.0.3",
            "::ffff:10.77.0.3");
    arrives(receiver, "10.78.0.2", "b1", "::ffff:10.78.0.2",
            "::ffff:10.78.0.2");
    arrives(receiver, "10.78.0.255", "b1", "::ffff:10.78.0.255",
            "::ffff:10.78.0.2");
    end(receiver);
}

/* Lets the receiving end of the wire coalesce packets, as a network card does.
 */
static void coalesce_on_far(void) {
    struct ethtool_value on = {.cmd = ETHTOOL_SGRO, .data = 1};
    struct ifreq request = {.ifr_name = "b0", .ifr_data = (char *)&on};
    int fd;

    enter_host(FAR);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(ioctl(fd, SIOCETHTOOL, &request), 0);
    close(fd);
    enter_host(NEAR);
}

/* Datagrams of one sender that differ in the IP header are not coalesced, or
   GRO is off: each has its own information. */
static void bursts_differ(const char *to) {
    dgram_listener listener;
    dgram_socket *receiver =
        new_receiver(strchr(to, ':') != NULL ? "::" : "0.0.0.0", &listener);
    dgram_address address = address_of(to, port_of(receiver));
    int fd = open_sender(&address);

    for (int i = 0; i < 4 * HEADERS; i++) {
        set_tos_and_ttl(fd, type_of(&address), i % HEADERS, 50 + i / HEADERS);
        peer_send_text(fd, "payload", &address);
    }
    run_until(&seen.calls, 4 * HEADERS);
    for (int i = 0; i < 4 * HEADERS; i++) {
        assert_int_equal(seen.info[i].tos, i % HEADERS);
        assert_int_equal(seen.info[i].ttl, 50 + i / HEADERS);
    }
    close(fd);
    end(receiver);
}

static void headers_of_a_burst_differ(void **state) {
    (void)state;
    coalesce_on_far();
    bursts_differ("10.77.0.2");
    bursts_differ("fd77::2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(over_ipv4),
        IN_LOOP(over_ipv6),
        IN_LOOP(over_ipv4_to_an_ipv6_socket),
        IN_LOOP(headers_of_a_burst_differ),
    };

    create_hosts();
    add_second_wire();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
