/* Listeners are added and removed while an event is emitted. */
#include "harness.h"

#include "socket/events.h"

/* A listener that logs its letter and then acts on another one. */
struct actor {
    dgram_listener listener;
    char letter;
    void (*act)(struct actor *self);
    struct actor *other;
};

static struct events events;
static char received[64];

static void on_listening(dgram_socket *socket, void *data) {
    struct actor *self = data;
    size_t length = strlen(received);

    (void)socket;
    received[length] = self->letter;
    if (self->act != NULL)
        self->act(self);
}

static const dgram_events table = {.size = sizeof table,
                                   .listening = on_listening};
static const dgram_events deaf = {.size = sizeof deaf};

static int begin(void **state) {
    (void)state;
    memset(&events, 0, sizeof events);
    memset(received, 0, sizeof received);
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
    memset(received, 0, sizeof received);
    events_listening(&events, NULL);
    assert_string_equal(received, expected);
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

static void a_listener_may_free_itself(void **state) {
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

static void a_listener_may_free_its_successor(void **state) {
    struct actor *actor;

    (void)state;
    actor = add('a', free_other);
    actor->other = add('b', NULL);
    add('c', NULL);
    emit("ac");
    actor->other = (struct actor *)events.last->data;
    emit("a");
}

static void a_listener_may_free_its_predecessor(void **state) {
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

static void a_listener_may_free_all(void **state) {
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

static void a_new_listener_gets_the_next_event(void **state) {
    (void)state;
    add('a', NULL);
    add('b', add_another);
    emit("ab");
    emit("abn");
}

/* As after years of adding and removing listeners. */
static void an_old_listener_gets_later_events(void **state) {
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

static void a_replacement_gets_the_next_event(void **state) {
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

static void once_is_removed_before_its_call(void **state) {
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

static void once_waits_for_an_event_of_its_table(void **state) {
    dgram_listener listener;

    (void)state;
    events_add(&events, &listener, &deaf, NULL, true);
    emit("");
    assert_ptr_equal(events.first, &listener);
    events_remove(&events, &listener);
}

static void an_unhandled_error_is_returned(void **state) {
    static const dgram_error error;

    (void)state;
    add('a', NULL);
    assert_false(events_error(&events, NULL, &error));
    assert_false(events_want_batch(&events));
    assert_false(events_want_message(&events));
}

static void removing_twice_is_ignored(void **state) {
    struct actor *first;
    dgram_listener gone;

    (void)state;
    first = add('a', NULL);
    events_add(&events, &gone, &table, NULL, false);
    add('b', NULL);
    events_remove(&events, &gone);
    assert_null(gone.events);
    assert_null(gone.next);
    add('c', NULL);
    leave(first);
    events_remove(&events, &gone);
    emit("bc");
}

/* ---- Other members than `listening` -------------------------------------- */

static struct {
    dgram_listener listener;
    int connects, messages, batches, errors, closes;
    size_t count; /* of the latest batch */
} it;

static void count_connect(dgram_socket *socket, void *data) {
    (void)socket;
    assert_ptr_equal(data, &it);
    it.connects++;
}

static void count_message(dgram_socket *socket, const dgram_message *message,
                          void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(message->length, 5);
    it.messages++;
}

static void count_batch(dgram_socket *socket, const dgram_message *messages,
                        size_t count, void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(messages->length, 5);
    it.count = count;
    it.batches++;
}

static void count_error(dgram_socket *socket, const dgram_error *error,
                        void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(error->code, UV_EPERM);
    it.errors++;
}

static void check_wants(const dgram_events *wanted, bool batch, bool message,
                        bool error) {
    const dgram_error failure = {.code = UV_EPERM};
    const dgram_message some = {.length = 5};

    memset(&it, 0, sizeof it);
    add('a', NULL);
    events_add(&events, &it.listener, wanted, &it, false);
    add('b', NULL);
    assert_int_equal(events_want_batch(&events), batch);
    assert_int_equal(events_want_message(&events), message);
    events_batch(&events, NULL, &some, 3);
    assert_int_equal(it.batches, batch);
    assert_int_equal(it.count, batch ? 3 : 0);
    events_message(&events, NULL, &some);
    assert_int_equal(it.messages, message);
    assert_int_equal(events_error(&events, NULL, &failure), error);
    assert_int_equal(it.errors, error);
    events_remove(&events, &it.listener);
    end(NULL);
}

static void each_gets_the_events_of_its_table(void **state) {
    static const dgram_events batch = {.size = sizeof batch,
                                       .batch = count_batch};
    static const dgram_events message = {.size = sizeof message,
                                         .message = count_message};
    static const dgram_events error = {.size = sizeof error,
                                       .error = count_error};
    static const dgram_events connect = {.size = sizeof connect,
                                         .connect = count_connect};

    (void)state;
    check_wants(&deaf, false, false, false);
    check_wants(&batch, true, false, false);
    check_wants(&message, false, true, false);
    check_wants(&error, false, false, true);
    check_wants(&connect, false, false, false);
    events_add(&events, &it.listener, &connect, &it, true);
    events_connect(&events, NULL);
    events_connect(&events, NULL);
    assert_int_equal(it.connects, 1);
    assert_null(events.first);
}

static struct events another;
static dgram_listener late;

static void count_close(dgram_socket *socket, void *data) {
    dgram_listener *self = data;

    (void)socket;
    it.closes++;
    assert_null(self->events); /* removed: it may be added elsewhere at once */
    events_add(&another, self, &deaf, NULL, false);
    if (it.closes == 1)
        events_add(&events, &late, &table, NULL, false);
}

static void close_removes_all(void **state) {
    static const dgram_events table_of_close = {.size = sizeof table_of_close,
                                                .close = count_close};
    dgram_listener first, second, third;

    (void)state;
    memset(&it, 0, sizeof it);
    memset(&another, 0, sizeof another);
    events_add(&events, &first, &table_of_close, &first, false);
    events_add(&events, &second, &deaf, NULL, false);
    events_add(&events, &third, &table_of_close, &third, false);
    while (events_close_next(&events, NULL))
        continue;
    assert_int_equal(it.closes, 2);
    assert_null(events.first);
    assert_null(events.last);
    assert_null(second.events);
    assert_null(late.events);
    assert_ptr_equal(another.first, &first);
    assert_ptr_equal(another.last, &third);
}

#define WALK(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WALK(in_order_of_registration),
        WALK(a_listener_may_free_itself),
        WALK(a_listener_may_free_its_successor),
        WALK(a_listener_may_free_its_predecessor),
        WALK(a_listener_may_free_all),
        WALK(a_new_listener_gets_the_next_event),
        WALK(an_old_listener_gets_later_events),
        WALK(a_replacement_gets_the_next_event),
        WALK(walks_may_nest),
        WALK(once_is_removed_before_its_call),
        WALK(once_waits_for_an_event_of_its_table),
        WALK(an_unhandled_error_is_returned),
        WALK(removing_twice_is_ignored),
        WALK(each_gets_the_events_of_its_table),
        WALK(close_removes_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
