/* How people write endpoints who know other tools, and what they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "args/suggest_endpoint.h"

static const struct {
    const char *text, *next, *meant; /* NULL: nothing comes near */
} cases[] = {
    /* Two words: nc, socat's users, traceroute. */
    {"host", "5000", "host:5000"},
    {"192.0.2.1", "5000", "192.0.2.1:5000"},
    {"::1", "5000", "[::1]:5000"},
    {"[::1]", "5000", "[::1]:5000"},
    {"fe80::1%eth0", "9", "[fe80::1%eth0]:9"},
    {"host:", "5000", "host:5000"},
    {"host", "text", "host:PORT"},
    {"*", "5000", "5000"},

    /* No port, or half of one. */
    {"host", NULL, "host:PORT"},
    {"192.0.2.1", NULL, "192.0.2.1:PORT"},
    {"::1", NULL, "[::1]:PORT"},
    {"[2001:db8::1]", NULL, "[2001:db8::1]:PORT"},
    {"2001:db8:0:0:8:800:200c:417a", NULL,
     "[2001:db8:0:0:8:800:200c:417a]:PORT"},
    {"2001:db8::beef", NULL, "[2001:db8::beef]:PORT"},
    {"host:", NULL, "host:PORT"},
    {"5000:", NULL, "5000"},
    {"host:5000:", NULL, "host:5000"},
    {"host::5000", NULL, "host:5000"},

    /* IPv6 without brackets, as netstat prints it. */
    {"::1:5000", NULL, "[::1]:5000"},
    {":::5000", NULL, "[::]:5000"},
    {"fe80::1%eth0:9", NULL, "[fe80::1%eth0]:9"},
    {"2001:db8::1:5000", NULL, "[2001:db8::1]:5000"},
    {"*:5000", NULL, "5000"},

    /* URLs, socat, bash. */
    {"udp://host:5000", NULL, "host:5000"},
    {"udp://[::1]:5000/path?query", NULL, "[::1]:5000"},
    {"udp://@:5000", NULL, NULL},
    {"http://host/", "5000", "host:5000"},
    {"UDP4-DATAGRAM:host:5000,broadcast", NULL, "host:5000"},
    {"UDP-LISTEN:5000,fork", NULL, "5000"},
    {"UDP6-RECVFROM:5000", NULL, "5000"},
    {"udp:host:5000", NULL, "host:5000"},
    {"/dev/udp/host/5000", NULL, "host:5000"},
    {"UNIX-SENDTO:/tmp/socket", NULL, "unix:/tmp/socket"},
    {"/tmp/socket", NULL, "unix:/tmp/socket"},
    {"./socket", NULL, "unix:./socket"},

    /* Other separators: tcpdump, dig, tracepath, nmap. */
    {"host/5000", NULL, "host:5000"},
    {"192.0.2.1.5000", NULL, "192.0.2.1:5000"},
    {"::1.5000", NULL, "[::1]:5000"},
    {"192.0.2.1#53", NULL, "192.0.2.1:53"},
    {"host,5000", NULL, "host:5000"},
    {"host 5000", NULL, "host:5000"},
    {"host: 5000", NULL, "host:5000"},
    {"host:5000/udp", NULL, "host:5000"},
    {"5000/udp", NULL, "5000"},
    {"host:+5000", NULL, "host:5000"},
    {"+5000", NULL, "5000"},

    /* Names that look like something else. */
    {"udp.example.org", "5000", "udp.example.org:5000"},
    {"udphost:", "5000", "udphost:5000"},
    {"host5000", NULL, "host5000:PORT"},
    {"my_host-1", NULL, "my_host-1:PORT"},

    {"", NULL, NULL},
    {"", "5000", "5000"},
    {":", NULL, NULL},
    {"host:-1", NULL, NULL},
    {"host:5000-5010", NULL, NULL},
    {"a b c", NULL, NULL},
    {"[::1", NULL, NULL},
    {"1:2:3", NULL, NULL},
};

static void each_is_suggested(void **state) {
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[SUGGEST_ENDPOINT_MAX] = "";
        bool found = suggest_endpoint(cases[i].text, cases[i].next, out);

        if (found == (cases[i].meant != NULL) &&
            (!found || strcmp(out, cases[i].meant) == 0))
            continue;
        failed++;
        print_error("'%s' '%s': '%s', not '%s'\n", cases[i].text,
                    cases[i].next != NULL ? cases[i].next : "",
                    found ? out : "nothing",
                    cases[i].meant != NULL ? cases[i].meant : "nothing");
    }
    assert_int_equal(failed, 0);
}

/* Of any length, nothing overflows. */
static void long_texts_are_survived(void **state) {
    static const char *const starts[] = {"", "udp://", "/", "unix-x:", "::"};
    char text[2 * SUGGEST_ENDPOINT_MAX], out[SUGGEST_ENDPOINT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        for (size_t length = 0; length < sizeof text - 20; length++) {
            size_t start = (size_t)snprintf(text, sizeof text, "%s", starts[i]);

            memset(text + start, 'x', length);
            text[start + length] = '\0';
            if (suggest_endpoint(text, "65535", out))
                assert_in_range(strlen(out), 1, SUGGEST_ENDPOINT_MAX - 1);
            if (suggest_endpoint(text, NULL, out))
                assert_in_range(strlen(out), 1, SUGGEST_ENDPOINT_MAX - 1);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_suggested),
        cmocka_unit_test(long_texts_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
