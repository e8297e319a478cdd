/* Every call that a datapath makes fails in turn, with each error that it can
   return: creating and adopting, connecting, sending and receiving. What failed
   can be repeated, each datagram arrives once and in order, and nothing leaks.
 */
#include "faults.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "os/platform.h"

#define COUNT 70
#define BUFFERS 4
#define TRIES_MAX 12 /* without progress, under a lasting fault */

struct endpoint {
    dgram_datapath *datapath;
    dgram_address address;
};

static unsigned char memory_of_buffers[BUFFERS * DGRAM_BUFFER_SIZE];
static dgram_buffers buffers;
static uint32_t numbers[COUNT][30];
static dgram_outgoing batch[COUNT];
static int status[COUNT];

/* The numbers of the datagrams that were sent, in this order. */
static uint32_t sent[2 * COUNT];
static int sent_count;

static bool stop_trying(int *tries) {
    return faults_occurred() && faults_are_lasting() && ++*tries > TRIES_MAX;
}

static void find_address(struct endpoint *endpoint) {
    socklen_t size = sizeof endpoint->address;

    faults_pause(true);
    assert_int_equal(getsockname(dgram_datapath_fd(endpoint->datapath),
                                 &endpoint->address.any, &size),
                     0);
    faults_pause(false);
}

static bool open_endpoint(struct endpoint *endpoint, dgram_type type,
                          bool shared) {
    const dgram_address any = address_of(loopback(type), 0);
    const dgram_datapath_options options = {
        .size = sizeof options, .address = &any, .shared = shared};

    endpoint->datapath = NULL;
    if (!TRY(dgram_datapath_create(&options, &endpoint->datapath)))
        return false;
    find_address(endpoint);
    return true;
}

static int open_descriptor(dgram_type type) {
    int fd;

    faults_pause(true);
    fd = socket(type == DGRAM_UDP6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
    assert_true(fd >= 0);
    faults_pause(false);
    return fd;
}

static void close_descriptor(int fd) {
    faults_pause(true);
    assert_int_equal(close(fd), 0);
    faults_pause(false);
}

static void fill_batch(const dgram_address *to, size_t length) {
    sent_count = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        numbers[i][0] = i;
        batch[i] = (dgram_outgoing){.payload = numbers[i],
                                    .length = i % 10 == 9 ? 4 : length,
                                    .to = to};
    }
}

/* Sends datagrams until all are done. Returns how many are. */
static int send_until_done(struct endpoint *from, int first, int count) {
    int done = 0, tries = 0;

    while (done < count && !stop_trying(&tries)) {
        int n =
            dgram_datapath_send(from->datapath, batch + first + done,
                                (size_t)(count - done), status + first + done);

        assert_true(n > 0 || n == UV_EAGAIN || n == UV_ENOBUFS);
        if (n < 0) {
            assert_int_equal(status[first + done], n);
            continue;
        }
        done += n;
        tries = 0;
    }
    return done;
}

static void note_sent_one(int i) {
    assert_int_equal(status[i], batch[i].length);
    sent[sent_count++] = (uint32_t)i;
}

/* Sends a datagram again that has failed. */
static void send_again(struct endpoint *from, int i) {
    if (faults_explain(status[i], false) && send_until_done(from, i, 1) == 1 &&
        !faults_explain(status[i], true))
        note_sent_one(i);
}

static void send_batch(struct endpoint *from) {
    bool failed[COUNT];
    int done = send_until_done(from, 0, COUNT);

    for (int i = 0; i < done; i++) {
        failed[i] = status[i] < 0;
        if (!failed[i])
            note_sent_one(i);
    }
    for (int i = 0; i < done; i++) {
        if (failed[i])
            send_again(from, i);
    }
}

static void check(const dgram_message *message, const struct endpoint *from,
                  int at) {
    uint32_t number;

    assert_in_range(at, 0, sent_count - 1);
    memcpy(&number, message->payload, sizeof number);
    assert_int_equal(number, sent[at]);
    assert_int_equal(message->length, batch[number].length);
    assert_true(dgram_address_equal(message->from, &from->address));
}

/* All that was sent arrives, once and in order. */
static void receive_all(struct endpoint *to, const struct endpoint *from) {
    static dgram_message messages[16];
    struct pollfd wait = {.fd = dgram_datapath_fd(to->datapath),
                          .events = POLLIN};
    int at = 0, tries = 0;

    buffers = (dgram_buffers){.memory = memory_of_buffers,
                              .size = DGRAM_BUFFER_SIZE,
                              .count = BUFFERS};
    while (at < sent_count && !stop_trying(&tries)) {
        int n;

        if (buffers.given == buffers.received)
            assert_int_equal(poll(&wait, 1, 20000), 1);
        n = dgram_datapath_receive(to->datapath, &buffers, messages, 16);
        if (n < 0 && n != UV_EAGAIN)
            faults_explain(n, false);
        else if (n > 0)
            tries = 0;
        for (int i = 0; i < n; i++)
            check(&messages[i], from, at++);
    }
}

static void exchange(struct endpoint *from, struct endpoint *to,
                     const dgram_address *named, size_t length) {
    dgram_stats stats = {.size = sizeof stats};

    fill_batch(named, length);
    send_batch(from);
    find_address(from); /* a disconnect may have given its port up */
    receive_all(to, from);
    assert_int_equal(dgram_datapath_get_stats(to->datapath, &stats), 0);
}

static void to_addresses(dgram_type type) {
    struct endpoint from, to = {0};

    if (open_endpoint(&from, type, false) && open_endpoint(&to, type, false)) {
        exchange(&from, &to, &to.address, 100);
        exchange(&from, &to, &to.address, 8);
    }
    dgram_datapath_destroy(from.datapath);
    dgram_datapath_destroy(to.datapath);
}

static void to_a_peer(dgram_type type) {
    struct endpoint from, to = {0};

    if (open_endpoint(&from, type, false) && open_endpoint(&to, type, false) &&
        TRY(dgram_datapath_connect(from.datapath, &to.address))) {
        exchange(&from, &to, NULL, 100);
        if (TRY(dgram_datapath_connect(from.datapath, NULL)))
            exchange(&from, &to, &to.address, 8);
    }
    dgram_datapath_destroy(from.datapath);
    dgram_datapath_destroy(to.datapath);
}

static void on_a_shared_descriptor(dgram_type type) {
    struct endpoint from, to = {0};

    if (open_endpoint(&from, type, false) && open_endpoint(&to, type, true))
        exchange(&from, &to, &to.address, 100);
    dgram_datapath_destroy(from.datapath);
    dgram_datapath_destroy(to.datapath);
}

static int gro_of(int fd) {
    int on = 0;
    socklen_t size = sizeof on;

    faults_pause(true);
    getsockopt(fd, IPPROTO_UDP, 104 /* UDP_GRO */, &on, &size);
    faults_pause(false);
    return on;
}

/* The error of a port that is closed is reported, whatever fails before. */
static void refuse_one(struct endpoint *from, dgram_type type) {
    const dgram_address closed = address_of(loopback(type), 9);
    const dgram_outgoing message = {.payload = "x", .length = 1, .to = &closed};
    dgram_path_error error;
    int result = 0, tries = 0, done = 0;

    while (done == 0 && !stop_trying(&tries)) {
        int n = dgram_datapath_send(from->datapath, &message, 1, &result);

        done = n == 1 && result == 1;
        if (n == 1 && result < 0)
            faults_explain(result, false);
    }
    while (done == 1 && !stop_trying(&tries)) {
        result = dgram_datapath_receive_error(from->datapath, &error);
        if (result == 0)
            break;
        if (result != UV_EAGAIN)
            faults_explain(result, false);
    }
    if (done == 1 && result == 0)
        assert_int_equal(error.code, UV_ECONNREFUSED);
}

static void with_path_errors(dgram_type type) {
    const dgram_address any = address_of(loopback(type), 0);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any,
                                            .path_errors = true,
                                            .receive_info =
                                                platform->info_known};
    struct endpoint from = {0}, to = {0};

    if (!platform->has_error_queue) {
        to_addresses(type);
        return;
    }
    if (TRY(dgram_datapath_create(&options, &from.datapath))) {
        find_address(&from);
        refuse_one(&from, type);
        if (TRY(dgram_datapath_create(&options, &to.datapath))) {
            find_address(&to);
            exchange(&from, &to, &to.address, 100);
        }
    }
    dgram_datapath_destroy(from.datapath);
    dgram_datapath_destroy(to.datapath);
}

/* The descriptor stays open and is not left with GRO, unless switching that off
   is what fails. */
static void adopted(dgram_type type) {
    dgram_datapath_options options = {.size = sizeof options};
    struct endpoint endpoint, to = {0};

    options.fd = open_descriptor(type);
    if (TRY(dgram_datapath_create(&options, &endpoint.datapath))) {
        if (open_endpoint(&to, type, false) &&
            TRY(dgram_datapath_connect(endpoint.datapath, &to.address))) {
            exchange(&endpoint, &to, NULL, 100);
        }
        dgram_datapath_destroy(endpoint.datapath);
        if (!faults_occurred())
            assert_int_equal(gro_of(options.fd), 0);
    } else {
        assert_int_equal(gro_of(options.fd), 0);
    }
    dgram_datapath_destroy(to.datapath);
    close_descriptor(options.fd);
}

/* A descriptor of the caller's that has a peer already. */
static void adopted_with_a_peer(dgram_type type) {
    dgram_datapath_options options = {.size = sizeof options};
    struct endpoint endpoint, to;

    options.fd = open_descriptor(type);
    if (open_endpoint(&to, type, false)) {
        faults_pause(true);
        assert_int_equal(connect(options.fd, &to.address.any,
                                 type == DGRAM_UDP6 ? sizeof to.address.v6
                                                    : sizeof to.address.v4),
                         0);
        faults_pause(false);
        if (TRY(dgram_datapath_create(&options, &endpoint.datapath))) {
            exchange(&endpoint, &to, NULL, 100);
            dgram_datapath_destroy(endpoint.datapath);
        }
    }
    dgram_datapath_destroy(to.datapath);
    close_descriptor(options.fd);
}

COUNTED(to_addresses)
COUNTED(to_a_peer)
COUNTED(on_a_shared_descriptor)
COUNTED(with_path_errors)
COUNTED(adopted)
COUNTED(adopted_with_a_peer)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_addresses),
        cmocka_unit_test(test_to_a_peer),
        cmocka_unit_test(test_on_a_shared_descriptor),
        cmocka_unit_test(test_with_path_errors),
        cmocka_unit_test(test_adopted),
        cmocka_unit_test(test_adopted_with_a_peer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
