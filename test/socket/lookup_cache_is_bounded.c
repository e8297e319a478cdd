/* A loop keeps the answers of 1,024 names, and frees them with its last socket.
 */
#include "memory.h"
#include "names.h"
#include "peer.h"

#define NAMES_MAX 1024

/* Looks up the name with this number; returns whether it was unknown. */
static bool ask(dgram_socket *socket, int number) {
    struct sent sent = {0};
    int before = names.asked;
    char name[24];

    snprintf(name, sizeof name, "name%d.test", number);
    assert_int_equal(dgram_send_to(socket, "x", 1, name, 9, note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    return names.asked > before;
}

static void the_oldest_answer_goes_first(void **state) {
    dgram_socket *socket;
    int blocks;

    (void)state;
    memory_begin();
    socket = new_keeping(DGRAM_UDP4);
    for (int i = 0; i < NAMES_MAX; i++)
        assert_true(ask(socket, i));
    assert_false(ask(socket, 0));
    blocks = memory.blocks;
    for (int i = 0; i < 10; i++)
        assert_true(ask(socket, NAMES_MAX + i));
    assert_int_equal(memory.blocks, blocks);
    for (int i = 10; i < NAMES_MAX + 10; i++)
        assert_false(ask(socket, i));
    assert_true(ask(socket, 9));
    dgram_close(socket);
    run_to_end();
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

static void forgotten_answers_do_not_count(void **state) {
    dgram_socket *socket = new_keeping(DGRAM_UDP4);

    (void)state;
    for (int i = 0; i < 100; i++)
        ask(socket, i);
    dgram_lookup_flush(&test_loop, NULL);
    for (int i = 0; i < NAMES_MAX; i++)
        assert_true(ask(socket, i));
    for (int i = 0; i < NAMES_MAX; i++)
        assert_false(ask(socket, i));
    dgram_close(socket);
    run_to_end();
}

/* An answer of a name that is still waited for, too. */
static void all_at_once(void **state) {
    dgram_socket *socket;
    struct sent sent = {0};
    char name[24];

    (void)state;
    memory_begin();
    socket = new_keeping(DGRAM_UDP4);
    names.hold = true;
    for (int i = 0; i < NAMES_MAX + 10; i++) {
        snprintf(name, sizeof name, "name%d.test", i);
        dgram_send_to(socket, "x", 1, name, 9, note_sent, &sent);
    }
    for (int i = 0; i < NAMES_MAX + 10; i++)
        names_answer(i);
    run_until(&sent.calls, NAMES_MAX + 10);
    names.hold = false;
    for (int i = 10; i < NAMES_MAX + 10; i++)
        assert_false(ask(socket, i));
    dgram_close(socket);
    run_to_end();
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_NAMES(the_oldest_answer_goes_first),
        WITH_NAMES(forgotten_answers_do_not_count),
        WITH_NAMES(all_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
