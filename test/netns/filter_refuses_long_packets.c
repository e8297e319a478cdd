/* A packet filter on the length of packets refuses a GSO message, but not its
   datagrams, and each of these arrives. If a filter drops them later, without
   an error, offload must be switched off. */
#include "netns.h"

#include <stdlib.h>

#define COUNT 100

static int received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(message->length, 500);
    received++;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

/* Adds a rule to the host's egress; false if it cannot. */
static bool add_rule(enum host host, const char *hook, const char *rule) {
    char command[512];
    bool done;

    enter_host(host);
    snprintf(command, sizeof command,
             "{ nft add table inet t && "
             "nft 'add chain inet t c { type filter hook %s priority 0; }' && "
             "nft add rule inet t c %s; } 2>/dev/null",
             hook, rule);
    done = system(command) == 0;
    enter_host(NEAR);
    return done;
}

static void remove_rules(enum host host) {
    enter_host(host);
    assert_int_equal(system("nft delete table inet t"), 0);
    enter_host(NEAR);
}

/* Returns how many were reported as sent. */
static int send_some(const struct side *side, const dgram_options *options,
                     bool connected) {
    static const unsigned char zeros[500];
    dgram_socket *receiver = new_bound_on(NEAR, side->near);
    dgram_socket *sender = new_bound_on_with(FAR, side->far, 0, options);
    dgram_address to = address_of(side->near, port_of(receiver));
    dgram_listener listener;
    struct sent sent[COUNT] = {{0}};
    int passed = 0;

    enlarge_receive_buffer(receiver);
    received = 0;
    dgram_on(receiver, &listener, &events, NULL);
    if (connected) {
        assert_int_equal(
            dgram_connect_sync(sender, side->near, port_of(receiver)), 0);
        run_for(60); /* until one call takes many messages */
    }
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(dgram_send(sender, zeros, sizeof zeros,
                                    connected ? NULL : &to, note_sent,
                                    &sent[i]),
                         0);
    run_until(&sent[COUNT - 1].calls, 1);
    for (int i = 0; i < COUNT; i++)
        passed += sent[i].status == (int)sizeof zeros;
    run_until(&received, passed);
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
    return passed;
}

static void refuse_messages(const char *rule) {
    const struct side *sides[] = {&side_v4, &side_v6};

    if (!add_rule(FAR, "output", rule))
        skip();
    for (int i = 0; i < 4; i++) {
        dgram_options options = {.size = sizeof options,
                                 .type = sides[i % 2]->type};

        assert_int_equal(send_some(sides[i % 2], &options, i >= 2), COUNT);
    }
    remove_rules(FAR);
}

static void a_silent_refusal_costs_no_datagram(void **state) {
    (void)state;
    refuse_messages("udp length \\> 512 drop");
}

/* The ICMP answer to the refused message is an error of the socket, too. */
static void a_refusal_with_an_icmp_error_costs_no_datagram(void **state) {
    (void)state;
    refuse_messages("udp length \\> 512 reject");
    refuse_messages(
        "udp length \\> 512 reject with icmpx type admin-prohibited");
}

static void without_offload_each_datagram_passes(void **state) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .offload = DGRAM_OFFLOAD_OFF};

    (void)state;
    if (!add_rule(FAR, "postrouting", "udp length \\> 512 counter"))
        skip();
    assert_int_equal(send_some(&side_v4, &options, false), COUNT);
    enter_host(FAR);
    assert_int_equal(
        system("nft list table inet t | grep -q 'packets 0 bytes 0'"), 0);
    enter_host(NEAR);
    options.offload = DGRAM_OFFLOAD_AUTO;
    options.segments_max = 1;
    assert_int_equal(send_some(&side_v4, &options, false), COUNT);
    enter_host(FAR);
    assert_int_equal(
        system("nft list table inet t | grep -q 'packets 0 bytes 0'"), 0);
    remove_rules(FAR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_silent_refusal_costs_no_datagram),
        IN_LOOP(a_refusal_with_an_icmp_error_costs_no_datagram),
        IN_LOOP(without_offload_each_datagram_passes),
    };

    create_hosts();
    if (system("nft --version >/dev/null 2>&1") != 0) {
        puts("skipped: the command 'nft' is missing (nftables)");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
