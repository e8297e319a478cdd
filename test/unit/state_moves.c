#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "socket/state.h"

#include <signal.h>
#include <unistd.h>

#include <sys/wait.h>

static void a_failed_bind_can_be_tried_again(void **unused) {
    struct state state = {0};

    (void)unused;
    state_move_bind(&state, STATE_BINDING);
    state_move_bind(&state, STATE_UNBOUND);
    state_move_bind(&state, STATE_BINDING);
    state_move_bind(&state, STATE_BOUND);
    state_move_bind(&state, STATE_CLOSED);
    assert_int_equal(state.bind, STATE_CLOSED);
}

/* Every legal move. An illegal one would abort. */
static void every_legal_move_arrives(void **unused) {
    static const enum bind_state binds[][2] = {
        {STATE_UNBOUND, STATE_BINDING}, {STATE_UNBOUND, STATE_BOUND},
        {STATE_UNBOUND, STATE_CLOSED},  {STATE_BINDING, STATE_UNBOUND},
        {STATE_BINDING, STATE_BOUND},   {STATE_BINDING, STATE_CLOSED},
        {STATE_BOUND, STATE_CLOSED}};
    static const enum connect_state connects[][2] = {
        {STATE_DISCONNECTED, STATE_CONNECTING},
        {STATE_DISCONNECTED, STATE_CONNECTED},
        {STATE_CONNECTING, STATE_DISCONNECTED},
        {STATE_CONNECTING, STATE_CONNECTED},
        {STATE_CONNECTED, STATE_DISCONNECTED}};

    (void)unused;
    for (size_t i = 0; i < sizeof binds / sizeof *binds; i++) {
        struct state state = {.bind = binds[i][0]};

        state_move_bind(&state, binds[i][1]);
        assert_int_equal(state.bind, binds[i][1]);
        assert_int_equal(state.connect, STATE_DISCONNECTED);
    }
    for (size_t i = 0; i < sizeof connects / sizeof *connects; i++) {
        struct state state = {.connect = connects[i][0]};

        state_move_connect(&state, connects[i][1]);
        assert_int_equal(state.connect, connects[i][1]);
        assert_int_equal(state.bind, STATE_UNBOUND);
    }
}

static void illegal_bind(void) {
    struct state state = {.bind = STATE_CLOSED};

    state_move_bind(&state, STATE_BOUND);
}

static void illegal_connect(void) {
    struct state state = {.connect = STATE_DISCONNECTED};

    state_move_connect(&state, STATE_DISCONNECTED);
}

static void check_ends(void (*move)(void)) {
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        fclose(stderr);
        signal(SIGABRT, SIG_DFL);
        move();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
#ifdef NDEBUG
    assert_true(WIFEXITED(status));
#else
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
#endif
}

/* Where the library is built with assertions. */
static void an_illegal_move_ends_the_program(void **unused) {
    (void)unused;
    check_ends(illegal_bind);
    check_ends(illegal_connect);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_bind_can_be_tried_again),
        cmocka_unit_test(every_legal_move_arrives),
        cmocka_unit_test(an_illegal_move_ends_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
