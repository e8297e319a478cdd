/* A walk over listeners while they come and go. */
#include "harness.h"

#include "events.h"

/* A listener that notes its letter and then does something to another. */
struct actor {
    dgram_listener listener;
    char letter;
    void (*act)(struct actor *self);
    struct actor *other;
};

static struct events events;
static char heard[64];

static void on_listening(dgram_socket *socket, void *data) {
    struct actor *self = data;
    size_t length = strlen(heard);

    (void)socket;
    heard[length] = self->letter;
    if (self->act != NULL)
        self->act(self);
}

static const dgram_events table = {.size = sizeof table,
                                   .listening = on_listening};
static const dgram_events deaf = {.size = sizeof deaf};

static int begin(void **state) {
    (void)state;
    memset(&events, 0, sizeof events);
    memset(heard, 0, sizeof heard);
    return 0;
}

static struct actor *add(char letter, void (*act)(struct actor *self)) {
    struct actor *actor = calloc(1, sizeof *actor);

    assert_non_null(actor);
    actor->letter = letter;
    actor->act = act;
    events_add(&events, &actor->listener, &table, actor, false);
    return actor;
}

static void leave(struct actor *self) {
    events_remove(&events, &self->listener);
    free(self);
}

static void emit(const char *expected) {
    memset(heard, 0, sizeof heard);
    events_listening(&events, NULL);
    assert_string_equal(heard, expected);
    assert_null(events.cursors);
}

static int end(void **state) {
    (void)state;
    while (events.first != NULL)
        leave(events.first->data);
    return events.last != NULL;
}

static void in_order_of_registration(void **state) {
    (void)state;
    emit("");
    add('a', NULL);
    add('b', NULL);
    add('c', NULL);
    emit("abc");
    emit("abc");
}

static void one_may_free_itself(void **state) {
    (void)state;
    add('a', NULL);
    add('b', leave);
    add('c', leave);
    emit("abc");
    emit("a");
}

static void free_other(struct actor *self) {
    if (self->other != NULL)
        leave(self->other);
    self->other = NULL;
}

static void one_may_free_its_successor(void **state) {
    struct actor *actor;

    (void)state;
    actor = add('a', free_other);
    actor->other = add('b', NULL);
    add('c', NULL);
    emit("ac");
    actor->other = (struct actor *)events.last->data;
    emit("a");
}

static void one_may_free_its_predecessor(void **state) {
    struct actor *first, *actor;

    (void)state;
    first = add('a', NULL);
    actor = add('b', free_other);
    actor->other = first;
    add('c', NULL);
    emit("abc");
    emit("bc");
}

static void free_all(struct actor *self) {
    (void)self;
    end(NULL);
}

static void one_may_free_all(void **state) {
    (void)state;
    add('a', NULL);
    add('b', free_all);
    add('c', NULL);
    emit("ab");
    emit("");
}

static void add_another(struct actor *self) {
    self->act = NULL;
    add('n', NULL);
}

static void a_new_one_hears_the_next_event(void **state) {
    (void)state;
    add('a', NULL);
    add('b', add_another);
    emit("ab");
    emit("abn");
}

/* As after years of listeners that came and went. */
static void an_old_one_hears_on(void **state) {
    (void)state;
    add('a', NULL);
    events.serial = (uint64_t)1 << 40;
    add('b', NULL);
    emit("ab");
}

static void replace_itself(struct actor *self) {
    leave(self);
    add('r', NULL);
}

static void a_replacement_hears_the_next_event(void **state) {
    (void)state;
    add('a', replace_itself);
    add('b', NULL);
    emit("ab");
    emit("br");
}

static void emit_inside(struct actor *self) {
    self->act = NULL;
    events_listening(&events, NULL);
}

static void walks_may_nest(void **state) {
    struct actor *actor;

    (void)state;
    add('a', emit_inside);
    actor = add('b', free_other);
    actor->other = add('c', NULL);
    add('d', NULL);
    emit("aabdbd");
}

static void once_is_off_before_it_hears(void **state) {
    struct actor *actor;

    (void)state;
    actor = add('a', emit_inside);
    events_remove(&events, &actor->listener);
    events_add(&events, &actor->listener, &table, actor, true);
    emit("a");
    assert_null(events.first);
    events_remove(&events, &actor->listener);
    free(actor);
}

static void once_waits_for_an_event_it_hears(void **state) {
    dgram_listener listener;

    (void)state;
    events_add(&events, &listener, &deaf, NULL, true);
    emit("");
    assert_ptr_equal(events.first, &listener);
    events_remove(&events, &listener);
}

static void an_error_tells_whether_it_was_heard(void **state) {
    static const dgram_error error;

    (void)state;
    add('a', NULL);
    assert_false(events_error(&events, NULL, &error));
    assert_false(events_want_batch(&events));
    assert_false(events_want_message(&events));
}

#define WALK(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WALK(in_order_of_registration),
        WALK(one_may_free_itself),
        WALK(one_may_free_its_successor),
        WALK(one_may_free_its_predecessor),
        WALK(one_may_free_all),
        WALK(a_new_one_hears_the_next_event),
        WALK(an_old_one_hears_on),
        WALK(a_replacement_hears_the_next_event),
        WALK(walks_may_nest),
        WALK(once_is_off_before_it_hears),
        WALK(once_waits_for_an_event_it_hears),
        WALK(an_error_tells_whether_it_was_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
