/* A bind of a Unix socket that fails says why and leaves no file. */
#include "paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

#define NOBODY 65534

static struct recorder recorder;

static int count_files(void) {
    DIR *files = opendir(path_of("."));
    int count = -2;

    assert_non_null(files);
    while (readdir(files) != NULL)
        count++;
    closedir(files);
    return count;
}

/* The code of a synchronous bind and of an asynchronous one are the same. */
static int error_of(const char *path) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);
    int result = dgram_bind_sync(socket, path, 0);

    assert_true(result < 0);
    assert_int_equal(dgram_last_error(socket)->code, result);
    assert_string_equal(dgram_last_error(socket)->syscall, "bind");
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, path, 0), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, result);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    /* It can be bound to another path. */
    assert_int_equal(dgram_bind_sync(socket, "@dgram-test-another", 0), 0);
    dgram_close(socket);
    run_to_end();
    return result;
}

static void a_path_may_be_too_long(void **state) {
    char path[200];

    (void)state;
    memset(path, 'x', sizeof path);
    path[sizeof(((struct sockaddr_un *)0)->sun_path)] = '\0';
    assert_int_equal(error_of(path), UV_ENAMETOOLONG);
    path[0] = '@';
    assert_int_equal(error_of(path), UV_ENAMETOOLONG);
}

static void the_longest_path_works(void **state) {
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    dgram_socket *socket;
    size_t used;

    (void)state;
    strcpy(path, path_of(""));
    used = strlen(path);
    memset(path + used, 'x', sizeof path - 1 - used);
    path[sizeof path - 1] = '\0';
    socket = new_bound_to(path);
    assert_string_equal(name_of(socket), path);
    assert_int_equal(access(path, F_OK), 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(count_files(), 0);
}

static void the_folder_may_be_missing(void **state) {
    (void)state;
    assert_int_equal(error_of(path_of("no/it")), UV_ENOENT);
    close(open(path_of("file"), O_CREAT | O_WRONLY, 0600));
    assert_int_equal(error_of(path_of("file/it")), UV_ENOTDIR);
    assert_int_equal(count_files(), 1);
}

/* Runs with the rights of nobody. */
static void become_nobody(void) {
    if (geteuid() == 0)
        assert_int_equal(seteuid(NOBODY), 0);
}

static void become_root(void) {
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
}

static void the_folder_may_be_of_others(void **state) {
    (void)state;
    assert_int_equal(chmod(path_of("."), 0555), 0);
    become_nobody();
    assert_int_equal(error_of(path_of("it")), UV_EACCES);
    become_root();
    assert_int_equal(chmod(path_of("."), 0755), 0);
    assert_int_equal(count_files(), 0);
}

/* Nobody uses it, but it may not be removed. */
static void an_old_file_may_be_of_others(void **state) {
    dgram_address address = unix_address(path_of("it"));
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)state;
    assert_int_equal(bind(fd, &address.any, sizeof address.un.name), 0);
    close(fd);
    assert_int_equal(chmod(path_of("it"), 0777), 0);
    assert_int_equal(chmod(path_of("."), 0555), 0);
    become_nobody();
    assert_int_equal(error_of(path_of("it")), UV_EACCES);
    become_root();
    assert_int_equal(chmod(path_of("it"), 0700), 0);
    become_nobody();
    if (getuid() == 0)
        assert_int_equal(error_of(path_of("it")), UV_EADDRINUSE);
    become_root();
    assert_int_equal(chmod(path_of("."), 0755), 0);
    assert_int_equal(count_files(), 1);
}

static void addresses_of_the_internet_are_paths(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);
    char before[512];

    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(path_of(".")), 0);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 53), 0);
    assert_string_equal(name_of(socket), "127.0.0.1");
    assert_int_equal(chdir(before), 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(count_files(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(a_path_may_be_too_long),
        IN_LOOP_WITH_FOLDER(the_longest_path_works),
        IN_LOOP_WITH_FOLDER(the_folder_may_be_missing),
        IN_LOOP_WITH_FOLDER(the_folder_may_be_of_others),
        IN_LOOP_WITH_FOLDER(an_old_file_may_be_of_others),
        IN_LOOP_WITH_FOLDER(addresses_of_the_internet_are_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
