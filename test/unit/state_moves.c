#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_bind_can_be_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
