/* Options as the other host sees them: hops, and permission to broadcast. */
#include "netns.h"

#include <netinet/ip.h>
#include <unistd.h>

static void broadcast_needs_permission(void **state) {
    dgram_socket *receiver = new_bound_on(NEAR, "0.0.0.0");
    dgram_socket *sender = new_bound_on(FAR, "10.77.0.2");
    dgram_address all = address_of("10.77.0.255", port_of(receiver));
    struct sent sent = {0};
    struct recorder recorder;

    (void)state;
    record_events(&recorder, receiver);
    assert_int_equal(dgram_send(sender, "no", 2, &all, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, UV_EACCES);
    assert_int_equal(dgram_set_broadcast(sender, true), 0);
    assert_int_equal(dgram_send(sender, "yes", 3, &all, note_sent, &sent), 0);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "yes");
    assert_int_equal(dgram_set_broadcast(sender, false), 0);
    assert_int_equal(dgram_send(sender, "no", 2, &all, note_sent, &sent), 0);
    run_until(&sent.calls, 3);
    assert_int_equal(sent.status, UV_EACCES);
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

/* The hops that the next datagram at `fd` came with. */
static int receive_hops(int fd) {
    char byte;
    struct iovec part = {&byte, 1};
    _Alignas(struct cmsghdr) char control[64];
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    struct cmsghdr *cmsg;
    int hops = -1;

    assert_int_equal(recvmsg(fd, &header, 0), 1);
    for (cmsg = CMSG_FIRSTHDR(&header); cmsg != NULL;
         cmsg = CMSG_NXTHDR(&header, cmsg)) {
        if (cmsg->cmsg_level == IPPROTO_IP || cmsg->cmsg_level == IPPROTO_IPV6)
            memcpy(&hops, CMSG_DATA(cmsg), sizeof hops);
    }
    return hops;
}

static void hops_are_seen(const struct side *side) {
    int v6 = side->type == DGRAM_UDP6, on = 1;
    dgram_socket *sender = new_bound_on(FAR, side->far);
    dgram_address here = address_of(side->near, 0);
    socklen_t size = v6 ? sizeof here.v6 : sizeof here.v4;
    int fd = socket(here.any.sa_family, SOCK_DGRAM, 0);
    static const int hops[] = {1, 7, 255};

    assert_int_equal(bind(fd, &here.any, size), 0);
    assert_int_equal(getsockname(fd, &here.any, &size), 0);
    assert_int_equal(setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                v6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL, &on,
                                sizeof on),
                     0);
    for (int i = 0; i < 3; i++) {
        struct sent sent = {0};

        assert_int_equal(dgram_set_ttl(sender, hops[i]), 0);
        assert_int_equal(dgram_send(sender, "x", 1, &here, note_sent, &sent),
                         0);
        run_until(&sent.calls, 1);
        assert_int_equal(receive_hops(fd), hops[i]);
    }
    close(fd);
    dgram_close(sender);
    run_to_end();
}

static void hops_over_ipv4(void **state) {
    (void)state;
    hops_are_seen(&side_v4);
}

static void hops_over_ipv6(void **state) {
    (void)state;
    hops_are_seen(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(broadcast_needs_permission),
        IN_LOOP(hops_over_ipv4),
        IN_LOOP(hops_over_ipv6),
    };

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
