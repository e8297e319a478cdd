/* If the kernel refuses to return the errors that wait, the loop still sleeps:
   the socket reports that once, and goes on without path errors. */
#include "kernel.h"
#include "peer.h"

#include <errno.h>

#if defined(IP_RECVERR)

static int failure, fail_times;

static int fail_some_times(dgram_fd fd, dgram_path_error *out) {
    (void)out;
    if (fail_times > 0) {
        fail_times--;
        return failure;
    }
    if (peer_take_error(fd) < 0)
        return -errno;
    *out = (dgram_path_error){.code = UV_ECONNREFUSED};
    return 0;
}

static dgram_socket *new_with_errors(void) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .path_errors = true};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    return socket;
}

/* The real kernel adds an error to the queue of the descriptor. */
static void cause_error(dgram_socket *socket) {
    dgram_address closed = peer_closed_port(DGRAM_UDP4);

    assert_int_equal(
        sendto(dgram_fileno(socket), "?", 1, 0, &closed.any, sizeof closed.v4),
        1);
}

static void expect_message(dgram_socket *socket, struct recorder *recorder) {
    int peer = peer_open(DGRAM_UDP4), before = recorder->messages;
    dgram_address here = loopback_of(socket);

    peer_send_text(peer, "alive", &here);
    run_until(&recorder->messages, before + 1);
    peer_close(peer);
}

static void for_ever(int code) {
    dgram_socket *socket = new_with_errors();
    struct recorder recorder;

    record_events(&recorder, socket);
    kernel.receive_error = fail_some_times;
    failure = code;
    fail_times = 1000;
    cause_error(socket);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, code);
    cause_error(socket);
    expect_rest(20);
    expect_message(socket, &recorder);
    assert_int_equal(recorder.errors, 1);
    assert_int_equal(recorder.path_errors, 0);
    dgram_close(socket);
    run_to_end();
}

static void with_any_code(void **state) {
    static const int codes[] = {UV_EPERM,  UV_ENOSYS, UV_EINVAL,
                                UV_EACCES, UV_ENOMEM, UV_ECONNREFUSED,
                                UV_EIO};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        for_ever(codes[i]);
}

static void a_few_failures_lose_nothing(void **state) {
    dgram_socket *socket = new_with_errors();
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    kernel.receive_error = fail_some_times;
    failure = UV_ENOMEM;
    for (int i = 0; i < 3; i++) {
        fail_times = 3;
        cause_error(socket);
        run_until(&recorder.path_errors, i + 1);
    }
    assert_int_equal(recorder.errors, 0);
    dgram_close(socket);
    run_to_end();
}

/* Nothing is in the queue, as if the receive buffer had no space. */
static int find_nothing(dgram_fd fd, dgram_path_error *out) {
    (void)out;
    while (peer_take_error(fd) >= 0)
        continue;
    return UV_EAGAIN;
}

static void an_error_that_the_queue_lacks(bool stopped) {
    dgram_socket *socket = new_with_errors();
    struct recorder recorder;

    record_events(&recorder, socket);
    if (stopped)
        dgram_receive_stop(socket);
    kernel.receive_error = find_nothing;
    cause_error(socket);
    expect_rest(20);
    if (stopped)
        dgram_receive_start(socket);
    expect_message(socket, &recorder);
    assert_int_equal(recorder.errors + recorder.path_errors, 0);
    dgram_close(socket);
    run_to_end();
}

static void an_error_that_was_dropped(void **state) {
    (void)state;
    an_error_that_the_queue_lacks(false);
    an_error_that_the_queue_lacks(true);
}

static void no_queue_means_no_socket(void **state) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .path_errors = true};
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options datapath_options = {
        .size = sizeof datapath_options, .address = &any, .path_errors = true};
    dgram_datapath *datapath;
    dgram_socket *socket;

    (void)state;
    kernel_lacks_error_queue();
    assert_int_equal(dgram_create_with(&test_loop, &options, &socket),
                     UV_ENOTSUP);
    assert_int_equal(dgram_datapath_create(&datapath_options, &datapath),
                     UV_ENOTSUP);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(with_any_code),
        IN_KERNEL(a_few_failures_lose_nothing),
        IN_KERNEL(an_error_that_was_dropped),
        IN_KERNEL(no_queue_means_no_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) {
    printf("skipped: this system has no error queue\n");
    return SKIPPED;
}

#endif
