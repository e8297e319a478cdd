/* A connected descriptor is not adopted while the socket itself is connecting:
   it would have two peers. */
#include "harness.h"

#include <unistd.h>

static dgram_lookup *pending;

static int keep(dgram_lookup *lookup, const char *host, dgram_type type,
                void *data) {
    (void)host;
    (void)type;
    (void)data;
    pending = lookup;
    return 0;
}

static int connected_descriptor(void) {
    dgram_address to = address_of("127.0.0.1", 9);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_int_equal(connect(fd, &to.any, sizeof to.v4), 0);
    return fd;
}

static void it_is_refused_and_the_connect_completes(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .lookup = keep};
    dgram_bind_options adopt = {.size = sizeof adopt};
    dgram_socket *socket = new_socket_with(&options);
    dgram_address peer = address_of("127.0.0.1", 0);
    struct sent connected = {.status = 1};
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "192.0.2.1", 0), 0);
    assert_int_equal(
        dgram_connect(socket, "some.name", 10, note_sent, &connected), 0);
    run_until(&recorder.errors, 1);
    adopt.fd = connected_descriptor();
    assert_int_equal(dgram_bind_with(socket, &adopt),
                     DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    assert_int_equal(dgram_bind_sync(socket, NULL, 0), 0);
    dgram_lookup_done(pending, 0, &peer);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, 0);
    close(adopt.fd);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(it_is_refused_and_the_connect_completes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
