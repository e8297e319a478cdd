/* Whether UDP works at all, and what the system reports of datagrams. Tries it
   with the library over loopback, so this is the same on all systems. */
#include "doctor/checks.h"

#include <string.h>

#include "doctor/loopback.h"

#define PAYLOAD 100
#define TTL 37
#define TOS DGRAM_TOS(46, DGRAM_ECN_ECT0) /* EF */
#define TRIES 3

#define LOOPBACK_DOWN                                                          \
    "the loopback interface may be down; as root: ip link set lo up"

static const char *name_of(int family) {
    return family == AF_INET6 ? "IPv6" : "IPv4";
}

/* There is no such family here, or none in this sandbox or namespace. */
static bool is_absent(int code) {
    return code == UV_EAFNOSUPPORT || code == UV_EADDRNOTAVAIL ||
           code == UV_EPROTONOSUPPORT;
}

/* A loopback interface that is down has no IPv6 address, either. */
static void set_absent(struct check *check, enum check_state state, int family,
                       int code) {
    check_refused(check, state,
                  family == AF_INET6 ? "there is no IPv6" : "there is no IPv4",
                  code);
    if (code != UV_EADDRNOTAVAIL || family != AF_INET6)
        return;
    if (state == CHECK_FAILS)
        check_advise(check, LOOPBACK_DOWN);
    else
        check_advise(check, "if you need it, as root: sysctl -w "
                            "net.ipv6.conf.lo.disable_ipv6=0");
}

static void set_send_failed(struct check *check, int code) {
    check_refused(check, CHECK_FAILS, "a datagram to loopback is not sent",
                  code);
    if (code == UV_ENETUNREACH || code == UV_EADDRNOTAVAIL ||
        code == UV_EHOSTUNREACH)
        check_advise(check, LOOPBACK_DOWN);
    else if (code == UV_EPERM)
        check_advise(check, "a packet filter or a sandbox refuses it: nft list "
                            "ruleset, or iptables -S");
}

/* Sends a datagram to itself. */
static bool arrives(struct doctor *doctor, struct check *check,
                    struct loopback *loopback) {
    int code = loopback_send(loopback, PAYLOAD, NULL);

    if (code < 0) {
        set_send_failed(check, code);
        return false;
    }
    code = loopback_receive(doctor, loopback, PAYLOAD, NULL);
    if (code == 1)
        return true;
    if (code < 0) {
        check_refused(check, CHECK_FAILS, "a datagram is not received", code);
    } else {
        check_set(check, CHECK_FAILS, "a datagram to loopback does not arrive");
        check_advise(check, "a packet filter may drop it: nft list ruleset, or "
                            "iptables -S");
    }
    return false;
}

static bool check_family(struct doctor *doctor, struct check *check, int family,
                         enum check_state absent) {
    struct loopback loopback;
    bool works;
    int code = loopback_open(&loopback, family, NULL);

    if (code < 0) {
        check_flag(check, "works", false);
        if (is_absent(code))
            set_absent(check, absent, family, code);
        else
            check_refused(check, CHECK_FAILS, "cannot open a socket", code);
        return false;
    }
    works = arrives(doctor, check, &loopback);
    loopback_close(&loopback);
    check_flag(check, "works", works);
    if (works)
        check_set(check, CHECK_OK, "datagrams arrive over loopback");
    return works;
}

void check_ipv4(struct doctor *doctor, struct check *check) {
    doctor->has_ipv4 = check_family(doctor, check, AF_INET, CHECK_WARNING);
}

/* One of the families must work. */
void check_ipv6(struct doctor *doctor, struct check *check) {
    doctor->has_ipv6 = check_family(
        doctor, check, AF_INET6, doctor->has_ipv4 ? CHECK_NOTE : CHECK_FAILS);
}

/* Sends a datagram with `sent` and receives it with all that the system
   reports. Returns 1, 0 or a negative code. */
static int exchange(struct doctor *doctor, int family, uint32_t wanted,
                    dgram_send_info *sent, dgram_receive_info *info) {
    const dgram_datapath_options options = {.receive_info = wanted};
    struct loopback loopback;
    int code = loopback_open(&loopback, family, &options);

    if (code < 0)
        return code;
    code = loopback_send(&loopback, PAYLOAD, sent);
    if (code == 0)
        code = loopback_receive(doctor, &loopback, PAYLOAD, info);
    loopback_close(&loopback);
    return code;
}

/* The options that a check sets for a datagram, for each family. */
struct wanted {
    uint32_t info; /* DGRAM_INFO_* */
    bool (*fits)(const dgram_receive_info *info, int family);
    void (*prepare)(dgram_send_info *info, int family); /* or NULL */
    const char *works, *lacks; /* what is said if it works, or not */
};

static void try_family(struct doctor *doctor, struct check *check, int family,
                       const struct wanted *wanted) {
    dgram_receive_info info = {0};
    dgram_send_info sent = {0};
    int code;

    if (wanted->prepare != NULL)
        wanted->prepare(&sent, family);
    code = exchange(doctor, family, wanted->info, &sent, &info);
    check_flag(check, family == AF_INET6 ? "ipv6" : "ipv4",
               code == 1 && wanted->fits(&info, family));
    if (check->state > CHECK_OK)
        return;
    if (code < 0)
        check_refused(check, CHECK_NOTE, wanted->lacks, code);
    else if (code == 0 || !wanted->fits(&info, family))
        check_set(check, CHECK_NOTE, "%s (%s)", wanted->lacks, name_of(family));
}

static void try_both(struct doctor *doctor, struct check *check,
                     const struct wanted *wanted) {
    check->state = CHECK_OK;
    if (doctor->has_ipv4)
        try_family(doctor, check, AF_INET, wanted);
    if (doctor->has_ipv6)
        try_family(doctor, check, AF_INET6, wanted);
    if (check->state == CHECK_OK)
        check_set(check, CHECK_OK, "%s", wanted->works);
}

static void set_source(dgram_send_info *info, int family) {
    info->set = DGRAM_INFO_LOCAL;
    info->local = loopback_address(family);
}

static bool has_local(const dgram_receive_info *info, int family) {
    dgram_address here = loopback_address(family);
    const uint32_t both = DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE;

    return (info->valid & both) == both && info->interface_index > 0 &&
           dgram_address_equal(&info->local, &here);
}

void check_packet_info(struct doctor *doctor, struct check *check) {
    static const struct wanted wanted = {
        .info = DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE,
        .prepare = set_source,
        .fits = has_local,
        .works = "source, destination and interface of each datagram",
        .lacks = "source, destination or interface is not known",
    };

    try_both(doctor, check, &wanted);
}

static void set_headers(dgram_send_info *info, int family) {
    (void)family;
    info->set = DGRAM_INFO_TOS | DGRAM_INFO_TTL;
    info->tos = TOS;
    info->ttl = TTL;
}

static bool has_headers(const dgram_receive_info *info, int family) {
    const uint32_t both = DGRAM_INFO_TOS | DGRAM_INFO_TTL;

    (void)family;
    return (info->valid & both) == both && info->tos == TOS && info->ttl == TTL;
}

void check_headers(struct doctor *doctor, struct check *check) {
    static const struct wanted wanted = {
        .info = DGRAM_INFO_TOS | DGRAM_INFO_TTL,
        .prepare = set_headers,
        .fits = has_headers,
        .works = "TOS (DSCP, ECN) and TTL are set and reported",
        .lacks = "TOS or TTL is not set, or not reported",
    };

    try_both(doctor, check, &wanted);
}

static bool has_time(const dgram_receive_info *info, int family) {
    (void)family;
    return (info->valid & DGRAM_INFO_TIMESTAMP) != 0 && info->timestamp_ns > 0;
}

void check_timestamps(struct doctor *doctor, struct check *check) {
    static const struct wanted wanted = {
        .info = DGRAM_INFO_TIMESTAMP,
        .fits = has_time,
        .works = "the kernel reports when it received a datagram",
        .lacks = "the kernel does not report when it received one",
    };

    try_both(doctor, check, &wanted);
}

/* Finds a port that no socket has: one that was just closed. */
static int closed_port(int family, dgram_address *out) {
    struct loopback other;
    int code = loopback_open(&other, family, NULL);

    if (code < 0)
        return code;
    *out = other.here;
    loopback_close(&other);
    return 0;
}

/* Returns 1, 0 if no error came, or a negative code. */
static int refused_once(struct doctor *doctor, int family) {
    const dgram_datapath_options options = {.path_errors = true};
    struct loopback loopback;
    dgram_path_error error;
    dgram_address nobody;
    int code = closed_port(family, &nobody);

    if (code == 0)
        code = loopback_open(&loopback, family, &options);
    if (code < 0)
        return code;
    loopback.here = nobody;
    code = loopback_send(&loopback, PAYLOAD, NULL);
    if (code == 0 && doctor_wait(doctor, loopback.fd))
        code = dgram_datapath_receive_error(loopback.path, &error) == 0 &&
               error.code == UV_ECONNREFUSED;
    loopback_close(&loopback);
    return code;
}

/* Another process may have taken the port meanwhile. */
void check_errors(struct doctor *doctor, struct check *check) {
    int family = doctor->has_ipv4 ? AF_INET : AF_INET6, code = 0;

    for (int i = 0; i < TRIES && code == 0; i++)
        code = refused_once(doctor, family);
    check_flag(check, "works", code == 1);
    if (code == 1) {
        check_set(check, CHECK_OK,
                  "ICMP errors are reported, with their senders");
    } else if (code < 0) {
        check_refused(check, CHECK_NOTE, "ICMP errors are not reported", code);
    } else {
        check_set(check, CHECK_NOTE, "no ICMP error comes over loopback");
        check_advise(check, "a packet filter may drop ICMP: 'ping' and 'mtu' "
                            "then report less");
    }
}
