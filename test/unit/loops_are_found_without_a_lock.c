/* A thread finds the record of its loop without a lock, and finds nothing once
   the record is removed, by that thread or another. */
#include <pthread.h>

#include "harness.h"
#include "loop/loops.h"

static int locked;
static uv_loop_t loops[3];

int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex) {
    locked++;
    return __real_pthread_mutex_lock(mutex);
}

static void the_second_time_without_a_lock(void **state) {
    struct loop first = {.uv = &loops[0]}, second = {.uv = &loops[1]};

    (void)state;
    assert_null(loops_find(&loops[0]));
    loops_add(&first);
    locked = 0;
    for (int i = 0; i < 100; i++)
        assert_ptr_equal(loops_find(&loops[0]), &first);
    assert_int_equal(locked, 0);
    loops_add(&second);
    assert_ptr_equal(loops_find(&loops[0]), &first);
    locked = 0;
    assert_ptr_equal(loops_find(&loops[0]), &first);
    assert_int_equal(locked, 0);
    assert_ptr_equal(loops_find(&loops[1]), &second);
    assert_null(loops_find(&loops[2]));
    loops_remove(&first);
    loops_remove(&second);
    assert_null(loops_find(&loops[0]));
    assert_null(loops_find(&loops[1]));
}

static void a_loop_at_the_same_address_is_another(void **state) {
    struct loop first = {.uv = &loops[0]}, second = {.uv = &loops[0]};

    (void)state;
    loops_add(&first);
    assert_ptr_equal(loops_find(&loops[0]), &first);
    loops_remove(&first);
    assert_null(loops_find(&loops[0]));
    loops_add(&second);
    assert_ptr_equal(loops_find(&loops[0]), &second);
    loops_remove(&second);
}

/* There are more loops than places in the table. */
static void many_loops_are_told_apart(void **state) {
    static struct loop many[1000];

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        many[i].uv = (uv_loop_t *)((char *)loops + i);
        loops_add(&many[i]);
    }
    for (size_t i = 0; i < 1000; i++)
        assert_ptr_equal(loops_find(many[i].uv), &many[i]);
    for (size_t i = 0; i < 1000; i += 2)
        loops_remove(&many[i]);
    for (size_t i = 0; i < 1000; i++)
        assert_ptr_equal(loops_find(many[i].uv), i % 2 == 0 ? NULL : &many[i]);
    for (size_t i = 1; i < 1000; i += 2)
        loops_remove(&many[i]);
}

static void remove_one(void *data) {
    loops_remove(data);
}

static void replace_one(void *data) {
    static struct loop other;

    loops_remove(data);
    other.uv = &loops[0];
    loops_add(&other);
}

static void one_that_another_thread_removed_is_gone(void **state) {
    struct loop loop = {.uv = &loops[0]}, *found;
    uv_thread_t thread;

    (void)state;
    loops_add(&loop);
    assert_ptr_equal(loops_find(&loops[0]), &loop);
    uv_thread_create(&thread, remove_one, &loop);
    uv_thread_join(&thread);
    assert_null(loops_find(&loops[0]));
    loops_add(&loop);
    uv_thread_create(&thread, replace_one, &loop);
    uv_thread_join(&thread);
    found = loops_find(&loops[0]);
    assert_non_null(found);
    assert_ptr_not_equal(found, &loop);
    loops_remove(found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_time_without_a_lock),
        cmocka_unit_test(many_loops_are_told_apart),
        cmocka_unit_test(a_loop_at_the_same_address_is_another),
        cmocka_unit_test(one_that_another_thread_removed_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
