/* A message that is longer than its buffer is truncated and flagged, and the
   next ones are not affected. */
#include "endpoint.h"

#include "peer.h"

#define PAYLOAD_MAX 64u /* of the small buffers */

static struct endpoint endpoint;
static dgram_message messages[4];
static unsigned char payload[200];
static int peer;

static int open_with_small_buffers(void **state) {
    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    peer = peer_open(DGRAM_UDP4);
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (unsigned char)i;
    return 0;
}

static int close_both(void **state) {
    (void)state;
    endpoint_close(&endpoint);
    peer_close(peer);
    return 0;
}

static void use_small_buffers(uint32_t count) {
    free(endpoint.buffers.memory);
    endpoint.buffers = (dgram_buffers){
        .memory = malloc(count * (DGRAM_BUFFER_OVERHEAD + PAYLOAD_MAX)),
        .size = DGRAM_BUFFER_OVERHEAD + PAYLOAD_MAX,
        .count = count};
    assert_non_null(endpoint.buffers.memory);
}

static void expect(size_t length, uint32_t flags) {
    assert_int_equal(endpoint_receive(&endpoint, messages, 1), 1);
    assert_int_equal(messages[0].length, length);
    assert_int_equal(messages[0].flags, flags);
    assert_memory_equal(messages[0].payload, payload, length);
}

static void around_the_size_of_the_buffer(void **state) {
    static const size_t lengths[] = {0, 1, 63, 64, 65, 200, 10};

    (void)state;
    use_small_buffers(4);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        peer_send(peer, payload, lengths[i], &endpoint.address);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        bool is_long = lengths[i] > PAYLOAD_MAX;

        expect(is_long ? PAYLOAD_MAX : lengths[i],
               is_long ? DGRAM_TRUNCATED : 0);
    }
}

/* A coalesced message is truncated as a whole: its first datagrams are
   complete, and the last one that is left is flagged. */
static void a_coalesced_message(void **state) {
    dgram_outgoing out[4];
    struct endpoint sender;
    int count;

    (void)state;
    use_small_buffers(1);
    endpoint_open(&sender, DGRAM_UDP4, NULL);
    for (int i = 0; i < 4; i++)
        out[i] = (dgram_outgoing){
            .payload = payload, .length = 40, .to = &endpoint.address};
    assert_int_equal(dgram_datapath_send(sender.datapath, out, 4, NULL), 4);
    count = endpoint_receive(&endpoint, messages, 4);
    endpoint_close(&sender);
    if (count == 1) /* the kernel coalesces none here */
        return;
    assert_int_equal(count, 2);
    assert_int_equal(messages[0].length, 40);
    assert_int_equal(messages[0].flags, 0);
    assert_int_equal(messages[1].length, 24);
    assert_int_equal(messages[1].flags, DGRAM_TRUNCATED);
    assert_memory_equal(messages[1].payload, payload, 24);
}

#define WITH_SMALL_BUFFERS(test)                                               \
    cmocka_unit_test_setup_teardown(test, open_with_small_buffers, close_both)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_SMALL_BUFFERS(around_the_size_of_the_buffer),
        WITH_SMALL_BUFFERS(a_coalesced_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
