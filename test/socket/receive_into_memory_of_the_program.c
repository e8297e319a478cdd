/* With `receive_memory` payloads are received into the program's memory, where
   they stay; without any, the kernel keeps the datagrams. */
#include <unistd.h>

#include "peer.h"

#define SIZE DGRAM_RECEIVE_MESSAGE_SIZE

/* What the function below gives, and what it was asked for. */
struct memory {
    unsigned char *base;
    size_t length;
    size_t asked; /* at the latest call */
    int calls, provided, released;
    bool stops, closes;
};

static void provide(dgram_socket *socket, size_t size, uv_buf_t *memory,
                    void *data) {
    struct memory *mine = data;

    assert_null(memory->base);
    assert_int_equal(memory->len, 0);
    mine->calls++;
    mine->asked = size;
    if (mine->stops)
        assert_int_equal(dgram_receive_stop(socket), 0);
    if (mine->closes)
        assert_int_equal(dgram_close(socket), 0);
    *memory = uv_buf_init((char *)mine->base, (unsigned)mine->length);
    mine->provided += mine->length >= SIZE && !mine->stops && !mine->closes;
}

static void take_back(dgram_socket *socket, void *memory, void *data) {
    struct memory *mine = data;

    (void)socket;
    assert_ptr_equal(memory, mine->base);
    assert_int_equal(++mine->released, mine->provided);
}

/* What came, by the pointers that the listener was given. */
struct seen {
    dgram_listener listener;
    const unsigned char *payload[64];
    uint32_t length[64];
    char text[64][16]; /* the first bytes of each, then */
    int messages;
    const struct memory *memory;
    bool stops;
};

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct seen *seen = data;

    (void)socket;
    if (seen->memory != NULL) /* it is in use */
        assert_int_equal(seen->memory->released + 1, seen->memory->provided);
    if (seen->stops)
        dgram_receive_stop(socket);
    seen->payload[seen->messages] = message->payload;
    memcpy(seen->text[seen->messages], message->payload,
           message->length < 16 ? message->length : 15);
    seen->length[seen->messages++] = message->length;
}

static const dgram_events seeing = {.size = sizeof seeing,
                                    .message = on_message};

static dgram_socket *begin(dgram_type type, struct memory *memory,
                           struct seen *seen) {
    const dgram_options options = {
        .size = sizeof options,
        .type = type,
        .receive_memory = provide,
        .receive_release = take_back,
        .receive_memory_data = memory,
    };
    dgram_socket *socket = new_socket_with(&options);

    memset(seen, 0, sizeof *seen);
    seen->memory = memory;
    dgram_on(socket, &seen->listener, &seeing, seen);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void allocate(struct memory *memory, size_t length) {
    memset(memory, 0, sizeof *memory);
    memory->base = malloc(length);
    memory->length = length;
    assert_non_null(memory->base);
}

static void end(dgram_socket *socket, struct memory *memory) {
    if (socket != NULL) {
        assert_int_equal(memory->released, memory->provided);
        dgram_close(socket);
    }
    run_to_end();
    free(memory->base);
}

static void send_to_it(dgram_type type, dgram_socket *socket, int count) {
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);

    for (int i = 0; i < count; i++) {
        char text[24];

        snprintf(text, sizeof text, "number %d", i);
        peer_send_text(peer, text, &here);
    }
    peer_close(peer);
}

static void check(const struct seen *seen, int at, const char *text) {
    assert_int_equal(seen->length[at], strlen(text));
    assert_memory_equal(seen->payload[at], text, strlen(text));
}

static void payloads_stay_in_it(dgram_type type) {
    struct memory memory;
    struct seen seen;
    dgram_socket *socket;

    allocate(&memory, DGRAM_RECEIVE_MEMORY_SIZE);
    socket = begin(type, &memory, &seen);
    send_to_it(type, socket, 3);
    run_until(&seen.messages, 3);
    assert_int_equal(memory.asked, DGRAM_RECEIVE_MEMORY_SIZE);
    for (int i = 0; i < 3; i++) {
        assert_true(seen.payload[i] >= memory.base);
        assert_int_equal((seen.payload[i] - memory.base) % SIZE, 0);
    }
    dgram_close(socket);
    run_to_end();
    check(&seen, 0, "number 0");
    check(&seen, 1, "number 1");
    check(&seen, 2, "number 2");
    end(NULL, &memory);
}
BOTH(payloads_stay_in_it)

/* Memory for one message, at an odd address: a system call each. */
static void little_memory_will_do(dgram_type type) {
    struct memory memory;
    struct seen seen;
    dgram_socket *socket;
    unsigned char *whole;

    allocate(&memory, 1 + 2 * SIZE);
    whole = memory.base++;
    memory.length = 2 * SIZE - 1; /* a second message has no space */
    memory.base[SIZE] = 0xa5;
    socket = begin(type, &memory, &seen);
    send_to_it(type, socket, 3);
    run_until(&seen.messages, 3);
    for (int i = 0; i < 3; i++) {
        char text[24];

        snprintf(text, sizeof text, "number %d", i);
        assert_string_equal(seen.text[i], text);
        assert_ptr_equal(seen.payload[i], memory.base);
    }
    assert_true(memory.calls >= 3);
    assert_int_equal(memory.base[SIZE], 0xa5);
    memory.base = whole;
    end(socket, &memory);
}
BOTH(little_memory_will_do)

/* Nothing, or not enough for a message. */
static void none_stops_receiving(dgram_type type) {
    struct memory memory;
    struct seen seen;
    dgram_socket *socket;
    int calls;

    allocate(&memory, SIZE);
    memory.length = SIZE - 1;
    socket = begin(type, &memory, &seen);
    send_to_it(type, socket, 2);
    run_until(&memory.calls, 1);
    run_for(2);
    assert_int_equal(memory.calls, 1);
    assert_int_equal(seen.messages, 0);
    memory.length = SIZE;
    dgram_receive_start(socket);
    run_until(&seen.messages, 2);
    calls = memory.calls;
    memory.length = 0;
    send_to_it(type, socket, 1);
    run_until(&memory.calls, calls + 1);
    run_for(2);
    assert_int_equal(seen.messages, 2);
    end(socket, &memory);
}
BOTH(none_stops_receiving)

static void stopped_inside(dgram_type type) {
    struct memory memory;
    struct seen seen;
    dgram_socket *socket;

    allocate(&memory, SIZE);
    memory.stops = true;
    socket = begin(type, &memory, &seen);
    send_to_it(type, socket, 1);
    run_until(&memory.calls, 1);
    run_for(2);
    assert_int_equal(seen.messages, 0);
    memory.stops = false;
    dgram_receive_start(socket);
    run_until(&seen.messages, 1);
    end(socket, &memory);
}
BOTH(stopped_inside)

static void closed_inside(dgram_type type) {
    struct memory memory;
    struct seen seen;
    dgram_socket *socket;

    allocate(&memory, SIZE);
    memory.closes = true;
    socket = begin(type, &memory, &seen);
    send_to_it(type, socket, 1);
    run_to_end();
    assert_int_equal(memory.calls, 1);
    assert_int_equal(seen.messages, 0);
    end(NULL, &memory);
}
BOTH(closed_inside)

/* What is not delivered keeps it in use, also beyond a close. */
static void in_use_while_stopped(dgram_type type) {
    struct memory memory;
    struct seen seen;
    dgram_socket *socket;

    allocate(&memory, DGRAM_RECEIVE_MEMORY_SIZE);
    socket = begin(type, &memory, &seen);
    seen.stops = true;
    send_to_it(type, socket, 3);
    for (int i = 1; i <= 2; i++) {
        run_until(&seen.messages, i);
        run_for(2);
        assert_int_equal(seen.messages, i);
        assert_int_equal(memory.provided, 1);
        assert_int_equal(memory.released, 0);
        dgram_receive_start(socket);
    }
    dgram_close(socket);
    run_to_end();
    assert_int_equal(memory.released, 0);
    assert_int_equal(seen.messages, 2);
    end(NULL, &memory);
}
BOTH(in_use_while_stopped)

/* The buffers of the library that pointed to it serve another socket then. */
static void closed_while_stopped(dgram_type type) {
    struct memory memory, other_memory;
    struct seen seen, other_seen;
    dgram_socket *socket, *other;

    allocate(&memory, DGRAM_RECEIVE_MEMORY_SIZE);
    socket = begin(type, &memory, &seen);
    seen.stops = true;
    send_to_it(type, socket, 3);
    run_until(&seen.messages, 1);
    dgram_close(socket);
    allocate(&other_memory, DGRAM_RECEIVE_MEMORY_SIZE);
    other = begin(type, &other_memory, &other_seen);
    send_to_it(type, other, 1);
    run_until(&other_seen.messages, 1);
    assert_int_equal(memory.released, 0);
    end(other, &other_memory);
    end(NULL, &memory);
}
BOTH(closed_while_stopped)

/* One message at a time, so memory for one. */
static void a_shared_one_asks_for_a_message(dgram_type type) {
    struct memory memory;
    struct seen seen;
    dgram_socket *socket;

    allocate(&memory, SIZE);
    socket = begin(type, &memory, &seen);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    send_to_it(type, socket, 2);
    run_until(&seen.messages, 2);
    assert_int_equal(memory.asked, SIZE);
    check(&seen, 1, "number 1");
    end(socket, &memory);
}
BOTH(a_shared_one_asks_for_a_message)

/* What is read when coalescing ends goes into it, too. */
static void what_waited_goes_into_it(dgram_type type) {
    static unsigned char payloads[8][1000];
    dgram_socket *sender = new_bound(type), *socket;
    dgram_outgoing messages[8];
    dgram_address here;
    struct memory memory;
    struct seen seen;
    int status[8];

    allocate(&memory, DGRAM_RECEIVE_MEMORY_SIZE);
    socket = begin(type, &memory, &seen);
    here = loopback_of(socket);
    for (int i = 0; i < 8; i++) {
        memset(payloads[i], 'a' + i, sizeof payloads[i]);
        messages[i] = (dgram_outgoing){
            .payload = payloads[i], .length = sizeof payloads[i], .to = &here};
    }
    assert_int_equal(dgram_try_send_batch(sender, messages, 8, status), 8);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    run_until(&seen.messages, 8);
    for (int i = 0; i < 8; i++) {
        assert_true(seen.payload[i] >= memory.base &&
                    seen.payload[i] < memory.base + memory.length);
        assert_int_equal(seen.length[i], 1000);
    }
    assert_int_equal(seen.payload[7][999], 'h');
    dgram_close(sender);
    end(socket, &memory);
}
BOTH(what_waited_goes_into_it)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(payloads_stay_in_it),
        IN_LOOP_BOTH(little_memory_will_do),
        IN_LOOP_BOTH(none_stops_receiving),
        IN_LOOP_BOTH(stopped_inside),
        IN_LOOP_BOTH(closed_inside),
        IN_LOOP_BOTH(in_use_while_stopped),
        IN_LOOP_BOTH(closed_while_stopped),
        IN_LOOP_BOTH(a_shared_one_asks_for_a_message),
        IN_LOOP_BOTH(what_waited_goes_into_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
