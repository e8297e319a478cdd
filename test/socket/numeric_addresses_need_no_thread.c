/* Numeric addresses and the program's own resolver start no threads. libuv
   would abort where threads cannot be created. */
#include <dirent.h>
#include <unistd.h>

#include "peer.h"
#include "resolver.h"

static int count_threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    if (tasks == NULL) {
        printf("skipped: there is no /proc/self/task\n");
        exit(SKIPPED);
    }
    while (readdir(tasks) != NULL)
        count++;
    closedir(tasks);
    return count;
}

static void send_to_host(dgram_socket *socket, const char *host, int peer) {
    dgram_address to = peer_address(peer);
    struct sent sent = {0};

    assert_int_equal(dgram_send_to(socket, "hello", 5, host,
                                   dgram_address_port(&to), note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 5);
}

static void numeric_addresses_start_none(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    int before = count_threads(), peer = peer_open(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    run_until(&recorder.listening, 1);
    send_to_host(socket, "127.0.0.1", peer);
    assert_int_equal(count_threads(), before);
    close(peer);
    dgram_close(socket);
    run_to_end();
}

static void own_resolvers_start_none(void **state) {
    struct resolver resolver = {0};
    dgram_socket *socket = new_resolving(DGRAM_UDP4, &resolver);
    int before = count_threads(), peer = peer_open(DGRAM_UDP4);

    (void)state;
    send_to_host(socket, "printer", peer);
    assert_int_equal(resolver.asked, 1);
    assert_int_equal(count_threads(), before);
    close(peer);
    dgram_close(socket);
    run_to_end();
}

/* So that the other tests would have found threads. */
static void names_start_some(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    int before = count_threads(), peer = peer_open(DGRAM_UDP4);

    (void)state;
    send_to_host(socket, "localhost", peer);
    assert_true(count_threads() > before);
    close(peer);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(numeric_addresses_start_none),
        IN_LOOP(own_resolvers_start_none),
        IN_LOOP(names_start_some),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
