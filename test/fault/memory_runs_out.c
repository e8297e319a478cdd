/* The n-th allocation fails, for every n of a scenario. The call fails and can
   be repeated, accepted datagrams are called back once, and all memory is
   freed. */
#include "harness.h"
#include "memory.h"

/* For calls that may fail here. */
static void may_lack_memory(int result) {
    if (result == UV_ENOMEM)
        assert_int_equal(memory.failures, 1);
    else
        assert_int_equal(result, 0);
}

static int sends_accepted;

static int send_noted(dgram_socket *socket, const char *host, uint16_t port,
                      size_t size, struct sent *sent) {
    static const unsigned char payload[60000];
    int result =
        dgram_send_to(socket, payload, size, host, port, note_sent, sent);

    if (result == UV_ENOMEM)
        result =
            dgram_send_to(socket, payload, size, host, port, note_sent, sent);
    assert_int_equal(result, 0);
    sends_accepted++;
    return result;
}

static dgram_socket *create(const dgram_options *options) {
    dgram_socket *socket = NULL;
    int result = dgram_create_with(&test_loop, options, &socket);

    if (result == UV_ENOMEM)
        result = dgram_create_with(&test_loop, options, &socket);
    assert_int_equal(result, 0);
    return socket;
}

static dgram_socket *create_blocking(void) {
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    dgram_socket *socket;

    while (dgram_blocklist_create(&options.send_blocklist) == UV_ENOMEM)
        assert_int_equal(memory.failures, 1);
    while (dgram_blocklist_add_subnet(options.send_blocklist, "10.0.0.0", 8) ==
           UV_ENOMEM)
        assert_int_equal(memory.failures, 1);
    while (dgram_abort_create(&options.abort) == UV_ENOMEM)
        assert_int_equal(memory.failures, 1);
    socket = create(&options);
    dgram_blocklist_release(options.send_blocklist);
    dgram_abort_release(options.abort);
    return socket;
}

/* An asynchronous bind may also fail later; it can be repeated then. */
static void bind_both_ways(dgram_socket *socket, struct recorder *recorder) {
    int result = dgram_bind(socket, "127.0.0.1", 0);

    if (result == UV_ENOMEM)
        result = dgram_bind(socket, "127.0.0.1", 0);
    assert_int_equal(result, 0);
    while (recorder->listening == 0) {
        run_for(1);
        if (recorder->errors == 0)
            continue;
        assert_int_equal(recorder->error, UV_ENOMEM);
        assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
        recorder->errors = 0;
    }
}

static void scenario(void) {
    dgram_socket *receiver = create_blocking();
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    dgram_socket *sender = create(&options);
    struct sent sent = {0};
    struct recorder recorder;
    uint16_t port;

    sends_accepted = 0;
    record_events(&recorder, receiver);
    bind_both_ways(receiver, &recorder);
    port = port_of(receiver);
    for (int i = 0; i < 40; i++)
        send_noted(sender, "127.0.0.1", port, 100, &sent);
    send_noted(sender, "127.0.0.1", port, 60000, &sent);
    send_noted(sender, "localhost", port, 10, &sent);
    run_until(&sent.calls, sends_accepted);
    run_until(&recorder.messages, 41);
    may_lack_memory(dgram_connect(sender, "127.0.0.1", port, NULL, NULL));
    run_for(1);
    may_lack_memory(dgram_on_unhandled_error(&test_loop, NULL, NULL));
    dgram_close(sender);
    dgram_close(receiver);
    run_to_end();
    assert_int_equal(sent.calls, sends_accepted);
}

static void no_datagram_is_lost_and_no_memory(void **state) {
    int n = 0;

    (void)state;
    do {
        memory_begin();
        assert_int_equal(loop_open(state), 0);
        memory.until_failure = n++;
        scenario();
        assert_int_equal(loop_end(state), 0);
        assert_int_equal(memory.blocks, 0);
        assert_in_range(n, 1, 1000);
    } while (memory.failures > 0);
    assert_in_range(n, 10, 1000);
    memory_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_datagram_is_lost_and_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
