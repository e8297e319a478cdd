/* A worker whose primary sends invalid messages closes the connection, and
   closes every descriptor that it did not ask for. The test writes the messages
   of the primary. */
#include "raw_worker.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct recorder recorders[2];
static unsigned char bytes[RAW_SIZE];
static int end;    /* the primary's end of the connection */
static int before; /* descriptors */
static int lost;   /* calls */

static void on_lost(uv_loop_t *loop, void *data) {
    assert_ptr_equal(loop, &test_loop);
    assert_null(data);
    lost++;
}

/* Joins and requests a socket, bind number 1. */
static dgram_socket *join_and_request_bind(void) {
    dgram_worker_options options = {.size = sizeof options, .lost = on_lost};
    dgram_socket *socket;
    int ends[2];

    lost = 0;
    uv_run(&test_loop, UV_RUN_NOWAIT); /* opens the descriptors of the loop */
    before = count_descriptors();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    end = ends[0];
    options.fd = ends[1];
    assert_int_equal(dgram_worker_join(&test_loop, &options), 0);
    socket = new_socket(DGRAM_UDP4);
    record_events(&recorders[0], socket);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    for (int i = 0; i < 2; i++) { /* HELLO and BIND */
        run_for(1);
        assert_int_equal(recv(end, bytes, RAW_SIZE, MSG_WAITALL), RAW_SIZE);
        assert_int_equal(bytes[6], i == 0 ? HELLO : BIND);
    }
    return socket;
}

static void leave(dgram_socket *socket) {
    dgram_close(socket);
    dgram_worker_leave(&test_loop);
    close(end);
    run_to_end();
    assert_int_equal(count_descriptors(), before);
}

/* The descriptor may arrive with any byte of the answer. */
static void answers_come_in_pieces(void **state) {
    static const int with[] = {0, 1, RAW_SIZE - 1};

    (void)state;
    for (size_t n = 0; n < sizeof with / sizeof *with; n++) {
        dgram_socket *socket = join_and_request_bind();
        int peer = peer_open(DGRAM_UDP4);
        dgram_address there = peer_address(peer);

        raw_make(bytes, ANSWER, 1);
        for (int i = 0; i < RAW_SIZE; i++) {
            raw_send_with_fds(end, &bytes[i], 1, peer, i == with[n]);
            uv_run(&test_loop, UV_RUN_NOWAIT);
        }
        run_until(&recorders[0].listening, 1);
        assert_int_equal(port_of(socket), dgram_address_port(&there));
        peer_close(peer);
        leave(socket);
        assert_int_equal(lost, 0);
    }
}

static void surplus_descriptors_are_closed(void **state) {
    dgram_socket *socket = join_and_request_bind();
    int peer = peer_open(DGRAM_UDP4), open;

    (void)state;
    open = count_descriptors();
    raw_make(bytes, ANSWER, 1);
    raw_send_with_fds(end, bytes, 1, peer, 1);
    raw_send_with_fds(end, &bytes[1], 1, peer, 1);
    raw_send_with_fds(end, &bytes[2], RAW_SIZE - 2, peer, 2);
    run_until(&recorders[0].listening, 1);
    assert_int_equal(count_descriptors(), open + 1);
    raw_make(bytes, STOP, 0);
    raw_send_with_fds(end, bytes, RAW_SIZE, peer, 2);
    run_until(&recorders[0].closed, 1);
    assert_int_equal(count_descriptors(), open);
    /* The last one arrives with half a message. */
    raw_send_with_fds(end, bytes, RAW_SIZE / 2, peer, 1);
    run_for(1);
    peer_close(peer);
    dgram_worker_leave(&test_loop);
    close(end);
    run_to_end();
    assert_int_equal(count_descriptors(), before);
    assert_true(socket != NULL);
}

/* A descriptor that a loop cannot poll, and an error with a descriptor. */
static void an_unusable_descriptor_fails_the_bind(void **state) {
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        dgram_socket *socket = join_and_request_bind();
        int null = open("/dev/null", O_RDONLY);

        raw_make(bytes, ANSWER, 1);
        if (refused)
            memset(&bytes[24], 0xff, 4); /* -1 */
        raw_send_with_fds(end, bytes, RAW_SIZE, null, 1);
        run_until(&recorders[0].errors, 1);
        assert_int_equal(recorders[0].error, UV_EPERM);
        close(null);
        leave(socket);
        assert_int_equal(lost, 0);
    }
}

/* The primary is lost, and the pending bind fails. The bound socket works on.
 */
static void invalid_messages_end_the_connection(void **state) {
    static const struct {
        enum raw_kind kind;
        unsigned id;
        int at; /* a byte that is wrong, or -1 */
    } wrong[] = {{HELLO, 0, -1},  {BIND, 2, -1},   {CLOSE, 1, -1},
                 {READY, 0, -1},  {ANSWER, 0, -1}, {ANSWER, 3, -1},
                 {ANSWER, 1, -1}, {STOP, 1, -1},   {STOP + 1, 0, -1},
                 {ANSWER, 2, 0},  {ANSWER, 2, 4},  {ANSWER, 2, 27},
                 {ANSWER, 2, 28}, {ANSWER, 2, 32}, {ANSWER, 2, 63}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dgram_socket *socket = join_and_request_bind(), *waits;
        int peer = peer_open(DGRAM_UDP4);
        dgram_address there = peer_address(peer);

        raw_make(bytes, ANSWER, 1);
        raw_send_with_fds(end, bytes, RAW_SIZE, peer, 1);
        run_until(&recorders[0].listening, 1);
        waits = new_socket(DGRAM_UDP4);
        record_events(&recorders[1], waits);
        assert_int_equal(dgram_bind(waits, "127.0.0.1", 0), 0);
        run_for(1);
        raw_make(bytes, wrong[i].kind, wrong[i].id);
        if (wrong[i].at >= 0)
            bytes[wrong[i].at] ^= 0x55;
        raw_send_with_fds(end, bytes, RAW_SIZE, peer, 1);
        run_until(&lost, 1);
        assert_int_equal(recorders[1].error, UV_EPIPE);
        peer_send_text(peer, "x", &there); /* both processes have it */
        run_until(&recorders[0].messages, 1);
        peer_close(peer);
        dgram_close(waits);
        leave(socket);
        assert_int_equal(lost, 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(answers_come_in_pieces),
        IN_LOOP(surplus_descriptors_are_closed),
        IN_LOOP(an_unusable_descriptor_fails_the_bind),
        IN_LOOP(invalid_messages_end_the_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
