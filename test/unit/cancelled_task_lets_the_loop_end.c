/* A deferred task keeps the loop running only until it is cancelled. */
#include "harness.h"
#include "loop/loop.h"

static void never(struct task *task) {
    (void)task;
    fail_msg("a cancelled task ran");
}

static void cancelled_task_lets_the_loop_end(void **state) {
    struct task first, second;
    struct loop *loop;

    (void)state;
    assert_int_equal(loop_acquire(&test_loop, &loop), 0);
    task_init(&first, never);
    task_init(&second, never);
    loop_defer(loop, &first);
    loop_defer(loop, &second);
    loop_cancel(loop, &first);
    assert_true(uv_loop_alive(&test_loop));
    loop_cancel(loop, &second);
    assert_false(uv_loop_alive(&test_loop));
    loop_unref(loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(cancelled_task_lets_the_loop_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
