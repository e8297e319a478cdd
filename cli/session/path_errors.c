#include "session/path_errors.h"

#include <string.h>

#include "output/print.h"
#include "output/term.h"

#define ICMP_TIME_EXCEEDED 11
#define ICMP6_TIME_EXCEEDED 3

/* An IPv4 address of an IPv6 socket uses ICMP, not ICMPv6. */
static bool speaks_icmp6(const dgram_address *address) {
    return address->any.sa_family == AF_INET6 &&
           !IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr);
}

/* A router says that the TTL ended there. The code of the kernel does not
   differ from that of an unreachable host. */
static bool is_time_exceeded(const dgram_path_error *error) {
    uint8_t type = speaks_icmp6(&error->reporter) ? ICMP6_TIME_EXCEEDED
                                                  : ICMP_TIME_EXCEEDED;

    return !error->local && error->icmp_type == type;
}

void path_error_text(const dgram_path_error *error,
                     char text[PATH_ERROR_TEXT_MAX]) {
    char host[DGRAM_ADDRESS_TEXT_MAX], mtu[32] = "";

    address_text(&error->reporter, host);
    if (error->mtu > 0)
        snprintf(mtu, sizeof mtu, ", MTU %u", (unsigned)error->mtu);
    snprintf(text, PATH_ERROR_TEXT_MAX, "%s: %s%s",
             host[0] != '\0' ? host : "this host",
             is_time_exceeded(error) ? "TTL exceeded"
                                     : dgram_strerror(error->code),
             mtu);
}

void path_error_print_json(FILE *out, const dgram_path_error *error) {
    char host[DGRAM_ADDRESS_TEXT_MAX];

    address_text(&error->reporter, host);
    fputs("\"reporter\":", out);
    if (host[0] != '\0')
        print_json_string(out, (const unsigned char *)host, strlen(host));
    else
        fputs("null", out);
    if (error->mtu > 0)
        fprintf(out, ",\"mtu\":%u", (unsigned)error->mtu);
    if (!error->local)
        fprintf(out, ",\"icmp_type\":%u,\"icmp_code\":%u",
                (unsigned)error->icmp_type, (unsigned)error->icmp_code);
}

void path_error_advise(struct session *session, const dgram_path_error *error) {
    char host[DGRAM_ADDRESS_TEXT_MAX];
    const dgram_error advised = {.code = error->code,
                                 .syscall = "recvmsg",
                                 .address = host,
                                 .port = dgram_address_port(&error->to)};

    address_text(&error->to, host);
    if (!is_time_exceeded(error)) {
        session_advise(session, &advised);
        return;
    }
    live_clear();
    fprintf(stderr,
            "the path has too many hops: raise --ttl, unless the routes form "
            "a loop\n");
}
