#include "pool.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LATE_MS 20u
#define LATE_MAX 4096u
#define LAST_WORDS_MS 300u
#define STUCK_S 20u /* at most, if nobody kills it */

struct pool pool;

static dgram_spawner_options given; /* by the test: its callbacks */

static void on_started(dgram_spawner *spawner, unsigned worker, int pid,
                       void *data) {
    (void)data;
    assert_ptr_equal(spawner, pool.spawner);
    assert_true(worker < given.workers);
    assert_true(pid > 0);
    assert_int_equal(pool.stopped, 0);
    pool.pid[worker] = pid;
    pool.started++;
    uv_stop(&test_loop); /* a timer is enough: older versions of libuv would
                            sleep */
}

static void on_listening(dgram_spawner *spawner, unsigned worker,
                         const dgram_address *address, void *data) {
    (void)data;
    assert_ptr_equal(spawner, pool.spawner);
    assert_true(worker < given.workers);
    assert_int_equal(pool.stopped, 0);
    pool.address = *address;
    pool.listening++;
}

static void note_end(int64_t status, int signal) {
    pool.killed += signal == SIGKILL;
    pool.signalled += signal == SIGTERM;
    pool.status = status;
    assert_true(++pool.ended <= pool.started);
}

static void on_ended(dgram_spawner *spawner, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    assert_ptr_equal(spawner, pool.spawner);
    assert_true(worker < given.workers);
    assert_int_equal(pool.stopped, 0);
    pool.failed += status != 0;
    if (pid > 0) {
        assert_int_not_equal(dgram_spawner_get_pid(spawner, worker), pid);
        note_end(status, signal);
    } else {
        assert_int_equal(signal, 0);
        pool.refusal = (int)status;
        pool.refused++;
    }
    if (given.ended != NULL)
        given.ended(spawner, worker, pid, status, signal, data);
}

static void on_restarted(dgram_spawner *spawner, int status, void *data) {
    assert_ptr_equal(spawner, pool.spawner);
    assert_int_equal(pool.stopped, 0);
    pool.restart_status = status;
    pool.restarted++;
    if (given.restarted != NULL)
        given.restarted(spawner, status, data);
}

static void on_stopped(dgram_spawner *spawner, void *data) {
    assert_ptr_equal(spawner, pool.spawner);
    assert_ptr_equal(data, &pool);
    assert_int_equal(pool.stopped++, 0);
    assert_int_equal(pool.started, pool.ended);
    pool.spawner = NULL;
}

int pool_try(dgram_spawner_options options, const char *work, uint16_t port) {
    char text[8];
    const char *args[] = {"worker", work, text, NULL};

    assert_true(options.workers <= POOL_MAX);
    memset(&pool, 0, sizeof pool);
    given = options;
    snprintf(text, sizeof text, "%u", port);
    options.size = sizeof options;
    if (work != NULL)
        options.args = args;
    options.started = on_started;
    options.listening = on_listening;
    options.ended = on_ended;
    options.restarted = on_restarted;
    options.stopped = on_stopped;
    options.data = &pool;
    return dgram_spawner_create(&test_loop, &options, &pool.spawner);
}

void pool_open_with(dgram_spawner_options options, const char *work,
                    uint16_t port) {
    assert_int_equal(pool_try(options, work, port), 0);
}

void pool_open(unsigned workers, const char *work, uint16_t port) {
    pool_open_with(
        (dgram_spawner_options){.workers = workers, .restart_min_ms = 10}, work,
        port);
}

void pool_run_out(void) {
    run_until(&pool.stopped, 1);
    run_to_end();
}

void pool_end(void) {
    dgram_spawner_stop(pool.spawner);
    pool_run_out();
}

int pool_ask(int peer) {
    int pid = 0;

    peer_send_text(peer, "?", &pool.address);
    assert_int_equal(peer_receive(peer, &pid, sizeof pid, NULL), sizeof pid);
    return pid;
}

/* ---- The worker --------------------------------------------------------- */

/* The state of a worker, and datagrams that it answers later. */
static struct {
    uv_timer_t timer;
    dgram_socket *socket;
    struct {
        char payload[64];
        size_t length;
        dgram_address from;
    } message[LATE_MAX];
    unsigned count;
    uv_timer_t forever; /* keeps a worker without sockets running */
    int late, idle, ending;
    int *readers; /* shared memory; NULL: readers are not recorded */
} it;

static int *map_readers(int fd) {
    void *memory = mmap(NULL, (size_t)lseek(fd, 0, SEEK_END),
                        PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

int *pool_note_readers(uint32_t most) {
    char text[12];
    FILE *file = tmpfile();
    int fd, *readers;

    assert_non_null(file);
    fd = dup(fileno(file)); /* inherited */
    assert_int_equal(ftruncate(fd, (off_t)(most * sizeof(int))), 0);
    fclose(file);
    readers = map_readers(fd);
    assert_non_null(readers);
    snprintf(text, sizeof text, "%d", fd);
    setenv("TEST_POOL_READERS", text, 1);
    return readers;
}

void pool_forget_readers(int *readers, uint32_t most) {
    close(atoi(getenv("TEST_POOL_READERS")));
    unsetenv("TEST_POOL_READERS");
    munmap(readers, most * sizeof(int));
}

static void note_reader(const dgram_message *message) {
    uint32_t number;

    if (it.readers == NULL || message->length < sizeof number)
        return;
    memcpy(&number, message->payload, sizeof number);
    it.readers[number] = getpid();
}

static void answer(dgram_socket *socket, const void *payload, size_t length,
                   const dgram_address *from) {
    int pid = getpid();

    if (length == 1)
        dgram_send(socket, &pid, sizeof pid, from, NULL, NULL);
    else
        dgram_send(socket, payload, length, from, NULL, NULL);
}

static void on_late(uv_timer_t *timer) {
    (void)timer;
    for (unsigned i = 0; i < it.count; i++)
        answer(it.socket, it.message[i].payload, it.message[i].length,
               &it.message[i].from);
    it.count = 0;
    if (it.ending) {
        dgram_close(it.socket);
        uv_close((uv_handle_t *)timer, NULL);
    }
}

static bool says(const dgram_message *message, const char *text) {
    return message->length == strlen(text) &&
           memcmp(message->payload, text, message->length) == 0;
}

/* A worker whose primary is gone ends after a minute. */
static void on_turn(uv_timer_t *timer) {
    static int turns;

    (void)timer;
    if (++turns == 60)
        exit(11);
}

static void leave(dgram_socket *socket, bool stays) {
    dgram_worker_leave(uv_default_loop());
    if (stays)
        return;
    dgram_close(socket);
    uv_timer_start(&it.timer, on_turn, LAST_WORDS_MS, 0);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    if (says(message, "stick")) {
        sleep(STUCK_S);
        exit(12);
    }
    note_reader(message);
    if (!it.late) {
        answer(socket, message->payload, message->length, message->from);
        if (says(message, "leave") || says(message, "stay"))
            leave(socket, says(message, "stay"));
        return;
    }
    if (it.count == LATE_MAX || message->length > sizeof it.message->payload)
        abort();
    memcpy(it.message[it.count].payload, message->payload, message->length);
    it.message[it.count].length = message->length;
    it.message[it.count++].from = *message->from;
    if (!uv_is_active((uv_handle_t *)&it.timer))
        uv_timer_start(&it.timer, on_late, LATE_MS, 0);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    (void)data;
    exit(error->code == UV_EADDRINUSE ? 4 : 5);
}

static void on_stop(uv_loop_t *loop, void *data) {
    (void)loop;
    (void)data;
    it.ending = 1;
    if (it.idle)
        uv_close((uv_handle_t *)&it.forever, NULL);
    if (it.late && !uv_is_active((uv_handle_t *)&it.timer))
        uv_timer_start(&it.timer, on_late, LATE_MS, 0);
}

static int count_null_streams(void) {
    struct stat null, stream;
    int count = 0;

    if (stat("/dev/null", &null) < 0)
        return -1;
    for (int fd = 0; fd < 3; fd++)
        count += fstat(fd, &stream) == 0 && stream.st_rdev == null.st_rdev;
    return count;
}

static bool is(const char *text, const char *word) {
    return text != NULL && strcmp(text, word) == 0;
}

static int join(uv_loop_t *loop, bool stops_itself) {
    const dgram_worker_options options = {
        .size = sizeof options,
        .signals = true,
        .stop = stops_itself ? on_stop : NULL,
    };

    return dgram_worker_join(loop, &options);
}

static void stay_alive(uv_loop_t *loop) {
    uv_timer_init(loop, &it.forever);
    uv_timer_start(&it.forever, on_turn, 1000, 1000);
}

/* Returns 0, or an exit status. */
static int serve(uv_loop_t *loop, const char *port) {
    static const dgram_events events = {
        .size = sizeof events, .message = on_message, .error = on_error};
    static dgram_listener listener;

    if (dgram_create(loop, DGRAM_UDP4, &it.socket) < 0)
        return 7;
    dgram_on(it.socket, &listener, &events, NULL);
    return dgram_bind(it.socket, "127.0.0.1", (uint16_t)atoi(port)) < 0 ? 8 : 0;
}

/* A worker of TEST_POOL_CHANGED. Returns 0, or an exit status. */
static int change(uv_loop_t *loop, const char *changed) {
    if (is(changed, "ready") && dgram_worker_ready(loop) < 0)
        return 9;
    if (is(changed, "leaves") && dgram_worker_leave(loop) < 0)
        return 10;
    it.idle = 1;
    return 0;
}

int pool_work(int argc, char **argv) {
    uv_loop_t *loop = uv_default_loop();
    const char *work = argc > 2 ? argv[1] : "";
    const char *changed = getenv("TEST_POOL_CHANGED");
    const char *readers = getenv("TEST_POOL_READERS");
    bool alone = is(work, "alone") || is(changed, "alone");
    int status = 0;

    if (is(work, "fails"))
        return 3;
    if (is(work, "streams"))
        return count_null_streams();
    if (readers != NULL)
        it.readers = map_readers(atoi(readers));
    it.late = !alone && is(work, "late");
    if (!alone &&
        join(loop, it.late || is(work, "deaf") || changed != NULL) < 0)
        return 6;
    uv_timer_init(loop, &it.timer);
    if (!alone && is(work, "changing") && changed != NULL)
        status = change(loop, changed);
    if (it.idle || alone || is(work, "deaf"))
        stay_alive(loop);
    if (status == 0 && !it.idle && !alone)
        status = serve(loop, argv[2]);
    return status != 0 ? status : uv_run(loop, UV_RUN_DEFAULT);
}
