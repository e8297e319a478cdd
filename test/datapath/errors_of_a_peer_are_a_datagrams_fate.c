/* Nobody listens at the peer's port: the error that comes back is the fate of
   one datagram, or takes the place of one that is received. */
#include "path.h"

#include <poll.h>

static dgram_address nobody(void) {
    struct path path;

    path_open(&path, DGRAM_UDP4, NULL);
    path_close(&path);
    return path.address;
}

static void await_error(const struct path *path) {
    struct pollfd wait = {.fd = dgram_datapath_fd(path->datapath)};

    assert_int_equal(poll(&wait, 1, 20000), 1);
}

static void sends_report_it_once(void **state) {
    const dgram_outgoing out[] = {{.payload = "a", .length = 1},
                                  {.payload = "b", .length = 1},
                                  {.payload = "c", .length = 1}};
    const dgram_address peer = nobody();
    struct path path;
    int status[3];

    (void)state;
    path_open(&path, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_connect(path.datapath, &peer), 0);
    assert_int_equal(dgram_datapath_send(path.datapath, out, 1, status), 1);
    assert_int_equal(status[0], 1);
    await_error(&path);
    assert_int_equal(dgram_datapath_send(path.datapath, out, 1, status), 1);
    assert_int_equal(status[0], UV_ECONNREFUSED);
    path_close(&path);
}

static void receiving_reports_it_once(void **state) {
    const dgram_outgoing out = {.payload = "a", .length = 1};
    const dgram_address peer = nobody();
    dgram_message message;
    struct path path;

    (void)state;
    path_open(&path, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_connect(path.datapath, &peer), 0);
    assert_int_equal(dgram_datapath_send(path.datapath, &out, 1, NULL), 1);
    await_error(&path);
    assert_int_equal(path_receive(&path, &message, 1), UV_ECONNREFUSED);
    assert_int_equal(
        dgram_datapath_receive(path.datapath, &path.buffers, &message, 1),
        UV_EAGAIN);
    path_close(&path);
}

static void a_peer_can_be_given_up(void **state) {
    const dgram_address peer = nobody();
    const dgram_outgoing out = {.payload = "a", .length = 1};
    struct path path;
    int status;

    (void)state;
    path_open(&path, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_connect(path.datapath, &peer), 0);
    assert_int_equal(dgram_datapath_connect(path.datapath, NULL), 0);
    assert_int_equal(dgram_datapath_send(path.datapath, &out, 1, &status), 1);
    assert_int_equal(status, UV_EDESTADDRREQ);
    path_close(&path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_report_it_once),
        cmocka_unit_test(receiving_reports_it_once),
        cmocka_unit_test(a_peer_can_be_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
