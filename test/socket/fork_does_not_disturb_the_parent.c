/* The child of a fork() may exit at once, or call uv_loop_fork() and go on with
   the loop. Then it has its parent's sockets and may close them. The parent's
   sockets keep working. */
#include "peer.h"

#include <sys/wait.h>
#include <unistd.h>

static void expect_child(pid_t child) {
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void expect_receives(dgram_socket *socket, struct recorder *recorder) {
    int peer = peer_open(DGRAM_UDP4), before = recorder->messages;
    dgram_address to = loopback_of(socket);

    peer_send_text(peer, "x", &to);
    run_until(&recorder->messages, before + 1);
    peer_close(peer);
}

static void the_child_exits(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;
    pid_t child;

    (void)state;
    record_events(&recorder, socket);
    expect_receives(socket, &recorder);
    child = fork();
    if (child == 0)
        _exit(0);
    expect_child(child);
    expect_receives(socket, &recorder);
    dgram_close(socket);
    run_to_end();
}

/* The child receives, creates a socket, closes both, and its loop ends. */
static int go_on(dgram_socket *socket, struct recorder *recorder) {
    struct recorder own_recorder;
    dgram_socket *own;

    if (uv_loop_fork(&test_loop) != 0)
        return 1;
    expect_receives(socket, recorder);
    own = new_bound(DGRAM_UDP4);
    record_events(&own_recorder, own);
    expect_receives(own, &own_recorder);
    dgram_close(socket);
    dgram_close(own);
    run_to_end();
    return recorder->closed != 1 || own_recorder.closed != 1 ||
           uv_loop_close(&test_loop) != 0;
}

static void the_child_runs_the_loop(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;
    pid_t child;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    expect_receives(socket, &recorder);
    child = fork();
    if (child == 0)
        _exit(go_on(socket, &recorder));
    expect_child(child);
    expect_receives(socket, &recorder);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(the_child_exits),
        IN_LOOP(the_child_runs_the_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
