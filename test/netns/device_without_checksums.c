/* A device without checksum offload refuses GSO messages (EIO). Datagrams are
   sent one by one, and arrive once and in order. */
#include "netns.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>

#define BATCH 200

static int received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    uint32_t number;

    (void)socket;
    (void)data;
    assert_int_equal(message->length, 500);
    memcpy(&number, message->payload, 4);
    assert_int_equal(number, received);
    received++;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

/* Returns whether the device knows the setting. */
static bool set_checksums(dgram_socket *socket, bool on) {
    struct ethtool_value value = {.cmd = ETHTOOL_STXCSUM, .data = on};
    struct ifreq request = {0};

    strcpy(request.ifr_name, "b0");
    request.ifr_data = (char *)&value;
    return ioctl(dgram_fileno(socket), SIOCETHTOOL, &request) == 0;
}

static void send_batch(dgram_socket *sender, const dgram_address *to) {
    unsigned char payload[500] = {0};
    struct sent sent = {0};

    received = 0;
    for (uint32_t i = 0; i < BATCH; i++) {
        memcpy(payload, &i, 4);
        assert_int_equal(
            dgram_send(sender, payload, sizeof payload, to, note_sent, &sent),
            0);
    }
    run_until(&sent.calls, BATCH);
    assert_int_equal(sent.status, sizeof payload);
    run_until(&received, BATCH);
}

static void over(const struct side *side) {
    dgram_socket *receiver = new_bound_on(NEAR, side->near);
    dgram_socket *sender = new_bound_on(FAR, side->far);
    dgram_address to = address_of(side->near, port_of(receiver));
    dgram_listener listener;

    dgram_on(receiver, &listener, &events, NULL);
    enlarge_receive_buffer(receiver);
    send_batch(sender, &to);
    assert_true(set_checksums(sender, false));
    send_batch(sender, &to);
    send_batch(sender, &to);
    assert_true(set_checksums(sender, true));
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    over(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    over(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
