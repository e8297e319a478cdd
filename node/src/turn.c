/* Turns of the loop that nothing else asks for: the next but one for what a
 * tick should have done (lib/ticks.js), one for a socket that is closed
 * unbound. */
#include <stdlib.h>

#include "addon.h"

struct turn {
    uv_idle_t idle; /* runs while JavaScript wants the turn */
    struct addon *addon;
    napi_ref run; /* function */
    bool passed;  /* one turn, so that ticks behind one that threw had theirs */
    unsigned reasons;
};

static void on_turn(uv_idle_t *idle) {
    struct turn *turn = idle->data;
    napi_env env = turn->addon->env;
    napi_handle_scope scope;
    napi_value run, global;

    turn->reasons &= ~(unsigned)TURN_CLOSE;
    if (turn->reasons == 0) {
        uv_idle_stop(idle);
        return;
    }
    if (!turn->passed) {
        turn->passed = true;
        return;
    }
    uv_idle_stop(idle);
    turn->reasons = 0;
    napi_open_handle_scope(env, &scope);
    napi_get_global(env, &global);
    run = value_of(turn->addon, turn->run);
    if (run != NULL)
        napi_make_callback(env, NULL, global, run, 0, NULL, NULL);
    napi_close_handle_scope(env, scope);
}

static void on_closed(uv_handle_t *handle) {
    struct turn *turn = handle->data;
    struct addon *addon = turn->addon;

    free(turn);
    addon_closed(addon);
}

struct turn *turn_create(void) {
    return calloc(1, sizeof(struct turn));
}

void turn_open(struct turn *turn, struct addon *addon) {
    uv_idle_init(addon->loop, &turn->idle); /* never fails */
    turn->idle.data = turn;
    turn->addon = addon;
    addon->next_turn = turn;
    addon->open++;
}

void turn_close(struct addon *addon) {
    uv_close((uv_handle_t *)&addon->next_turn->idle, on_closed);
}

/* setupIteration(run) */
napi_value turn_setup(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    struct addon *addon;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->next_turn->run = remember(addon, argv[0]);
    return NULL;
}

void turn_need(struct addon *addon, unsigned reason, bool needed) {
    struct turn *turn = addon->next_turn;

    if (addon->ending)
        return;
    if (turn->reasons == 0)
        turn->passed = false;
    turn->reasons = needed ? turn->reasons | reason : turn->reasons & ~reason;
    if (turn->reasons != 0)
        uv_idle_start(&turn->idle, on_turn);
    else
        uv_idle_stop(&turn->idle);
}

/* needIteration(reason, wanted): whether there still is that reason. */
napi_value turn_want(napi_env env, napi_callback_info info) {
    napi_value argv[2];
    struct addon *addon;
    size_t argc = 2;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    turn_need(addon, (unsigned)int_of(env, argv[0]), int_of(env, argv[1]) != 0);
    return NULL;
}
