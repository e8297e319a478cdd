/* The file of a Unix socket ends with the socket, if it is still its file. */
#include "paths.h"

#include <unistd.h>

#include <sys/wait.h>

static bool exists(const char *name) {
    return access(path_of(name), F_OK) == 0;
}

static void close_and_run(dgram_socket *socket) {
    assert_int_equal(dgram_close(socket), 0);
    run_to_end();
}

static void it_is_removed_inside_the_call(void **state) {
    dgram_socket *socket = new_bound_to(path_of("it"));

    (void)state;
    assert_true(exists("it"));
    assert_int_equal(dgram_close(socket), 0);
    assert_false(exists("it"));
    run_to_end();
}

static void an_abort_removes_it(void **state) {
    dgram_abort *abort;
    dgram_options options = {.size = sizeof options, .type = DGRAM_UNIX};
    dgram_socket *socket;

    (void)state;
    assert_int_equal(dgram_abort_create(&abort), 0);
    options.abort = abort;
    socket = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(socket, path_of("it"), 0), 0);
    dgram_abort_signal(abort);
    assert_false(exists("it"));
    run_to_end();
    dgram_abort_release(abort);
}

static void it_stays_on_request(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);
    const dgram_bind_options options = {.size = sizeof options,
                                        .address = path_of("it"),
                                        .unix_keep_file = true};

    (void)state;
    assert_int_equal(dgram_bind_sync_with(socket, &options), 0);
    close_and_run(socket);
    assert_true(exists("it"));
}

/* Someone has removed it, and another server has its path. */
static void the_file_of_another_stays(void **state) {
    dgram_socket *old = new_bound_to(path_of("it")), *new_one;

    (void)state;
    assert_int_equal(unlink(path_of("it")), 0);
    new_one = new_bound_to(path_of("it"));
    assert_int_equal(dgram_close(old), 0);
    assert_true(exists("it"));
    close_and_run(new_one);
    assert_false(exists("it"));
}

static void its_absence_is_no_error(void **state) {
    dgram_socket *socket = new_bound_to(path_of("it"));

    (void)state;
    assert_int_equal(unlink(path_of("it")), 0);
    close_and_run(socket);
}

static void a_relative_path_is_found_from_elsewhere(void **state) {
    char before[512];
    dgram_socket *socket;

    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(path_of(".")), 0);
    socket = new_bound_to("it");
    assert_string_equal(name_of(socket), "it");
    assert_int_equal(chdir(before), 0);
    assert_true(exists("it"));
    close_and_run(socket);
    assert_false(exists("it"));
}

/* A child closes its copies, and the parent goes on. */
static void a_child_process_does_not_remove_it(void **state) {
    dgram_socket *socket = new_bound_to(path_of("it"));
    int status;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0)
        _exit(uv_loop_fork(&test_loop) != 0 || dgram_close(socket) != 0 ||
              uv_run(&test_loop, UV_RUN_DEFAULT) != 0 ||
              uv_loop_close(&test_loop) != 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(exists("it"));
    close_and_run(socket);
    assert_false(exists("it"));
}

/* What another has bound is not ours. */
static void an_adopted_socket_does_not_remove_it(void **state) {
    dgram_address address = unix_address(path_of("it"));
    dgram_socket *adopter = new_socket(DGRAM_UNIX);
    dgram_bind_options options = {.size = sizeof options,
                                  .fd = socket(AF_UNIX, SOCK_DGRAM, 0)};

    (void)state;
    assert_int_equal(bind(options.fd, &address.any, sizeof address.un.name), 0);
    assert_int_equal(dgram_bind_sync_with(adopter, &options), 0);
    close_and_run(adopter);
    assert_true(exists("it"));
}

/* The socket at the path lives on. */
static void detaching_leaves_it(void **state) {
    dgram_socket *first = new_bound_to(path_of("it"));
    dgram_bind_options options = {.size = sizeof options,
                                  .fd = dgram_detach(first)};
    dgram_socket *next;

    (void)state;
    assert_true(options.fd > 0);
    run_to_end();
    assert_true(exists("it"));
    next = new_socket(DGRAM_UNIX);
    assert_int_equal(dgram_bind_sync_with(next, &options), 0);
    assert_string_equal(name_of(next), path_of("it"));
    close_and_run(next);
    assert_true(exists("it"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(it_is_removed_inside_the_call),
        IN_LOOP_WITH_FOLDER(an_abort_removes_it),
        IN_LOOP_WITH_FOLDER(it_stays_on_request),
        IN_LOOP_WITH_FOLDER(the_file_of_another_stays),
        IN_LOOP_WITH_FOLDER(its_absence_is_no_error),
        IN_LOOP_WITH_FOLDER(a_relative_path_is_found_from_elsewhere),
        IN_LOOP_WITH_FOLDER(a_child_process_does_not_remove_it),
        IN_LOOP_WITH_FOLDER(an_adopted_socket_does_not_remove_it),
        IN_LOOP_WITH_FOLDER(detaching_leaves_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
