/* A descriptor that cannot be adopted keeps its flags and options, whichever
   step fails. */
#include <fcntl.h>
#include <netinet/udp.h>
#include <unistd.h>

#include "kernel.h"
#include "memory.h"
#include "peer.h"

/* Everything that adopting changes, or might change. */
struct state {
    int file_flags, descriptor_flags;
    int reuse_address, reuse_port, receive, send, gro;
    dgram_address address;
};

static int option(int fd, int level, int name) {
    socklen_t size = sizeof(int);
    int value = -1;

    getsockopt(fd, level, name, &value, &size);
    return value;
}

static struct state state_of(int fd) {
    struct state state;

    memset(&state, 0, sizeof state);
    state.file_flags = fcntl(fd, F_GETFL);
    state.descriptor_flags = fcntl(fd, F_GETFD);
    state.reuse_address = option(fd, SOL_SOCKET, SO_REUSEADDR);
    state.reuse_port = option(fd, SOL_SOCKET, SO_REUSEPORT);
    state.receive = option(fd, SOL_SOCKET, SO_RCVBUF);
    state.send = option(fd, SOL_SOCKET, SO_SNDBUF);
    state.gro = option(fd, IPPROTO_UDP, 104); /* UDP_GRO */
    state.address = peer_address(fd);
    return state;
}

/* A blocking descriptor without close-on-exec, with buffers of this size, which
   may exceed the system's limit; 0: the default size. */
static int open_foreign(int size) {
    int fd = peer_open(DGRAM_UDP4);

    fcntl(fd, F_SETFD, 0);
    if (size == 0)
        return fd;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
#if defined(SO_RCVBUFFORCE)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
#endif
    return fd;
}

/* A socket whose options change all that can be changed. */
static dgram_socket *new_eager(void) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .reuse_address = true,
                                   .reuse_port = true,
                                   .receive_buffer_size = 77777,
                                   .send_buffer_size = 66666};

    return new_socket_with(&options);
}

static void refuse(dgram_socket *socket, int fd, int code) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};
    struct state before = state_of(fd), after;

    assert_int_equal(dgram_bind_with(socket, &options), code);
    after = state_of(fd);
    assert_memory_equal(&after, &before, sizeof after);
}

static void end(dgram_socket *socket, int fd) {
    dgram_close(socket);
    run_to_end();
    peer_close(fd);
}

static void nothing(uv_poll_t *poll, int status, int events) {
    (void)poll;
    (void)status;
    (void)events;
}

/* The program polls the descriptor itself, and it blocks. */
static void watched_by_the_loop(void **state) {
    static const int sizes[] = {0, 54321, 1, 64 << 20};

    (void)state;
    for (int i = 0; i < 4; i++) {
        dgram_socket *socket = new_eager();
        int fd = open_foreign(sizes[i]);
        uv_poll_t poll;

        assert_int_equal(uv_poll_init(&test_loop, &poll, fd), 0);
        assert_int_equal(uv_poll_start(&poll, UV_READABLE, nothing), 0);
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
        refuse(socket, fd, UV_EEXIST);
        uv_close((uv_handle_t *)&poll, NULL);
        end(socket, fd);
    }
}

static void on_connected(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
}

static void a_second_peer(void **state) {
    dgram_socket *socket = new_eager(), *bound = new_bound(DGRAM_UDP4);
    int fd = open_foreign(54321);
    dgram_address there = peer_address(fd);

    (void)state;
    assert_int_equal(connect(fd, &there.any, sizeof there.v4), 0);
    refuse(bound, fd, DGRAM_ERR_SOCKET_ALREADY_BOUND);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    refuse(socket, fd, DGRAM_ERR_SOCKET_ALREADY_BOUND);
    assert_int_equal(dgram_connect(socket, NULL, 9, on_connected, NULL), 0);
    refuse(socket, fd, DGRAM_ERR_SOCKET_ALREADY_BOUND);
    dgram_close(bound);
    dgram_close(socket);
    refuse(socket, fd, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
    peer_close(fd);
}

/* The receive buffers of the loop cannot be allocated. */
static void no_memory(void **state) {
    dgram_socket *socket;
    int fd = open_foreign(54321);

    (void)state;
    memory_begin();
    socket = new_eager();
    memory.until_failure = 0;
    refuse(socket, fd, UV_ENOMEM);
    assert_int_equal(memory.failures, 1);
    end(socket, fd);
    memory_end();
}

static void a_failed_system_call(void **state) {
    static const enum kernel_call calls[] = {CALL_ADOPT, CALL_SET_OPTION,
                                             CALL_REMOTE_ADDRESS};

    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        dgram_socket *socket = new_eager();
        int fd = open_foreign(i == 1 ? 54321 : 0);

        kernel.fail[calls[i]] = UV_EPERM;
        refuse(socket, fd, UV_EPERM);
        kernel.fail[calls[i]] = 0;
        end(socket, fd);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(watched_by_the_loop),
        IN_LOOP(a_second_peer),
        IN_LOOP(no_memory),
        IN_KERNEL(a_failed_system_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
