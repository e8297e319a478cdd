/* A datagram keeps its information while the kernel takes no more, has no
   buffers for it, or refuses the GSO message that it is part of. */
#include "harness.h"

#include "os/platform.h"

#define COUNT 60

static struct platform scripted;
static const struct platform *real;

static int refusals[8]; /* the codes of the next calls; 0: the call works */
static int calls;
static int sent;              /* datagrams */
static uint8_t seen[COUNT];   /* the number in each datagram */
static uint8_t ttl_of[COUNT]; /* 0: none */
static uint32_t gso_messages;

static void take(const struct platform_out *message) {
    for (uint32_t i = 0; i < message->part_count; i++) {
        const uint8_t *bytes = message->parts[i].iov_base;

        for (size_t k = 0; k < message->parts[i].iov_len; k++) {
            assert_true(sent < COUNT);
            seen[sent] = bytes[k];
            ttl_of[sent++] = message->info != NULL ? message->info->ttl : 0;
        }
    }
    gso_messages += message->segment_size > 0;
}

static int scripted_send(dgram_fd fd, const struct platform_out *messages,
                         uint32_t count) {
    int code = calls < 8 ? refusals[calls] : 0;

    (void)fd;
    calls++;
    if (code != 0)
        return code;
    count = 1 + (count - 1) / 2; /* not all at once */
    for (uint32_t i = 0; i < count; i++)
        take(&messages[i]);
    return (int)count;
}

static uint32_t scripted_segments_max(dgram_fd fd) {
    (void)fd;
    return 64;
}

static int begin(void **state) {
    real = platform;
    scripted = *platform;
    scripted.send = scripted_send;
    scripted.segments_max = scripted_segments_max;
    platform = &scripted;
    memset(refusals, 0, sizeof refusals);
    calls = sent = 0;
    gso_messages = 0;
    return loop_open(state);
}

static int end(void **state) {
    platform = real;
    return loop_end(state);
}

/* Groups of four: three with equal information, one without. */
static void send_all(int refused, int count) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = loopback_of(socket);
    dgram_send_info infos[COUNT];
    dgram_outgoing messages[COUNT];
    uint8_t bytes[COUNT];
    struct sent done = {0};

    for (int i = 0; i < 8; i++)
        refusals[i] = i < 3 ? refused : 0;
    for (int i = 0; i < count; i++) {
        bytes[i] = (uint8_t)i;
        infos[i] = (dgram_send_info){.set = DGRAM_INFO_TTL,
                                     .ttl = (uint8_t)(1 + i / 4)};
        messages[i] = (dgram_outgoing){.payload = &bytes[i],
                                       .length = 1,
                                       .to = &to,
                                       .data = &done,
                                       .info = i % 4 < 3 ? &infos[i] : NULL};
    }
    assert_int_equal(
        dgram_send_batch(socket, messages, (size_t)count, NULL, note_sent),
        count);
    memset(infos, 0xa5, sizeof infos);
    memset(messages, 0xa5, sizeof messages);
    run_until(&done.calls, count);
    assert_int_equal(done.status, 1);
    assert_int_equal(sent, count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(seen[i], i);
        assert_int_equal(ttl_of[i], i % 4 < 3 ? 1 + i / 4 : 0);
    }
    assert_true(calls >= 4);
    dgram_close(socket);
    run_to_end();
}

static void with(int refused) {
    for (int count = 24; count <= 48; count += 24) {
        calls = sent = 0;
        send_all(refused, count);
    }
}

static void while_the_kernel_takes_no_more(void **state) {
    (void)state;
    with(UV_EAGAIN);
    assert_true(gso_messages > 0);
}

static void while_there_are_no_buffers(void **state) {
    (void)state;
    with(UV_ENOBUFS);
}

static void in_a_message_that_is_split(void **state) {
    dgram_send_info info = {.set = DGRAM_INFO_TTL, .ttl = 9};
    dgram_address to = address_of("192.0.2.1", 9);
    dgram_datapath_options options = {.size = sizeof options};
    dgram_outgoing messages[3];
    dgram_datapath *dp;
    int status[3];

    (void)state;
    options.address = &to;
    to = address_of("127.0.0.1", 0);
    assert_int_equal(dgram_datapath_create(&options, &dp), 0);
    to.v4.sin_port = htons(9);
    for (int i = 0; i < 3; i++)
        messages[i] = (dgram_outgoing){
            .payload = &"abc"[i], .length = 1, .to = &to, .info = &info};
    refusals[0] = UV_EIO;
    assert_int_equal(dgram_datapath_send(dp, messages, 3, status), 3);
    assert_int_equal(gso_messages, 0);
    assert_int_equal(sent, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ttl_of[i], 9);
    dgram_datapath_destroy(dp);
}

#define SCRIPTED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCRIPTED(while_the_kernel_takes_no_more),
        SCRIPTED(while_there_are_no_buffers),
        SCRIPTED(in_a_message_that_is_split),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
