/* Two loops in two threads hand a descriptor to each other again and again,
   while a third thread sends. Each datagram arrives once, except those that the
   kernel drops. Assertions jump, so threads count and the test checks
   afterwards. */
#include "endpoint.h"
#include "peer.h"

#include <stdatomic.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/sock_diag.h>
#endif

#define SENT 64000
#define BATCH 64
#define WINDOW 192 /* datagrams that fit in any receive buffer */
#define TURN 700   /* datagrams until a thread hands the descriptor over */

struct worker {
    uv_thread_t thread;
    uv_loop_t loop;
    uv_async_t wake;
    dgram_type type;
    struct worker *other;
    struct holder *now; /* has the descriptor, or NULL */
    atomic_int given;   /* a descriptor from the other worker; 0: none */
    int failed, left_over;
};

/* One of the sockets that a worker makes. */
struct holder {
    dgram_socket *socket;
    dgram_listener listener;
    struct worker *worker;
    int received, latest;
};

static _Atomic unsigned char seen[SENT]; /* how often each number came */
static atomic_int received, turns, finished;

static void give(struct worker *worker, int fd) {
    atomic_store(&worker->given, fd);
    uv_async_send(&worker->wake);
}

/* The rest of the batch comes while the other thread receives. */
static void hand_over(struct worker *worker, dgram_socket *socket) {
    int fd = dgram_detach(socket);

    worker->failed += fd <= 0;
    worker->now = NULL;
    atomic_fetch_add(&turns, 1);
    give(worker->other, fd);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct holder *holder = data;
    struct worker *worker = holder->worker;
    int number = -1;

    if (message->length == sizeof number)
        memcpy(&number, message->payload, sizeof number);
    if (number <= holder->latest || number >= SENT) {
        worker->failed++;
        return;
    }
    holder->latest = number;
    seen[number]++;
    atomic_fetch_add(&received, 1);
    if (++holder->received == TURN)
        hand_over(worker, socket);
}

static void on_close(dgram_socket *socket, void *data) {
    (void)socket;
    free(data);
}

static const dgram_events events = {
    .size = sizeof events, .message = on_message, .close = on_close};

static void hold(struct worker *worker, int fd) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};
    struct holder *holder = calloc(1, sizeof *holder);

    holder->worker = worker;
    holder->latest = -1;
    worker->now = holder;
    if (dgram_create(&worker->loop, worker->type, &holder->socket) != 0)
        abort();
    dgram_on(holder->socket, &holder->listener, &events, holder);
    worker->failed += dgram_bind_with(holder->socket, &options) != 0;
}

static void on_wake(uv_async_t *wake) {
    struct worker *worker = wake->data;
    int fd = atomic_exchange(&worker->given, 0);

    if (fd != 0)
        hold(worker, fd);
    if (!atomic_load(&finished))
        return;
    if (worker->now != NULL)
        dgram_close(worker->now->socket);
    uv_close((uv_handle_t *)wake, NULL);
}

static void work(void *data) {
    struct worker *worker = data;

    uv_run(&worker->loop, UV_RUN_DEFAULT);
    worker->left_over = uv_loop_close(&worker->loop);
}

static void begin(struct worker *worker, struct worker *other,
                  dgram_type type) {
    *worker = (struct worker){.other = other, .type = type};
    assert_int_equal(uv_loop_init(&worker->loop), 0);
    assert_int_equal(uv_async_init(&worker->loop, &worker->wake, on_wake), 0);
    worker->wake.data = worker;
}

/* The kernel's count for the socket, whichever descriptor it is read from. */
static int drops_of(int fd) {
#if defined(__linux__)
    uint32_t values[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof values;

    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values, &size), 0);
    return (int)values[SK_MEMINFO_DROPS];
#else
    (void)fd;
    return 0;
#endif
}

/* Sends a batch that begins with this number. */
static void send_batch(dgram_datapath *sender, int first,
                       const dgram_address *to) {
    int numbers[BATCH], status[BATCH], done = 0;
    dgram_outgoing messages[BATCH];

    for (int i = 0; i < BATCH; i++) {
        numbers[i] = first + i;
        messages[i] = (dgram_outgoing){
            .payload = &numbers[i], .length = sizeof *numbers, .to = to};
    }
    while (done < BATCH) {
        int sent = dgram_datapath_send(sender, &messages[done],
                                       (size_t)(BATCH - done), status);

        done += sent > 0 ? sent : 0;
    }
}

/* The kernel counts a coalesced message that it drops once, so that none may be
   dropped: the sender waits. */
static void send_all(dgram_type type, const dgram_address *to, bool coalesced) {
    const dgram_datapath_options options = {.size = sizeof options,
                                            .segments_max = !coalesced};
    struct endpoint sender;

    endpoint_open(&sender, type, &options);
    for (int first = 0; first < SENT; first += BATCH) {
        while (coalesced && first - atomic_load(&received) > WINDOW - BATCH)
            uv_sleep(0);
        send_batch(sender.datapath, first, to);
    }
    endpoint_close(&sender);
}

/* Returns how many datagrams the kernel dropped. */
static int wait_for_all(int fd) {
    while (atomic_load(&received) + drops_of(fd) < SENT)
        uv_sleep(1);
    return drops_of(fd);
}

static void clear(void) {
    atomic_store(&received, 0);
    atomic_store(&turns, 0);
    atomic_store(&finished, 0);
    for (int i = 0; i < SENT; i++)
        seen[i] = 0;
}

static void begin_both(struct worker *workers, dgram_type type, int fd) {
    for (int i = 0; i < 2; i++)
        begin(&workers[i], &workers[1 - i], type);
    give(&workers[0], fd);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            uv_thread_create(&workers[i].thread, work, &workers[i]), 0);
}

static void end_both(struct worker *workers) {
    atomic_store(&finished, 1);
    for (int i = 0; i < 2; i++)
        uv_async_send(&workers[i].wake);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(uv_thread_join(&workers[i].thread), 0);
        assert_int_equal(workers[i].failed, 0);
        assert_int_equal(workers[i].left_over, 0);
    }
}

static void handed_over(dgram_type type, bool coalesced) {
    dgram_socket *first = new_bound(type);
    dgram_address here = loopback_of(first);
    int fd = dgram_detach(first), view = dup(fd), drops, once = 0;
    struct worker workers[2];

    run_to_end();
    clear();
    begin_both(workers, type, fd);
    send_all(type, &here, coalesced);
    drops = wait_for_all(view);
    end_both(workers);
    for (int i = 0; i < SENT; i++) {
        assert_true(seen[i] <= 1);
        once += seen[i];
    }
    assert_int_equal(once + drops, SENT);
    assert_true(turns > 0);
    close(view);
}

static void datagrams_at_full_speed(dgram_type type) {
    handed_over(type, false);
}
BOTH(datagrams_at_full_speed)

static void coalesced_datagrams(dgram_type type) {
    handed_over(type, true);
}
BOTH(coalesced_datagrams)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(datagrams_at_full_speed),
        IN_LOOP_BOTH(coalesced_datagrams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
