/* Loop iterations that JavaScript needs although nothing else keeps the loop
   running: the next but one for work that no tick has done (lib/ticks.js), and
   one for a socket that is closed without being bound. */
#include <stdlib.h>

#include "addon.h"

struct iteration {
    uv_idle_t idle; /* runs while there is a reason */
    struct addon *addon;
    napi_ref run; /* function */
    bool
        passed; /* one iteration, in which ticks after one that threw can run */
    unsigned reasons;
};

static void on_idle(uv_idle_t *idle) {
    struct iteration *iteration = idle->data;
    napi_env env = iteration->addon->env;
    napi_handle_scope scope;
    napi_value run, global;

    iteration->reasons &= ~(unsigned)ITERATION_CLOSE;
    if (iteration->reasons == 0) {
        uv_idle_stop(idle);
        return;
    }
    if (!iteration->passed) {
        iteration->passed = true;
        return;
    }
    uv_idle_stop(idle);
    iteration->reasons = 0;
    napi_open_handle_scope(env, &scope);
    napi_get_global(env, &global);
    run = value_of(iteration->addon, iteration->run);
    if (run != NULL)
        napi_make_callback(env, NULL, global, run, 0, NULL, NULL);
    napi_close_handle_scope(env, scope);
}

static void on_closed(uv_handle_t *handle) {
    struct iteration *iteration = handle->data;
    struct addon *addon = iteration->addon;

    free(iteration);
    addon_closed(addon);
}

struct iteration *iteration_create(void) {
    return calloc(1, sizeof(struct iteration));
}

void iteration_open(struct iteration *iteration, struct addon *addon) {
    uv_idle_init(addon->loop, &iteration->idle); /* never fails */
    iteration->idle.data = iteration;
    iteration->addon = addon;
    addon->iteration = iteration;
    addon->open++;
}

void iteration_close(struct addon *addon) {
    uv_close((uv_handle_t *)&addon->iteration->idle, on_closed);
}

/* setupIteration(run) */
napi_value iteration_setup(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    struct addon *addon;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->iteration->run = remember(addon, argv[0]);
    return NULL;
}

void iteration_need(struct addon *addon, unsigned reason, bool needed) {
    struct iteration *iteration = addon->iteration;

    if (addon->ending)
        return;
    if (iteration->reasons == 0)
        iteration->passed = false;
    iteration->reasons =
        needed ? iteration->reasons | reason : iteration->reasons & ~reason;
    if (iteration->reasons != 0)
        uv_idle_start(&iteration->idle, on_idle);
    else
        uv_idle_stop(&iteration->idle);
}

/* needIteration(reason, needed): adds or removes a reason. */
napi_value iteration_change(napi_env env, napi_callback_info info) {
    napi_value argv[2];
    struct addon *addon;
    size_t argc = 2;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    iteration_need(addon, (unsigned)int_of(env, argv[0]),
                   int_of(env, argv[1]) != 0);
    return NULL;
}
