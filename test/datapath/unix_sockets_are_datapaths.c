/* A datapath on a Unix socket: opened by its address, or adopted. */
#include "paths.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define MESSAGES 8u
#define SIZE (200000u / 64 * 64 + DGRAM_BUFFER_OVERHEAD)

static _Alignas(16) unsigned char memory[MESSAGES * SIZE];
static dgram_buffers buffers;
static dgram_message received[MESSAGES];

static dgram_datapath *create(const char *name, int fd, uint32_t info) {
    dgram_datapath_options options = {
        .size = sizeof options, .fd = fd, .receive_info = info};
    dgram_datapath *datapath;
    dgram_address address;

    if (name != NULL) {
        address = unix_address(name);
        options.address = &address;
    }
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    buffers =
        (dgram_buffers){.memory = memory, .size = SIZE, .count = MESSAGES};
    return datapath;
}

static int receive(dgram_datapath *datapath) {
    return dgram_datapath_receive(datapath, &buffers, received, MESSAGES);
}

static int send_bytes(dgram_datapath *datapath, const void *payload,
                      size_t length, const dgram_address *to) {
    const dgram_outgoing message = {
        .payload = payload, .length = length, .to = to};
    int status = 0, done = dgram_datapath_send(datapath, &message, 1, &status);

    return done == 1 ? status : done;
}

static int send_text(dgram_datapath *datapath, const char *text,
                     const dgram_address *to) {
    return send_bytes(datapath, text, strlen(text), to);
}

static void assert_message(int i, const char *payload, const char *from) {
    char text[DGRAM_ADDRESS_TEXT_MAX];

    assert_int_equal(received[i].length, strlen(payload));
    assert_memory_equal(received[i].payload, payload, strlen(payload));
    assert_int_equal(received[i].flags, 0);
    assert_int_equal(dgram_address_format(received[i].from, text, sizeof text),
                     0);
    assert_string_equal(text, from);
}

static void ask_and_answer(const char *a_name, const char *b_name) {
    dgram_datapath *a = create(a_name, -1, 0), *b = create(b_name, -1, 0);
    const dgram_address to = unix_address(a_name);
    dgram_address back;

    assert_int_equal(receive(a), UV_EAGAIN);
    assert_int_equal(send_text(b, "question", &to), 8);
    assert_int_equal(send_text(b, "another", &to), 7);
    assert_int_equal(receive(a), 2);
    assert_message(0, "question", b_name);
    assert_message(1, "another", b_name);
    back = *received[0].from;
    assert_int_equal(send_text(a, "answer", &back), 6);
    assert_int_equal(receive(b), 1);
    assert_message(0, "answer", a_name);
    dgram_datapath_destroy(a);
    dgram_datapath_destroy(b);
}

static void by_path(void **state) {
    (void)state;
    ask_and_answer(path_of("a"), path_of("b"));
}

static void by_abstract_name(void **state) {
    char a[64], b[64];

    (void)state;
    snprintf(a, sizeof a, "@dgram datapath %d a", (int)getpid());
    snprintf(b, sizeof b, "@dgram datapath %d b", (int)getpid());
    ask_and_answer(a, b);
}

static void a_pair_is_adopted(void **state) {
    dgram_datapath *a, *b;
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    a = create(NULL, ends[0], 0);
    b = create(NULL, ends[1], 0);
    assert_true(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
    assert_int_equal(send_text(a, "over", NULL), 4);
    assert_int_equal(receive(b), 1);
    assert_message(0, "over", "");
    assert_int_equal(send_text(b, "back", NULL), 4);
    assert_int_equal(receive(a), 1);
    assert_message(0, "back", "");
    dgram_datapath_destroy(b);
    close(ends[1]);
    assert_int_equal(send_text(a, "gone", NULL), UV_ECONNREFUSED);
    assert_int_equal(send_text(a, "gone", NULL), UV_ENOTCONN);
    dgram_datapath_destroy(a);
    assert_int_equal(close(ends[0]), 0);
}

static void datagrams_may_be_long(void **state) {
    static const size_t sizes[] = {0, 1, 65508, 65536, 199000};
    static unsigned char payload[199000];
    dgram_datapath *a = create(path_of("a"), -1, 0),
                   *b = create(path_of("b"), -1, 0);
    const dgram_address to = unix_address(path_of("a"));

    (void)state;
    memset(payload, 7, sizeof payload);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(send_bytes(b, payload, sizes[i], &to), sizes[i]);
        assert_int_equal(receive(a), 1);
        assert_int_equal(received[0].length, sizes[i]);
        assert_int_equal(received[0].flags, 0);
        assert_memory_equal(received[0].payload, payload, sizes[i]);
    }
    buffers.size = 1024 + DGRAM_BUFFER_OVERHEAD;
    assert_int_equal(send_bytes(b, payload, 1025, &to), 1025);
    assert_int_equal(receive(a), 1);
    assert_int_equal(received[0].length, 1024);
    assert_int_equal(received[0].flags, DGRAM_TRUNCATED);
    dgram_datapath_destroy(a);
    dgram_datapath_destroy(b);
}

static bool is_writable(const dgram_datapath *datapath) {
    struct pollfd wait = {.fd = dgram_datapath_fd(datapath), .events = POLLOUT};

    return poll(&wait, 1, 0) == 1;
}

static void a_full_queue_ends_the_call(void **state) {
    dgram_datapath *a = create(path_of("a"), -1, 0),
                   *b = create(path_of("b"), -1, 0);
    dgram_address to = unix_address(path_of("a"));
    int sent = 0, got = 0;

    (void)state;
    while (send_text(b, "x", &to) == 1)
        sent++;
    assert_int_equal(send_text(b, "x", &to), UV_EAGAIN);
    assert_int_equal(dgram_datapath_connect(b, &to), 0);
    assert_int_equal(send_text(b, "x", NULL), UV_EAGAIN);
    assert_false(is_writable(b));
    for (int n; (n = receive(a)) > 0;)
        got += n;
    assert_int_equal(got, sent);
    assert_true(is_writable(b));
    assert_int_equal(send_text(b, "x", NULL), 1);
    dgram_datapath_destroy(a);
    dgram_datapath_destroy(b);
}

static void the_peer_may_restart(void **state) {
    dgram_datapath *a = create(path_of("a"), -1, 0),
                   *b = create(path_of("b"), -1, 0);
    dgram_address to = unix_address(path_of("a"));

    (void)state;
    assert_int_equal(dgram_datapath_connect(b, &to), 0);
    assert_int_equal(send_text(b, "one", NULL), 3);
    dgram_datapath_destroy(a);
    assert_int_equal(send_text(b, "lost", NULL), UV_ECONNREFUSED);
    unlink(path_of("a"));
    assert_int_equal(send_text(b, "lost", NULL), UV_ENOENT);
    a = create(path_of("a"), -1, 0);
    assert_int_equal(send_text(b, "three", NULL), 5);
    assert_int_equal(receive(a), 1);
    assert_message(0, "three", path_of("b"));
    dgram_datapath_destroy(a);
    dgram_datapath_destroy(b);
}

/* The file is that of the program. */
static void files_stay(void **state) {
    const dgram_address address = unix_address(path_of("a"));
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &address};
    dgram_datapath *datapath = create(path_of("a"), -1, 0);

    (void)state;
    dgram_datapath_destroy(datapath);
    assert_int_equal(access(path_of("a"), F_OK), 0);
    assert_int_equal(dgram_datapath_create(&options, &datapath), UV_EADDRINUSE);
}

static void what_only_udp_has_is_refused(void **state) {
    const dgram_address address = unix_address(path_of("a"));
    dgram_datapath_options options = {
        .size = sizeof options, .address = &address, .path_errors = true};
    dgram_datapath_limits limits = {.size = sizeof limits};
    dgram_datapath *datapath;
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)state;
    assert_int_equal(dgram_datapath_create(&options, &datapath), UV_ENOTSUP);
    options.path_errors = false;
    options.receive_info = DGRAM_INFO_TTL;
    assert_int_equal(dgram_datapath_create(&options, &datapath), UV_ENOTSUP);
    assert_int_equal(access(path_of("a"), F_OK), -1);
    options.address = NULL;
    options.fd = fd;
    assert_int_equal(dgram_datapath_create(&options, &datapath), UV_ENOTSUP);
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    datapath = create(NULL, fd, 0);
    assert_int_equal(dgram_datapath_get_limits(datapath, &limits), 0);
    assert_int_equal(limits.segments_max, 1);
    assert_false(limits.gro);
    dgram_datapath_destroy(datapath);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(by_path),
        IN_LOOP_WITH_FOLDER(by_abstract_name),
        IN_LOOP_WITH_FOLDER(a_pair_is_adopted),
        IN_LOOP_WITH_FOLDER(datagrams_may_be_long),
        IN_LOOP_WITH_FOLDER(a_full_queue_ends_the_call),
        IN_LOOP_WITH_FOLDER(the_peer_may_restart),
        IN_LOOP_WITH_FOLDER(files_stay),
        IN_LOOP_WITH_FOLDER(what_only_udp_has_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
