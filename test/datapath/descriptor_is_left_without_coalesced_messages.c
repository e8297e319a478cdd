/* A program that continues to receive without the datapath empties it as the
   manual page says, and then receives one datagram at a time. */
#include "endpoint.h"

#include <poll.h>
#include <unistd.h>

#define COUNT 8

static unsigned char memory[4 * DGRAM_BUFFER_SIZE];
static dgram_buffers buffers = {
    .memory = memory, .size = DGRAM_BUFFER_SIZE, .count = 4};
static dgram_datapath *datapath;
static struct endpoint sender;
static dgram_address to;
static int fd;

/* They leave as one message. */
static void send_some(void) {
    dgram_outgoing batch[COUNT] = {{0}};

    for (int i = 0; i < COUNT; i++) {
        batch[i].payload = &"0123456789"[i];
        batch[i].length = 1;
        batch[i].to = &to;
    }
    assert_int_equal(dgram_datapath_send(sender.datapath, batch, COUNT, NULL),
                     COUNT);
}

static void set_gro(int on) {
    setsockopt(fd, IPPROTO_UDP, 104 /* UDP_GRO */, &on, sizeof on);
}

static bool is_readable(void) {
    struct pollfd ready = {fd, POLLIN, 0};

    return poll(&ready, 1, 0) > 0;
}

static int receive_all(void) {
    dgram_message messages[COUNT];
    int count, all = 0;

    while ((count = dgram_datapath_receive(datapath, &buffers, messages,
                                           COUNT)) != UV_EAGAIN)
        all += count > 0 ? count : 0;
    return all;
}

static int empty(void) {
    int received = 0;

    set_gro(0);
    while (is_readable()) {
        set_gro(1);
        received += receive_all();
        set_gro(0);
    }
    return received;
}

static void each_datagram_is_received_once(void **state) {
    dgram_datapath_options options = {.size = sizeof options};
    socklen_t size = sizeof to;
    char bytes[64];

    (void)state;
    endpoint_open(&sender, DGRAM_UDP4, NULL);
    fd = options.fd = socket(AF_INET, SOCK_DGRAM, 0);
    to = address_of("127.0.0.1", 0);
    assert_int_equal(bind(fd, &to.any, sizeof to.v4), 0);
    assert_int_equal(getsockname(fd, &to.any, &size), 0);
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    send_some();
    assert_int_equal(empty(), COUNT);
    dgram_datapath_destroy(datapath);
    send_some();
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(recv(fd, bytes, sizeof bytes, 0), 1);
    close(fd);
    endpoint_close(&sender);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_datagram_is_received_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
