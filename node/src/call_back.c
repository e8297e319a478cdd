/* Calls JavaScript functions as callbacks of libuv, and reports their
   exceptions.

   Node runs ticks and promise jobs when a callback returns, but not when it
   throws: then they wait for the next one. */
#include "addon.h"

/* Returns whether a listener has thrown, not a tick: a listener that throws
   leaves its call in SHARED_RUNNING, from which this removes it. The exception
   of a listener must be reported in the context of the socket: onException()
   does so, and throws it again, so that ticks wait. The exception of a tick has
   its context already. */
static bool end_call_of_listener(struct addon *addon, int32_t running) {
    if (addon->shared[SHARED_RUNNING] == running)
        return false;
    addon->shared[SHARED_RUNNING] = running;
    return true;
}

/* Returns false if nothing was thrown: the environment is ending. */
static bool take_exception(napi_env env, napi_value *error) {
    bool pending = false;

    napi_is_exception_pending(env, &pending);
    if (pending)
        napi_get_and_clear_last_exception(env, error);
    return pending;
}

void call_back(struct addon *addon, napi_value callee, size_t argc,
               const napi_value *argv) {
    napi_env env = addon->env;
    int32_t running = addon->shared[SHARED_RUNNING];
    napi_value thrown[2] = {argv[0]};

    if (napi_make_callback(env, NULL, argv[0], callee, argc, argv, NULL) ==
            napi_ok ||
        !take_exception(env, &thrown[1]))
        return;
    if (!end_call_of_listener(addon, running)) {
        napi_fatal_exception(env, thrown[1]);
        return;
    }
    napi_make_callback(env, NULL, thrown[0],
                       value_of(addon, addon->on_exception), 2, thrown, NULL);
    take_exception(env, &thrown[1]);
}

/* callMessages(wrapped): calls onMessages(). That runs ticks, and a tick that
   throws leaves its async id on Node's stack, which must be empty when the
   callback ends. So the exception is reported here, which empties the stack. It
   is thrown again, so that ticks wait. `reported` keeps it from being reported
   twice. */
static napi_value call_messages(napi_env env, napi_callback_info info) {
    struct addon *addon;
    napi_value argv[2], on_messages;
    size_t argc = 1;
    int32_t running;

    napi_get_cb_info(env, info, &argc, argv, NULL, (void **)&addon);
    running = addon->shared[SHARED_RUNNING];
    on_messages = value_of(addon, addon->on_messages);
    if (napi_call_function(env, argv[0], on_messages, 1, argv, NULL) ==
            napi_ok ||
        !take_exception(env, &argv[1]))
        return NULL;
    if (end_call_of_listener(addon, running)) {
        napi_call_function(env, argv[0], value_of(addon, addon->on_exception),
                           2, argv, NULL);
    } else {
        napi_fatal_exception(env, argv[1]);
        napi_throw(env, argv[1]);
    }
    addon->reported = true; /* the handlers may have run the loop */
    return NULL;
}

void call_back_setup(struct addon *addon) {
    napi_value function = NULL;

    napi_create_function(addon->env, "callMessages", NAPI_AUTO_LENGTH,
                         call_messages, addon, &function);
    addon->call_messages = remember(addon, function);
}

/* The ticks of the last message run when the callback ends, which may throw,
   too. */
void call_back_messages(struct addon *addon, napi_value object, bool many) {
    napi_env env = addon->env;
    napi_value error;
    bool reported;

    if (!many) {
        call_back(addon, value_of(addon, addon->on_messages), 1, &object);
        return;
    }
    if (napi_make_callback(env, NULL, object,
                           value_of(addon, addon->call_messages), 1, &object,
                           NULL) == napi_ok)
        return;
    reported = addon->reported;
    addon->reported = false;
    if (take_exception(env, &error) && !reported)
        napi_fatal_exception(env, error);
}
