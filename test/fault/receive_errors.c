/* Errors that the kernel reports between datagrams are emitted in their place,
   and the socket keeps receiving. */
#include "kernel.h"

#include <unistd.h>

#include "util/address.h"

static int script_step;
static int coalesced_count; /* messages of a flood */

static void set_sender(const struct platform_in *message) {
    const dgram_address from = address_of("127.0.0.1", 7);

    address_copy(message->from, &from);
}

static void fill(struct platform_in *message, const char *text) {
    message->error = 0;
    message->length = (uint32_t)strlen(text);
    memcpy(message->buffer, text, message->length);
    message->segment_size = 0;
    message->flags = 0;
    set_sender(message);
}

static int error_between(dgram_fd fd, struct platform_in *messages,
                         uint32_t count) {
    (void)fd;
    assert_in_range(count, 4, 1024);
    if (script_step++ > 0)
        return UV_EAGAIN;
    fill(&messages[0], "before");
    messages[1].error = UV_ECONNREFUSED;
    fill(&messages[2], "after");
    messages[3].error = UV_EHOSTUNREACH;
    return 4;
}

/* Makes the socket readable until a real receive. */
static void wake(dgram_socket *receiver) {
    dgram_address to = loopback_of(receiver);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_int_equal(sendto(fd, "x", 1, 0, &to.any, sizeof to.v4), 1);
    close(fd);
}

static void errors_are_emitted_in_their_place(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    script_step = 0;
    kernel.receive = error_between;
    wake(socket);
    run_until(&recorder.errors, 2);
    assert_string_equal(recorder.log, "lmeme");
    assert_string_equal(recorder.message[0].payload, "before");
    assert_string_equal(recorder.message[1].payload, "after");
    assert_int_equal(recorder.error, UV_EHOSTUNREACH);
    assert_string_equal(recorder.error_text, "recvmsg EHOSTUNREACH");
    dgram_close(socket);
    run_to_end();
}

/* With path errors they are in the error queue, too. The last one is followed
   by nothing. */
static void those_of_the_path_are_not(void **state) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .path_errors = true};
    dgram_socket *socket;
    struct recorder recorder;

    (void)state;
    if (!platform->has_error_queue)
        skip();
    socket = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    record_events(&recorder, socket);
    script_step = 0;
    kernel.receive = error_between;
    wake(socket);
    run_until(&recorder.messages, 2);
    run_for(5);
    assert_string_equal(recorder.log, "lmm");
    assert_string_equal(recorder.message[0].payload, "before");
    assert_string_equal(recorder.message[1].payload, "after");
    dgram_close(socket);
    run_to_end();
}

static unsigned char memory[DGRAM_RECEIVE_MEMORY_SIZE];
static int returned; /* how often */

static void provide(dgram_socket *socket, size_t size, uv_buf_t *buffer,
                    void *data) {
    (void)socket;
    (void)data;
    *buffer = uv_buf_init((char *)memory, (unsigned)size);
}

static void take_back(dgram_socket *socket, void *buffer, void *data) {
    (void)socket;
    (void)data;
    assert_ptr_equal(buffer, memory);
    returned++;
}

static int error_first(dgram_fd fd, struct platform_in *messages,
                       uint32_t count) {
    (void)fd;
    (void)count;
    if (script_step++ > 0)
        return UV_EAGAIN;
    messages[0].error = UV_ECONNREFUSED;
    fill(&messages[1], "after");
    return 2;
}

static void expect_in_use(dgram_socket *socket, const dgram_message *message,
                          void *data) {
    (void)socket;
    (void)data;
    assert_ptr_equal(message->payload, memory + DGRAM_RECEIVE_MESSAGE_SIZE);
    assert_int_equal(returned, 0);
}

static int only_an_error(dgram_fd fd, struct platform_in *messages,
                         uint32_t count) {
    (void)fd;
    (void)count;
    if (script_step++ > 0)
        return UV_EAGAIN;
    messages[0].error = UV_ECONNREFUSED;
    return 1;
}

static void expect_returned(dgram_socket *socket, const dgram_error *error,
                            void *data) {
    (void)socket;
    (void)error;
    (void)data;
    assert_int_equal(returned, 1);
}

/* A socket with the memory above, the listener and a recorder. The script
   begins anew. */
static dgram_socket *begin_with_memory(dgram_listener *checker,
                                       const dgram_events *checking,
                                       struct recorder *recorder) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .receive_memory = provide,
                                   .receive_release = take_back};
    dgram_socket *socket = new_socket_with(&options);

    dgram_on(socket, checker, checking, NULL);
    record_events(recorder, socket);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    script_step = returned = 0;
    return socket;
}

static int two_errors(dgram_fd fd, struct platform_in *messages,
                      uint32_t count) {
    (void)fd;
    (void)count;
    if (script_step > 1)
        return UV_EAGAIN;
    if (script_step++ == 0) {
        messages[0].error = messages[1].error = UV_ECONNREFUSED;
        return 2;
    }
    fill(&messages[0], "after");
    return 1;
}

/* The first time for all messages of a call, then for one. */
static void provide_less(dgram_socket *socket, size_t size, uv_buf_t *buffer,
                         void *data) {
    (void)socket;
    (void)data;
    if (script_step > 0)
        size = DGRAM_RECEIVE_MESSAGE_SIZE;
    *buffer = uv_buf_init((char *)memory, (unsigned)size);
}

static void less_memory_follows_errors(void **state) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .receive_memory = provide_less};
    dgram_socket *socket = new_socket_with(&options);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    run_for(1);
    script_step = 0;
    kernel.receive = two_errors;
    wake(socket);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    assert_int_equal(recorder.messages, 1);
    assert_int_equal(recorder.error, UV_ECONNREFUSED);
    dgram_close(socket);
    run_to_end();
}

/* The listener may leave by an exception. */
static void memory_is_returned_before_an_error_is_reported(void **state) {
    static const dgram_events checking = {.size = sizeof checking,
                                          .error = expect_returned};
    dgram_listener checker;
    struct recorder recorder;
    dgram_socket *socket = begin_with_memory(&checker, &checking, &recorder);

    (void)state;
    kernel.receive = only_an_error;
    wake(socket);
    run_until(&recorder.errors, 1);
    dgram_close(socket);
    run_to_end();
}

static void memory_is_in_use_after_an_error_in_front(void **state) {
    static const dgram_events checking = {.size = sizeof checking,
                                          .message = expect_in_use};
    dgram_listener checker;
    struct recorder recorder;
    dgram_socket *socket = begin_with_memory(&checker, &checking, &recorder);

    (void)state;
    kernel.receive = error_first;
    wake(socket);
    run_until(&returned, 1);
    assert_string_equal(recorder.log, "lem");
    dgram_close(socket);
    run_to_end();
}

static void close_on_error(dgram_socket *socket, const dgram_error *error,
                           void *data) {
    (void)error;
    (void)data;
    assert_int_equal(dgram_close(socket), 0);
}

static void close_by_a_listener_drops_the_rest(void **state) {
    static const dgram_events closing = {.size = sizeof closing,
                                         .error = close_on_error};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_listener closer;
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    dgram_on(socket, &closer, &closing, NULL);
    script_step = 0;
    kernel.receive = error_between;
    wake(socket);
    run_until(&recorder.closed, 1);
    run_to_end();
    assert_string_equal(recorder.log, "lmex");
}

static int coalesced(dgram_fd fd, struct platform_in *messages,
                     uint32_t count) {
    (void)fd;
    (void)count;
    if (script_step++ > 0)
        return UV_EAGAIN;
    fill(&messages[0], "aaaabbbbcc");
    messages[0].segment_size = 4;
    fill(&messages[1], "dddd");
    messages[1].segment_size = 4;
    fill(&messages[2], "");
    return 3;
}

static void coalesced_messages_are_split(void **state) {
    static const char *const expected[] = {"aaaa", "bbbb", "cc", "dddd", ""};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    script_step = 0;
    kernel.receive = coalesced;
    wake(socket);
    run_until(&recorder.messages, 5);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(recorder.message[i].payload, expected[i]);
        assert_int_equal(dgram_address_port(&recorder.message[i].from), 7);
    }
    assert_int_equal(recorder.batches, 1);
    dgram_close(socket);
    run_to_end();
}

/* More segments than one event can have: each message is full of one-byte
   datagrams. */
static int flood_of_bytes(dgram_fd fd, struct platform_in *messages,
                          uint32_t count) {
    (void)fd;
    if (script_step++ > 0)
        return UV_EAGAIN;
    for (uint32_t i = 0; i < count; i++) {
        memset(messages[i].buffer, (int)i, 1000);
        messages[i].error = 0;
        messages[i].length = 1000;
        messages[i].segment_size = 1;
        messages[i].flags = 0;
        set_sender(&messages[i]);
    }
    coalesced_count = (int)count;
    return (int)count;
}

static void many_datagrams_come_in_several_batches(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    script_step = 0;
    kernel.receive = flood_of_bytes;
    wake(socket);
    run_until(&recorder.messages, 1000 * coalesced_count);
    assert_int_equal(recorder.messages, 1000 * coalesced_count);
    assert_int_equal(recorder.batches, (coalesced_count + 1) / 2);
    dgram_close(socket);
    run_to_end();
}

static int reads;
static bool failing;

static int fail_always(dgram_fd fd, struct platform_in *messages,
                       uint32_t count) {
    reads++;
    if (failing) {
        messages[0].error = UV_EPERM;
        return 1;
    }
    kernel.receive = NULL;
    return platform->receive(fd, messages, count);
}

/* As in a sandbox: the datagram stays, and the socket stays readable. */
static void a_lasting_error_is_reported_once_without_spinning(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    kernel.receive = fail_always;
    failing = true;
    reads = 0;
    wake(socket);
    run_until(&recorder.errors, 1);
    assert_string_equal(recorder.error_text, "recvmsg EPERM");
    run_for(100);
    assert_int_equal(recorder.errors, 1);
    assert_in_range(reads, 8, 64);
    failing = false;
    run_until(&recorder.messages, 1);
    /* A new error is reported again. */
    kernel.receive = fail_always;
    failing = true;
    wake(socket);
    run_until(&recorder.errors, 2);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(recorder.closed, 1);
}

static void a_lasting_error_does_not_keep_the_loop_running(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    kernel.receive = fail_always;
    failing = true;
    wake(socket);
    run_until(&recorder.errors, 1);
    run_for(30);
    dgram_unref(socket);
    run_to_end();
    dgram_ref(socket);
    dgram_close(socket);
    run_to_end();
}

/* ref and unref apply to the wait after an error as to the descriptor. */
static void ref_and_unref_work_during_a_lasting_error(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    kernel.receive = fail_always;
    failing = true;
    wake(socket);
    run_until(&recorder.errors, 1);
    run_for(30);
    assert_int_equal(uv_loop_alive(&test_loop), 1);
    dgram_unref(socket);
    assert_int_equal(uv_loop_alive(&test_loop), 0);
    dgram_ref(socket);
    assert_int_equal(uv_loop_alive(&test_loop), 1);
    dgram_close(socket);
    run_to_end();
}

static int error_then_data(dgram_fd fd, struct platform_in *messages,
                           uint32_t count) {
    (void)fd;
    (void)count;
    switch (script_step++) {
    case 0:
    case 2:
        messages[0].error = UV_ECONNREFUSED;
        return 1;
    case 1:
        fill(&messages[0], "behind");
        return 1;
    default:
        kernel.receive = NULL;
        return UV_EAGAIN;
    }
}

/* Each error is a separate ICMP message. */
static void temporary_errors_are_reported_each(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    script_step = 0;
    kernel.receive = error_then_data;
    wake(socket);
    run_until(&recorder.errors, 2);
    assert_int_equal(strncmp(recorder.log, "leme", 4), 0);
    assert_string_equal(recorder.message[0].payload, "behind");
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(errors_are_emitted_in_their_place),
        IN_KERNEL(those_of_the_path_are_not),
        IN_KERNEL(memory_is_in_use_after_an_error_in_front),
        IN_KERNEL(less_memory_follows_errors),
        IN_KERNEL(memory_is_returned_before_an_error_is_reported),
        IN_KERNEL(close_by_a_listener_drops_the_rest),
        IN_KERNEL(coalesced_messages_are_split),
        IN_KERNEL(many_datagrams_come_in_several_batches),
        IN_KERNEL(a_lasting_error_is_reported_once_without_spinning),
        IN_KERNEL(a_lasting_error_does_not_keep_the_loop_running),
        IN_KERNEL(ref_and_unref_work_during_a_lasting_error),
        IN_KERNEL(temporary_errors_are_reported_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
