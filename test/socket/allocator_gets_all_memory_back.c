/* With an allocator of the program, each block comes from it and goes back to
   it. */
#include "peer.h"

struct pool {
    size_t taken, given_back;
};

static struct pool pool;

static void *take(size_t size, void *data) {
    void *memory;

    assert_ptr_equal(data, &pool);
    memory = malloc(size);
    if (memory != NULL) {
        memset(memory, 0xa5, size); /* not zeroed */
        pool.taken++;
    }
    return memory;
}

static void give_back(void *memory, void *data) {
    assert_ptr_equal(data, &pool);
    pool.given_back += memory != NULL;
    free(memory);
}

static const dgram_allocator counting = {
    .allocate = take, .release = give_back, .data = &pool};

static void use_everything(dgram_type type) {
    static const char large[5000];
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_blocklist *list;
    dgram_abort *abort;
    dgram_options options = {.size = sizeof options, .type = type};
    dgram_socket *socket, *unbound;
    struct sent sent = {0};
    struct recorder recorder;

    assert_int_equal(dgram_blocklist_create(&list), 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(dgram_blocklist_add_subnet(list, "198.51.100.0", 24),
                         0);
    assert_int_equal(dgram_abort_create(&abort), 0);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    options.abort = abort;
    options.send_blocklist = options.receive_blocklist = list;
    socket = new_socket_with(&options);
    unbound = new_socket_with(&options);
    record_events(&recorder, socket);
    for (int i = 0; i < 300; i++)
        assert_int_equal(dgram_send(socket, large, (size_t)(i * 16), &there,
                                    note_sent, &sent),
                         0);
    assert_int_equal(
        dgram_send_to(unbound, "x", 1, "localhost", 9, note_sent, &sent), 0);
    run_until(&sent.calls, 300);
    dgram_abort_signal(abort);
    dgram_abort_release(abort);
    dgram_blocklist_release(list);
    run_to_end();
    assert_int_equal(recorder.closed, 1);
    assert_int_equal(sent.calls, 301);
    peer_close(peer);
}

static void all_memory_is_freed(dgram_type type) {
    assert_int_equal(dgram_set_allocator(&counting), 0);
    memset(&pool, 0, sizeof pool);
    use_everything(type);
    assert_true(pool.taken > 0);
    assert_int_equal(pool.taken, pool.given_back);

    /* When all memory is freed, malloc() and free() may be restored. */
    assert_int_equal(dgram_set_allocator(NULL), 0);
    memset(&pool, 0, sizeof pool);
    use_everything(type);
    assert_int_equal(pool.taken, 0);
}
BOTH(all_memory_is_freed)

static void an_incomplete_allocator_is_refused(void **state) {
    dgram_allocator half = counting;
    dgram_blocklist *list;

    (void)state;
    half.release = NULL;
    assert_int_equal(dgram_set_allocator(&half), DGRAM_ERR_INVALID_ARG_VALUE);
    half = counting;
    half.allocate = NULL;
    assert_int_equal(dgram_set_allocator(&half), DGRAM_ERR_INVALID_ARG_VALUE);
    memset(&pool, 0, sizeof pool);
    assert_int_equal(dgram_blocklist_create(&list), 0);
    dgram_blocklist_release(list);
    assert_int_equal(pool.taken, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(all_memory_is_freed),
        cmocka_unit_test(an_incomplete_allocator_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
