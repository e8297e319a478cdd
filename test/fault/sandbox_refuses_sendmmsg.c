/* In a sandbox that refuses sendmmsg(), sendto() and recvmmsg(), sendmsg() and
   recvmsg() take their place. */
#include "harness.h"

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#define COUNT 150

/* Makes the system calls fail from now on. */
static bool refuse(int error) {
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmmsg, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvmmsg, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
    };
    struct sock_fprog program = {
        .len = sizeof instructions / sizeof instructions[0],
        .filter = instructions,
    };

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int received; /* in order */

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    int number;

    (void)socket;
    (void)data;
    memcpy(&number, message->payload, sizeof number);
    assert_int_equal(number, received);
    received++;
}

static void fail_on_error(dgram_socket *socket, const dgram_error *error,
                          void *data) {
    char text[256];

    (void)socket;
    (void)data;
    dgram_error_format(error, text, sizeof text);
    fail_msg("%s", text);
}

static const dgram_events events = {
    .size = sizeof events, .message = on_message, .error = fail_on_error};

static void send_and_receive(int ping) {
    dgram_socket *receiver = new_bound(DGRAM_UDP4);
    dgram_socket *sender = new_bound(DGRAM_UDP4);
    dgram_address to = loopback_of(receiver);
    dgram_listener listener;
    struct sent sent = {0};

    received = 0;
    dgram_on(receiver, &listener, &events, NULL);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(
            dgram_send(sender, &i, sizeof i, &to, note_sent, &sent), 0);
        if (ping)
            run_until(&received, i + 1);
    }
    run_until(&sent.calls, COUNT);
    run_until(&received, COUNT);
    assert_int_equal(sent.status, sizeof(int));
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

/* In a separate process, as a filter cannot be removed. */
static void with_error(int error, bool late) {
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        loop_open(NULL);
        if (late) /* as a program that drops privileges after its start */
            send_and_receive(false);
        if (!refuse(error))
            _exit(SKIPPED);
        send_and_receive(false);
        send_and_receive(true);
        _exit(loop_end(NULL) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
        skip();
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void each_datagram_arrives(void **state) {
    static const int errors[] = {
        ENOSYS, EPERM,   EACCES,       EINVAL, EOPNOTSUPP, EBADF,
        EINTR,  ENOBUFS, ECONNREFUSED, EAGAIN, 0 /* no message was sent */};

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        with_error(errors[i], false);
}

static void also_in_a_sandbox_entered_later(void **state) {
    (void)state;
    with_error(EPERM, true);
    with_error(ENOSYS, true);
    with_error(EBADF, true);
    with_error(EAGAIN, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_datagram_arrives),
        cmocka_unit_test(also_in_a_sandbox_entered_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
