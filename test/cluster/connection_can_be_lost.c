/* When the primary is gone, shared sockets go on to work and new binds fail.
   When a worker is gone, the primary closes the sockets that only this worker
   had. */
#include "raw_worker.h"

#include <unistd.h>

static struct recorder recorders[4];

static void sockets_outlive_the_primary(dgram_type type) {
    int peer = peer_open(type);
    struct worker *worker;
    dgram_socket *socket, *waits, *later;
    dgram_address there;

    workers_open(0);
    worker = workers_add(true);
    socket = worker_bound(worker, loopback(type), 0, &recorders[0]);
    there = loopback_of(socket);
    waits = worker_socket(worker, type, &recorders[1]);
    assert_int_equal(dgram_bind(waits, loopback(type), 0), 0);
    uv_run(&worker->loop, UV_RUN_NOWAIT);
    dgram_primary_close(workers.primary);
    workers_run_until(&recorders[1].errors, 1);
    assert_int_equal(recorders[1].error, UV_EPIPE);
    workers_run_until(&worker->lost, 1);
    later = worker_socket(worker, type, &recorders[2]);
    assert_int_equal(dgram_bind(later, loopback(type), 0), 0);
    workers_run_until(&recorders[2].errors, 1);
    assert_int_equal(recorders[2].error, UV_EPIPE);
    assert_int_equal(dgram_worker_ready(&worker->loop), UV_EPIPE);
    /* Its exclusive binds work, and so does the shared socket. */
    assert_int_equal(dgram_bind_sync(later, loopback(type), 0), 0);
    peer_send_text(peer, "still", &there);
    workers_run_until(&recorders[0].messages, 1);
    assert_int_equal(worker->stopped, 0);
    assert_int_equal(worker->lost, 1);
    dgram_close(socket);
    dgram_close(waits);
    dgram_close(later);
    assert_int_equal(dgram_worker_leave(&worker->loop), 0);
    workers_run_iterations(5);
    peer_close(peer);
    assert_int_equal(uv_loop_close(&worker->loop), 0);
}
BOTH(sockets_outlive_the_primary)

/* Without the callback `lost` the worker stops. */
static void a_lost_primary_stops_the_worker(void **state) {
    struct worker *worker;

    (void)state;
    workers_open(1);
    worker = &workers.worker[0];
    worker_bound(worker, "127.0.0.1", 0, &recorders[0]);
    dgram_primary_close(workers.primary);
    workers_run_until(&recorders[0].closed, 1);
    workers_run_until(&workers.closed, 1);
    workers_run_iterations(5);
    assert_int_equal(uv_loop_alive(&worker->loop), 0);
    assert_int_equal(dgram_worker_leave(&worker->loop), 0);
    workers_run_iterations(5);
    assert_int_equal(uv_loop_close(&worker->loop), 0);
}

static void leaving_keeps_sockets_and_fails_binds(void **state) {
    int peer = peer_open(DGRAM_UDP4), listening;
    dgram_socket *socket, *waits;
    dgram_address there;

    (void)state;
    workers_open(2);
    socket = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    there = loopback_of(socket);
    waits = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[1]);
    assert_int_equal(dgram_bind(waits, "127.0.0.1", 0), 0);
    uv_run(&workers.worker[0].loop, UV_RUN_NOWAIT);
    assert_int_equal(dgram_worker_leave(&workers.worker[0].loop), 0);
    assert_int_equal(dgram_worker_stop(&workers.worker[0].loop), UV_ENOTCONN);
    assert_int_equal(recorders[1].errors, 0);
    workers_run_until(&recorders[1].errors, 1);
    assert_int_equal(recorders[1].error, UV_EPIPE);
    workers_run_until(&workers.left, 1);
    peer_send_text(peer, "mine", &there);
    workers_run_until(&recorders[0].messages, 1);
    /* Binds are no longer shared. */
    listening = workers.listening;
    assert_int_equal(dgram_bind(waits, "127.0.0.1", 0), 0);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(workers.listening, listening);
    dgram_close(socket);
    dgram_close(waits);
    workers_end();
    peer_close(peer);
}

static dgram_socket *closed_on_error[2];

static void close_other_sockets(dgram_socket *socket, const dgram_error *error,
                                void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(error->code, UV_EPIPE);
    dgram_close(closed_on_error[0]);
    dgram_close(closed_on_error[1]);
}

/* The error of a pending bind closes a shared socket, and one that waits. */
static void callbacks_of_leaving_may_close_sockets(void **state) {
    static const dgram_events events = {.size = sizeof events,
                                        .error = close_other_sockets};
    static dgram_listener listener;
    dgram_socket *waits;

    (void)state;
    workers_open(1);
    closed_on_error[0] =
        worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    waits = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[1]);
    closed_on_error[1] =
        worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[2]);
    dgram_on(waits, &listener, &events, NULL);
    assert_int_equal(dgram_bind(waits, "127.0.0.1", 0), 0);
    assert_int_equal(dgram_bind(closed_on_error[1], "127.0.0.1", 0), 0);
    uv_run(&workers.worker[0].loop, UV_RUN_NOWAIT);
    assert_int_equal(dgram_worker_leave(&workers.worker[0].loop), 0);
    workers_run_until(&recorders[1].errors, 1);
    workers_run_until(&recorders[0].closed, 1);
    workers_run_until(&recorders[2].closed, 1);
    dgram_close(waits);
    workers_end();
}

static uint16_t bind_then_end_the_worker(dgram_primary_options options,
                                         bool close) {
    dgram_socket *socket;
    uint16_t port;

    workers_open_with(1, options);
    socket = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    port = port_of(socket);
    if (close) {
        dgram_close(socket);
        workers_run_iterations(10);
        return port;
    }
    dgram_worker_leave(&workers.worker[0].loop);
    dgram_close(socket);
    workers_run_until(&workers.left, 1);
    return port;
}

/* Whether a port is taken. */
static int is_bound(uint16_t port) {
    dgram_socket *probe = new_socket(DGRAM_UDP4);
    int result = dgram_bind_sync(probe, "127.0.0.1", port);

    dgram_close(probe);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    return result == UV_EADDRINUSE;
}

static void the_port_is_free_after_the_last_worker(void **state) {
    const dgram_primary_options none = {0}, lingers = {.linger_ms = 60000};

    (void)state;
    assert_false(is_bound(bind_then_end_the_worker(none, false)));
    workers_end();
    assert_false(is_bound(bind_then_end_the_worker(lingers, true)));
    workers_end();
}

static void the_port_of_a_dead_worker_is_kept_for_a_while(void **state) {
    const dgram_primary_options lingers = {.linger_ms = 100};
    int peer = peer_open(DGRAM_UDP4), turns = 0;
    dgram_address there;
    dgram_socket *socket;
    uint16_t port = bind_then_end_the_worker(lingers, false);

    (void)state;
    assert_true(is_bound(port));
    there = address_of("127.0.0.1", port);
    peer_send_text(peer, "queued", &there);
    socket = worker_bound(workers_add(false), "127.0.0.1", 0, &recorders[1]);
    assert_int_equal(port_of(socket), port);
    workers_run_until(&recorders[1].messages, 1);
    run_for(200);
    assert_true(is_bound(port));
    dgram_worker_leave(&workers.worker[1].loop);
    dgram_close(socket);
    workers_run_until(&workers.left, 2);
    while (is_bound(port) && turns++ < 1000)
        run_for(10);
    assert_true(turns > 0);
    assert_false(is_bound(port));
    workers_end();
    peer_close(peer);
}

/* If the process of the primary was stopped, a socket that a worker has
   requested in this time is still kept when it goes on. */
static void a_primary_that_was_stopped_still_has_the_port(void **state) {
    const dgram_primary_options lingers = {.linger_ms = 400};
    int peer = peer_open(DGRAM_UDP4);
    uint16_t port = bind_then_end_the_worker(lingers, false);
    dgram_address there = address_of("127.0.0.1", port);
    struct worker *worker;
    dgram_socket *socket;

    (void)state;
    peer_send_text(peer, "queued", &there);
    worker = workers_add(false);
    socket = worker_socket(worker, DGRAM_UDP4, &recorders[1]);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    for (int i = 0; i < 3; i++)
        uv_run(&worker->loop, UV_RUN_NOWAIT);
    usleep(500 * 1000);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(port_of(socket), port);
    workers_run_until(&recorders[1].messages, 1);
    dgram_close(socket);
    workers_end();
    peer_close(peer);
}

/* It is killed after its request. The next one gets the kept socket, with the
   datagrams in its queue. */
static void a_replacement_that_dies_leaves_the_socket_kept(void **state) {
    const dgram_primary_options lingers = {.linger_ms = 60000};
    int peer = peer_open(DGRAM_UDP4), left, fd;
    unsigned char hello[RAW_SIZE];
    dgram_address there;
    dgram_socket *socket;

    (void)state;
    there = address_of("127.0.0.1", bind_then_end_the_worker(lingers, false));
    peer_send_text(peer, "queued", &there);
    left = workers.left;
    fd = raw_connect();
    raw_make(hello, HELLO, 0);
    hello[8] = RAW_SPLITS;
    assert_int_equal(write(fd, hello, RAW_SIZE), RAW_SIZE);
    raw_send(fd, BIND, 1);
    close(fd);
    workers_run_until(&workers.left, left + 1);
    assert_true(is_bound(dgram_address_port(&there)));
    socket = worker_bound(workers_add(false), "127.0.0.1", 0, &recorders[1]);
    assert_int_equal(port_of(socket), dgram_address_port(&there));
    workers_run_until(&recorders[1].messages, 1);
    dgram_close(socket);
    workers_run_iterations(10);
    assert_false(is_bound(dgram_address_port(&there)));
    workers_end();
    peer_close(peer);
}

/* The end of a process may be seen before its CLOSE is read. */
static void a_close_counts_after_the_worker_has_died(void **state) {
    const dgram_primary_options lingers = {.linger_ms = 60000};
    dgram_socket *closed, *open;
    uint16_t ports[2];

    (void)state;
    workers_open_with(1, lingers);
    closed = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    open = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[1]);
    ports[0] = port_of(closed);
    ports[1] = port_of(open);
    dgram_close(closed);
    dgram_connection_end(workers.worker[0].connection);
    assert_false(is_bound(ports[0]));
    dgram_close(open);
    /* It died with this socket open. */
    assert_true(is_bound(ports[1]));
    workers_end();
}

/* If the program ended before the answer, the primary would keep the socket for
   a replacement, as if the worker had died. */
static void a_pending_answer_keeps_the_loop_running(void **state) {
    const dgram_primary_options lingers = {.linger_ms = 60000};
    struct worker *worker;
    dgram_socket *socket;
    int turns = 0;

    (void)state;
    workers_open_with(1, lingers);
    worker = &workers.worker[0];
    socket = worker_socket(worker, DGRAM_UDP4, &recorders[0]);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    uv_run(&worker->loop, UV_RUN_NOWAIT);
    dgram_close(socket);
    for (int i = 0; i < 10; i++)
        uv_run(&worker->loop, UV_RUN_NOWAIT);
    run_for(5); /* the primary alone */
    assert_int_equal(workers.listening, 1);
    while (uv_loop_alive(&worker->loop) && turns++ < 1000)
        workers_run_iterations(1);
    assert_false(uv_loop_alive(&worker->loop));
    dgram_worker_leave(&worker->loop);
    workers_run_until(&workers.left, 1);
    assert_false(is_bound(dgram_address_port(&workers.address)));
    workers_end();
}

static void a_closed_primary_adds_no_worker(void **state) {
    dgram_connection *connection;
    int fd, before = count_descriptors();

    (void)state;
    workers_open(0);
    dgram_primary_close(workers.primary);
    assert_int_equal(dgram_primary_add(workers.primary, NULL, &connection, &fd),
                     UV_ECANCELED);
    workers_end();
    assert_int_equal(count_descriptors(), before);
}

static void joining_again_waits_for_the_loop(void **state) {
    dgram_worker_options options = {.size = sizeof options};
    uv_loop_t *loop;

    (void)state;
    workers_open(1);
    loop = &workers.worker[0].loop;
    assert_int_equal(dgram_worker_leave(loop), 0);
    assert_int_equal(dgram_primary_add(workers.primary, &workers.worker[0],
                                       &workers.worker[0].connection,
                                       &options.fd),
                     0);
    assert_int_equal(dgram_worker_join(loop, &options), UV_EALREADY);
    workers_run_until(&workers.left, 1);
    assert_int_equal(dgram_worker_join(loop, &options), 0);
    workers_run_until(&workers.joined, 2);
    workers_end();
}

static void joining_is_checked(void **state) {
    static const char *const no_numbers[] = {"3x", "x", "", "-1",
                                             "99999999999"};
    dgram_worker_options options = {.size = sizeof options};
    int fds[2];

    (void)state;
    assert_int_equal(dgram_worker_join(&test_loop, &options), UV_ENOTCONN);
    assert_int_equal(dgram_worker_ready(&test_loop), UV_ENOTCONN);
    options.fd = 999;
    assert_int_equal(dgram_worker_join(&test_loop, &options), UV_EBADF);
    assert_int_equal(pipe(fds), 0);
    options.fd = fds[0];
    assert_int_equal(dgram_worker_join(&test_loop, &options), UV_EINVAL);
    close(fds[0]);
    close(fds[1]);
    options.fd = peer_open(DGRAM_UDP4);
    assert_int_equal(dgram_worker_join(&test_loop, &options), UV_EINVAL);
    assert_int_equal(dgram_worker_join(NULL, &options), UV_EINVAL);
    close(options.fd);
    options.size = 1;
    assert_int_equal(dgram_worker_join(&test_loop, &options),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++) {
        assert_int_equal(setenv(DGRAM_CLUSTER_FD, no_numbers[i], 1), 0);
        assert_true(dgram_is_worker());
        assert_int_equal(dgram_worker_join(&test_loop, NULL), UV_EINVAL);
    }
    unsetenv(DGRAM_CLUSTER_FD);
    assert_false(dgram_is_worker());
    workers_open(1);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    options = (dgram_worker_options){.size = sizeof options, .fd = fds[0]};
    assert_int_equal(dgram_worker_join(&workers.worker[0].loop, &options),
                     UV_EALREADY);
    close(fds[0]);
    close(fds[1]);
    /* Also after joining has removed the variable. */
    assert_int_equal(dgram_worker_join(&workers.worker[0].loop, NULL),
                     UV_EALREADY);
    workers_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(sockets_outlive_the_primary),
        IN_LOOP(a_lost_primary_stops_the_worker),
        IN_LOOP(leaving_keeps_sockets_and_fails_binds),
        IN_LOOP(callbacks_of_leaving_may_close_sockets),
        IN_LOOP(the_port_is_free_after_the_last_worker),
        IN_LOOP(the_port_of_a_dead_worker_is_kept_for_a_while),
        IN_LOOP(a_primary_that_was_stopped_still_has_the_port),
        IN_LOOP(a_replacement_that_dies_leaves_the_socket_kept),
        IN_LOOP(a_close_counts_after_the_worker_has_died),
        IN_LOOP(a_pending_answer_keeps_the_loop_running),
        IN_LOOP(a_closed_primary_adds_no_worker),
        IN_LOOP(joining_again_waits_for_the_loop),
        IN_LOOP(joining_is_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
