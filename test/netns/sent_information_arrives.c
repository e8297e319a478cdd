/* Source address, TOS and TTL of single datagrams, as the other host sees them:
   by each way of sending, on IPv4, IPv6 and IPv4-mapped addresses. */
#include "netns.h"

#include <net/if.h>
#include <netinet/ip.h>
#include <poll.h>
#include <unistd.h>

/* A family of addresses: the sender has two, and `source` is not the one that
   the kernel chooses. */
static const struct way {
    dgram_type type;
    const char *any, *to, *source, *foreign;
    const char *seen, *seen_by_default; /* the source, at the receiver */
    const char *receiver;
} ways[] = {
    {DGRAM_UDP4, "0.0.0.0", "10.77.0.2", "10.77.0.4", "10.99.0.1", "10.77.0.4",
     "10.77.0.1", "10.77.0.2"},
    {DGRAM_UDP6, "::", "fd77::2", "fd77::4", "fd99::1", "fd77::4", "fd77::1",
     "fd77::2"},
    {DGRAM_UDP6, "::", "::ffff:10.77.0.2", "::ffff:10.77.0.4",
     "::ffff:10.99.0.1", "10.77.0.4", "10.77.0.1", "10.77.0.2"},
};

#define WAYS (sizeof ways / sizeof *ways)

static void enable(int fd, int level, int name) {
    int on = 1;

    assert_int_equal(setsockopt(fd, level, name, &on, sizeof on), 0);
}

/* A descriptor on FAR that reports TOS and TTL. */
static int receiver_of(const struct way *way, dgram_address *to) {
    dgram_address address = address_of(way->receiver, 0);
    bool v6 = address.any.sa_family == AF_INET6;
    socklen_t size = v6 ? sizeof address.v6 : sizeof address.v4;
    int fd;

    enter_host(FAR);
    fd = socket(address.any.sa_family, SOCK_DGRAM, 0);
    enter_host(NEAR);
    assert_int_equal(bind(fd, &address.any, size), 0);
    assert_int_equal(getsockname(fd, &address.any, &size), 0);
    enable(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
           v6 ? IPV6_RECVTCLASS : IP_RECVTOS);
    enable(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
           v6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL);
    *to = address_of(way->to, dgram_address_port(&address));
    return fd;
}

struct arrival {
    char payload;
    char from[DGRAM_ADDRESS_TEXT_MAX];
    int tos, ttl;
};

static void read_control(struct msghdr *header, struct arrival *out) {
    struct cmsghdr *cmsg;

    for (cmsg = CMSG_FIRSTHDR(header); cmsg != NULL;
         cmsg = CMSG_NXTHDR(header, cmsg)) {
        if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_TOS)
            out->tos = *CMSG_DATA(cmsg);
        else if (cmsg->cmsg_level == IPPROTO_IPV6 &&
                 cmsg->cmsg_type == IPV6_TCLASS)
            memcpy(&out->tos, CMSG_DATA(cmsg), sizeof out->tos);
        else
            memcpy(&out->ttl, CMSG_DATA(cmsg), sizeof out->ttl);
    }
}

static struct arrival arrival_at(int fd) {
    struct arrival out = {.tos = -1, .ttl = -1};
    struct iovec part = {&out.payload, 1};
    _Alignas(struct cmsghdr) char control[128];
    dgram_address from;
    struct msghdr header = {.msg_name = &from,
                            .msg_namelen = sizeof from,
                            .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    struct pollfd readable = {.fd = fd, .events = POLLIN};

    assert_int_equal(poll(&readable, 1, 20000), 1);
    assert_true(recvmsg(fd, &header, 0) >= 1);
    dgram_address_format(&from, out.from, sizeof out.from);
    read_control(&header, &out);
    return out;
}

static void expect_plain(int fd, const struct way *way) {
    struct arrival got = arrival_at(fd);

    assert_int_equal(got.payload, 'p');
    assert_string_equal(got.from, way->seen_by_default);
    assert_int_equal(got.tos, 0);
    assert_int_equal(got.ttl, 64);
}

/* With the information of number `i`. */
static void expect_special(int fd, const struct way *way, int i) {
    struct arrival got = arrival_at(fd);

    assert_int_equal(got.payload, 's');
    assert_string_equal(got.from, way->seen);
    assert_int_equal(got.tos, DGRAM_TOS(46, i % 4));
    assert_int_equal(got.ttl, i + 1);
}

static dgram_send_info info_of(const struct way *way, int i) {
    return (dgram_send_info){
        .set = DGRAM_INFO_ALL & ~DGRAM_INFO_TIMESTAMP,
        .interface_index = if_nametoindex("a0"),
        .local = address_of(way->source, 0),
        .tos = DGRAM_TOS(46, i % 4),
        .ttl = (uint8_t)(i + 1),
    };
}

#define BURST 48

/* Pairs with equal information, and a plain datagram after each. */
struct burst {
    dgram_outgoing messages[BURST];
    dgram_send_info infos[BURST];
    char bytes[BURST];
};

static void fill(struct burst *burst, const struct way *way,
                 const dgram_address *to) {
    memset(burst, 0, sizeof *burst);
    for (int i = 0; i < BURST; i++) {
        bool plain = i % 3 == 2;

        burst->bytes[i] = plain ? 'p' : 's';
        burst->infos[i] = info_of(way, i / 3);
        burst->messages[i] = (dgram_outgoing){
            .payload = &burst->bytes[i],
            .length = 1,
            .to = to,
            .info = plain ? NULL : &burst->infos[i],
        };
    }
}

static void expect_burst(int fd, const struct way *way, int count) {
    for (int i = 0; i < count; i++) {
        if (i % 3 == 2)
            expect_plain(fd, way);
        else
            expect_special(fd, way, i / 3);
    }
}

/* What the caller passed is no longer needed. */
static void spoil(struct burst *burst) {
    memset(burst, 0xa5, sizeof *burst);
}

static void over_a_datapath(const struct way *way, bool connected) {
    dgram_address here = address_of(way->any, 0), to;
    dgram_datapath_options options = {.size = sizeof options, .address = &here};
    int fd = receiver_of(way, &to), status[BURST];
    dgram_datapath *dp;
    struct burst burst;

    assert_int_equal(dgram_datapath_create(&options, &dp), 0);
    if (connected)
        assert_int_equal(dgram_datapath_connect(dp, &to), 0);
    fill(&burst, way, connected ? NULL : &to);
    assert_int_equal(dgram_datapath_send(dp, burst.messages, BURST, status),
                     BURST);
    for (int i = 0; i < BURST; i++)
        assert_int_equal(status[i], 1);
    expect_burst(fd, way, BURST);
    dgram_datapath_destroy(dp);
    close(fd);
}

static void by_a_datapath(void **state) {
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        over_a_datapath(&ways[i], false);
        over_a_datapath(&ways[i], true);
    }
}

/* Sends `count` datagrams at once; below 32 they are queued. */
static void over_a_socket(const struct way *way, int count, bool bound,
                          bool connected) {
    struct burst burst;
    dgram_address to;
    int fd = receiver_of(way, &to);
    dgram_socket *socket =
        bound ? new_bound_on(NEAR, way->any) : new_socket(way->type);
    struct sent sent = {0};

    if (connected)
        assert_int_equal(
            dgram_connect_sync(socket, way->to, dgram_address_port(&to)), 0);
    fill(&burst, way, connected ? NULL : &to);
    for (int i = 0; i < count; i++)
        burst.messages[i].data = &sent;
    assert_int_equal(dgram_send_batch(socket, burst.messages, (size_t)count,
                                      NULL, note_sent),
                     count);
    spoil(&burst);
    run_until(&sent.calls, count);
    assert_int_equal(sent.status, 1);
    expect_burst(fd, way, count);
    dgram_close(socket);
    run_to_end();
    close(fd);
}

static void by_a_queue(void **state) {
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        over_a_socket(&ways[i], 12, true, false);
        over_a_socket(&ways[i], 12, false, false);
        over_a_socket(&ways[i], 12, true, true);
        over_a_socket(&ways[i], BURST, false, false);
    }
}

static void by_the_direct_path(void **state) {
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        over_a_socket(&ways[i], BURST, true, false);
        over_a_socket(&ways[i], BURST, true, true);
    }
}

static void by_a_trial(void **state) {
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        dgram_address to;
        int fd = receiver_of(&ways[i], &to), status[BURST];
        dgram_socket *socket = new_socket(ways[i].type);
        struct burst burst;

        fill(&burst, &ways[i], &to);
        assert_int_equal(
            dgram_try_send_batch(socket, burst.messages, BURST, status), BURST);
        expect_burst(fd, &ways[i], BURST);
        dgram_close(socket);
        run_to_end();
        close(fd);
    }
}

static const char *answer;

static int resolve(dgram_lookup *lookup, const char *host, dgram_type type,
                   void *data) {
    dgram_address address = address_of(answer, 0);

    (void)host;
    (void)type;
    (void)data;
    dgram_lookup_done(lookup, 0, &address);
    return 0;
}

static void to_a_host(void **state) {
    (void)state;
    for (size_t i = 0; i < 2 * WAYS; i++) {
        const struct way *way = &ways[i / 2];
        dgram_options options = {
            .size = sizeof options, .type = way->type, .lookup = resolve};
        dgram_address to;
        int fd = receiver_of(way, &to);
        dgram_socket *socket = new_socket_with(&options);
        dgram_send_info info = info_of(way, 3);
        dgram_outgoing message = {
            .payload = "s",
            .length = 1,
            .host = i % 2 == 0 ? way->to : "name.test",
            .port = dgram_address_port(&to),
            .info = &info,
        };

        answer = way->to;
        assert_int_equal(dgram_send_batch(socket, &message, 1, NULL, NULL), 1);
        memset(&info, 0xa5, sizeof info);
        run_for(20);
        expect_special(fd, way, 3);
        dgram_close(socket);
        run_to_end();
        close(fd);
    }
}

/* The datagram with a source of another host fails, and no other. */
static void a_foreign_source_fails_alone(void **state) {
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        const struct way *way = &ways[i];
        dgram_address to;
        int fd = receiver_of(way, &to), status[BURST];
        dgram_socket *socket = new_bound_on(NEAR, way->any);
        struct burst burst;

        fill(&burst, way, &to);
        burst.infos[3].local = burst.infos[4].local =
            address_of(way->foreign, 0);
        assert_int_equal(
            dgram_try_send_batch(socket, burst.messages, BURST, status), BURST);
        for (int k = 0; k < BURST; k++) {
            if (k == 3 || k == 4)
                assert_true(status[k] == UV_EINVAL ||
                            status[k] == UV_ENETUNREACH);
            else
                assert_int_equal(status[k], 1);
        }
        expect_burst(fd, way, 3);
        expect_plain(fd, way);
        expect_special(fd, way, 2);
        burst.infos[0].local = address_of(way->source, 0);
        burst.infos[0].interface_index = 9999;
        assert_int_equal(
            dgram_try_send_batch(socket, burst.messages, 1, status), 1);
        assert_int_equal(status[0], UV_ENODEV);
        dgram_close(socket);
        run_to_end();
        close(fd);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(by_a_datapath),      IN_LOOP(by_a_queue),
        IN_LOOP(by_the_direct_path), IN_LOOP(by_a_trial),
        IN_LOOP(to_a_host),          IN_LOOP(a_foreign_source_fails_alone),
    };

    create_hosts();
    add_address(NEAR, "a0", "10.77.0.4/24");
    add_address(NEAR, "a0", "fd77::4/64 preferred_lft 0");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
