/* dgram mtu: finds the path MTU to a host. Sends packets that must not be
   fragmented. Whatever the host answers, a datagram or that the port is closed,
   shows that a packet of that size arrived. */
#include <stdio.h>
#include <string.h>

#include "args/common.h"
#include "measure/stamp.h"
#include "mtu/search.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "session/path_errors.h"
#include "session/session.h"
#include "verbs.h"

#define PORT "33434" /* usually closed; traceroute begins with it */
#define TRIES 3      /* before silence means "too large" */
#define SIZES 256    /* latest packets whose answers are recognized */

#define FLOOR_V4 576 /* what every host receives: RFC 1122 */
#define FLOOR_V6 1280
#define MTU_MIN_V4 68    /* of any link: RFC 791 */
#define MTU_MAX_V4 65535 /* the length of a packet has 16 bits */
#define MTU_MAX_V6 65575

static struct {
    struct session session;
    struct endpoint to;
    double timeout; /* seconds */
    bool json;

    dgram_address peer;
    dgram_address router; /* for MTU_LIMIT_ROUTER */
    struct mtu_search search;
    unsigned tries; /* of this size */
    unsigned char payload[MTU_MAX_V6];
    uint32_t sizes[SIZES]; /* by number */
    uint64_t sent;
    uint32_t id; /* of this run, in the stamps */
    uv_timer_t timer;
    bool is_found;
} it = {.timeout = 1};

/* What is sent to an IPv4 address in IPv6 form is IPv4. */
static bool is_v6(void) {
    return it.to.type == DGRAM_UDP6 &&
           !IN6_IS_ADDR_V4MAPPED(&it.peer.v6.sin6_addr);
}

static void on_timer(uv_timer_t *timer);

static void send_probe(void) {
    struct stamp stamp = {
        .session = it.id, .number = it.sent, .time = uv_hrtime()};
    uint32_t length = dgram_payload_size_max((int)it.search.size, &it.peer);

    it.sizes[it.sent++ % SIZES] = it.search.size;
    it.tries++;
    stamp_write(it.payload, &stamp);
    if (dgram_send(it.session.socket, it.payload, length, NULL, NULL, NULL) < 0)
        session_fail(&it.session, dgram_last_error(it.session.socket));
    else
        uv_timer_start(&it.timer, on_timer, (uint64_t)(it.timeout * 1000), 0);
    live_draw();
}

static void fail_silent(void) {
    session_log(&it.session, "no answer, not even to packets of %u bytes",
                (unsigned)it.search.floor);
    fprintf(stderr,
            "is the host up? A firewall may drop the packets: run 'dgram echo "
            "%s' there, or use a\nport that answers; if round trips are long, "
            "raise --timeout\n",
            PORT);
    it.session.status = 1;
    session_stop(&it.session);
}

static void go_on(void) {
    it.tries = 0;
    if (!mtu_search_is_done(&it.search)) {
        send_probe();
    } else if (it.search.low > 0) {
        it.is_found = true;
        session_stop(&it.session);
    } else {
        fail_silent();
    }
}

/* The host limits how many ICMP errors it sends in a second, so silence is
   believed late. */
static void on_timer(uv_timer_t *timer) {
    (void)timer;
    if (it.tries < TRIES) {
        send_probe();
    } else {
        mtu_search_silence(&it.search);
        go_on();
    }
}

/* An echo contains the number of its packet. Any other answer is taken for an
   answer to the latest packet. */
static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    uint32_t size = it.search.size;
    struct stamp stamp;

    (void)socket;
    (void)data;
    if (stamp_read(message->payload, message->length, &stamp)) {
        if (stamp.session != it.id || stamp.number >= it.sent ||
            it.sent - stamp.number > SIZES)
            return;
        size = it.sizes[stamp.number % SIZES];
    }
    if (size <= it.search.low)
        return; /* a second answer */
    mtu_search_pass(&it.search, size);
    go_on();
}

static bool is_from_peer(const dgram_path_error *error) {
    const dgram_address *reporter = &error->reporter;

    if (reporter->any.sa_family != it.peer.any.sa_family)
        return false;
    return reporter->any.sa_family == AF_INET6
               ? IN6_ARE_ADDR_EQUAL(&reporter->v6.sin6_addr,
                                    &it.peer.v6.sin6_addr)
               : reporter->v4.sin_addr.s_addr == it.peer.v4.sin_addr.s_addr;
}

static void on_too_large(const dgram_path_error *error) {
    enum mtu_limit limit =
        error->local ? MTU_LIMIT_INTERFACE : MTU_LIMIT_ROUTER;

    if (error->mtu > 0 && error->mtu < (is_v6() ? FLOOR_V6 : MTU_MIN_V4))
        return; /* no link has that: it is forged */
    if (!mtu_search_report(&it.search, error->mtu, limit))
        return;
    it.router = error->reporter;
    go_on();
}

/* Once packets passed, the host can be reached: another error passes, too, and
   the packet is sent again. */
static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    char text[PATH_ERROR_TEXT_MAX];

    (void)socket;
    (void)data;
    if (error->code == UV_EMSGSIZE) {
        on_too_large(error);
    } else if (error->code == UV_ECONNREFUSED && is_from_peer(error)) {
        mtu_search_pass(&it.search, it.search.size);
        go_on();
    } else if (it.search.low == 0) {
        path_error_text(error, text);
        session_log(&it.session, "%s", text);
        path_error_advise(&it.session, error);
        it.session.status = 1;
        session_stop(&it.session);
    }
}

/* This host refuses a packet that exceeds the MTU of the interface, and then
   reports that MTU as a path error. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)data;
    if (error->code != UV_EMSGSIZE && it.search.low == 0)
        session_fail(&it.session, error);
}

static void draw_row(void) {
    live_printf("%u bytes pass, trying %u", (unsigned)it.search.low,
                (unsigned)it.search.size);
}

/* Begins with the longest packet of IP. The interface refuses it and reports
   its MTU. The path MTU that the kernel has cached may be out of date. */
static void on_connect(dgram_socket *socket, void *data) {
    (void)data;
    dgram_get_remote_address(socket, &it.peer);
    if (dgram_set_dont_fragment(socket, DGRAM_PMTU_PROBE) < 0) {
        session_fail(&it.session, dgram_last_error(socket));
        return;
    }
    mtu_search_begin(&it.search, is_v6() ? FLOOR_V6 : FLOOR_V4,
                     is_v6() ? MTU_MAX_V6 : MTU_MAX_V4);
    if (!common.json)
        live_begin(&it.session.loop, NULL, draw_row);
    go_on();
}

static void print_result_json(uint32_t payload) {
    static const char *const limits[] = {"interface", "router", "silence"};
    char router[DGRAM_ADDRESS_TEXT_MAX];

    fprintf(output, "{\"event\":\"result\",");
    print_address_json(output, &it.peer);
    fprintf(output,
            ",\"mtu\":%u,\"payload\":%u,\"probes\":%llu,\"limit\":\"%s\"",
            (unsigned)it.search.low, (unsigned)payload,
            (unsigned long long)it.sent, limits[it.search.limit]);
    if (it.search.limit == MTU_LIMIT_ROUTER &&
        dgram_address_format(&it.router, router, sizeof router) == 0)
        print_json_member(output, "reporter", router);
    fprintf(output, "}\n");
}

static void print_result(uint32_t payload) {
    char host[DGRAM_ADDRESS_TEXT_MAX], router[DGRAM_ADDRESS_TEXT_MAX];

    address_text(&it.peer, host);
    address_text(&it.router, router);
    fprintf(output, "%s: MTU %u, payload up to %u bytes, ", host,
            (unsigned)it.search.low, (unsigned)payload);
    if (it.search.limit == MTU_LIMIT_ROUTER)
        fprintf(output, "limited by %s\n", router);
    else if (it.search.limit == MTU_LIMIT_INTERFACE)
        fprintf(output, "limited by the interface of this host\n");
    else
        fprintf(output, "longer packets get no answer\n");
}

static void on_stop(void *data) {
    uint32_t payload = dgram_payload_size_max((int)it.search.low, &it.peer);

    (void)data;
    live_end();
    uv_close((uv_handle_t *)&it.timer, NULL);
    if (!it.is_found)
        return;
    if (common.json)
        print_result_json(payload);
    else
        print_result(payload);
}

static const struct option options[] = {
    {"timeout", OPTION_TIME, &it.timeout, "S",
     "seconds to wait for each of three tries (1)", 0.001, 1e6},
};

static const struct usage usage = {
    .verb = "mtu",
    .arguments = "HOST[:PORT]",
    .about =
        "Finds the path MTU: the longest packet that reaches a host without"
        " being\nfragmented. The port (" PORT
        ") must be closed, or 'dgram echo'"
        " must run there.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON | COMMON_OFFLOAD | COMMON_FAMILY,
    .arguments_min = 1,
    .arguments_max = 1,
};

static const dgram_events events = {
    .size = sizeof events,
    .connect = on_connect,
    .message = on_message,
    .error = on_error,
    .path_error = on_path_error,
};

/* Adds the port, and brackets around an IPv6 address, if they are missing. */
static int parse(const char *text) {
    char full[DGRAM_HOST_TEXT_MAX + sizeof "[]:" PORT];
    const char *format = "%s";
    const char *end = strrchr(text, ']');
    dgram_address address;

    if (strchr(text, ':') != NULL &&
        dgram_address_parse(text, 0, &address) == 0)
        format = "[%s]:" PORT;
    else if (strchr(end != NULL ? end : text, ':') == NULL &&
             (end != NULL || endpoint_is_host(text)))
        format = "%s:" PORT;
    if ((size_t)snprintf(full, sizeof full, format, text) >= sizeof full)
        return usage_error("mtu", "the name of the host is too long");
    return endpoint_parse("mtu", full, &common.family, &it.to);
}

int run_mtu(int argc, char **argv) {
    dgram_options socket_options = {.size = sizeof socket_options,
                                    .path_errors = true};
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = parse(argv[0]);
    if (status == 0)
        status = endpoint_check_peer("mtu", &it.to);
    if (status == 0)
        status = session_begin(&it.session, "mtu");
    if (status != 0)
        return status;
    it.id = stamp_new_session();
    uv_timer_init(&it.session.loop, &it.timer);
    it.session.on_stop = on_stop;
    common_begin(&usage, &it.to, &it.session);
    common_set(&socket_options, &it.to);
    if (session_create(&it.session, &socket_options, &events))
        session_connect(&it.session, &it.to);
    return session_run(&it.session);
}
