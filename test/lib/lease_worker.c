#include "lease_worker.h"

#include <unistd.h>

#include "socket/socket.h"
#include "os/fdpass.h"
#include "os/platform.h"

struct lease_worker worker;

/* ---- The connection ----------------------------------------------------- */

static void on_message(struct channel *channel,
                       const struct protocol_message *message, int fd) {
    unsigned depth = loop_dispatch_begin(worker.loop);

    assert_ptr_equal(channel, &worker.channel);
    leases_answer_arrived(&worker.leases, message, fd);
    loop_dispatch_end(worker.loop, depth);
}

static void on_ended(struct channel *channel) {
    worker.ended++;
    channel_close(channel);
}

static void on_closed(struct channel *channel) {
    assert_ptr_equal(channel, &worker.channel);
}

static const struct channel_handlers handlers = {.message = on_message,
                                                 .ended = on_ended,
                                                 .closed = on_closed,
                                                 .takes_fds = true};

static int connect_ends(void **state) {
    int ends[2];

    memory_begin();
    worker.ended = 0;
    if (loop_open(state) != 0 || loop_acquire(&test_loop, &worker.loop) != 0 ||
        pass_pair(ends) != 0)
        return -1;
    worker.primary = ends[0];
    leases_init(&worker.leases, worker.loop, &worker.channel);
    worker.loop->broker = &worker.leases.broker;
    return channel_open(&worker.channel, &test_loop, ends[1], &handlers);
}

void iterate(void) {
    for (int i = 0; i < 6; i++)
        uv_run(&test_loop, UV_RUN_NOWAIT);
}

int lease_worker_open(void **state) {
    const struct binds *binds = *state;

    if (connect_ends(state) != 0)
        return -1;
    for (int i = 0; i < binds->requested; i++) {
        worker.socket[i] = request_bind(&worker.recorder[i], "127.0.0.1", 0);
        expect_bind((uint64_t)i + 1, 0, (uint32_t)i);
    }
    for (int i = 0; i < binds->granted; i++)
        grant((uint64_t)i + 1);
    return 0;
}

/* Runs the loop without waiting, so that a fault of the code fails the test at
   once. */
int lease_worker_end(void **state) {
    (void)state;
    leases_free(&worker.leases);
    worker.loop->broker = NULL;
    channel_close(&worker.channel);
    if (worker.primary >= 0)
        close(worker.primary);
    if (worker.loop->pending_answers != 0)
        return -1;
    loop_unref(worker.loop);
    iterate();
    memory_end();
    return uv_loop_close(&test_loop) != 0 || memory.blocks != 0;
}

/* ---- The worker --------------------------------------------------------- */

dgram_socket *request_bind(struct recorder *recorder, const char *host,
                           uint16_t port) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    record_events(recorder, socket);
    assert_int_equal(dgram_bind(socket, host, port), 0);
    iterate();
    return socket;
}

void close_both(dgram_socket *one, dgram_socket *other) {
    dgram_close(one);
    if (other != NULL)
        dgram_close(other);
    iterate();
}

/* ---- The primary -------------------------------------------------------- */

bool read_message(struct protocol_message *message) {
    uint8_t bytes[PROTOCOL_SIZE];
    int received = pass_receive(worker.primary, bytes, sizeof bytes, NULL);

    if (received == UV_EAGAIN)
        return false;
    assert_int_equal(protocol_parse(bytes, (size_t)received, message), 0);
    return true;
}

void expect_bind(uint64_t id, uint16_t port, uint32_t index) {
    struct protocol_message message;

    assert_true(read_message(&message));
    assert_int_equal(message.kind, PROTOCOL_BIND);
    assert_int_equal(message.id, id);
    assert_int_equal(message.index, index);
    assert_int_equal(message.flags, 0);
    assert_int_equal(dgram_address_port(&message.address), port);
}

void expect_close(uint64_t id, uint32_t flags) {
    struct protocol_message message;

    assert_true(read_message(&message));
    assert_int_equal(message.kind, PROTOCOL_CLOSE);
    assert_int_equal(message.id, id);
    assert_int_equal(message.flags, flags);
}

void expect_no_message(void) {
    struct protocol_message message;

    assert_false(read_message(&message));
}

int new_descriptor(void) {
    const dgram_address address = address_of("127.0.0.1", 0);
    const struct bind_flags none = {0};
    int fd = bind_open(DGRAM_UDP4, &none, &address);

    assert_true(fd >= 0);
    return fd;
}

void answer(uint64_t id, int status, int fd) {
    const struct protocol_message message = {
        .kind = PROTOCOL_ANSWER, .id = id, .status = status};
    uint8_t bytes[PROTOCOL_SIZE];

    protocol_write(&message, bytes);
    assert_int_equal(pass_send(worker.primary, bytes, sizeof bytes, fd),
                     sizeof bytes);
    iterate();
}

uint16_t grant(uint64_t id) {
    int fd = new_descriptor();
    dgram_address address;

    assert_true(platform->local_address(fd, &address) >= 0);
    answer(id, 0, fd);
    close(fd);
    return dgram_address_port(&address);
}

bool is_free(uint16_t port) {
    const dgram_address address = address_of("127.0.0.1", port);
    const struct bind_flags none = {0};
    int fd = bind_open(DGRAM_UDP4, &none, &address);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}
