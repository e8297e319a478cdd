/* What a worker asks for, takes, refuses and gives back: the messages are read
   and written by hand at the primary's end. */
#include "harness.h"
#include "memory.h"

#include <unistd.h>

#include "socket/bind.h"
#include "os/fdpass.h"
#include "cluster/leases.h"

static struct loop *loop;
static struct channel channel;
static struct leases leases;
static int primary; /* the other end; -1: gone */
static int ended;   /* calls */

#define ASKED_MAX 3

/* What a test begins with: binds of 127.0.0.1 and a free port that the primary
   has heard, and answers that the first of them have had. */
struct setup {
    int asked, granted;
};

static dgram_socket *asked[ASKED_MAX];
static struct recorder recorders[ASKED_MAX];

static void on_message(struct channel *c,
                       const struct protocol_message *message, int fd) {
    unsigned depth = loop_dispatch_begin(loop);

    assert_ptr_equal(c, &channel);
    leases_answer_arrived(&leases, message, fd);
    loop_dispatch_end(loop, depth);
}

static void on_ended(struct channel *c) {
    ended++;
    channel_close(c);
}

static void on_closed(struct channel *c) {
    assert_ptr_equal(c, &channel);
}

static int connect_ends(void **state) {
    int ends[2];

    memory_begin();
    ended = 0;
    if (loop_open(state) != 0 || loop_acquire(&test_loop, &loop) != 0 ||
        pass_pair(ends) != 0)
        return -1;
    primary = ends[0];
    channel = (struct channel){.message = on_message,
                               .ended = on_ended,
                               .closed = on_closed,
                               .takes_fds = true};
    leases_init(&leases, loop, &channel);
    loop->broker = &leases.broker;
    return channel_open(&channel, &test_loop, ends[1]);
}

static void turns(void) {
    for (int i = 0; i < 6; i++)
        uv_run(&test_loop, UV_RUN_NOWAIT);
}

/* Does not wait for what does not end: a broken part is noticed at once. */
static int end(void **state) {
    (void)state;
    leases_free(&leases);
    loop->broker = NULL;
    channel_close(&channel);
    if (primary >= 0)
        close(primary);
    if (loop->pending_answers != 0)
        return -1;
    loop_unref(loop);
    turns();
    memory_end();
    return uv_loop_close(&test_loop) != 0 || memory.blocks != 0;
}

static dgram_socket *ask_for(struct recorder *recorder, const char *host,
                             uint16_t port) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    record_events(recorder, socket);
    assert_int_equal(dgram_bind(socket, host, port), 0);
    turns();
    return socket;
}

static void close_all(dgram_socket *one, dgram_socket *other) {
    dgram_close(one);
    if (other != NULL)
        dgram_close(other);
    turns();
}

/* Reads what the worker said; false when it said nothing. */
static bool hear(struct protocol_message *message) {
    uint8_t bytes[PROTOCOL_SIZE];
    int received = pass_receive(primary, bytes, sizeof bytes, NULL);

    if (received == UV_EAGAIN)
        return false;
    assert_int_equal(protocol_parse(bytes, (size_t)received, message), 0);
    return true;
}

static void expect_bind(uint64_t id, uint16_t port, uint32_t index) {
    struct protocol_message message;

    assert_true(hear(&message));
    assert_int_equal(message.kind, PROTOCOL_BIND);
    assert_int_equal(message.id, id);
    assert_int_equal(message.index, index);
    assert_int_equal(message.flags, 0);
    assert_int_equal(dgram_address_port(&message.address), port);
}

static void expect_close(uint64_t id, uint32_t flags) {
    struct protocol_message message;

    assert_true(hear(&message));
    assert_int_equal(message.kind, PROTOCOL_CLOSE);
    assert_int_equal(message.id, id);
    assert_int_equal(message.flags, flags);
}

static void expect_silence(void) {
    struct protocol_message message;

    assert_false(hear(&message));
}

static int new_descriptor(void) {
    const dgram_address address = address_of("127.0.0.1", 0);
    const struct bind_flags none = {0};
    int fd = bind_open(DGRAM_UDP4, &none, &address);

    assert_true(fd >= 0);
    return fd;
}

static void say(uint64_t id, int status, int fd) {
    const struct protocol_message message = {
        .kind = PROTOCOL_ANSWER, .id = id, .status = status};
    uint8_t bytes[PROTOCOL_SIZE];

    protocol_write(&message, bytes);
    assert_int_equal(pass_send(primary, bytes, sizeof bytes, fd), sizeof bytes);
    turns();
}

static int standard_input; /* a duplicate, while 0 is free */

/* The next descriptor that comes is 0, until free_zero(). */
static void use_zero(void) {
    standard_input = dup(0);
    assert_true(standard_input > 0);
    close(0);
}

/* Whether nothing is left of it. */
static bool free_zero(void) {
    bool was_free = !pass_is_inherited(0) && close(0) < 0;

    assert_int_equal(dup2(standard_input, 0), 0);
    close(standard_input);
    return was_free;
}

/* Answers with a descriptor, which is then the worker's alone; gives its
   port. */
static uint16_t grant_with(uint64_t id, bool as_zero) {
    int fd = new_descriptor();
    dgram_address address;

    assert_true(platform->local_address(fd, &address) >= 0);
    if (as_zero)
        use_zero();
    say(id, 0, fd);
    close(fd);
    return dgram_address_port(&address);
}

static uint16_t grant(uint64_t id) {
    return grant_with(id, false);
}

/* Whether a port is nobody's. */
static bool is_free(uint16_t port) {
    const dgram_address address = address_of("127.0.0.1", port);
    const struct bind_flags none = {0};
    int fd = bind_open(DGRAM_UDP4, &none, &address);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int begin(void **state) {
    const struct setup *setup = *state;

    if (connect_ends(state) != 0)
        return -1;
    for (int i = 0; i < setup->asked; i++) {
        asked[i] = ask_for(&recorders[i], "127.0.0.1", 0);
        expect_bind((uint64_t)i + 1, 0, (uint32_t)i);
    }
    for (int i = 0; i < setup->granted; i++)
        grant((uint64_t)i + 1);
    return 0;
}

/* ---- Asking ------------------------------------------------------------- */

static void binds_of_an_address_are_numbered(void **state) {
    struct recorder others[3];
    dgram_socket *other = ask_for(&others[0], "127.0.0.1", 9), *next;

    (void)state;
    expect_bind(3, 9, 0);
    grant(1);
    grant(2);
    grant(3);
    dgram_close(asked[1]);
    turns();
    expect_close(2, 0);
    next = ask_for(&others[1], "127.0.0.1", 0); /* goes on where that was */
    expect_bind(4, 0, 2);
    grant(4);
    close_all(asked[0], next);
    expect_close(1, 0);
    expect_close(4, 0);
    next = ask_for(&others[2], "127.0.0.1", 0); /* begins anew */
    expect_bind(5, 0, 0);
    close_all(next, other);
    expect_close(3, 0);
    say(5, UV_EPERM, -1);
    expect_silence();
}

/* One that is to be given back counts no more. */
static void a_closed_bind_has_no_number(void **state) {
    struct recorder another;
    dgram_socket *socket;

    (void)state;
    dgram_close(asked[0]);
    turns();
    socket = ask_for(&another, "127.0.0.1", 0);
    expect_bind(2, 0, 0);
    say(1, UV_EPERM, -1);
    say(2, UV_EPERM, -1);
    assert_int_equal(another.error, UV_EPERM);
    close_all(socket, NULL);
    expect_silence();
}

static void options_are_told(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP6, .ipv6_only = true};
    struct protocol_message message;
    dgram_socket *one = new_socket_with(&options), *other;

    (void)state;
    options.ipv6_only = false;
    options.reuse_address = true;
    other = new_socket_with(&options);
    assert_int_equal(dgram_bind(one, NULL, 7), 0);
    assert_int_equal(dgram_bind(other, NULL, 7), 0);
    turns();
    assert_true(hear(&message));
    assert_int_equal(message.flags, PROTOCOL_IPV6_ONLY);
    assert_int_equal(message.address.any.sa_family, AF_INET6);
    assert_true(hear(&message));
    assert_int_equal(message.flags, PROTOCOL_REUSE_ADDRESS);
    assert_int_equal(loop->pending_answers, 2);
    close_all(one, other);
}

static void what_cannot_be_asked_fails(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    record_events(&recorders[0], socket);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    memory.until_failure = 0;
    turns();
    assert_int_equal(recorders[0].error, UV_ENOMEM);
    close(primary);
    primary = -1;
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    turns();
    assert_int_equal(recorders[0].error, UV_EPIPE);
    leases.lost = true;
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    turns();
    assert_int_equal(recorders[0].errors, 3);
    assert_int_equal(loop->pending_answers, 0);
    close_all(socket, NULL);
}

/* ---- Answers ------------------------------------------------------------ */

static void a_descriptor_binds_the_socket(void **state) {
    uint16_t port;

    (void)state;
    assert_int_equal(loop->pending_answers, 1);
    port = grant(1);
    assert_int_equal(loop->pending_answers, 0);
    assert_string_equal(recorders[0].log, "l");
    assert_int_equal(port_of(asked[0]), port);
    assert_false(is_free(port));
    assert_false(asked[0]->paused);
    expect_silence();
    close_all(asked[0], NULL);
    assert_true(is_free(port));
    expect_close(1, 0);
    expect_silence();
}

static void zero_is_a_descriptor(void **state) {
    uint16_t port = grant_with(1, true);
    dgram_socket *socket;

    (void)state;
    assert_int_equal(dgram_fileno(asked[0]), 0);
    assert_int_equal(port_of(asked[0]), port);
    close_all(asked[0], NULL);
    assert_true(free_zero());
    socket = ask_for(&recorders[0], "127.0.0.1", 0);
    dgram_close(socket);
    turns();
    grant_with(2, true);
    assert_true(free_zero());
    assert_int_equal(ended, 0);
    grant_with(3, true);
    assert_true(free_zero());
    assert_int_equal(ended, 1);
}

/* A worker that binds and closes all the time keeps nothing of it. */
static void a_closed_share_is_forgotten(void **state) {
    int blocks[2];

    (void)state;
    for (uint64_t i = 0; i < 2; i++) {
        dgram_socket *socket = ask_for(&recorders[0], "127.0.0.1", 0);

        grant(i + 1);
        close_all(socket, NULL);
        blocks[i] = memory.blocks;
    }
    assert_int_equal(blocks[0], blocks[1]);
}

static void a_refusal_is_the_error_of_the_bind(void **state) {
    uint16_t port;

    (void)state;
    say(1, UV_EADDRINUSE, -1);
    assert_int_equal(recorders[0].error, UV_EADDRINUSE);
    assert_int_equal(loop->pending_answers, 0);
    assert_int_equal(dgram_bind(asked[0], "127.0.0.1", 0), 0);
    turns();
    expect_bind(2, 0, 0);
    port = grant(2);
    assert_int_equal(port_of(asked[0]), port);
    close_all(asked[0], NULL);
    expect_close(2, 0);
}

/* The next one may have what this one could not take. */
static void what_cannot_be_taken_is_given_back(void **state) {
    uint16_t port;

    (void)state;
    say(1, 0, -1); /* the descriptor was lost */
    assert_int_equal(recorders[0].error, UV_EMFILE);
    expect_close(1, PROTOCOL_KEEP);
    assert_int_equal(dgram_bind(asked[0], "127.0.0.1", 0), 0);
    turns();
    expect_bind(2, 0, 0);
    memory.until_failure = 0;
    port = grant(2);
    assert_int_equal(recorders[0].error, UV_ENOMEM);
    assert_true(is_free(port));
    expect_close(2, PROTOCOL_KEEP);
    assert_int_equal(loop->pending_answers, 0);
    close_all(asked[0], NULL);
    expect_silence();
}

static void an_answer_finds_no_socket(void **state) {
    uint16_t port;
    int fd = new_descriptor();

    (void)state;
    close_all(asked[0], asked[1]);
    expect_silence();
    assert_int_equal(loop->pending_answers, 2);
    port = grant(1);
    assert_true(is_free(port));
    assert_int_equal(loop->pending_answers, 1);
    expect_close(1, 0);
    say(2, UV_EPERM, fd); /* with what nobody asked for */
    close(fd);
    assert_int_equal(loop->pending_answers, 0);
    expect_silence();
    assert_int_equal(ended, 0);
}

static void an_answer_to_nothing_ends_the_connection(void **state) {
    uint16_t port;

    (void)state;
    assert_int_equal(ended, 0);
    port = grant(1); /* once more */
    assert_int_equal(ended, 1);
    assert_true(is_free(port));
    close_all(asked[0], NULL);
}

static void an_unknown_answer_ends_the_connection(void **state) {
    (void)state;
    say(3, UV_EPERM, -1);
    assert_int_equal(ended, 1);
}

/* ---- The end ------------------------------------------------------------ */

static void the_end_pauses_and_closes(void **state) {
    const dgram_address nobody = address_of("127.0.0.1", 9);
    dgram_socket *bound = asked[0], *waiting = asked[1], *gone = asked[2];
    uint16_t port;

    (void)state;
    dgram_close(gone);
    turns();
    assert_int_equal(leases_drain(&leases, false), 2);
    assert_true(bound->paused);
    assert_false(waiting->paused);
    assert_int_equal(dgram_send(bound, "x", 1, &nobody, NULL, NULL), 0);
    assert_int_equal(leases_drain(&leases, true), 2); /* a send waits */
    turns();
    assert_int_equal(recorders[0].closed, 0);
    assert_int_equal(leases_drain(&leases, true), 1);
    turns();
    assert_int_equal(recorders[0].closed, 1);
    port = grant(2);
    assert_true(waiting->paused);
    assert_int_equal(port_of(waiting), port);
    grant(3);
    expect_close(1, PROTOCOL_KEEP);
    expect_close(3, PROTOCOL_KEEP);
    assert_int_equal(leases_drain(&leases, true), 0);
    turns();
    assert_int_equal(recorders[1].closed, 1);
    expect_close(2, PROTOCOL_KEEP);
    assert_int_equal(leases_drain(&leases, true), 0);
}

static void binds_that_wait_fail_without_a_primary(void **state) {
    dgram_socket *bound = asked[0], *waiting = asked[1], *gone = asked[2];

    (void)state;
    dgram_close(gone);
    turns();
    assert_int_equal(loop->pending_answers, 2);
    leases.lost = true;
    while (leases_fail_next(&leases))
        continue;
    assert_int_equal(loop->pending_answers, 0);
    assert_int_equal(recorders[0].errors, 0);
    assert_int_equal(recorders[1].errors, 1);
    assert_int_equal(recorders[1].error, UV_EPIPE);
    assert_int_equal(leases_drain(&leases, false), 1); /* it is still there */
    assert_true(bound->paused);
    close_all(bound, waiting); /* nobody is told any more */
    expect_silence();
    assert_int_equal(ended, 0);
}

/* Without the connection the primary knows. */
static void a_close_that_cannot_be_told_ends_the_connection(void **state) {
    (void)state;
    close(primary);
    primary = -1;
    dgram_close(asked[0]);
    turns();
    assert_int_equal(ended, 1);
}

static void a_close_without_memory_ends_the_connection(void **state) {
    static const char much[4096];

    (void)state;
    while (pass_send(channel.fd, much, sizeof much, -1) > 0)
        ; /* until the kernel takes no more */
    memory.until_failure = 0;
    dgram_close(asked[0]);
    turns();
    assert_int_equal(memory.failures, 1);
    assert_int_equal(ended, 1);
}

static void what_is_shared_outlives_the_shares(void **state) {
    (void)state;
    leases_free(&leases);
    assert_int_equal(loop->pending_answers, 0);
    for (int i = 0; i < 2; i++)
        assert_null(asked[i]->lease);
    assert_true(asked[0]->shared);
    assert_false(asked[1]->shared); /* it has no descriptor */
    close_all(asked[0], asked[1]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(recorders[i].closed, 1);
}

#define SHARED(test, asked, granted)                                           \
    cmocka_unit_test_prestate_setup_teardown(                                  \
        test, begin, end, (&(struct setup){asked, granted}))

int main(void) {
    const struct CMUnitTest tests[] = {
        SHARED(binds_of_an_address_are_numbered, 2, 0),
        SHARED(a_closed_bind_has_no_number, 1, 0),
        SHARED(options_are_told, 0, 0),
        SHARED(what_cannot_be_asked_fails, 0, 0),
        SHARED(a_descriptor_binds_the_socket, 1, 0),
        SHARED(zero_is_a_descriptor, 1, 0),
        SHARED(a_closed_share_is_forgotten, 0, 0),
        SHARED(a_refusal_is_the_error_of_the_bind, 1, 0),
        SHARED(what_cannot_be_taken_is_given_back, 1, 0),
        SHARED(an_answer_finds_no_socket, 2, 0),
        SHARED(an_answer_to_nothing_ends_the_connection, 1, 1),
        SHARED(an_unknown_answer_ends_the_connection, 0, 0),
        SHARED(the_end_pauses_and_closes, 3, 1),
        SHARED(binds_that_wait_fail_without_a_primary, 3, 1),
        SHARED(a_close_that_cannot_be_told_ends_the_connection, 1, 1),
        SHARED(a_close_without_memory_ends_the_connection, 1, 1),
        SHARED(what_is_shared_outlives_the_shares, 2, 1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
