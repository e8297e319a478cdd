/* Structs begin with their size. A smaller struct of an older program is
   accepted, and its missing members are 0. A larger struct of a newer program
   is accepted if its unknown members are 0. */
#include "peer.h"

#include <dgram_cluster.h>
#include <unistd.h>

#define MORE 24 /* extra bytes of a newer struct */

/* Space for a struct and the members of a newer one behind it. */
union buffer {
    max_align_t aligned;
    unsigned char
        bytes[sizeof(dgram_options) + sizeof(dgram_spawner_options) + MORE];
};

static void set_size(union buffer *buffer, size_t size) {
    memcpy(buffer->bytes, &size, sizeof size);
}

/* One struct: `call` returns the library's result for it. */
struct kind {
    const void *sound; /* one that is accepted */
    size_t size;       /* of it */
    size_t least;      /* the size of an old one */
    int (*call)(const void *given);
};

static void expect(const struct kind *kind, union buffer *buffer, size_t size,
                   int result) {
    set_size(buffer, size);
    assert_int_equal(kind->call(buffer), result);
}

static void check(const struct kind *kind) {
    const int refused = DGRAM_ERR_INVALID_ARG_VALUE;
    union buffer buffer;

    memset(&buffer, 0, sizeof buffer);
    memcpy(buffer.bytes, kind->sound, kind->size);
    expect(kind, &buffer, kind->size, 0);
    expect(kind, &buffer, kind->size + MORE, 0);
    expect(kind, &buffer, kind->size + 1, 0);
    for (size_t i = 0; i < MORE; i++) {
        buffer.bytes[kind->size + i] = 1;
        expect(kind, &buffer, kind->size + MORE, refused);
        expect(kind, &buffer, kind->size + i + 1, refused);
        expect(kind, &buffer, kind->size + i, 0);
        buffer.bytes[kind->size + i] = 0;
    }
    expect(kind, &buffer, 0, refused);
    expect(kind, &buffer, sizeof(size_t), refused);
    expect(kind, &buffer, kind->least - 1, refused);
    expect(kind, &buffer, SIZE_MAX, refused);
    /* Bytes behind an old struct are not read. */
    memset(buffer.bytes + kind->least, 0xff, sizeof buffer - kind->least);
    expect(kind, &buffer, kind->least, 0);
}

#define UP_TO(type, member)                                                    \
    (offsetof(type, member) + sizeof(((type *)0)->member))

static int make_socket(const void *given) {
    dgram_socket *socket;
    int result = dgram_create_with(&test_loop, given, &socket);

    if (result == 0)
        dgram_close(socket);
    return result;
}

static void options(void **state) {
    const dgram_options sound = {.size = sizeof sound, .type = DGRAM_UDP4};
    const struct kind kind = {&sound, sizeof sound, UP_TO(dgram_options, type),
                              make_socket};

    (void)state;
    check(&kind);
}

static int bind_one(const void *given) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    int result = dgram_bind_with(socket, given);

    dgram_close(socket);
    return result;
}

static void bind_options(void **state) {
    const dgram_bind_options sound = {.size = sizeof sound,
                                      .address = "127.0.0.1"};
    const struct kind kind = {&sound, sizeof sound,
                              UP_TO(dgram_bind_options, address), bind_one};

    (void)state;
    check(&kind);
}

static int listened;

static void on_listening(dgram_socket *socket, void *data) {
    (void)data;
    listened++;
    dgram_close(socket);
}

static int add_once(dgram_socket *socket, dgram_listener *listener,
                    const dgram_events *events) {
    dgram_listener again;
    int result = dgram_on(socket, listener, events, NULL);

    assert_int_equal(dgram_once(socket, &again, events, NULL), result);
    dgram_off(socket, &again);
    return result;
}

/* Each event is emitted, so that each member is read. */
static int receive_all_events(const void *given) {
    static const char too_long[70000];
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address self = loopback_of(socket);
    dgram_listener listener;
    int result = add_once(socket, &listener, given);

    listened = 0;
    dgram_send(socket, "x", 1, &self, NULL, NULL);
    dgram_send(socket, too_long, sizeof too_long, &self, NULL, NULL);
    dgram_connect_sync(socket, "127.0.0.1", dgram_address_port(&self));
    if (result == 0)
        run_until(&listened, 1);
    else
        dgram_close(socket);
    run_to_end();
    return result;
}

static void events(void **state) {
    const dgram_events sound = {.size = sizeof sound,
                                .listening = on_listening};
    const struct kind kind = {&sound, sizeof sound,
                              UP_TO(dgram_events, listening),
                              receive_all_events};

    (void)state;
    check(&kind);
    assert_int_equal(receive_all_events(NULL), DGRAM_ERR_INVALID_ARG_VALUE);
}

/* A table of the size that ends before the member of an event. */
static int received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)message;
    (void)data;
    received++;
    dgram_close(socket);
}

static void shorter_events(void **state) {
    const size_t size = UP_TO(dgram_events, message);
    unsigned char *table = malloc(size); /* not a byte more */
    const dgram_events sound = {.size = size, .message = on_message};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address self = loopback_of(socket);
    dgram_listener listener;

    (void)state;
    assert_non_null(table);
    memcpy(table, &sound, size);
    received = 0;
    assert_int_equal(
        dgram_on(socket, &listener, (dgram_events *)(void *)table, NULL), 0);
    assert_int_equal(dgram_send(socket, "x", 1, &self, NULL, NULL), 0);
    run_until(&received, 1);
    run_to_end();
    free(table);
}

static int make_primary(const void *given) {
    dgram_primary *primary;
    int result = dgram_primary_create(&test_loop, given, &primary);

    if (result == 0)
        dgram_primary_close(primary);
    return result;
}

static void primary_options(void **state) {
    const dgram_primary_options sound = {.size = sizeof sound};
    const struct kind kind = {&sound, sizeof sound,
                              UP_TO(dgram_primary_options, sockets_max),
                              make_primary};

    (void)state;
    check(&kind);
}

static int make_spawner(const void *given) {
    dgram_spawner *spawner;
    int result = dgram_spawner_create(&test_loop, given, &spawner);

    if (result == 0)
        dgram_spawner_stop(spawner);
    run_to_end();
    return result;
}

static void spawner_options(void **state) {
    const char *const args[] = {"true", NULL};
    const dgram_spawner_options sound = {
        .size = sizeof sound, .file = "/bin/true", .args = args, .workers = 1};
    const struct kind kind = {&sound, sizeof sound,
                              UP_TO(dgram_spawner_options, workers),
                              make_spawner};

    (void)state;
    check(&kind);
}

/* The descriptor is no worker's: an accepted struct fails later. */
static int join(const void *given) {
    int result = dgram_worker_join(&test_loop, given);

    return result == UV_EINVAL ? 0 : result;
}

static void worker_options(void **state) {
    dgram_worker_options sound = {.size = sizeof sound};
    const struct kind kind = {&sound, sizeof sound,
                              UP_TO(dgram_worker_options, fd), join};
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    sound.fd = ends[0];
    check(&kind);
    close(ends[0]);
    close(ends[1]);
}

/* ---- Reserved members ---------------------------------------------------- */

static void unknown_of_a_datagram(void **state) {
    static const char bytes[64];
    static const dgram_send_info unknown = {.set = 0x8000};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address self = loopback_of(socket);
    dgram_outgoing out[40];
    struct sent sent = {0};
    int status[40];

    (void)state;
    for (int count = 2; count <= 40; count += 38) {
        for (int i = 0; i < count; i++)
            out[i] = (dgram_outgoing){
                .payload = bytes + i, .length = 1, .to = &self, .data = &sent};
        out[0].flags = 2;
        out[1].info = &unknown;
        out[count - 1].flags |= 0x8000;
        assert_int_equal(
            dgram_send_batch(socket, out, (size_t)count, status, note_sent),
            count == 2 ? DGRAM_ERR_INVALID_ARG_VALUE : count - 3);
        for (int i = 0; i < count; i++)
            assert_int_equal(status[i], i < 2 || i == count - 1
                                            ? DGRAM_ERR_INVALID_ARG_VALUE
                                            : 0);
    }
    run_until(&sent.calls, 37);
    dgram_close(socket);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(options),         IN_LOOP(bind_options),
        IN_LOOP(events),          IN_LOOP(shorter_events),
        IN_LOOP(primary_options), IN_LOOP(spawner_options),
        IN_LOOP(worker_options),  IN_LOOP(unknown_of_a_datagram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
