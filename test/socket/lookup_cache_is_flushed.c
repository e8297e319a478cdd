/* dgram_lookup_flush() forgets answers, and repeats lookups in progress. */
#include "memory.h"
#include "names.h"
#include "peer.h"

static int send_to(dgram_socket *socket, const char *name) {
    struct sent sent = {0};

    assert_int_equal(dgram_send_to(socket, "x", 1, name, 9, note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    return sent.status;
}

static void one_name_or_all(dgram_type type) {
    dgram_socket *socket = new_keeping(type);

    dgram_lookup_flush(&test_loop, NULL);
    dgram_lookup_flush(&test_loop, "some.name");
    send_to(socket, "some.name");
    send_to(socket, "other.name");
    dgram_lookup_flush(&test_loop, "some.name");
    send_to(socket, "other.name");
    assert_int_equal(names.asked, 2);
    send_to(socket, "some.name");
    assert_int_equal(names.asked, 3);
    dgram_lookup_flush(&test_loop, NULL);
    send_to(socket, "other.name");
    send_to(socket, "some.name");
    assert_int_equal(names.asked, 5);
    dgram_close(socket);
    run_to_end();
}
BOTH(one_name_or_all)

static void failures_too(dgram_type type) {
    dgram_socket *socket = new_keeping(type);

    names.status = UV_EAI_NONAME;
    assert_int_equal(send_to(socket, "some.name"), UV_EAI_NONAME);
    names.status = 0;
    dgram_lookup_flush(&test_loop, "some.name");
    assert_int_equal(send_to(socket, "some.name"), 1);
    dgram_close(socket);
    run_to_end();
}
BOTH(failures_too)

/* Whether the old query can be cancelled or not, its answer is not used. */
static void lookups_in_progress_are_repeated(dgram_type type) {
    for (int cancel = 0; cancel <= 1; cancel++) {
        int asked = names.asked;
        dgram_socket *socket = new_keeping(type);
        struct sent before = {0}, after = {0};

        names.hold = true;
        names.cancel = cancel;
        dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &before);
        dgram_lookup_flush(&test_loop, "some.name");
        dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &after);
        assert_int_equal(names.asked, asked + 2);
        names.status = UV_EAI_FAIL;
        if (!cancel)
            names_answer(asked);
        run_for(10);
        assert_int_equal(before.calls + after.calls, 0);
        names.status = 0;
        names_answer(asked + 1);
        run_until(&after.calls, 1);
        assert_int_equal(before.status, 1);
        assert_int_equal(after.status, 1);
        names.hold = false;
        assert_int_equal(send_to(socket, "some.name"), 1);
        assert_int_equal(names.asked, asked + 2);
        dgram_close(socket);
        run_to_end();
    }
}
BOTH(lookups_in_progress_are_repeated)

/* Those who wait get the answer of the lookup in progress, but it is not kept.
 */
static void without_memory_for_a_repetition(dgram_type type) {
    dgram_socket *socket = new_keeping(type);
    struct sent sent = {0};

    names.hold = true;
    dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent);
    names.refusal = UV_ENOMEM;
    dgram_lookup_flush(&test_loop, NULL);
    names.refusal = 0;
    names_answer(0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 1);
    names.hold = false;
    send_to(socket, "some.name");
    assert_int_equal(names.asked, 2);
    dgram_close(socket);
    run_to_end();
}
BOTH(without_memory_for_a_repetition)

/* The same, and nobody waits any more. */
static void an_answer_that_is_not_kept_is_freed(void **state) {
    dgram_socket *other, *socket;
    struct sent sent = {0};
    int blocks;

    (void)state;
    memory_begin();
    other = new_keeping(DGRAM_UDP4);
    socket = new_keeping(DGRAM_UDP4);
    names.hold = true;
    dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent);
    names.refusal = UV_ENOMEM;
    dgram_lookup_flush(&test_loop, NULL);
    dgram_close(socket);
    run_until(&sent.calls, 1);
    run_for(10);
    blocks = memory.blocks;
    names_answer(0);
    assert_int_equal(memory.blocks, blocks - 2); /* the query and the name */
    dgram_close(other);
    run_to_end();
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

/* A datagram that waits for its turn has its answer. */
static void between_an_answer_and_its_use(dgram_type type, int status) {
    dgram_socket *socket = new_keeping(type);
    struct sent before = {0}, after = {0};
    int asked = names.asked;

    names.hold = true;
    names.status = status;
    dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &before);
    names_answer(asked);
    dgram_lookup_flush(&test_loop, NULL);
    dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &after);
    assert_int_equal(names.asked, asked + 2);
    run_until(&before.calls, 1);
    assert_int_equal(before.status, status < 0 ? status : 1);
    assert_int_equal(after.calls, 0);
    names.status = 0;
    names_answer(asked + 1);
    run_until(&after.calls, 1);
    assert_int_equal(after.status, 1);
    dgram_close(socket);
    run_to_end();
}

static void between_the_answer_and_its_use(dgram_type type) {
    between_an_answer_and_its_use(type, 0);
    between_an_answer_and_its_use(type, UV_EAI_FAIL);
}
BOTH(between_the_answer_and_its_use)

static void a_loop_without_sockets(void **state) {
    (void)state;
    dgram_lookup_flush(&test_loop, NULL);
    dgram_lookup_flush(&test_loop, "some.name");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_NAMES_BOTH(one_name_or_all),
        WITH_NAMES_BOTH(failures_too),
        WITH_NAMES_BOTH(lookups_in_progress_are_repeated),
        WITH_NAMES_BOTH(without_memory_for_a_repetition),
        WITH_NAMES(an_answer_that_is_not_kept_is_freed),
        WITH_NAMES_BOTH(between_the_answer_and_its_use),
        WITH_NAMES(a_loop_without_sockets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
