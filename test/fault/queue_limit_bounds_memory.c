/* send_queue_size_max limits the memory of a socket, for all kinds of datagrams
   and all reasons to wait. */
#include "memory.h"
#include "peer.h"
#include "resolver.h"

#define BOUND 4000000u
#define SENDS 20000 /* datagrams; an empty one counts as 256 bytes */
#define HOST "some.name"

static const size_t sizes[] = {0, 1, 64, 1023, 1024, 1472, 22000, 33000, 65507};
static char payload[65507];
static struct sent sent;
static dgram_address there;
static size_t before; /* bytes allocated for the loop and an idle socket */

/* Bound, or waiting for the resolver of its bind. */
static dgram_socket *begin(bool bound) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .lookup = resolver_silent,
                             .lookup_cancel = resolver_forget,
                             .send_queue_size_max = BOUND};
    dgram_socket *socket;

    memory_begin();
    loop_open(NULL);
    memset(&sent, 0, sizeof sent);
    there = address_of("127.0.0.1", 9);
    socket = new_socket_with(&options);
    assert_int_equal(bound ? dgram_bind_sync(socket, "127.0.0.1", 0)
                           : dgram_bind(socket, HOST, 0),
                     0);
    run_for(1);
    before = memory.bytes;
    return socket;
}

/* A chunk of long datagrams takes at most twice their bytes, and a loop keeps
   less than a quarter of this limit for the next burst. */
static void end(dgram_socket *socket, int accepted) {
    size_t most = memory.bytes_max - before;

    assert_in_range(accepted, BOUND / 70000, BOUND / 256);
    assert_in_range(most, 0, 2 * BOUND + BOUND / 4);
    dgram_close(socket);
    run_to_end();
    loop_end(NULL);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

static int send_one(dgram_socket *s, size_t size) {
    return dgram_send(s, payload, size, &there, NULL, NULL);
}

static int send_with_callback(dgram_socket *s, size_t size) {
    return dgram_send(s, payload, size, &there, note_sent, &sent);
}

static int send_by_name(dgram_socket *s, size_t size) {
    return dgram_send_to(s, payload, size, HOST, 9, note_sent, &sent);
}

static int send_parts(dgram_socket *s, size_t size) {
    const dgram_buffer parts[] = {{.base = payload, .length = size / 2},
                                  {.base = payload, .length = size - size / 2},
                                  {.base = NULL, .length = 0}};

    return dgram_sendv(s, parts, 3, &there, NULL, NULL);
}

static int send_batch(dgram_socket *s, size_t size, dgram_outgoing message) {
    int status = 77;
    int result;

    message.length = size;
    message.payload = payload;
    message.data = &sent;
    result = dgram_send_batch(s, &message, 1, &status, note_sent);
    assert_int_equal(status, result == 1 ? 0 : result);
    return status;
}

static int send_uncopied(dgram_socket *s, size_t size) {
    return send_batch(s, size,
                      (dgram_outgoing){.to = &there, .flags = DGRAM_NO_COPY});
}

static int send_batch_by_name(dgram_socket *s, size_t size) {
    return send_batch(s, size, (dgram_outgoing){.host = HOST, .port = 9});
}

static int (*const ways[])(dgram_socket *, size_t) = {
    send_one,   send_with_callback, send_by_name,
    send_parts, send_uncopied,      send_batch_by_name,
};

static int fill(dgram_socket *socket, size_t way, size_t size) {
    int accepted = 0, result;

    for (int i = 0; i < SENDS; i++) {
        result = ways[way](socket, size);
        accepted += result == 0;
        if (result != 0)
            assert_int_equal(result, UV_ENOBUFS);
    }
    return accepted;
}

/* Sends wait for the resolver: of the bind, or of their own host. */
static void queued_datagrams_are_bounded(void **state) {
    (void)state;
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            dgram_socket *socket = begin(false);
            int accepted = fill(socket, way, sizes[i]);

            assert_int_equal(dgram_get_send_queue_count(socket), accepted);
            assert_int_equal(dgram_get_send_queue_size(socket),
                             sizes[i] * (size_t)accepted);
            end(socket, accepted);
        }
    }
}

/* The kernel takes all, but no callback runs meanwhile. */
static void pending_callbacks_are_bounded(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        dgram_socket *socket = begin(true);

        int accepted = fill(socket, 1, sizes[i]);

        end(socket, accepted);
    }
}

static void results_without_callback_are_not_kept(void **state) {
    dgram_socket *socket = begin(true);

    (void)state;
    for (int i = 0; i < SENDS; i++) {
        assert_int_equal(send_one(socket, 0), 0);
        if (i % 1000 == 0)
            assert_int_equal(dgram_flush(socket), 0);
    }
    end(socket, 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queued_datagrams_are_bounded),
        cmocka_unit_test(pending_callbacks_are_bounded),
        cmocka_unit_test(results_without_callback_are_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
