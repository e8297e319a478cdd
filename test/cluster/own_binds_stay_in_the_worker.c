/* Binds that a worker does not share: exclusive ones, those with reuse_port or
   to a device, synchronous and implicit ones, and adopted descriptors. */
#include "workers.h"

static struct recorder recorders[2];

static void exclusive_binds_are_not_shared(dgram_type type) {
    dgram_bind_options options = {
        .size = sizeof options, .address = loopback(type), .exclusive = true};
    dgram_socket *first, *second;

    workers_open(2);
    first = worker_socket(&workers.worker[0], type, &recorders[0]);
    second = worker_socket(&workers.worker[1], type, &recorders[1]);
    assert_int_equal(dgram_bind_with(first, &options), 0);
    workers_run_until(&recorders[0].listening, 1);
    options.port = port_of(first);
    assert_int_equal(dgram_bind_with(second, &options), 0);
    workers_run_until(&recorders[1].errors, 1);
    assert_int_equal(recorders[1].error, UV_EADDRINUSE);
    /* A shared bind fails: the exclusive socket has the port. */
    assert_int_equal(dgram_bind(second, loopback(type), options.port), 0);
    workers_run_until(&recorders[1].errors, 2);
    assert_int_equal(recorders[1].error, UV_EADDRINUSE);
    assert_int_equal(workers.listening, 0);
    dgram_close(first);
    dgram_close(second);
    workers_end();
}
BOTH(exclusive_binds_are_not_shared)

static void reuse_port_binds_are_not_shared(dgram_type type) {
    dgram_options options = {
        .size = sizeof options, .type = type, .reuse_port = true};
    dgram_socket *socket[2];

    workers_open(2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            dgram_create_with(&workers.worker[i].loop, &options, &socket[i]),
            0);
        record_events(&recorders[i], socket[i]);
        assert_int_equal(dgram_bind(socket[i], loopback(type),
                                    i > 0 ? port_of(socket[0]) : 0),
                         0);
        workers_run_until(&recorders[i].listening, 1);
    }
    assert_int_equal(port_of(socket[0]), port_of(socket[1]));
    assert_int_equal(workers.listening, 0);
    dgram_close(socket[0]);
    dgram_close(socket[1]);
    workers_end();
}
BOTH(reuse_port_binds_are_not_shared)

/* Each worker has a path of its own. */
static void unix_sockets_are_not_shared(void **state) {
    static const char name[] = "@dgram-test-workers";
    dgram_socket *first, *second;

    (void)state;
    workers_open(2);
    first = worker_socket(&workers.worker[0], DGRAM_UNIX, &recorders[0]);
    second = worker_socket(&workers.worker[1], DGRAM_UNIX, &recorders[1]);
    assert_int_equal(dgram_bind(first, name, 0), 0);
    workers_run_until(&recorders[0].listening, 1);
    assert_int_equal(dgram_bind(second, name, 0), 0);
    workers_run_until(&recorders[1].errors, 1);
    assert_int_equal(recorders[1].error, UV_EADDRINUSE);
    assert_int_equal(dgram_bind(second, NULL, 0), 0);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(workers.listening, 0);
    dgram_close(first);
    dgram_close(second);
    workers_end();
}

/* Whether the system lets this program bind to a device. */
static bool may_bind_to(const char *device) {
    const dgram_bind_options options = {.size = sizeof options,
                                        .device = device};
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    struct recorder recorder;
    bool may;

    record_events(&recorder, socket);
    may = dgram_bind_with(socket, &options) == 0;
    while (may && recorder.listening + recorder.errors == 0)
        run_for(1);
    may = may && recorder.listening == 1;
    dgram_close(socket);
    run_to_end();
    return may;
}

/* The second one finds the port in use. */
static void device_binds_are_not_shared(dgram_type type) {
    dgram_bind_options options = {
        .size = sizeof options, .address = loopback(type), .device = "lo"};
    dgram_socket *first, *second;

    if (!may_bind_to("lo"))
        skip();
    workers_open(2);
    first = worker_socket(&workers.worker[0], type, &recorders[0]);
    second = worker_socket(&workers.worker[1], type, &recorders[1]);
    assert_int_equal(dgram_bind_with(first, &options), 0);
    workers_run_until(&recorders[0].listening, 1);
    options.port = port_of(first);
    assert_int_equal(dgram_bind_with(second, &options), 0);
    workers_run_until(&recorders[1].errors, 1);
    assert_int_equal(recorders[1].error, UV_EADDRINUSE);
    assert_int_equal(workers.listening, 0);
    dgram_close(first);
    dgram_close(second);
    workers_end();
}
BOTH(device_binds_are_not_shared)

static void sync_and_implicit_binds_are_not_shared(dgram_type type) {
    dgram_bind_options options = {.size = sizeof options};
    dgram_address there = address_of(loopback(type), 9);
    dgram_socket *sync[2], *sends, *adopts;

    workers_open(2);
    options.fd = peer_open(type);
    for (int i = 0; i < 2; i++) {
        sync[i] = worker_socket(&workers.worker[i], type, &recorders[0]);
        dgram_off(sync[i], &recorders[0].listener);
        assert_int_equal(dgram_bind_sync(sync[i], loopback(type), 0), 0);
    }
    assert_int_not_equal(port_of(sync[0]), port_of(sync[1]));
    sends = worker_socket(&workers.worker[0], type, &recorders[0]);
    assert_int_equal(dgram_send(sends, "x", 1, &there, NULL, NULL), 0);
    assert_true(port_of(sends) > 0);
    adopts = worker_socket(&workers.worker[1], type, &recorders[1]);
    assert_int_equal(dgram_bind_with(adopts, &options), 0);
    assert_int_equal(dgram_fileno(adopts), options.fd);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(workers.listening, 0);
    dgram_close(sync[0]);
    dgram_close(sync[1]);
    dgram_close(sends);
    dgram_close(adopts);
    workers_end();
}
BOTH(sync_and_implicit_binds_are_not_shared)

static void memberships_bind_the_socket_itself(void **state) {
    dgram_socket *socket;

    (void)state;
    workers_open(1);
    socket = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[0]);
    assert_int_equal(dgram_add_membership(socket, "239.44.55.66", "127.0.0.1"),
                     0);
    workers_run_until(&recorders[0].listening, 1);
    assert_int_equal(workers.listening, 0);
    dgram_close(socket);
    workers_end();
}

/* All workers have one socket, which joins the group: it stays a member when
   the worker that joined is gone. */
static void a_group_is_joined_once_for_all(void **state) {
    const struct in_addr home = {htonl(INADDR_LOOPBACK)};
    int peer = peer_open(DGRAM_UDP4);
    dgram_socket *first, *second;
    dgram_address group;

    (void)state;
    workers_open(2);
    first = worker_bound(&workers.worker[0], "0.0.0.0", 0, &recorders[0]);
    second = worker_bound(&workers.worker[1], "0.0.0.0", 0, &recorders[1]);
    assert_int_equal(dgram_add_membership(first, "239.44.55.66", "127.0.0.1"),
                     0);
    assert_int_equal(dgram_add_membership(second, "239.44.55.66", "127.0.0.1"),
                     UV_EADDRINUSE);
    group = address_of("239.44.55.66", port_of(second));
    dgram_close(first);
    workers_run_until(&recorders[0].closed, 1);
    assert_int_equal(dgram_add_membership(second, "239.44.55.66", "127.0.0.1"),
                     UV_EADDRINUSE);
    setsockopt(peer, IPPROTO_IP, IP_MULTICAST_IF, &home, sizeof home);
    peer_send_text(peer, "all", &group);
    workers_run_until(&recorders[1].messages, 1);
    assert_string_equal(recorders[1].message[0].payload, "all");
    dgram_close(second);
    workers_end();
    peer_close(peer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(exclusive_binds_are_not_shared),
        IN_LOOP_BOTH(reuse_port_binds_are_not_shared),
        IN_LOOP_BOTH(device_binds_are_not_shared),
        IN_LOOP_BOTH(sync_and_implicit_binds_are_not_shared),
        IN_LOOP(unix_sockets_are_not_shared),
        IN_LOOP(memberships_bind_the_socket_itself),
        IN_LOOP(a_group_is_joined_once_for_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
