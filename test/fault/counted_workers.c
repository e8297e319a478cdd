/* Every call that sharing sockets between a primary and its workers makes fails
   in turn. Binds are answered once, no port stays in use without a socket, and
   a lost connection can be made again. */
#include "faults_cluster.h"

#include "peer.h"

static struct worker *const first = &cluster.worker[0];
static struct worker *const second = &cluster.worker[1];

static bool says_ready(dgram_type type) {
    int result;

    (void)type;
    if (!cluster_join(first))
        return false;
    assert_true(dgram_connection_is_ready(first->connection->handle, NULL));
    result = dgram_worker_ready(first->loop);
    if (faults_explain(result, false)) {
        if (cluster_is_lost(first) || faults_are_lasting())
            return false;
        assert_int_equal(dgram_worker_ready(first->loop), 0);
    }
    WAIT(first->connection->ready == 1 || cluster_is_lost(first));
    return first->connection->ready == 1 && cluster_leave(first);
}

/* Worker and primary are on one loop. */
static bool one_shares(dgram_type type) {
    static struct worker_socket socket;

    return cluster_join(first) && cluster_new_bound(&socket, first, type) &&
           cluster_delivers(&socket, NULL) && cluster_close_socket(&socket) &&
           cluster_frees_port(type, socket.port) && cluster_leave(first);
}

static bool two_share(dgram_type type) {
    static struct worker_socket one, other;

    if (!cluster_join(first) || !cluster_join(second) ||
        !cluster_new_bound(&one, first, type) ||
        !cluster_new_bound(&other, second, type))
        return false;
    if (cluster_is_lost(first)) /* then the port is another one */
        return false;
    assert_int_equal(one.port, other.port);
    return cluster_delivers(&one, &other) && cluster_close_socket(&one) &&
           cluster_delivers(&other, NULL) && cluster_close_socket(&other) &&
           cluster_frees_port(type, one.port);
}

/* The second bind of an address gets another socket. */
static bool one_binds_twice(dgram_type type) {
    static struct worker_socket one, other;

    if (!cluster_join(second) || !cluster_new_bound(&one, second, type) ||
        !cluster_new_bound(&other, second, type))
        return false;
    assert_int_not_equal(one.port, other.port);
    return cluster_delivers(&one, NULL) && cluster_delivers(&other, NULL);
}

static bool one_is_exclusive(dgram_type type) {
    const dgram_bind_options options = {
        .size = sizeof options, .address = loopback(type), .exclusive = true};
    static struct worker_socket socket;

    if (!cluster_join(second) || !cluster_new_socket(&socket, second, type) ||
        !cluster_bind(&socket, &options))
        return false;
    assert_int_equal(second->connection->listening, 0);
    return cluster_delivers(&socket, NULL) && cluster_close_socket(&socket);
}

/* Another socket has the port. */
static bool bind_to_taken(struct worker_socket *socket, uint16_t port) {
    if (!cluster_request_bind(socket, port))
        return false;
    WAIT(socket->errors > 0);
    if (socket->errors > 0 && socket->error != UV_EADDRINUSE &&
        !faults_are_lasting() && !cluster_is_lost(socket->worker)) {
        faults_explain(socket->error, false);
        assert_true(cluster_request_bind(socket, port));
        WAIT(socket->errors == 2);
    }
    assert_int_equal(socket->listening, 0);
    return socket->error == UV_EADDRINUSE;
}

static bool the_port_is_taken(dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options,
                                        .address = loopback(type)};
    static struct worker_socket socket;
    dgram_address taken;
    bool done;
    int peer;

    faults_pause(true);
    peer = peer_open(type);
    taken = peer_address(peer);
    faults_pause(false);
    done = cluster_join(second) && cluster_new_socket(&socket, second, type) &&
           bind_to_taken(&socket, dgram_address_port(&taken)) &&
           cluster_bind(&socket, &options) && cluster_delivers(&socket, NULL);
    faults_pause(true);
    peer_close(peer);
    faults_pause(false);
    return done;
}

/* The kernel takes neither the request nor the answer at first. */
static bool messages_wait(dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options,
                                        .address = loopback(type)};
    static struct worker_socket socket;

    if (!cluster_join(second) || !cluster_new_socket(&socket, second, type))
        return false;
    faults_full_sends = 1;
    if (!cluster_request_bind(&socket, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT);
    uv_run(second->loop, UV_RUN_NOWAIT); /* sends the request */
    faults_full_sends = 1;
    WAIT(socket.listening > 0 || socket.errors > 0);
    if (socket.errors > 0 && socket.error != UV_EPIPE)
        faults_explain(socket.error, false);
    return !cluster_is_lost(second) && cluster_bind(&socket, &options) &&
           cluster_delivers(&socket, NULL) && cluster_close_socket(&socket) &&
           cluster_frees_port(type, socket.port);
}

/* The socket of the answer is closed: the descriptor is returned. */
static bool closed_while_asked(dgram_type type) {
    static struct worker_socket socket, next;

    if (!cluster_join(second) || !cluster_new_socket(&socket, second, type) ||
        !cluster_request_bind(&socket, 0))
        return false;
    faults_full_sends = 1;
    uv_run(second->loop, UV_RUN_NOWAIT); /* sends the request */
    if (!cluster_close_socket(&socket))
        return false;
    assert_int_equal(socket.listening, 0);
    WAIT(second->connection->listening == 1 || cluster_is_lost(second) ||
         faults_occurred());
    if (second->connection->listening == 1 &&
        !cluster_frees_port(type, second->connection->port))
        return false;
    return !cluster_is_lost(second) && cluster_new_bound(&next, second, type) &&
           cluster_delivers(&next, NULL);
}

/* Asks the worker to end, again if the fault made that fail, unless it is lost.
 */
static bool stops(struct worker *worker) {
    int result = dgram_connection_stop(worker->connection->handle);

    if (result == 0)
        return true;
    if (result != UV_EPIPE)
        faults_explain(result, false);
    if (faults_are_lasting() || cluster_is_lost(worker) ||
        dgram_connection_stop(worker->connection->handle) == 0)
        return !faults_are_lasting() && !cluster_is_lost(worker);
    WAIT(cluster_is_lost(worker));
    return false;
}

/* Queued sends are finished before their socket is closed. */
static bool ends_when_asked(dgram_type type) {
    dgram_address nobody = address_of(loopback(type), 9);
    static struct worker_socket socket;
    static struct sent sent;
    bool sends;

    memset(&sent, 0, sizeof sent);
    second->plain = true;
    if (!cluster_join(second) || !cluster_new_bound(&socket, second, type) ||
        cluster_is_lost(second))
        return false;
    sends = TRY(dgram_send(socket.socket, "x", 1, &nobody, note_sent, &sent));
    if (!stops(second))
        return false;
    WAIT(socket.closed == 1);
    WAIT(sent.calls == sends);
    return socket.closed == 1 && cluster_frees_port(type, socket.port) &&
           cluster_leave(second);
}

static bool ends_by_itself(dgram_type type) {
    static struct worker_socket socket;

    if (!cluster_join(second) || !cluster_new_bound(&socket, second, type))
        return false;
    assert_int_equal(dgram_worker_stop(second->loop), 0);
    WAIT(second->stopped == 1);
    return second->stopped == 1 && cluster_close_socket(&socket) &&
           (cluster_is_lost(second) || cluster_leave(second));
}

/* The next worker gets the datagrams in the queue of its socket. */
static bool one_dies(dgram_type type) {
    static struct worker_socket one, other;
    uint16_t port;

    if (!cluster_join(first) || !cluster_join(second) ||
        !cluster_new_bound(&one, second, type) || cluster_is_lost(second))
        return false;
    port = one.port;
    dgram_connection_end(second->connection->handle);
    second->connection->handle = NULL;
    WAIT(second->lost == 1);
    if (second->lost == 0 || !cluster_new_bound(&other, first, type))
        return false;
    assert_int_equal(other.port, port);
    return cluster_delivers(&one, &other) && cluster_leave(second);
}

static void bind_and_fail(struct worker_socket *socket) {
    if (!cluster_request_bind(socket, 0))
        return;
    WAIT(socket->errors == 1);
    if (socket->errors == 1 && !faults_occurred())
        assert_int_equal(socket->error, UV_EPIPE);
}

/* The workers keep their sockets. */
static bool the_primary_dies(dgram_type type) {
    static struct worker_socket bound, asking, late;

    if (!cluster_join(second) || !cluster_new_bound(&bound, second, type) ||
        !cluster_new_socket(&asking, second, type) ||
        !cluster_new_socket(&late, second, type) || cluster_is_lost(second))
        return false;
    if (!cluster_request_bind(&asking, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT); /* sends the request */
    dgram_primary_close(cluster.primary);
    assert_int_equal(dgram_primary_add(cluster.primary, NULL,
                                       &second->connection->handle, &(int){0}),
                     UV_ECANCELED);
    second->connection->handle = NULL;
    WAIT(cluster.closed == 1 && second->lost == 1 && asking.errors == 1);
    bind_and_fail(&late);
    assert_int_equal(asking.listening + late.listening, 0);
    return second->lost == 1 && cluster_delivers(&bound, NULL) &&
           cluster_leave(second);
}

/* Without callbacks the worker stops. */
static bool a_plain_worker_is_lost(dgram_type type) {
    static struct worker_socket socket;

    second->plain = true;
    if (!cluster_join(second) || !cluster_new_bound(&socket, second, type) ||
        cluster_is_lost(second))
        return false;
    dgram_connection_end(second->connection->handle);
    second->connection->handle = NULL;
    WAIT(socket.closed == 1);
    return socket.closed == 1 && cluster_leave(second);
}

static bool left_while_asking(dgram_type type) {
    static struct worker_socket socket;

    if (!cluster_join(second) || !cluster_new_socket(&socket, second, type) ||
        !cluster_request_bind(&socket, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT); /* sends the request */
    if (!cluster_leave(second))
        return false;
    WAIT(socket.errors == 1);
    assert_int_equal(socket.listening, 0);
    return cluster_join(second);
}

/* A part of the answer may have arrived, with its descriptor. */
static bool left_while_answered(dgram_type type) {
    static struct worker_socket socket;

    if (!cluster_join(second) || !cluster_new_socket(&socket, second, type) ||
        !cluster_request_bind(&socket, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT); /* sends the request */
    uv_run(&test_loop, UV_RUN_NOWAIT);   /* answers */
    uv_run(second->loop, UV_RUN_NOWAIT);
    if (!cluster_leave(second))
        return false;
    WAIT(socket.listening + socket.errors == 1);
    return cluster_join(second);
}

/* The family matters to few of them. */
#define SHARED(name, linger_ms, families)                                      \
    static void try_##name(dgram_type type) {                                  \
        cluster_try(name, type, linger_ms);                                    \
    }                                                                          \
    static void test_##name(void **state) {                                    \
        (void)state;                                                           \
        faults_try(#name, try_##name, DGRAM_UDP4);                             \
        if (families > 1 && has_ipv6())                                        \
            faults_try(#name, try_##name, DGRAM_UDP6);                         \
    }

SHARED(says_ready, 0, 1)
SHARED(one_shares, 0, 2)
SHARED(two_share, 0, 1)
SHARED(one_binds_twice, 0, 1)
SHARED(one_is_exclusive, 0, 1)
SHARED(the_port_is_taken, 0, 2)
SHARED(messages_wait, 0, 1)
SHARED(closed_while_asked, 0, 1)
SHARED(ends_when_asked, 0, 1)
SHARED(ends_by_itself, 0, 1)
SHARED(one_dies, 10000, 1)
SHARED(the_primary_dies, 0, 1)
SHARED(a_plain_worker_is_lost, 0, 1)
SHARED(left_while_asking, 0, 1)
SHARED(left_while_answered, 0, 1)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says_ready),
        cmocka_unit_test(test_one_shares),
        cmocka_unit_test(test_two_share),
        cmocka_unit_test(test_one_binds_twice),
        cmocka_unit_test(test_one_is_exclusive),
        cmocka_unit_test(test_the_port_is_taken),
        cmocka_unit_test(test_messages_wait),
        cmocka_unit_test(test_closed_while_asked),
        cmocka_unit_test(test_ends_when_asked),
        cmocka_unit_test(test_ends_by_itself),
        cmocka_unit_test(test_one_dies),
        cmocka_unit_test(test_the_primary_dies),
        cmocka_unit_test(test_a_plain_worker_is_lost),
        cmocka_unit_test(test_left_while_asking),
        cmocka_unit_test(test_left_while_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
