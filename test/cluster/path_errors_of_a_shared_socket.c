/* Workers share a descriptor, and with it the errors of its path: each goes to
   one of them, and fails a send of none. */
#include "workers.h"

static dgram_socket *bound_with_errors(struct worker *worker,
                                       struct recorder *recorder) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .path_errors = true};
    dgram_socket *socket;

    assert_int_equal(dgram_create_with(&worker->loop, &options, &socket), 0);
    record_events(recorder, socket);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    workers_run_until(&recorder->listening, 1);
    return socket;
}

static bool has_path_errors(void) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {
        .size = sizeof options, .address = &any, .path_errors = true};
    dgram_datapath *datapath;

    if (dgram_datapath_create(&options, &datapath) < 0)
        return false;
    dgram_datapath_destroy(datapath);
    return true;
}

static void each_goes_to_one_worker(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address closed = peer_address(peer);
    struct recorder first, second;
    dgram_socket *sockets[2];
    struct sent sent = {0};

    (void)state;
    peer_close(peer);
    workers_open(2);
    sockets[0] = bound_with_errors(&workers.worker[0], &first);
    sockets[1] = bound_with_errors(&workers.worker[1], &second);
    assert_int_equal(port_of(sockets[0]), port_of(sockets[1]));
    for (int i = 1; i <= 10; i++) {
        int before = first.path_errors + second.path_errors;

        dgram_send(sockets[i % 2], "?", 1, &closed, note_sent, &sent);
        workers_run_until(&sent.calls, i);
        assert_int_equal(sent.status, 1);
        while (first.path_errors + second.path_errors == before)
            workers_run_iterations(1);
    }
    workers_run_iterations(20);
    assert_int_equal(first.path_errors + second.path_errors, 10);
    assert_int_equal(first.errors + second.errors, 0);
    dgram_close(sockets[0]);
    dgram_close(sockets[1]);
    workers_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(each_goes_to_one_worker)};

    if (!has_path_errors()) {
        printf("skipped: this system has no error queue\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
