/* The file of a Unix socket has the permissions that were asked for, whatever
   the umask is, and never wider ones before. */
#include "paths.h"

#include <pthread.h>
#include <stdatomic.h>

#include <sys/stat.h>

static mode_t mode_of(const char *path) {
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
    return status.st_mode & 07777;
}

static int bind_with_mode(dgram_socket *socket, const char *path,
                          uint32_t mode) {
    const dgram_bind_options options = {
        .size = sizeof options, .address = path, .unix_mode = mode};

    return dgram_bind_sync_with(socket, &options);
}

static void expect(uint32_t mode, mode_t umask_, mode_t expected) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);
    mode_t before = umask(umask_);

    assert_int_equal(bind_with_mode(socket, path_of("it"), mode), 0);
    assert_int_equal(mode_of(path_of("it")), expected);
    umask(before);
    dgram_close(socket);
    run_to_end();
}

static void they_do_not_depend_on_the_umask(void **state) {
    (void)state;
    expect(0600, 0, 0600);
    expect(0666, 0, 0666);
    expect(0600, 077, 0600);
    expect(0666, 077, 0666);
    expect(0777, 0777, 0777);
    expect(0, 0, 0777);
    expect(0, 077, 0700);
}

static void an_asynchronous_bind_sets_them(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);
    const dgram_bind_options options = {
        .size = sizeof options, .address = path_of("it"), .unix_mode = 0620};
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(mode_of(path_of("it")), 0620);
    dgram_close(socket);
    run_to_end();
}

/* The options are those of one bind. */
static void a_later_bind_does_not_inherit_them(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);

    (void)state;
    assert_int_equal(bind_with_mode(socket, path_of("no/folder"), 0600),
                     UV_ENOENT);
    umask(0);
    assert_int_equal(dgram_bind_sync(socket, path_of("it"), 0), 0);
    assert_int_equal(mode_of(path_of("it")), 0777);
    umask(022);
    dgram_close(socket);
    run_to_end();
}

static void only_a_path_has_them(void **state) {
    dgram_socket *local = new_socket(DGRAM_UNIX), *udp = new_socket(DGRAM_UDP4);
    const int wrong = DGRAM_ERR_INVALID_ARG_VALUE;

    (void)state;
    assert_int_equal(bind_with_mode(local, "@dgram-test-name", 0600), wrong);
    assert_int_equal(bind_with_mode(local, NULL, 0600), wrong);
    assert_int_equal(bind_with_mode(local, path_of("it"), 01777), wrong);
    assert_int_equal(bind_with_mode(udp, "127.0.0.1", 0600), wrong);
    dgram_close(local);
    dgram_close(udp);
    run_to_end();
}

static atomic_int stop;
static char watched[512];

/* Returns how often the file was there with other bits than 0620. */
static void *watch(void *seen) {
    intptr_t wider = 0;
    struct stat status;

    while (!stop) {
        if (stat(watched, &status) < 0)
            continue;
        atomic_fetch_add((atomic_int *)seen, 1);
        wider += (status.st_mode & 0777 & ~0620u) != 0;
    }
    return (void *)wider;
}

/* With a umask that masks bits and one that masks none. */
static void they_are_never_wider(void **state) {
    atomic_int seen = 0;
    pthread_t watcher;
    void *wider;

    (void)state;
    strcpy(watched, path_of("it"));
    assert_int_equal(pthread_create(&watcher, NULL, watch, &seen), 0);
    for (int i = 0; i < 200 || (seen < 100 && i < 20000); i++) {
        dgram_socket *socket = new_socket(DGRAM_UNIX);

        umask(i % 2 == 0 ? 0 : 077);
        assert_int_equal(bind_with_mode(socket, watched, 0620), 0);
        dgram_close(socket);
        run_to_end();
    }
    umask(022);
    stop = 1;
    pthread_join(watcher, &wider);
    assert_ptr_equal(wider, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(they_do_not_depend_on_the_umask),
        IN_LOOP_WITH_FOLDER(an_asynchronous_bind_sets_them),
        IN_LOOP_WITH_FOLDER(a_later_bind_does_not_inherit_them),
        IN_LOOP_WITH_FOLDER(only_a_path_has_them),
        IN_LOOP_WITH_FOLDER(they_are_never_wider),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
