/* Servers that start at the same time, on a path with an old file: one of them
   has the path in the end, and can be reached there. */
#include "paths.h"

#include <pthread.h>
#include <unistd.h>

#define SERVERS 4
#define ROUNDS 100

static uv_barrier_t barrier;
static char path[512];

struct server {
    pthread_t thread;
    bool bound;
    int received;
};

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct server *server = data;

    (void)socket;
    (void)message;
    server->received++;
}

/* Binds; then the main thread sends to the path; then it receives. */
static void *serve(void *data) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};
    struct server *server = data;
    dgram_listener listener;
    dgram_socket *socket;
    uv_loop_t loop;

    uv_loop_init(&loop);
    dgram_create(&loop, DGRAM_UNIX, &socket);
    dgram_on(socket, &listener, &events, server);
    uv_barrier_wait(&barrier);
    server->bound = dgram_bind_sync(socket, path, 0) == 0;
    uv_barrier_wait(&barrier);
    uv_barrier_wait(&barrier);
    uv_run(&loop, UV_RUN_NOWAIT);
    dgram_close(socket);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return NULL;
}

static void leave_old_file(void) {
    dgram_address address = unix_address(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    assert_int_equal(bind(fd, &address.any, sizeof address.un.name), 0);
    close(fd);
}

static ssize_t send_to_path(void) {
    dgram_address address = unix_address(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    ssize_t sent =
        sendto(fd, "who?", 4, 0, &address.any, sizeof address.un.name);

    close(fd);
    return sent;
}

static void one_of_them_is_reached(void **state) {
    (void)state;
    strcpy(path, path_of("it"));
    uv_barrier_init(&barrier, SERVERS + 1);
    for (int round = 0; round < ROUNDS; round++) {
        struct server servers[SERVERS] = {0};
        int bound = 0, received = 0;

        leave_old_file();
        for (int i = 0; i < SERVERS; i++)
            assert_int_equal(
                pthread_create(&servers[i].thread, NULL, serve, &servers[i]),
                0);
        uv_barrier_wait(&barrier);
        uv_barrier_wait(&barrier);
        assert_int_equal(send_to_path(), 4);
        uv_barrier_wait(&barrier);
        for (int i = 0; i < SERVERS; i++) {
            pthread_join(servers[i].thread, NULL);
            bound += servers[i].bound;
            received += servers[i].received;
            assert_int_equal(servers[i].received, servers[i].bound);
        }
        assert_int_equal(bound, 1);
        assert_int_equal(received, 1);
        assert_int_equal(access(path, F_OK), -1);
    }
    uv_barrier_destroy(&barrier);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(one_of_them_is_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
