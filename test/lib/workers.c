#include "workers.h"

#include <dirent.h>

#define WAIT_NS 10000000000u

struct workers workers;

static int descriptors_before;

int count_descriptors(void) {
    DIR *folder = opendir("/dev/fd");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void on_joined(dgram_primary *primary, dgram_connection *connection,
                      void *data) {
    assert_ptr_equal(data, &workers);
    assert_true(primary == workers.primary && connection != NULL);
    workers.joined++;
}

static void on_listening(dgram_primary *primary, dgram_connection *connection,
                         const dgram_address *address, void *data) {
    (void)primary;
    (void)connection;
    (void)data;
    workers.address = *address;
    workers.listening++;
}

static void on_ready(dgram_primary *primary, dgram_connection *connection,
                     void *data) {
    (void)primary;
    (void)connection;
    (void)data;
    workers.ready++;
}

static void on_left(dgram_primary *primary, dgram_connection *connection,
                    void *data) {
    struct worker *worker = dgram_connection_get_data(connection);

    (void)primary;
    (void)data;
    worker->connection = NULL;
    workers.left++;
}

static void on_closed(dgram_primary *primary, void *data) {
    (void)primary;
    (void)data;
    workers.closed++;
}

static void on_stop(uv_loop_t *loop, void *data) {
    struct worker *worker = data;

    assert_ptr_equal(loop, &worker->loop);
    worker->stopped++;
}

static void on_lost(uv_loop_t *loop, void *data) {
    struct worker *worker = data;

    assert_ptr_equal(loop, &worker->loop);
    worker->lost++;
}

struct worker *workers_add_with(bool callbacks, bool signals) {
    struct worker *worker = &workers.worker[workers.count++];
    dgram_worker_options options = {
        .size = sizeof options, .signals = signals, .data = worker};

    assert_int_equal(uv_loop_init(&worker->loop), 0);
    assert_int_equal(dgram_primary_add(workers.primary, worker,
                                       &worker->connection, &options.fd),
                     0);
    if (callbacks) {
        options.stop = on_stop;
        options.lost = on_lost;
    }
    assert_int_equal(dgram_worker_join(&worker->loop, &options), 0);
    return worker;
}

struct worker *workers_add(bool callbacks) {
    return workers_add_with(callbacks, false);
}

void workers_open_with(int count, dgram_primary_options options) {
    memset(&workers, 0, sizeof workers);
    options.size = sizeof options;
    options.joined = on_joined;
    options.listening = on_listening;
    options.ready = on_ready;
    options.left = on_left;
    options.closed = on_closed;
    options.data = &workers;
    uv_run(&test_loop, UV_RUN_NOWAIT); /* opens the descriptors of the loop */
    descriptors_before = count_descriptors();
    assert_int_equal(
        dgram_primary_create(&test_loop, &options, &workers.primary), 0);
    for (int i = 0; i < count; i++)
        workers_add(false);
    workers_run_until(&workers.joined, count);
}

void workers_open(int count) {
    workers_open_with(count, (dgram_primary_options){0});
}

static void turn(void) {
    uv_run(&test_loop, UV_RUN_NOWAIT);
    for (int i = 0; i < workers.count; i++)
        uv_run(&workers.worker[i].loop, UV_RUN_NOWAIT);
}

void workers_run_iterations(int turns) {
    while (turns-- > 0)
        turn();
}

void workers_run_until(const int *value, int goal) {
    uint64_t end = uv_hrtime() + WAIT_NS;

    while (*value < goal && uv_hrtime() < end)
        turn();
    if (*value < goal)
        fail_msg("waited in vain for %d, have %d", goal, *value);
}

static void print_handle(uv_handle_t *handle, void *data) {
    (void)data;
    print_message("left on a worker's loop: %s\n",
                  uv_handle_type_name(uv_handle_get_type(handle)));
}

static void end_worker(struct worker *worker) {
    int result = dgram_worker_leave(&worker->loop);

    assert_true(result == 0 || result == UV_ENOTCONN);
    for (int i = 0; i < 1000 && uv_run(&worker->loop, UV_RUN_NOWAIT) != 0; i++)
        uv_run(&test_loop, UV_RUN_NOWAIT);
    if (uv_loop_close(&worker->loop) != 0) {
        uv_walk(&worker->loop, print_handle, NULL);
        fail_msg("a worker's loop does not end");
    }
}

void workers_end(void) {
    for (int i = 0; i < workers.count; i++)
        end_worker(&workers.worker[i]);
    workers.count = 0;
    dgram_primary_close(workers.primary);
    workers_run_until(&workers.closed, 1);
    run_to_end();
    assert_int_equal(workers.closed, 1);
    assert_int_equal(count_descriptors(), descriptors_before);
}

dgram_socket *worker_socket(struct worker *worker, dgram_type type,
                            struct recorder *recorder) {
    dgram_socket *socket;

    assert_int_equal(dgram_create(&worker->loop, type, &socket), 0);
    record_events(recorder, socket);
    return socket;
}

dgram_socket *worker_bound(struct worker *worker, const char *address,
                           uint16_t port, struct recorder *recorder) {
    bool v6 = strchr(address, ':') != NULL;
    dgram_socket *socket =
        worker_socket(worker, v6 ? DGRAM_UDP6 : DGRAM_UDP4, recorder);

    assert_int_equal(dgram_bind(socket, address, port), 0);
    workers_run_until(&recorder->listening, 1);
    return socket;
}
