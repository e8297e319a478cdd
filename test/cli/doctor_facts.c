/* What dgram doctor concludes: texts of the kernel are parsed, and each number
   is judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "datapath/offload.h"
#include "doctor/facts.h"

static void expect(const struct check *check, enum check_state state,
                   const char *fact, const char *advice) {
    assert_int_equal(check->state, state);
    if (strstr(check->fact, fact) == NULL)
        fail_msg("'%s' is not in '%s'", fact, check->fact);
    if (advice == NULL)
        assert_string_equal(check->advice, "");
    else if (strstr(check->advice, advice) == NULL)
        fail_msg("'%s' is not in '%s'", advice, check->advice);
}

static uint64_t number_of(const struct check *check, const char *name) {
    for (size_t i = 0; i < check->value_count; i++) {
        if (strcmp(check->values[i].name, name) == 0)
            return check->values[i].number;
    }
    fail_msg("there is no '%s'", name);
    return 0;
}

/* The library and the command know the same. */
static void kernels_are_known(void **state) {
    static const char *const releases[] = {"2.6.32",
                                           "4.18.0-553.el8.x86_64",
                                           "5.10.0-28-amd64",
                                           "6.8.0-45-generic",
                                           "6.8.99",
                                           "6.9",
                                           "6.9.0-rc1",
                                           "6.18.44",
                                           "6.99.99",
                                           "7",
                                           "7.0-rc3",
                                           "7.0.0",
                                           "7.0.12-arch1",
                                           "7.1.4",
                                           "7.1.5",
                                           "7.2",
                                           "10.0",
                                           "",
                                           "next",
                                           "99999999999999999999.1"};

    (void)state;
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
        struct kernel_facts facts = kernel_facts(releases[i]);

        assert_int_equal(facts.corrupts_gso, offload_corrupts(releases[i]));
        assert_int_equal(facts.mixes_headers,
                         offload_mixes_headers(releases[i]));
    }
}

static void kernels_are_judged(void **state) {
    struct check good = {.state = CHECK_OK}, old = good, bad = good;

    (void)state;
    judge_kernel(&good, "6.18.44");
    expect(&good, CHECK_OK, "", NULL);
    judge_kernel(&old, "6.1.0-43-amd64");
    expect(&old, CHECK_NOTE, "different TOS and TTL", "turns GRO off");
    judge_kernel(&bad, "7.1.4");
    expect(&bad, CHECK_WARNING, "may be corrupt", "7.1.5");
}

static void variables_are_judged(void **state) {
    static const struct {
        const char *offload, *trace;
        enum check_state state;
        const char *fact, *advice;
    } cases[] = {
        {NULL, NULL, CHECK_OK, "not set", NULL},
        {"", "0", CHECK_OK, "not set", NULL},
        {"ON", NULL, CHECK_NOTE, "any kernel", "unset DGRAM_OFFLOAD"},
        {"8", NULL, CHECK_NOTE, "=8 limits", "unset DGRAM_OFFLOAD"},
        {"0", NULL, CHECK_WARNING, "=0 turns GSO and GRO off", "unset"},
        {"off", "1", CHECK_WARNING, "DGRAM_TRACE", "unset DGRAM_OFFLOAD"},
        {"8x", NULL, CHECK_WARNING, "=8x turns", "unset"},
        {"one", NULL, CHECK_WARNING, "=one turns", "unset"},
        {NULL, "1", CHECK_NOTE, "DGRAM_TRACE", "unset DGRAM_TRACE"},
        {NULL, "off", CHECK_OK, "not set", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct check check = {0};

        judge_environment(&check, cases[i].offload, cases[i].trace);
        expect(&check, cases[i].state, cases[i].fact, cases[i].advice);
    }
}

/* As the library reads it. */
static void variable_means_what_the_library_does(void **state) {
    static const char *const texts[] = {
        "on",  "On", "off", "0",   "00", "1",  "64", "99999999999999999999",
        "onn", "o",  "-1",  "1.5", " 8", "yes"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct offload_override override = offload_parse(texts[i]);
        struct check check = {0};

        judge_environment(&check, texts[i], NULL);
        assert_int_equal(check.state,
                         override.off ? CHECK_WARNING : CHECK_NOTE);
    }
}

static void files_are_judged(void **state) {
    struct check many = {0}, few = {0}, least = {0}, hard = {0};

    (void)state;
    judge_files(&many, 1024, 524288);
    expect(&many, CHECK_OK, "1024 open files, at most 524288", NULL);
    judge_files(&few, 255, 524288);
    expect(&few, CHECK_NOTE, "255 open files", "ulimit -n 1024");
    judge_files(&least, 15, 100);
    expect(&least, CHECK_WARNING, "15 open files", "ulimit -n 100");
    judge_files(&hard, 10, 10);
    expect(&hard, CHECK_WARNING, "10 open files", "hard limit");
}

static const char snmp[] =
    "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
    "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors "
    "InCsumErrors IgnoredMulti MemErrors\n"
    "Udp: 1000 2 3 4 5 6 7 8 9\n"
    "UdpLite: InDatagrams NoPorts\nUdpLite: 111 222\n";

static void counters_are_parsed(void **state) {
    struct udp_counters sum = {0};

    (void)state;
    assert_true(counters_parse(snmp, &sum));
    assert_int_equal(sum.received, 1000);
    assert_int_equal(sum.no_port, 2);
    assert_int_equal(sum.errors, 3);
    assert_int_equal(sum.sent, 4);
    assert_int_equal(sum.receive_full, 5);
    assert_int_equal(sum.send_full, 6);
    assert_int_equal(sum.checksum, 7);
    assert_int_equal(sum.no_memory, 9);
    assert_true(counters_parse("Ip6InReceives\t7\nUdp6InDatagrams \t 50\n"
                               "Udp6RcvbufErrors\t1\nUdpLite6InErrors\t9\n"
                               "Udp6New\t77\n",
                               &sum));
    assert_int_equal(sum.received, 1050);
    assert_int_equal(sum.receive_full, 6);
    assert_int_equal(sum.errors, 3);
}

/* An old kernel has fewer columns, and a sandbox may give any text. */
static void odd_counters_are_survived(void **state) {
    static const char *const none[] = {"",
                                       "\n",
                                       "Udp:",
                                       "Udp: InDatagrams\n",
                                       "UdpLite: InErrors\nUdpLite: 1\n",
                                       "Ip6InReceives 7\n",
                                       "no counters at all"};
    struct udp_counters sum = {0};

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(counters_parse(none[i], &sum));
    assert_true(counters_parse("Udp: InDatagrams NoPorts\nUdp: 5", &sum));
    assert_true(counters_parse("Udp: InDatagrams\nUdp: 5 6 7\n", &sum));
    assert_true(counters_parse("Udp: InDatagrams A\nUdp: x y\n", &sum));
    assert_int_equal(sum.received, 10);
    assert_int_equal(sum.no_port, 0);
    assert_true(counters_parse("Udp6", &sum));
    assert_true(counters_parse("Udp6InDatagrams", &sum));
    assert_int_equal(sum.received, 10);
}

static void judge_one(struct udp_counters counters, enum check_state state,
                      const char *fact, const char *advice) {
    struct check check = {0};

    judge_counters(&check, &counters);
    expect(&check, state, fact, advice);
    assert_int_equal(number_of(&check, "received"), counters.received);
}

static void losses_are_judged(void **state) {
    (void)state;
    judge_one((struct udp_counters){.received = 7, .no_port = 9}, CHECK_OK,
              "7 datagrams received, 0 sent, none dropped", NULL);
    judge_one((struct udp_counters){.received = 1999999, .receive_full = 1},
              CHECK_NOTE, "1 of 2000000 (5e-05 %) found a full receive buffer",
              "SO_RCVBUF");
    judge_one((struct udp_counters){.received = 2999, .receive_full = 2},
              CHECK_NOTE, "2 of 3001 (0.0666 %)", "SO_RCVBUF");
    judge_one((struct udp_counters){.received = 1998, .receive_full = 1},
              CHECK_NOTE, "1 of 1999 (0.05 %)", "SO_RCVBUF");
    judge_one((struct udp_counters){.received = 2997, .receive_full = 3},
              CHECK_WARNING, "3 of 3000 (0.1 %)", "SO_RCVBUF");
    judge_one((struct udp_counters){.receive_full = 8, .checksum = 9},
              CHECK_WARNING, "8 of 8 (100 %) found a full receive buffer",
              "SO_RCVBUF");
    judge_one((struct udp_counters){.sent = 90, .send_full = 10}, CHECK_WARNING,
              "10 of 100 (10 %) were not sent", "pace");
    judge_one((struct udp_counters){.received = 99, .checksum = 1},
              CHECK_WARNING, "1 of 100 (1 %) had a wrong checksum", "ethtool");
    judge_one((struct udp_counters){.received = 99, .no_memory = 1},
              CHECK_WARNING, "used up", "udp_mem");
    judge_one((struct udp_counters){.received = 99, .errors = 1}, CHECK_WARNING,
              "InErrors", "nstat");
}

static void backlog_is_judged(void **state) {
    uint64_t dropped, squeezed;
    struct check none = {0}, some = {0}, unknown = {0};

    (void)state;
    assert_true(backlog_parse("0000ab12 00000010 00000002 0 0\n"
                              "000000ff 00000001 00000000 0 0\n",
                              &dropped, &squeezed));
    assert_int_equal(dropped, 17);
    assert_int_equal(squeezed, 2);
    assert_false(backlog_parse("", &dropped, &squeezed));
    assert_false(backlog_parse("zz\n", &dropped, &squeezed));
    judge_backlog(&none, 0, 2, 1000);
    expect(&none, CHECK_OK, "no packet was dropped", NULL);
    judge_backlog(&some, 17, 2, 1000);
    expect(&some, CHECK_NOTE, "17 packets", "netdev_max_backlog=2000");
    judge_backlog(&unknown, 17, 2, 0);
    expect(&unknown, CHECK_NOTE, "17 packets", "netdev_max_backlog=5000");
}

static void flows_are_judged(void **state) {
    struct check few = {0}, full = {0}, off = {0};

    (void)state;
    judge_conntrack(&few, 89, 100);
    expect(&few, CHECK_OK, "89 of at most 100", NULL);
    judge_conntrack(&full, 90, 100);
    expect(&full, CHECK_WARNING, "90 of at most 100", "nf_conntrack_max=200");
    judge_conntrack(&off, 5, 0);
    expect(&off, CHECK_OK, "5 of at most 0", NULL);
}

static void judge_size(struct buffer_facts facts, enum check_state state,
                       const char *fact, const char *advice) {
    struct check check = {0};

    facts.standard = 212992;
    judge_buffer(&check, &facts);
    expect(&check, state, fact, advice);
}

static void buffers_are_judged(void **state) {
    const struct buffer_facts old = {.receives = true,
                                     .largest = 425984,
                                     .stored = 2304,
                                     .limit = "net.core.rmem_max",
                                     .factor = 2};
    struct buffer_facts facts = old;

    (void)state;
    judge_size(facts, CHECK_NOTE,
               "208 KiB for 92 datagrams of 1200 bytes; at most 416 KiB",
               "sysctl -w net.core.rmem_max=4194304");
    facts.drops = 1;
    judge_size(facts, CHECK_WARNING, "at most 416 KiB", "were lost");
    facts.largest = 4 << 20;
    judge_size(facts, CHECK_WARNING, "at most 4 MiB", "were lost");
    facts.drops = 0;
    judge_size(facts, CHECK_OK, "at most 4 MiB", NULL);
    facts.drops = 1;
    facts.largest = 8 << 20;
    judge_size(facts, CHECK_OK, "at most 8 MiB", NULL);
    facts.largest = 0;
    judge_size(facts, CHECK_OK, "208 KiB for 92 datagrams of 1200 bytes", NULL);
    facts = old;
    facts.receives = false;
    facts.drops = 1; /* of the other direction */
    facts.limit = "net.core.wmem_max";
    judge_size(facts, CHECK_NOTE, "208 KiB; at most 416 KiB",
               "net.core.wmem_max=4194304");
    facts.largest = 2 << 20;
    judge_size(facts, CHECK_OK, "208 KiB; at most 2 MiB", NULL);
    facts.largest = (2 << 20) - 2;
    judge_size(facts, CHECK_NOTE, "208 KiB; at most 2048.0 KiB", "wmem_max");
    facts.largest = 425984;
    facts.limit = NULL;
    judge_size(facts, CHECK_OK, "208 KiB; at most 416 KiB", NULL);
}

static void sizes_are_readable(void **state) {
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {{0, "0 bytes"},
                 {1023, "1023 bytes"},
                 {1024, "1 KiB"},
                 {212992, "208 KiB"},
                 {9001, "9001 bytes"},
                 {212993, "208.0 KiB"},
                 {4194304, "4 MiB"},
                 {3ull << 30, "3 GiB"},
                 {5ull << 50, "5242880 GiB"}};
    char text[SIZE_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(size_text(cases[i].bytes, text), cases[i].text);
}

static void links_are_judged(void **state) {
    struct link_facts facts = {.is_up = true,
                               .has_carrier = true,
                               .mtu = 1500,
                               .speed = 10000,
                               .receive_queues = 4,
                               .send_queues = 2,
                               .qdisc = "fq",
                               .driver = "ice"};
    struct check up = {0}, least = {0}, small = {0}, cut = {0}, down = {0};

    (void)state;
    judge_link(&up, "eth0", &facts);
    expect(&up, CHECK_OK,
           "eth0 is up, MTU 1500 (payload 1472), 10000 Mbit/s, 4/2 queues "
           "in/out, qdisc fq, driver ice",
           NULL);
    assert_int_equal(number_of(&up, "speed_mbps"), 10000);
    assert_int_equal(number_of(&up, "send_queues"), 2);
    number_of(&up, "qdisc");
    number_of(&up, "driver");
    facts = (struct link_facts){
        .is_up = true, .has_carrier = true, .mtu = 1280, .gso_segments = 1};
    judge_link(&least, "eth0", &facts);
    expect(&least, CHECK_OK, "eth0 is up, MTU 1280 (payload 1252)", NULL);
    assert_int_equal(number_of(&least, "gso_segments"), 1);
    facts = (struct link_facts){.is_up = true, .has_carrier = true, .mtu = 576};
    judge_link(&small, "eth0", &facts);
    expect(&small, CHECK_NOTE, "MTU 576 (payload 548)", "mtu 1280");
    facts.has_carrier = false;
    judge_link(&cut, "eth0", &facts);
    expect(&cut, CHECK_WARNING, "without a carrier", "cable");
    facts.is_up = false;
    judge_link(&down, "eth0", &facts);
    expect(&down, CHECK_WARNING, "eth0 is down", "ip link set eth0 up");
}

static void judge_lost(const struct link_counters *counters,
                       enum check_state state, const char *fact,
                       const char *advice) {
    struct check check = {0};

    judge_link_drops(&check, "eth0", counters);
    expect(&check, state, fact, advice);
    assert_int_equal(number_of(&check, "received"), counters->received);
}

/* Each is worse than the one before. */
static void link_losses_are_judged(void **state) {
    struct link_counters counters = {.received = 5, .sent = 6};

    (void)state;
    judge_lost(&counters, CHECK_OK, "5 packets received, 6 sent, none lost",
               NULL);
    counters.receive_dropped = 7;
    judge_lost(&counters, CHECK_NOTE, "7 packets were dropped on the way in",
               "see ethtool -S eth0");
    counters.send_dropped = 8;
    judge_lost(&counters, CHECK_NOTE, "8 packets were dropped on the way out",
               "tc -s qdisc show dev eth0 shows");
    counters.send_errors = 9;
    judge_lost(&counters, CHECK_WARNING, "9 packets could not be sent",
               "ethtool -S eth0");
    counters.receive_errors = 10;
    judge_lost(&counters, CHECK_WARNING, "10 packets were received with errors",
               "ethtool -S eth0 shows");
    counters.missed = 11;
    judge_lost(&counters, CHECK_WARNING, "11 packets found the receive ring",
               "ethtool -G eth0 rx N (ethtool -g eth0 shows");
}

static void features_are_judged(void **state) {
    struct link_features features = {0};
    struct check all = {0}, no_gro = {0}, no_sums = {0};

    (void)state;
    features_note(&features, "tx-udp-segmentation", true);
    features_note(&features, "tx-generic-segmentation", true);
    features_note(&features, "rx-gro", true);
    features_note(&features, "rx-gro-list", false);
    features_note(&features, "tx-checksum-ip-generic", true);
    features_note(&features, "tx-checksum-ipv4", false);
    features_note(&features, "", true);
    judge_features(&all, "eth0", &features);
    expect(&all, CHECK_OK, "the device splits GSO messages; GRO is on", NULL);
    features_note(&features, "rx-gro", false);
    features_note(&features, "tx-udp-segmentation", false);
    judge_features(&no_gro, "eth0", &features);
    expect(&no_gro, CHECK_NOTE, "the kernel splits GSO messages; GRO is off",
           "ethtool -K eth0 gro on");
    features.checksums = false;
    features_note(&features, "tx-checksum-ipv6", true);
    judge_features(&no_sums, "eth0", &features);
    expect(&no_sums, CHECK_NOTE, "no checksums", "ethtool -K eth0 tx on");
    features_note(&features, "tx-checksum-ipv4", true);
    features_note(&features, "tx-checksum-ip-generic", false);
    assert_true(features.checksums);
    features_note(&features, "tx-generic-segmentation", false);
    assert_false(features.gso);
}

static void return_path_is_judged(void **state) {
    struct check loose = {0}, strict = {0};

    (void)state;
    judge_return_path(&loose, "eth0.7", 2);
    expect(&loose, CHECK_OK, "whatever the route back", NULL);
    judge_return_path(&strict, "eth0.7", 1);
    expect(&strict, CHECK_NOTE, "rp_filter=1",
           "net/ipv4/conf/eth0.7/rp_filter=2");
}

static void numbers_are_parsed(void **state) {
    uint64_t numbers[2] = {0};

    (void)state;
    assert_true(numbers_parse("32768\t60999\n", numbers, 2));
    assert_int_equal(numbers[0], 32768);
    assert_int_equal(numbers[1], 60999);
    assert_true(numbers_parse(" 0", numbers, 1));
    assert_int_equal(numbers[0], 0);
    assert_false(numbers_parse("1 ", numbers, 2));
    assert_false(numbers_parse("", numbers, 1));
    assert_false(numbers_parse("-1", numbers, 1));
}

/* Long texts and many members are cut off, and nothing is written behind. */
static void checks_have_bounds(void **state) {
    struct check check = {0};
    char text[2 * CHECK_TEXT_MAX];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    check_set(&check, CHECK_OK, "%s", text);
    check_add(&check, "%s", text);
    check_advise(&check, "%s", text);
    assert_int_equal(strlen(check.fact), CHECK_TEXT_MAX - 1);
    assert_int_equal(strlen(check.advice), CHECK_TEXT_MAX - 1);
    for (size_t i = 0; i < CHECK_VALUES_MAX + 3; i++) {
        check_number(&check, "number", i);
        check_flag(&check, "flag", true);
        check_text(&check, "text", text);
    }
    assert_int_equal(check.value_count, CHECK_VALUES_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_known),
        cmocka_unit_test(kernels_are_judged),
        cmocka_unit_test(variables_are_judged),
        cmocka_unit_test(variable_means_what_the_library_does),
        cmocka_unit_test(files_are_judged),
        cmocka_unit_test(counters_are_parsed),
        cmocka_unit_test(odd_counters_are_survived),
        cmocka_unit_test(losses_are_judged),
        cmocka_unit_test(backlog_is_judged),
        cmocka_unit_test(flows_are_judged),
        cmocka_unit_test(buffers_are_judged),
        cmocka_unit_test(sizes_are_readable),
        cmocka_unit_test(links_are_judged),
        cmocka_unit_test(link_losses_are_judged),
        cmocka_unit_test(features_are_judged),
        cmocka_unit_test(return_path_is_judged),
        cmocka_unit_test(numbers_are_parsed),
        cmocka_unit_test(checks_have_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
