/* With DGRAM_STEERING_SOURCE all datagrams of one IPv6 address reach one socket
   of the port, and every socket gets some. */
#include "group.h"
#include "netns.h"

#define SOURCES 200
#define PORTS 3

/* Addresses that differ in one of the words of the address. */
static void write_address(char *out, size_t size, unsigned source) {
    switch (source % 4) {
    case 0:
        snprintf(out, size, "fd77:0:1:%x::9", source);
        break;
    case 1:
        snprintf(out, size, "fd77:%x:1::9", source);
        break;
    case 2:
        snprintf(out, size, "fd77:0:1:0:%x::9", source);
        break;
    default:
        snprintf(out, size, "fd77:0:1::%x", source);
    }
}

static int open_source(unsigned source) {
    char text[64];
    dgram_address address;
    int fd = socket(AF_INET6, SOCK_DGRAM, 0), on = 1;

    write_address(text, sizeof text, source);
    address = address_of(text, 0);
    /* No such address is configured. */
    assert_int_equal(setsockopt(fd, IPPROTO_IPV6, 78, &on, sizeof on),
                     0); /* FREEBIND */
    assert_int_equal(bind(fd, &address.any, sizeof address.v6), 0);
    return fd;
}

static void each_source_has_one_socket(void **state) {
    struct group group;
    dgram_address to;

    (void)state;
    group_open(&group, DGRAM_UDP6, "::", DGRAM_STEERING_SOURCE);
    to = address_of("::1", group.port);
    for (uint32_t source = 0; source < SOURCES; source++) {
        for (int port = 0; port < PORTS; port++) {
            int fd = open_source(source);

            peer_send(fd, &source, sizeof source, &to);
            peer_close(fd);
        }
    }
    group_expect_one_socket_each(&group, SOURCES, PORTS);
    group_close(&group);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(each_source_has_one_socket)};

    create_hosts();
#if !defined(TEST_COALESCES)
    puts("skipped: this platform has no steering");
    return SKIPPED;
#endif
    /* Every address is one of this host. */
    ip_on(NEAR, "route add local fd77::/16 dev lo");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
