#include "faults_cluster.h"

#include <unistd.h>

#include "os/platform.h"
#include "peer.h"

#define CONNECTIONS_MAX 8
#define TURNS_MAX 1000 /* of a loop that is to end */

struct cluster cluster;

static uv_loop_t own_loop; /* the second worker's */
static uv_timer_t keeper;  /* keeps the own loop running */
static struct connection connections[CONNECTIONS_MAX];
static struct worker_socket *sockets[SOCKETS_MAX];
static int connection_count, socket_count;

static void run_own_loop(void) {
    uv_run(&own_loop, UV_RUN_NOWAIT);
}

/* ---- Callbacks of the primary -------------------------------------------- */

static struct connection *connection_of(dgram_primary *primary,
                                        dgram_connection *handle, void *data) {
    struct connection *connection = dgram_connection_get_data(handle);

    assert_ptr_equal(data, &cluster);
    assert_ptr_equal(primary, cluster.primary);
    assert_ptr_equal(handle, connection->handle);
    assert_int_equal(connection->left, 0);
    assert_int_equal(cluster.closed, 0);
    return connection;
}

static void on_joined(dgram_primary *primary, dgram_connection *handle,
                      void *data) {
    struct connection *connection = connection_of(primary, handle, data);

    assert_int_equal(connection->joined++, 0);
}

static void on_listening(dgram_primary *primary, dgram_connection *handle,
                         const dgram_address *address, void *data) {
    struct connection *connection = connection_of(primary, handle, data);

    assert_int_equal(connection->joined, 1);
    assert_true(++connection->listening <= connection->requested);
    connection->port = dgram_address_port(address);
}

static void on_ready(dgram_primary *primary, dgram_connection *handle,
                     void *data) {
    struct connection *connection = connection_of(primary, handle, data);

    assert_int_equal(connection->joined, 1);
    connection->ready++;
}

static void on_left(dgram_primary *primary, dgram_connection *handle,
                    void *data) {
    struct connection *connection = connection_of(primary, handle, data);

    connection->left++;
    connection->handle = NULL;
}

static void on_closed(dgram_primary *primary, void *data) {
    assert_ptr_equal(data, &cluster);
    assert_ptr_equal(primary, cluster.primary);
    assert_int_equal(cluster.closed++, 0);
    cluster.primary = NULL;
}

/* ---- Callbacks of a worker ----------------------------------------------- */

static void on_stop(uv_loop_t *loop, void *data) {
    struct worker *worker = data;

    assert_ptr_equal(loop, worker->loop);
    assert_true(worker->joined);
    assert_int_equal(worker->stopped++, 0);
}

static void on_lost(uv_loop_t *loop, void *data) {
    struct worker *worker = data;

    assert_ptr_equal(loop, worker->loop);
    assert_true(worker->joined);
    assert_int_equal(worker->lost++, 0);
}

bool cluster_is_lost(const struct worker *worker) {
    return worker->lost > 0 || worker->connection->left > 0;
}

static bool connect_and_join(struct worker *worker) {
    dgram_worker_options options = {.size = sizeof options, .data = worker};
    struct connection *connection = &connections[connection_count];

    assert_in_range(connection_count, 0, CONNECTIONS_MAX - 1);
    memset(connection, 0, sizeof *connection);
    if (!TRY(dgram_primary_add(cluster.primary, connection, &connection->handle,
                               &options.fd)))
        return false;
    connection_count++;
    worker->connection = connection;
    worker->stopped = worker->lost = 0;
    options.stop = worker->plain ? NULL : on_stop;
    options.lost = worker->plain ? NULL : on_lost;
    assert_ptr_equal(dgram_connection_get_data(connection->handle), connection);
    worker->joined = true; /* callbacks inside the call would be seen */
    worker->joined = TRY(dgram_worker_join(worker->loop, &options));
    if (!worker->joined) {
        faults_pause(true);
        assert_int_equal(close(options.fd), 0); /* still the caller's */
        faults_pause(false);
    }
    return worker->joined;
}

bool cluster_join(struct worker *worker) {
    if (!connect_and_join(worker))
        return false;
    WAIT(worker->connection->joined > 0 || cluster_is_lost(worker));
    return worker->connection->joined > 0 && !cluster_is_lost(worker);
}

bool cluster_leave(struct worker *worker) {
    struct connection *connection = worker->connection;

    assert_int_equal(dgram_worker_leave(worker->loop), 0);
    assert_int_equal(dgram_worker_leave(worker->loop), UV_ENOTCONN);
    worker->joined = false;
    WAIT(dgram_worker_join(worker->loop, NULL) == UV_ENOTCONN);
    WAIT(connection->handle == NULL || cluster.primary == NULL);
    return !faults_are_lasting() || connection->handle == NULL;
}

/* ---- Sockets ------------------------------------------------------------- */

static struct worker_socket *socket_of(void *data) {
    struct worker_socket *socket = data;

    assert_int_equal(socket->closed, 0);
    return socket;
}

static void on_bound(dgram_socket *s, void *data) {
    (void)s;
    assert_int_equal(socket_of(data)->listening++, 0);
}

static void on_message(dgram_socket *s, const dgram_message *message,
                       void *data) {
    struct worker_socket *socket = socket_of(data);

    (void)s;
    if (message->length != 1)
        return; /* for a program that had the port before */
    socket->received++;
}

/* When its connection ends, a bind fails, whatever ended the connection. */
static void on_error(dgram_socket *s, const dgram_error *error, void *data) {
    struct worker_socket *socket = socket_of(data);

    assert_ptr_equal(s, socket->socket);
    socket->errors++;
    socket->error = error->code;
}

static void on_socket_closed(dgram_socket *s, void *data) {
    struct worker_socket *socket = socket_of(data);

    assert_ptr_equal(s, socket->socket);
    socket->closed++;
    socket->socket = NULL;
}

bool cluster_request_bind(struct worker_socket *socket, uint16_t port) {
    socket->worker->connection->requested++;
    return TRY(dgram_bind(socket->socket, loopback(socket->type), port));
}

bool cluster_new_socket(struct worker_socket *socket, struct worker *worker,
                        dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .listening = on_bound,
                                        .message = on_message,
                                        .error = on_error,
                                        .close = on_socket_closed};
    const dgram_options options = {.size = sizeof options,
                                   .type = type,
                                   .path_errors = platform->has_error_queue,
                                   .receive_info = platform->info_known};

    memset(socket, 0, sizeof *socket);
    socket->worker = worker;
    socket->type = type;
    if (!TRY(dgram_create_with(worker->loop, &options, &socket->socket)))
        return false;
    assert_in_range(socket_count, 0, SOCKETS_MAX - 1);
    sockets[socket_count++] = socket;
    dgram_on(socket->socket, &socket->listener, &events, socket);
    return true;
}

static bool bind_once(struct worker_socket *socket,
                      const dgram_bind_options *options) {
    int errors = socket->errors;

    socket->worker->connection->requested++;
    if (!TRY(dgram_bind_with(socket->socket, options)))
        return false;
    WAIT(socket->listening > 0 || socket->errors > errors);
    assert_true(socket->errors <= errors + 1);
    if (socket->listening == 0)
        assert_int_equal(dgram_fileno(socket->socket), UV_EBADF);
    return socket->listening > 0;
}

/* A worker without callbacks closes its sockets when it loses its primary. That
   may be in the loop iteration that reports a bind. */
static bool is_closed_by_worker(const struct worker_socket *socket) {
    return socket->worker->plain && faults_occurred() &&
           (socket->socket == NULL || dgram_fileno(socket->socket) == UV_EBADF);
}

bool cluster_bind(struct worker_socket *socket,
                  const dgram_bind_options *options) {
    dgram_address address;

    if (socket->listening == 0 && !bind_once(socket, options)) {
        if (faults_are_lasting() || cluster_is_lost(socket->worker))
            return false;
        if (socket->error != UV_EPIPE)
            faults_explain(socket->error, false);
        if (!bind_once(socket, options)) {
            WAIT(cluster_is_lost(socket->worker));
            return false;
        }
    }
    if (is_closed_by_worker(socket)) {
        WAIT(cluster_is_lost(socket->worker));
        return false;
    }
    if (!TRY(dgram_get_local_address(socket->socket, &address)))
        return false;
    socket->port = dgram_address_port(&address);
    return true;
}

bool cluster_new_bound(struct worker_socket *socket, struct worker *worker,
                       dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options,
                                        .address = loopback(type)};
    int listening = worker->connection->listening;

    if (!cluster_new_socket(socket, worker, type) ||
        !cluster_bind(socket, &options))
        return false;
    assert_true(worker->connection->listening > listening);
    return true;
}

bool cluster_close_socket(struct worker_socket *socket) {
    assert_int_equal(dgram_close(socket->socket), 0);
    WAIT(socket->closed == 1);
    return socket->closed == 1;
}

bool cluster_delivers(struct worker_socket *one, struct worker_socket *other) {
    dgram_address to = address_of(loopback(one->type), one->port);
    int before = one->received + (other != NULL ? other->received : 0);
    int peer;

    faults_pause(true);
    peer = peer_open(one->type);
    peer_send_text(peer, "?", &to);
    peer_close(peer);
    faults_pause(false);
    WAIT(one->received + (other != NULL ? other->received : 0) > before);
    return one->received + (other != NULL ? other->received : 0) == before + 1;
}

static bool can_bind(dgram_type type, uint16_t port) {
    dgram_address address = address_of(loopback(type), port);
    bool can;
    int fd;

    faults_pause(true);
    fd = socket(address.any.sa_family, SOCK_DGRAM, 0);
    can = bind(fd, &address.any,
               type == DGRAM_UDP6 ? sizeof address.v6 : sizeof address.v4) == 0;
    close(fd);
    faults_pause(false);
    return can;
}

bool cluster_frees_port(dgram_type type, uint16_t port) {
    WAIT(can_bind(type, port));
    return !faults_are_lasting();
}

/* ---- From the beginning to the end --------------------------------------- */

static bool make_primary(unsigned linger_ms) {
    const dgram_primary_options options = {.size = sizeof options,
                                           .linger_ms = linger_ms,
                                           .joined = on_joined,
                                           .listening = on_listening,
                                           .ready = on_ready,
                                           .left = on_left,
                                           .closed = on_closed,
                                           .data = &cluster};

    return TRY(dgram_primary_create(&test_loop, &options, &cluster.primary));
}

static void on_keeper(uv_timer_t *timer) {
    (void)timer;
}

static void begin(void) {
    memset(&cluster, 0, sizeof cluster);
    connection_count = socket_count = 0;
    assert_int_equal(uv_loop_init(&own_loop), 0);
    uv_timer_init(&own_loop, &keeper);
    uv_timer_start(&keeper, on_keeper, 3600000, 0);
    cluster.worker[0].loop = &test_loop;
    cluster.worker[1].loop = &own_loop;
    faults_each_iteration = run_own_loop;
}

static void close_sockets(void) {
    for (int i = 0; i < socket_count; i++) {
        if (sockets[i]->socket != NULL)
            dgram_close(sockets[i]->socket);
    }
}

static void end(void) {
    bool made = cluster.primary != NULL || cluster.closed > 0;
    int turns = 0;

    close_sockets();
    for (int i = 0; i < WORKERS_MAX; i++) {
        if (cluster.worker[i].joined)
            cluster_leave(&cluster.worker[i]);
    }
    if (cluster.primary != NULL)
        dgram_primary_close(cluster.primary);
    uv_close((uv_handle_t *)&keeper, NULL);
    while (uv_loop_alive(&own_loop) || uv_loop_alive(&test_loop)) {
        assert_in_range(turns++, 0, TURNS_MAX);
        run_own_loop();
        uv_run(&test_loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(uv_loop_close(&own_loop), 0);
    assert_int_equal(cluster.closed, made);
    for (int i = 0; i < socket_count; i++)
        assert_int_equal(sockets[i]->closed, 1);
    faults_each_iteration = NULL;
    faults_full_sends = 0;
}

static bool attempt(bool (*scenario)(dgram_type type), dgram_type type,
                    unsigned linger_ms) {
    bool done;

    begin();
    done = make_primary(linger_ms) && scenario(type);
    end();
    return done;
}

void cluster_try(bool (*scenario)(dgram_type type), dgram_type type,
                 unsigned linger_ms) {
    if (attempt(scenario, type, linger_ms) || faults_are_lasting())
        return;
    if (!faults_occurred())
        fail_msg("the scenario does not come to its end without a fault");
    if (!attempt(scenario, type, linger_ms))
        fail_msg("the scenario does not come to its end after the fault");
}
