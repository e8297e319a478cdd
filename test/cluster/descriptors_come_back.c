/* If a socket is closed before its bind is answered, nothing is reported, and
   the primary gets the descriptor back. A primary or worker without free
   descriptors answers UV_EMFILE, and goes on when there are some. */
#include "workers.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

static struct recorder recorders[3];

static void run_worker(int turns) {
    while (turns-- > 0)
        uv_run(&workers.worker[0].loop, UV_RUN_NOWAIT);
}

static void run_primary(int turns) {
    while (turns-- > 0)
        uv_run(&test_loop, UV_RUN_NOWAIT);
}

/* Closes after each step of the exchange. */
static void closing_before_the_answer_reports_nothing(dgram_type type) {
    for (int step = 0; step < 4; step++) {
        int before;
        dgram_socket *socket;

        workers_open(1);
        before = count_descriptors();
        socket = worker_socket(&workers.worker[0], type, &recorders[0]);
        assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
        if (step > 0)
            run_worker(2); /* it has sent the request */
        if (step > 1)
            run_primary(2); /* the answer is sent */
        if (step > 2) {
            run_worker(1);
            assert_int_equal(recorders[0].listening, 1);
        }
        dgram_close(socket);
        workers_run_until(&recorders[0].closed, 1);
        workers_run_iterations(5);
        assert_string_equal(recorders[0].log, step > 2 ? "lx" : "x");
        assert_int_equal(count_descriptors(), before);
        assert_int_equal(workers.listening, step > 0);
        workers_end();
    }
}
BOTH(closing_before_the_answer_reports_nothing)

static void closing_before_an_error_reports_nothing(void **state) {
    dgram_socket *socket;

    (void)state;
    workers_open(1);
    socket = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[0]);
    assert_int_equal(dgram_bind(socket, "192.0.2.1", 0), 0);
    run_worker(2);
    dgram_close(socket);
    workers_run_until(&recorders[0].closed, 1);
    workers_run_iterations(5);
    assert_string_equal(recorders[0].log, "x");
    workers_end();
}

/* Lets the process open `more` descriptors: takes the free numbers below the
   highest one. */
static struct {
    struct rlimit limit; /* the original one */
    int taken[256], count;
} it;

static void take_descriptors(int more) {
    struct rlimit limit;
    int highest = 0, fd;

    for (int i = 0; i < 1024; i++) {
        if (fcntl(i, F_GETFD) >= 0)
            highest = i;
    }
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &it.limit), 0);
    limit = it.limit;
    limit.rlim_cur = (rlim_t)highest + 8;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    it.count = 0;
    while (it.count < 256 && (fd = open("/dev/null", O_RDONLY)) >= 0)
        it.taken[it.count++] = fd;
    while (more-- > 0)
        close(it.taken[--it.count]);
}

static void give_descriptors_back(void) {
    while (it.count > 0)
        close(it.taken[--it.count]);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &it.limit), 0);
}

/* Without a descriptor the primary cannot open a socket; with one it can, but
   the worker cannot receive it. */
static void without_descriptors_a_bind_fails(void **state) {
    (void)state;
    for (int left = 0; left < 2; left++) {
        dgram_socket *socket;

        workers_open(1);
        socket = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[0]);
        assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
        run_worker(2);
        take_descriptors(left);
        workers_run_until(&recorders[0].errors, 1);
        assert_string_equal(recorders[0].error_text, "bind EMFILE 127.0.0.1");
        assert_int_equal(workers.listening, left);
        give_descriptors_back();
        assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
        workers_run_until(&recorders[0].listening, 1);
        dgram_close(socket);
        workers_end();
    }
}

static void a_worker_may_have_sockets_max(void **state) {
    const dgram_primary_options options = {.sockets_max = 2};
    dgram_socket *socket[2], *third;

    (void)state;
    workers_open_with(1, options);
    socket[0] = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    socket[1] = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[1]);
    third = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[2]);
    assert_int_equal(dgram_bind(third, "127.0.0.1", 0), 0);
    workers_run_until(&recorders[2].errors, 1);
    assert_int_equal(recorders[2].error, UV_EMFILE);
    dgram_close(socket[0]);
    assert_int_equal(dgram_bind(third, "127.0.0.1", 0), 0);
    workers_run_until(&recorders[2].listening, 1);
    dgram_close(socket[1]);
    dgram_close(third);
    workers_end();
}

/* More binds than the buffers of the connection hold: all are answered. */
static void many_binds_at_once_are_answered(void **state) {
    enum { COUNT = 1000 };
    static dgram_socket *socket[COUNT];
    struct recorder *many = calloc(COUNT, sizeof *many);
    int done = 0;

    (void)state;
    assert_non_null(many);
    workers_open(1);
    for (int i = 0; i < COUNT; i++) {
        socket[i] = worker_socket(&workers.worker[0], DGRAM_UDP4, &many[i]);
        assert_int_equal(dgram_bind(socket[i], "192.0.2.1", (uint16_t)(1 + i)),
                         0);
    }
    while (done < COUNT) {
        workers_run_until(&many[done].errors, 1);
        assert_int_equal(many[done++].error, UV_EADDRNOTAVAIL);
    }
    for (int i = 0; i < COUNT; i++)
        dgram_close(socket[i]);
    workers_end();
    free(many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(closing_before_the_answer_reports_nothing),
        IN_LOOP(closing_before_an_error_reports_nothing),
        IN_LOOP(without_descriptors_a_bind_fails),
        IN_LOOP(a_worker_may_have_sockets_max),
        IN_LOOP(many_binds_at_once_are_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
