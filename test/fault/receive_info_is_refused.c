/* If the kernel refuses to report information, the bind fails and nothing is
   half set. A platform that lacks some refuses it when a socket is created. */
#include "kernel.h"
#include "peer.h"

static struct platform refusing;
static const struct platform *before;
static unsigned disabled;

static int refuse(dgram_fd fd, uint32_t info) {
    (void)fd;
    (void)info;
    return UV_EPERM;
}

static int enable_some(dgram_fd fd, uint32_t info) {
    (void)fd;
    (void)info;
    return 5;
}

static void note_disabled(dgram_fd fd, unsigned enabled) {
    (void)fd;
    disabled = enabled;
}

static void replace(int (*enable)(dgram_fd fd, uint32_t info), uint32_t known) {
    before = platform;
    refusing = *platform;
    refusing.enable_info = enable;
    refusing.disable_info = note_disabled;
    refusing.info_known = known;
    platform = &refusing;
    disabled = 0;
}

static dgram_options options_with(uint32_t info) {
    return (dgram_options){.size = sizeof(dgram_options),
                           .type = DGRAM_UDP4,
                           .receive_info = info};
}

static void end(dgram_socket *socket) {
    platform = before;
    dgram_close(socket);
    run_to_end();
}

static void bind_fails(void **state) {
    const dgram_options options = options_with(DGRAM_INFO_TOS);
    dgram_socket *socket = new_socket_with(&options);
    int opened = kernel.opened, closed = kernel.closed;

    (void)state;
    replace(refuse, DGRAM_INFO_ALL);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), UV_EPERM);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(kernel.opened - opened, kernel.closed - closed);
    end(socket);
}

static void adoption_fails(void **state) {
    const dgram_options options = options_with(DGRAM_INFO_TOS);
    dgram_socket *socket = new_socket_with(&options);
    int fd = peer_open(DGRAM_UDP4);
    const dgram_bind_options bind = {.size = sizeof bind, .fd = fd};

    (void)state;
    replace(refuse, DGRAM_INFO_ALL);
    assert_int_equal(dgram_bind_with(socket, &bind), UV_EPERM);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    end(socket);
    peer_close(fd);
}

static void nothing(uv_poll_t *poll, int status, int events) {
    (void)poll;
    (void)status;
    (void)events;
}

/* A later step of the adoption fails: the loop polls the descriptor already. */
static void refused_adoption_disables_it(void **state) {
    const dgram_options options = options_with(DGRAM_INFO_TOS);
    dgram_socket *socket = new_socket_with(&options);
    int fd = peer_open(DGRAM_UDP4);
    const dgram_bind_options bind = {.size = sizeof bind, .fd = fd};
    uv_poll_t poll;

    (void)state;
    assert_int_equal(uv_poll_init(&test_loop, &poll, fd), 0);
    assert_int_equal(uv_poll_start(&poll, UV_READABLE, nothing), 0);
    replace(enable_some, DGRAM_INFO_ALL);
    assert_int_equal(dgram_bind_with(socket, &bind), UV_EEXIST);
    assert_int_equal(disabled, 5);
    uv_close((uv_handle_t *)&poll, NULL);
    end(socket);
    peer_close(fd);
}

static void datapath_is_not_created(void **state) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any,
                                            .receive_info = DGRAM_INFO_TTL};
    int opened = kernel.opened, closed = kernel.closed;
    dgram_datapath *datapath;

    (void)state;
    replace(refuse, DGRAM_INFO_ALL);
    assert_int_equal(dgram_datapath_create(&options, &datapath), UV_EPERM);
    assert_int_equal(kernel.opened - opened, kernel.closed - closed);
    platform = before;
}

static void platform_lacks_it(void **state) {
    const dgram_options options = options_with(DGRAM_INFO_TOS | DGRAM_INFO_TTL);
    const dgram_datapath_options datapath_options = {
        .size = sizeof datapath_options, .fd = 0, .receive_info = 4};
    dgram_datapath *datapath;
    dgram_socket *socket;

    (void)state;
    replace(enable_some, DGRAM_INFO_ALL & ~DGRAM_INFO_TOS);
    assert_int_equal(dgram_create_with(&test_loop, &options, &socket),
                     UV_ENOTSUP);
    assert_int_equal(dgram_datapath_create(&datapath_options, &datapath),
                     UV_ENOTSUP);
    platform = before;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(bind_fails),
        IN_KERNEL(adoption_fails),
        IN_KERNEL(refused_adoption_disables_it),
        IN_KERNEL(datapath_is_not_created),
        IN_KERNEL(platform_lacks_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
