/* Listeners may be removed and freed in `close`, the one that is called and
   others. */
#include "peer.h"

#define COUNT 4

struct owner {
    dgram_listener *listeners[COUNT];
    int closed[COUNT];
    int frees_at; /* which of the listeners frees */
};

/* The data of each listener is an element of this array. */
struct place {
    struct owner *owner;
    int index;
};

static void on_close(dgram_socket *socket, void *data) {
    struct place *place = data;
    struct owner *owner = place->owner;

    owner->closed[place->index]++;
    if (place->index != owner->frees_at)
        return;
    for (int i = 0; i < COUNT; i++) {
        dgram_off(socket, owner->listeners[i]);
        free(owner->listeners[i]);
        owner->listeners[i] = NULL;
    }
}

static const dgram_events events = {.size = sizeof events, .close = on_close};

static void freed_at(dgram_type type, int bound, int index) {
    dgram_socket *socket = bound ? new_bound(type) : new_socket(type);
    struct owner owner = {.frees_at = index};
    struct place places[COUNT];

    for (int i = 0; i < COUNT; i++) {
        owner.listeners[i] = malloc(sizeof *owner.listeners[i]);
        assert_non_null(owner.listeners[i]);
        places[i] = (struct place){&owner, i};
        dgram_on(socket, owner.listeners[i], &events, &places[i]);
    }
    assert_int_equal(dgram_close(socket), 0);
    run_to_end();
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(owner.closed[i], i <= index);
        assert_null(owner.listeners[i]);
    }
}

static void any_listener_frees_any_other(dgram_type type) {
    for (int bound = 0; bound <= 1; bound++)
        for (int i = 0; i < COUNT; i++)
            freed_at(type, bound, i);
}
BOTH(any_listener_frees_any_other)

/* After `close` the listeners are removed, so each may be added to another
   socket. */
static void listeners_can_be_reused(dgram_type type) {
    dgram_listener listener;
    struct owner owner = {.frees_at = -1};
    struct place place = {&owner, 0};

    for (int i = 1; i <= 3; i++) {
        dgram_socket *socket = new_bound(type);

        dgram_on(socket, &listener, &events, &place);
        dgram_close(socket);
        run_to_end();
        assert_int_equal(owner.closed[0], i);
    }
}
BOTH(listeners_can_be_reused)

/* A new socket is created in `close`, as by a program that restarts. */
struct restart {
    dgram_listener listener;
    int left, closed;
};

static void start_again(dgram_socket *socket, void *data);

static const dgram_events restart_events = {.size = sizeof restart_events,
                                            .close = start_again};

static void start_again(dgram_socket *socket, void *data) {
    struct restart *restart = data;
    dgram_type type = dgram_get_type(socket);
    dgram_socket *next;

    restart->closed++;
    dgram_off(socket, &restart->listener);
    if (restart->left-- == 0)
        return;
    next = new_bound(type);
    dgram_on(next, &restart->listener, &restart_events, restart);
    assert_int_equal(dgram_close(next), 0);
}

static void a_new_socket_in_the_event(dgram_type type) {
    struct restart restart = {.left = 20};
    dgram_socket *socket = new_bound(type);

    dgram_on(socket, &restart.listener, &restart_events, &restart);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(restart.closed, 21);
}
BOTH(a_new_socket_in_the_event)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(any_listener_frees_any_other),
        IN_LOOP_BOTH(listeners_can_be_reused),
        IN_LOOP_BOTH(a_new_socket_in_the_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
