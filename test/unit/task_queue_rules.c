/* Which tasks of a queue run, and when. */
#include "harness.h"

#include "loop/task.h"

static struct task_queue queue;
static struct task one, other;
static char ran[8];

static void note(char name) {
    ran[strlen(ran)] = name;
}

static void run_one(struct task *task) {
    (void)task;
    note('1');
}

static void run_other(struct task *task) {
    (void)task;
    note('2');
}

static void run_again(struct task *task) {
    note('a');
    list_append(&queue.ready, &task->node);
}

static int begin(void **state) {
    (void)state;
    memset(ran, 0, sizeof(ran));
    memset(&queue, 0xff, sizeof(queue));
    task_queue_init(&queue);
    task_init(&one, run_one);
    task_init(&other, run_other);
    return 0;
}

static void tasks_run_once_in_their_order(void **state) {
    (void)state;
    assert_false(task_queue_has_ready(&queue));
    list_append(&queue.ready, &other.node);
    list_append(&queue.ready, &one.node);
    assert_true(task_queue_has_ready(&queue));
    task_queue_run(&queue);
    task_queue_run(&queue);
    assert_string_equal(ran, "21");
    assert_false(task_is_queued(&one));
}

static void a_task_that_queues_itself_runs_in_the_next_call(void **state) {
    (void)state;
    task_init(&one, run_again);
    list_append(&queue.ready, &one.node);
    task_queue_run(&queue);
    assert_string_equal(ran, "a");
    assert_true(task_queue_has_ready(&queue));
    task_queue_run(&queue);
    assert_string_equal(ran, "aa");
}

static void what_an_interrupted_call_left_runs_first(void **state) {
    (void)state;
    list_append(&queue.ready, &one.node);
    list_append(&queue.running, &other.node);
    assert_true(task_queue_has_ready(&queue));
    task_queue_run(&queue);
    assert_string_equal(ran, "21");
}

static void unreferenced_tasks_run_in_order_and_keep_no_loop(void **state) {
    (void)state;
    other.unreferenced = true;
    list_append(&queue.ready, &other.node);
    assert_false(task_queue_has_ready(&queue));
    list_append(&queue.ready, &one.node);
    assert_true(task_queue_has_ready(&queue));
    task_queue_run(&queue);
    assert_string_equal(ran, "21");
    list_append(&queue.ready, &one.node);
    list_append(&queue.ready, &other.node);
    task_queue_run(&queue);
    assert_string_equal(ran, "2112");
    assert_false(task_is_queued(&other));
}

static void a_new_task_is_neither_queued_nor_delayed(void **state) {
    (void)state;
    memset(&one, 0xff, sizeof(one));
    task_init(&one, run_one);
    assert_false(task_is_queued(&one));
    assert_int_equal(one.due, 0);
    assert_false(one.keeps_loop);
    assert_false(one.unreferenced);
}

static void delay(struct task *task, uint32_t due, bool keeps_loop) {
    task->due = due;
    task->keeps_loop = keeps_loop;
    list_append(&queue.delayed, &task->node);
}

static void a_delayed_task_is_ready_when_it_is_due(void **state) {
    bool keeps_loop;

    (void)state;
    delay(&one, 20, false);
    delay(&other, 10, false);
    task_queue_wake(&queue, 9);
    assert_false(task_queue_has_ready(&queue));
    task_queue_wake(&queue, 10);
    assert_ptr_equal(queue.delayed.next, &one.node);
    task_queue_run(&queue);
    assert_string_equal(ran, "2");
    assert_int_equal(other.due, 0);
    assert_int_equal(task_queue_due(&queue, &keeps_loop), 20);
}

static void the_first_due_time_is_that_of_the_queue(void **state) {
    bool keeps_loop = true;

    (void)state;
    assert_true(task_queue_due(&queue, &keeps_loop) == UINT64_MAX);
    assert_false(keeps_loop);
    delay(&one, 20, false);
    assert_int_equal(task_queue_due(&queue, &keeps_loop), 20);
    assert_false(keeps_loop);
    delay(&other, 30, true);
    assert_int_equal(task_queue_due(&queue, &keeps_loop), 20);
    assert_true(keeps_loop);
    assert_string_equal(ran, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(tasks_run_once_in_their_order, begin),
        cmocka_unit_test_setup(a_task_that_queues_itself_runs_in_the_next_call,
                               begin),
        cmocka_unit_test_setup(what_an_interrupted_call_left_runs_first, begin),
        cmocka_unit_test_setup(unreferenced_tasks_run_in_order_and_keep_no_loop,
                               begin),
        cmocka_unit_test_setup(a_new_task_is_neither_queued_nor_delayed, begin),
        cmocka_unit_test_setup(a_delayed_task_is_ready_when_it_is_due, begin),
        cmocka_unit_test_setup(the_first_due_time_is_that_of_the_queue, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
