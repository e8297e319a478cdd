/* A kernel that refuses to busy poll is no error, and what was not set is not
   undone. */
#include "kernel.h"

static int get_result, set_result; /* of the two calls */
static int sets;

static int get_busy_poll(int backend, struct platform_busy_poll *out) {
    (void)backend;
    memset(out, 0, sizeof *out);
    return get_result;
}

static int set_busy_poll(int backend, const struct platform_busy_poll *how) {
    (void)backend;
    (void)how;
    sets++;
    return set_result;
}

static struct platform refusing;

/* kernel_open() has put the scripted kernel there, and puts it back. */
static void refuse(int code_of_get, int code_of_set) {
    refusing = *platform;
    refusing.get_busy_poll = get_busy_poll;
    refusing.set_busy_poll = set_busy_poll;
    platform = &refusing;
    get_result = code_of_get;
    set_result = code_of_set;
    sets = 0;
}

/* Returns how often busy polling was set while two sockets came and went. */
static int use_two_sockets(void) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .busy_poll_us = 100};
    dgram_socket *first = new_socket_with(&options), *second;

    options.busy_poll_us = 200;
    second = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(first, "127.0.0.1", 0), 0);
    assert_int_equal(dgram_bind_sync(second, "127.0.0.1", 0), 0);
    dgram_close(first);
    dgram_close(second);
    run_to_end();
    return sets;
}

static void the_kernel_is_older(void **state) {
    (void)state;
    refuse(UV_ENOTTY, 0);
    assert_int_equal(use_two_sockets(), 0);
}

static void it_may_not_be_set(void **state) {
    (void)state;
    refuse(0, UV_EPERM);
    assert_int_equal(use_two_sockets(), 2);
}

static void it_is_set_and_undone(void **state) {
    (void)state;
    refuse(0, 0);
    assert_int_equal(use_two_sockets(), 3);
}

/* The program has closed the handles of the loop. */
static void close_handle(uv_handle_t *handle, void *data) {
    (void)data;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void the_loop_may_be_gone(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .busy_poll_us = 100};
    dgram_socket *socket = new_socket_with(&options);

    (void)state;
    refuse(0, 0);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    uv_walk(&test_loop, close_handle, NULL);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sets, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(the_kernel_is_older),
        IN_KERNEL(it_may_not_be_set),
        IN_KERNEL(it_is_set_and_undone),
        IN_KERNEL(the_loop_may_be_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
