/* Every call that sharing sockets between a primary and its workers makes fails
   in turn. Binds are answered once, no port stays in use without a socket, and
   a lost connection can be made again. */
#include "crew.h"

#include "peer.h"

static struct hand *const first = &crew.hand[0], *const second = &crew.hand[1];

static bool says_ready(dgram_type type) {
    int result;

    (void)type;
    if (!crew_hire(first))
        return false;
    assert_true(dgram_connection_is_ready(first->link->connection, NULL));
    result = dgram_worker_ready(first->loop);
    if (faults_explain(result, false)) {
        if (crew_is_lost(first) || faults_are_lasting())
            return false;
        assert_int_equal(dgram_worker_ready(first->loop), 0);
    }
    WAIT(first->link->ready == 1 || crew_is_lost(first));
    return first->link->ready == 1 && crew_leave(first);
}

/* Worker and primary are on one loop. */
static bool one_shares(dgram_type type) {
    static struct berth berth;

    return crew_hire(first) && crew_berth(&berth, first, type) &&
           crew_hears(&berth, NULL) && crew_close(&berth) &&
           crew_frees(type, berth.port) && crew_leave(first);
}

static bool two_share(dgram_type type) {
    static struct berth one, other;

    if (!crew_hire(first) || !crew_hire(second) ||
        !crew_berth(&one, first, type) || !crew_berth(&other, second, type))
        return false;
    if (crew_is_lost(first)) /* the port, too, if it was so before */
        return false;
    assert_int_equal(one.port, other.port);
    return crew_hears(&one, &other) && crew_close(&one) &&
           crew_hears(&other, NULL) && crew_close(&other) &&
           crew_frees(type, one.port);
}

/* The second bind of an address is another socket. */
static bool one_binds_twice(dgram_type type) {
    static struct berth one, other;

    if (!crew_hire(second) || !crew_berth(&one, second, type) ||
        !crew_berth(&other, second, type))
        return false;
    assert_int_not_equal(one.port, other.port);
    return crew_hears(&one, NULL) && crew_hears(&other, NULL);
}

static bool one_is_exclusive(dgram_type type) {
    const dgram_bind_options options = {
        .size = sizeof options, .address = loopback(type), .exclusive = true};
    static struct berth berth;

    if (!crew_hire(second) || !crew_socket(&berth, second, type) ||
        !crew_bind(&berth, &options))
        return false;
    assert_int_equal(second->link->listening, 0);
    return crew_hears(&berth, NULL) && crew_close(&berth);
}

/* The port is somebody else's. */
static bool bind_to_taken(struct berth *berth, uint16_t port) {
    if (!crew_ask(berth, port))
        return false;
    WAIT(berth->errors > 0);
    if (berth->errors > 0 && berth->error != UV_EADDRINUSE &&
        !faults_are_lasting() && !crew_is_lost(berth->hand)) {
        faults_explain(berth->error, false);
        assert_true(crew_ask(berth, port));
        WAIT(berth->errors == 2);
    }
    assert_int_equal(berth->listening, 0);
    return berth->error == UV_EADDRINUSE;
}

static bool the_port_is_taken(dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options,
                                        .address = loopback(type)};
    static struct berth berth;
    dgram_address taken;
    bool done;
    int peer;

    faults_pause(true);
    peer = peer_open(type);
    taken = peer_address(peer);
    faults_pause(false);
    done = crew_hire(second) && crew_socket(&berth, second, type) &&
           bind_to_taken(&berth, dgram_address_port(&taken)) &&
           crew_bind(&berth, &options) && crew_hears(&berth, NULL);
    faults_pause(true);
    peer_close(peer);
    faults_pause(false);
    return done;
}

/* The kernel is full when the worker asks, and when it is answered. */
static bool messages_wait(dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options,
                                        .address = loopback(type)};
    static struct berth berth;

    if (!crew_hire(second) || !crew_socket(&berth, second, type))
        return false;
    faults_full_sends = 1;
    if (!crew_ask(&berth, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT);
    uv_run(second->loop, UV_RUN_NOWAIT); /* has asked */
    faults_full_sends = 1;
    WAIT(berth.listening > 0 || berth.errors > 0);
    if (berth.errors > 0 && berth.error != UV_EPIPE)
        faults_explain(berth.error, false);
    return !crew_is_lost(second) && crew_bind(&berth, &options) &&
           crew_hears(&berth, NULL) && crew_close(&berth) &&
           crew_frees(type, berth.port);
}

/* The answer finds no socket any more, and is given back. */
static bool closed_while_asked(dgram_type type) {
    static struct berth berth, next;

    if (!crew_hire(second) || !crew_socket(&berth, second, type) ||
        !crew_ask(&berth, 0))
        return false;
    faults_full_sends = 1;
    uv_run(second->loop, UV_RUN_NOWAIT); /* asks */
    if (!crew_close(&berth))
        return false;
    assert_int_equal(berth.listening, 0);
    WAIT(second->link->listening == 1 || crew_is_lost(second) ||
         faults_occurred());
    if (second->link->listening == 1 && !crew_frees(type, second->link->port))
        return false;
    return !crew_is_lost(second) && crew_berth(&next, second, type) &&
           crew_hears(&next, NULL);
}

/* Asks it to end, and once more if the fault met that, unless it is lost. */
static bool stops(struct hand *hand) {
    int result = dgram_connection_stop(hand->link->connection);

    if (result == 0)
        return true;
    if (result != UV_EPIPE)
        faults_explain(result, false);
    if (faults_are_lasting() || crew_is_lost(hand) ||
        dgram_connection_stop(hand->link->connection) == 0)
        return !faults_are_lasting() && !crew_is_lost(hand);
    WAIT(crew_is_lost(hand));
    return false;
}

/* Sends that wait leave before their socket is closed. */
static bool ends_when_asked(dgram_type type) {
    dgram_address nobody = address_of(loopback(type), 9);
    static struct berth berth;
    static struct sent sent;
    bool sends;

    memset(&sent, 0, sizeof sent);
    second->plain = true;
    if (!crew_hire(second) || !crew_berth(&berth, second, type) ||
        crew_is_lost(second))
        return false;
    sends = TRY(dgram_send(berth.socket, "x", 1, &nobody, note_sent, &sent));
    if (!stops(second))
        return false;
    WAIT(berth.closed == 1);
    WAIT(sent.calls == sends);
    return berth.closed == 1 && crew_frees(type, berth.port) &&
           crew_leave(second);
}

static bool ends_by_itself(dgram_type type) {
    static struct berth berth;

    if (!crew_hire(second) || !crew_berth(&berth, second, type))
        return false;
    assert_int_equal(dgram_worker_stop(second->loop), 0);
    WAIT(second->stopped == 1);
    return second->stopped == 1 && crew_close(&berth) &&
           (crew_is_lost(second) || crew_leave(second));
}

/* What its socket was sent waits for the next one. */
static bool one_dies(dgram_type type) {
    static struct berth one, other;
    uint16_t port;

    if (!crew_hire(first) || !crew_hire(second) ||
        !crew_berth(&one, second, type) || crew_is_lost(second))
        return false;
    port = one.port;
    dgram_connection_end(second->link->connection);
    second->link->connection = NULL;
    WAIT(second->lost == 1);
    if (second->lost == 0 || !crew_berth(&other, first, type))
        return false;
    assert_int_equal(other.port, port);
    return crew_hears(&one, &other) && crew_leave(second);
}

static void bind_and_fail(struct berth *berth) {
    if (!crew_ask(berth, 0))
        return;
    WAIT(berth->errors == 1);
    if (berth->errors == 1 && !faults_occurred())
        assert_int_equal(berth->error, UV_EPIPE);
}

/* Its workers go on with what they have. */
static bool the_primary_dies(dgram_type type) {
    static struct berth bound, asking, late;

    if (!crew_hire(second) || !crew_berth(&bound, second, type) ||
        !crew_socket(&asking, second, type) ||
        !crew_socket(&late, second, type) || crew_is_lost(second))
        return false;
    if (!crew_ask(&asking, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT); /* asks */
    dgram_primary_close(crew.primary);
    assert_int_equal(dgram_primary_add(crew.primary, NULL,
                                       &second->link->connection, &(int){0}),
                     UV_ECANCELED);
    second->link->connection = NULL;
    WAIT(crew.closed == 1 && second->lost == 1 && asking.errors == 1);
    bind_and_fail(&late);
    assert_int_equal(asking.listening + late.listening, 0);
    return second->lost == 1 && crew_hears(&bound, NULL) && crew_leave(second);
}

/* Without callbacks the worker ends then. */
static bool a_plain_worker_is_lost(dgram_type type) {
    static struct berth berth;

    second->plain = true;
    if (!crew_hire(second) || !crew_berth(&berth, second, type) ||
        crew_is_lost(second))
        return false;
    dgram_connection_end(second->link->connection);
    second->link->connection = NULL;
    WAIT(berth.closed == 1);
    return berth.closed == 1 && crew_leave(second);
}

static bool left_while_asking(dgram_type type) {
    static struct berth berth;

    if (!crew_hire(second) || !crew_socket(&berth, second, type) ||
        !crew_ask(&berth, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT); /* asks */
    if (!crew_leave(second))
        return false;
    WAIT(berth.errors == 1);
    assert_int_equal(berth.listening, 0);
    return crew_hire(second);
}

/* The answer may have come in part, with its descriptor. */
static bool left_while_answered(dgram_type type) {
    static struct berth berth;

    if (!crew_hire(second) || !crew_socket(&berth, second, type) ||
        !crew_ask(&berth, 0))
        return false;
    uv_run(second->loop, UV_RUN_NOWAIT); /* asks */
    uv_run(&test_loop, UV_RUN_NOWAIT);   /* answers */
    uv_run(second->loop, UV_RUN_NOWAIT);
    if (!crew_leave(second))
        return false;
    WAIT(berth.listening + berth.errors == 1);
    return crew_hire(second);
}

/* The family matters to few of them. */
#define SHARED(name, linger_ms, families)                                      \
    static void try_##name(dgram_type type) {                                  \
        crew_try(name, type, linger_ms);                                       \
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
