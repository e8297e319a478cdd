#include "harness.h"

#define WAIT_SECONDS 25

uv_loop_t test_loop;

/* test/CMakeLists.txt sets it: everything takes longer under valgrind and
   sanitizers. */
static unsigned wait_ms(void) {
    const char *seconds = getenv("TEST_WAIT_SECONDS");

    return 1000u * (unsigned)(seconds != NULL ? atoi(seconds) : WAIT_SECONDS);
}

int loop_open(void **state) {
    (void)state;
    return uv_loop_init(&test_loop);
}

static void print_handle(uv_handle_t *handle, void *data) {
    (void)data;
    print_message("left on the loop: %s\n",
                  uv_handle_type_name(uv_handle_get_type(handle)));
}

int loop_end(void **state) {
    (void)state;
    run_to_end();
    if (uv_loop_close(&test_loop) == 0)
        return 0;
    uv_walk(&test_loop, print_handle, NULL);
    return -1;
}

/* Older versions of libuv run timers before they poll. Without the stop the
   loop would sleep after the last timer. */
static void note_time(uv_timer_t *timer) {
    *(int *)timer->data = 1;
    uv_stop(timer->loop);
}

/* Runs until *value >= goal, or with NULL until the loop is empty. Returns
   false on timeout. */
static int run_bounded(const int *value, int goal, unsigned milliseconds) {
    uv_timer_t timer;
    int over = 0, alive = 1;

    uv_timer_init(&test_loop, &timer);
    timer.data = &over;
    uv_timer_start(&timer, note_time, milliseconds, 0);
    if (value == NULL)
        uv_unref((uv_handle_t *)&timer);
    while (!over && alive && (value == NULL || *value < goal))
        alive = uv_run(&test_loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    return !over;
}

void run_until(const int *value, int goal) {
    if (!run_bounded(value, goal, wait_ms()) || *value < goal)
        fail_msg("waited in vain for %d, have %d", goal, *value);
}

void run_to_end(void) {
    if (!run_bounded(NULL, 0, wait_ms()))
        fail_msg("the loop does not end");
}

void run_for(unsigned milliseconds) {
    static const int never;

    run_bounded(&never, 1, milliseconds);
}

static void on_iteration(uv_prepare_t *prepare) {
    int *turns = prepare->data;

    ++*turns;
}

#define IDLE_MS 30

/* On a busy machine the time is longer, and a timer of the library may end more
   often. */
static int iterations_when_idle(void) {
    uint64_t began = uv_hrtime(), ms;
    uv_prepare_t prepare;
    int turns = 0;

    uv_prepare_init(&test_loop, &prepare);
    prepare.data = &turns;
    uv_prepare_start(&prepare, on_iteration);
    run_for(IDLE_MS);
    ms = (uv_hrtime() - began) / 1000000;
    uv_close((uv_handle_t *)&prepare, NULL);
    run_for(1);
    return ms > IDLE_MS ? (int)((uint64_t)turns * IDLE_MS / ms) : turns;
}

#define LOOKS 3

/* A retry waits longer each time, so that a later look finds fewer of them.
   What wakes up in vain again and again is found by each look. */
void expect_rest(int iterations_max) {
    int iterations = iterations_when_idle();

    for (int look = 1; look < LOOKS && iterations > iterations_max; look++)
        iterations = iterations_when_idle();
    assert_in_range(iterations, 0, iterations_max);
}

static void note(struct recorder *recorder, char letter) {
    size_t length = strlen(recorder->log);

    if (length + 1 < sizeof recorder->log)
        recorder->log[length] = letter;
}

static void on_listening(dgram_socket *socket, void *data) {
    struct recorder *recorder = data;

    (void)socket;
    recorder->listening++;
    note(recorder, 'l');
}

static void on_connect(dgram_socket *socket, void *data) {
    struct recorder *recorder = data;

    (void)socket;
    recorder->connected++;
    note(recorder, 'c');
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct recorder *recorder = data;
    size_t kept = message->length;

    (void)socket;
    if (kept >= RECORDED_PAYLOAD_MAX)
        kept = RECORDED_PAYLOAD_MAX - 1;
    if (recorder->messages < RECORDED_MESSAGES_MAX) {
        memcpy(recorder->message[recorder->messages].payload, message->payload,
               kept);
        recorder->message[recorder->messages].length = message->length;
        recorder->message[recorder->messages].flags = message->flags;
        recorder->message[recorder->messages].from = *message->from;
    }
    recorder->messages++;
    note(recorder, 'm');
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    struct recorder *recorder = data;

    (void)socket;
    (void)messages;
    (void)count;
    recorder->batches++;
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct recorder *recorder = data;

    (void)socket;
    recorder->errors++;
    recorder->error = error->code;
    recorder->cause = error->cause;
    dgram_error_format(error, recorder->error_text,
                       sizeof recorder->error_text);
    note(recorder, 'e');
}

static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    struct recorder *recorder = data;

    (void)socket;
    recorder->path_errors++;
    recorder->path_error = *error;
    note(recorder, 'p');
}

static void on_drain(dgram_socket *socket, void *data) {
    struct recorder *recorder = data;

    (void)socket;
    recorder->drains++;
    note(recorder, 'd');
}

static void on_close(dgram_socket *socket, void *data) {
    struct recorder *recorder = data;

    (void)socket;
    recorder->closed++;
    note(recorder, 'x');
}

void record_events(struct recorder *recorder, dgram_socket *socket) {
    static const dgram_events events = {
        .size = sizeof events,
        .listening = on_listening,
        .connect = on_connect,
        .message = on_message,
        .batch = on_batch,
        .error = on_error,
        .close = on_close,
        .path_error = on_path_error,
        .drain = on_drain,
    };

    memset(recorder, 0, sizeof *recorder);
    dgram_on(socket, &recorder->listener, &events, recorder);
}

dgram_socket *new_socket_with(const dgram_options *options) {
    dgram_socket *socket = NULL;

    assert_int_equal(dgram_create_with(&test_loop, options, &socket), 0);
    assert_non_null(socket);
    return socket;
}

dgram_socket *new_socket(dgram_type type) {
    dgram_options options = {.size = sizeof options, .type = type};

    return new_socket_with(&options);
}

const char *loopback(dgram_type type) {
    return type == DGRAM_UDP6 ? "::1" : "127.0.0.1";
}

dgram_socket *new_bound(dgram_type type) {
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

uint16_t port_of(dgram_socket *socket) {
    dgram_address address;

    assert_int_equal(dgram_get_local_address(socket, &address), 0);
    return dgram_address_port(&address);
}

dgram_address address_of(const char *text, uint16_t port) {
    dgram_address address;

    assert_int_equal(dgram_address_parse(text, port, &address), 0);
    return address;
}

dgram_address loopback_of(dgram_socket *socket) {
    return address_of(loopback(dgram_get_type(socket)), port_of(socket));
}

void note_sent(dgram_socket *socket, int status, void *data) {
    struct sent *sent = data;

    (void)socket;
    sent->calls++;
    sent->status = status;
}

int has_ipv6(void) {
    uv_udp_t probe;
    struct sockaddr_in6 address;
    uv_loop_t loop;
    int bound;

    if (uv_loop_init(&loop) != 0)
        return 0;
    uv_udp_init(&loop, &probe);
    uv_ip6_addr("::1", 0, &address);
    bound = uv_udp_bind(&probe, (const struct sockaddr *)&address, 0) == 0;
    uv_close((uv_handle_t *)&probe, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return bound;
}
