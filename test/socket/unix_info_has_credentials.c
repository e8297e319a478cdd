/* receive_info of a Unix socket: who has sent a datagram, and when. */
#include "paths.h"

#include <unistd.h>

#include <signal.h>
#include <sys/wait.h>

static struct {
    int count;
    dgram_receive_info info[4];
} received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    assert_non_null(message->info);
    received.info[received.count++] = *message->info;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};
static dgram_listener listener;

static dgram_socket *new_with_info(uint32_t info) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UNIX, .receive_info = info};

    return new_socket_with(&options);
}

static void listen_to(dgram_socket *s) {
    memset(&received, 0, sizeof received);
    dgram_on(s, &listener, &events, NULL);
}

static dgram_socket *new_server(uint32_t info) {
    dgram_socket *s = new_with_info(info);

    listen_to(s);
    assert_int_equal(dgram_bind_sync(s, path_of("it"), 0), 0);
    return s;
}

/* The child does not exit: it would have to free what it has inherited. */
static void send_from_child(const char *path, pid_t *child) {
    dgram_address to = unix_address(path);
    int status;

    *child = fork();
    assert_true(*child >= 0);
    if (*child == 0) {
        int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

        sendto(fd, "x", 1, 0, &to.any, sizeof to.un.name);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(*child, &status, 0), *child);
}

static void they_name_the_process(void **state) {
    dgram_socket *s = new_server(DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP);
    const dgram_receive_info *info = received.info;
    pid_t child;

    (void)state;
    assert_int_equal(dgram_send_to(s, "x", 1, path_of("it"), 0, NULL, NULL), 0);
    run_until(&received.count, 1);
    send_from_child(path_of("it"), &child);
    run_until(&received.count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(info[i].valid,
                         DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP);
        assert_int_equal(info[i].uid, getuid());
        assert_int_equal(info[i].gid, getgid());
    }
    assert_int_equal(info[0].pid, getpid());
    assert_int_equal(info[1].pid, child);
    assert_true(info[0].timestamp_ns > UINT64_C(1700000000000000000));
    assert_true(info[1].timestamp_ns >= info[0].timestamp_ns);
    dgram_close(s);
    run_to_end();
}

static void only_what_was_asked_for_is_set(void **state) {
    static const uint32_t flags[] = {DGRAM_INFO_CREDENTIALS,
                                     DGRAM_INFO_TIMESTAMP};

    (void)state;
    for (int i = 0; i < 2; i++) {
        dgram_socket *s = new_server(flags[i]);

        assert_int_equal(dgram_send_to(s, "x", 1, path_of("it"), 0, NULL, NULL),
                         0);
        run_until(&received.count, 1);
        assert_int_equal(received.info[0].valid, flags[i]);
        dgram_close(s);
        run_to_end();
    }
}

/* An answer needs none of it. */
static void it_can_be_answered(void **state) {
    dgram_socket *s = new_server(DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP);
    const dgram_address here = unix_address(path_of("it"));
    dgram_message message = {.from = &here, .info = &received.info[0]};

    (void)state;
    assert_int_equal(dgram_send_to(s, "x", 1, path_of("it"), 0, NULL, NULL), 0);
    run_until(&received.count, 1);
    assert_int_equal(dgram_reply(s, &message, "y", 1, NULL, NULL), 0);
    run_until(&received.count, 2);
    dgram_close(s);
    run_to_end();
}

static int option_of(int fd, int name) {
    int value = -1;
    socklen_t size = sizeof value;

    assert_int_equal(getsockopt(fd, SOL_SOCKET, name, &value, &size), 0);
    return value;
}

static int adopt(dgram_socket *s, int fd) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};

    return dgram_bind_sync_with(s, &options);
}

static void an_adopted_descriptor_gets_it(void **state) {
    dgram_socket *s =
        new_with_info(DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP);
    int ends[2];

    (void)state;
    listen_to(s);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    assert_int_equal(adopt(s, ends[0]), 0);
    assert_int_equal(send(ends[1], "x", 1, 0), 1);
    run_until(&received.count, 1);
    assert_int_equal(received.info[0].pid, getpid());
    assert_int_equal(received.info[0].valid,
                     DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP);
    close(ends[1]);
    dgram_close(s);
    run_to_end();
}

static void ignore(uv_poll_t *poll, int status, int events_) {
    (void)poll;
    (void)status;
    (void)events_;
}

/* libuv watches the descriptor already, so it is refused. */
static void a_refused_descriptor_is_unchanged(void **state) {
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0), on = 1;
    uv_poll_t poll;

    (void)state;
    assert_int_equal(uv_poll_init(&test_loop, &poll, fd), 0);
    assert_int_equal(uv_poll_start(&poll, UV_READABLE, ignore), 0);
    for (int own = 0; own < 2; own++) {
        dgram_socket *s =
            new_with_info(DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP);

        assert_int_equal(adopt(s, fd), UV_EEXIST);
        assert_int_equal(option_of(fd, SO_PASSCRED), own);
        assert_int_equal(option_of(fd, SO_TIMESTAMPNS), 0);
        assert_int_equal(
            setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on), 0);
        dgram_close(s);
    }
    uv_close((uv_handle_t *)&poll, NULL);
    run_to_end();
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(they_name_the_process),
        IN_LOOP_WITH_FOLDER(only_what_was_asked_for_is_set),
        IN_LOOP_WITH_FOLDER(it_can_be_answered),
        IN_LOOP_WITH_FOLDER(an_adopted_descriptor_gets_it),
        IN_LOOP_WITH_FOLDER(a_refused_descriptor_is_unchanged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
