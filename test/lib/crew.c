#include "crew.h"

#include <unistd.h>

#include "peer.h"

#define LINKS_MAX 8
#define TURNS_MAX 1000 /* of a loop that is to end */

struct crew crew;

static uv_loop_t own_loop; /* the second hand's */
static uv_timer_t keeper;  /* keeps it running, as a worker's work does */
static struct link links[LINKS_MAX];
static struct berth *berths[BERTHS_MAX];
static int link_count, berth_count;

static void run_own_loop(void) {
    uv_run(&own_loop, UV_RUN_NOWAIT);
}

/* ---- What the primary tells ---------------------------------------------- */

static struct link *link_of(dgram_primary *primary,
                            dgram_connection *connection, void *data) {
    struct link *link = dgram_connection_get_data(connection);

    assert_ptr_equal(data, &crew);
    assert_ptr_equal(primary, crew.primary);
    assert_ptr_equal(connection, link->connection);
    assert_int_equal(link->left, 0);
    assert_int_equal(crew.closed, 0);
    return link;
}

static void on_joined(dgram_primary *primary, dgram_connection *connection,
                      void *data) {
    struct link *link = link_of(primary, connection, data);

    assert_int_equal(link->joined++, 0);
}

static void on_listening(dgram_primary *primary, dgram_connection *connection,
                         const dgram_address *address, void *data) {
    struct link *link = link_of(primary, connection, data);

    assert_int_equal(link->joined, 1);
    assert_true(++link->listening <= link->asked);
    link->port = dgram_address_port(address);
}

static void on_ready(dgram_primary *primary, dgram_connection *connection,
                     void *data) {
    struct link *link = link_of(primary, connection, data);

    assert_int_equal(link->joined, 1);
    link->ready++;
}

static void on_left(dgram_primary *primary, dgram_connection *connection,
                    void *data) {
    struct link *link = link_of(primary, connection, data);

    link->left++;
    link->connection = NULL;
}

static void on_closed(dgram_primary *primary, void *data) {
    assert_ptr_equal(data, &crew);
    assert_ptr_equal(primary, crew.primary);
    assert_int_equal(crew.closed++, 0);
    crew.primary = NULL;
}

/* ---- What a worker is told ----------------------------------------------- */

static void on_stop(uv_loop_t *loop, void *data) {
    struct hand *hand = data;

    assert_ptr_equal(loop, hand->loop);
    assert_true(hand->joined);
    assert_int_equal(hand->stopped++, 0);
}

static void on_lost(uv_loop_t *loop, void *data) {
    struct hand *hand = data;

    assert_ptr_equal(loop, hand->loop);
    assert_true(hand->joined);
    assert_int_equal(hand->lost++, 0);
}

bool crew_is_lost(const struct hand *hand) {
    return hand->lost > 0 || hand->link->left > 0;
}

static bool connect_and_join(struct hand *hand) {
    dgram_worker_options options = {.size = sizeof options, .data = hand};
    struct link *link = &links[link_count];

    assert_in_range(link_count, 0, LINKS_MAX - 1);
    memset(link, 0, sizeof *link);
    if (!TRY(dgram_primary_add(crew.primary, link, &link->connection,
                               &options.fd)))
        return false;
    link_count++;
    hand->link = link;
    hand->stopped = hand->lost = 0;
    options.stop = hand->plain ? NULL : on_stop;
    options.lost = hand->plain ? NULL : on_lost;
    assert_ptr_equal(dgram_connection_get_data(link->connection), link);
    hand->joined = true; /* callbacks inside the call would be seen */
    hand->joined = TRY(dgram_worker_join(hand->loop, &options));
    if (!hand->joined) {
        faults_pause(true);
        assert_int_equal(close(options.fd), 0); /* still the caller's */
        faults_pause(false);
    }
    return hand->joined;
}

bool crew_hire(struct hand *hand) {
    if (!connect_and_join(hand))
        return false;
    WAIT(hand->link->joined > 0 || crew_is_lost(hand));
    return hand->link->joined > 0 && !crew_is_lost(hand);
}

bool crew_leave(struct hand *hand) {
    struct link *link = hand->link;

    assert_int_equal(dgram_worker_leave(hand->loop), 0);
    assert_int_equal(dgram_worker_leave(hand->loop), UV_ENOTCONN);
    hand->joined = false;
    WAIT(dgram_worker_join(hand->loop, NULL) == UV_ENOTCONN);
    WAIT(link->connection == NULL || crew.primary == NULL);
    return !faults_are_lasting() || link->connection == NULL;
}

/* ---- Sockets ------------------------------------------------------------- */

static struct berth *berth_of(void *data) {
    struct berth *berth = data;

    assert_int_equal(berth->closed, 0);
    return berth;
}

static void on_bound(dgram_socket *socket, void *data) {
    (void)socket;
    assert_int_equal(berth_of(data)->listening++, 0);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct berth *berth = berth_of(data);

    (void)socket;
    assert_int_equal(message->length, 1);
    berth->heard++;
}

/* A bind whose connection ended is told so, whatever ended it. */
static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct berth *berth = berth_of(data);

    assert_ptr_equal(socket, berth->socket);
    berth->errors++;
    berth->error = error->code;
}

static void on_socket_closed(dgram_socket *socket, void *data) {
    struct berth *berth = berth_of(data);

    assert_ptr_equal(socket, berth->socket);
    berth->closed++;
    berth->socket = NULL;
}

bool crew_ask(struct berth *berth, uint16_t port) {
    berth->hand->link->asked++;
    return TRY(dgram_bind(berth->socket, loopback(berth->type), port));
}

bool crew_socket(struct berth *berth, struct hand *hand, dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .listening = on_bound,
                                        .message = on_message,
                                        .error = on_error,
                                        .close = on_socket_closed};

    memset(berth, 0, sizeof *berth);
    berth->hand = hand;
    berth->type = type;
    if (!TRY(dgram_create(hand->loop, type, &berth->socket)))
        return false;
    assert_in_range(berth_count, 0, BERTHS_MAX - 1);
    berths[berth_count++] = berth;
    dgram_on(berth->socket, &berth->listener, &events, berth);
    return true;
}

static bool bind_once(struct berth *berth, const dgram_bind_options *options) {
    int errors = berth->errors;

    berth->hand->link->asked++;
    if (!TRY(dgram_bind_with(berth->socket, options)))
        return false;
    WAIT(berth->listening > 0 || berth->errors > errors);
    assert_true(berth->errors <= errors + 1);
    if (berth->listening == 0)
        assert_int_equal(dgram_fileno(berth->socket), UV_EBADF);
    return berth->listening > 0;
}

bool crew_bind(struct berth *berth, const dgram_bind_options *options) {
    dgram_address address;

    if (berth->listening == 0 && !bind_once(berth, options)) {
        if (faults_are_lasting() || crew_is_lost(berth->hand))
            return false;
        if (berth->error != UV_EPIPE)
            faults_explain(berth->error, false);
        if (!bind_once(berth, options)) {
            WAIT(crew_is_lost(berth->hand));
            return false;
        }
    }
    if (!TRY(dgram_get_local_address(berth->socket, &address)))
        return false;
    berth->port = dgram_address_port(&address);
    return true;
}

bool crew_berth(struct berth *berth, struct hand *hand, dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options,
                                        .address = loopback(type)};
    int told = hand->link->listening;

    if (!crew_socket(berth, hand, type) || !crew_bind(berth, &options))
        return false;
    assert_true(hand->link->listening > told);
    return true;
}

bool crew_close(struct berth *berth) {
    assert_int_equal(dgram_close(berth->socket), 0);
    WAIT(berth->closed == 1);
    return berth->closed == 1;
}

bool crew_hears(struct berth *one, struct berth *other) {
    dgram_address to = address_of(loopback(one->type), one->port);
    int before = one->heard + (other != NULL ? other->heard : 0);
    int peer;

    faults_pause(true);
    peer = peer_open(one->type);
    peer_send_text(peer, "?", &to);
    peer_close(peer);
    faults_pause(false);
    WAIT(one->heard + (other != NULL ? other->heard : 0) > before);
    return one->heard + (other != NULL ? other->heard : 0) == before + 1;
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

bool crew_frees(dgram_type type, uint16_t port) {
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
                                           .data = &crew};

    return TRY(dgram_primary_create(&test_loop, &options, &crew.primary));
}

static void on_keeper(uv_timer_t *timer) {
    (void)timer;
}

static void begin(void) {
    memset(&crew, 0, sizeof crew);
    link_count = berth_count = 0;
    assert_int_equal(uv_loop_init(&own_loop), 0);
    uv_timer_init(&own_loop, &keeper);
    uv_timer_start(&keeper, on_keeper, 3600000, 0);
    crew.hand[0].loop = &test_loop;
    crew.hand[1].loop = &own_loop;
    faults_each_iteration = run_own_loop;
}

static void close_berths(void) {
    for (int i = 0; i < berth_count; i++) {
        if (berths[i]->socket != NULL)
            dgram_close(berths[i]->socket);
    }
}

static void end(void) {
    bool made = crew.primary != NULL || crew.closed > 0;
    int turns = 0;

    close_berths();
    for (int i = 0; i < HANDS_MAX; i++) {
        if (crew.hand[i].joined)
            crew_leave(&crew.hand[i]);
    }
    if (crew.primary != NULL)
        dgram_primary_close(crew.primary);
    uv_close((uv_handle_t *)&keeper, NULL);
    while (uv_loop_alive(&own_loop) || uv_loop_alive(&test_loop)) {
        assert_in_range(turns++, 0, TURNS_MAX);
        run_own_loop();
        uv_run(&test_loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(uv_loop_close(&own_loop), 0);
    assert_int_equal(crew.closed, made);
    for (int i = 0; i < berth_count; i++)
        assert_int_equal(berths[i]->closed, 1);
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

void crew_try(bool (*scenario)(dgram_type type), dgram_type type,
              unsigned linger_ms) {
    if (attempt(scenario, type, linger_ms) || faults_are_lasting())
        return;
    if (!faults_occurred())
        fail_msg("the scenario does not come to its end without a fault");
    if (!attempt(scenario, type, linger_ms))
        fail_msg("the scenario does not come to its end after the fault");
}
