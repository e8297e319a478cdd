/* With DGRAM_STEERING_SOURCE all datagrams of one address reach one socket of
   the port, whatever port they come from, and every socket gets some. */
#include "group.h"

#define SOURCES 200
#define PORTS 5

static int open_source(uint32_t number) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(0x7f010000u + number * 7),
    };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_int_equal(
        bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void send_from_all(const dgram_address *to) {
    for (uint32_t source = 0; source < SOURCES; source++) {
        for (int port = 0; port < PORTS; port++) {
            int fd = open_source(source);

            peer_send(fd, &source, sizeof source, to);
            peer_close(fd);
        }
    }
}

static void each_source_has_one_socket(dgram_type type, const char *address) {
    struct group group;
    dgram_address to;

    group_open(&group, type, address, DGRAM_STEERING_SOURCE);
    to = address_of("127.0.0.1", group.port);
    send_from_all(&to);
    group_expect_one_socket_each(&group, SOURCES, PORTS);
    group_close(&group);
}

static void over_ipv4(void **state) {
    (void)state;
    each_source_has_one_socket(DGRAM_UDP4, "0.0.0.0");
}

static void over_ipv4_to_an_ipv6_socket(void **state) {
    (void)state;
    if (!has_ipv6())
        skip();
    each_source_has_one_socket(DGRAM_UDP6, "::");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(over_ipv4),
        IN_LOOP(over_ipv4_to_an_ipv6_socket),
    };

#if !defined(TEST_COALESCES)
    puts("skipped: this platform has no steering");
    return SKIPPED;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
