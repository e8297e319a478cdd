/* The async context of a socket, in which JavaScript is called: that of its
   creation, with the same type for async hooks as Node's handles. */
#include <stdlib.h>

#include "addon.h"

struct context {
    napi_async_context async; /* NULL: it is destroyed */
    unsigned calls;           /* under way */
    bool ended;
};

static void destroy(napi_env env, struct context *context) {
    if (context->async != NULL)
        napi_async_destroy(env, context->async);
    context->async = NULL;
}

static void free_context(napi_env env, void *data, void *hint) {
    (void)hint;
    destroy(env, data);
    free(data);
}

struct context *context_of(napi_env env, napi_value object) {
    void *context = NULL;

    return napi_unwrap(env, object, &context) == napi_ok ? context : NULL;
}

/* createContext(object): stores the current async context in the object. */
napi_value context_create(napi_env env, napi_callback_info info) {
    struct context *context = calloc(1, sizeof *context);
    napi_value argv[1], type;
    size_t argc = 1;

    if (context == NULL)
        return NULL;
    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_create_string_latin1(env, "UDPWRAP", NAPI_AUTO_LENGTH, &type);
    if (napi_async_init(env, argv[0], type, &context->async) != napi_ok ||
        napi_wrap(env, argv[0], context, free_context, NULL, NULL) != napi_ok)
        free_context(env, context, NULL);
    return NULL;
}

/* endContext(object) */
napi_value context_end(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct context *context;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    context = context_of(env, argv[0]);
    if (context == NULL)
        return NULL;
    context->ended = true;
    if (context->calls == 0)
        destroy(env, context);
    return NULL;
}

static void call_in(napi_env env, struct context *context, napi_value object,
                    napi_value callee, size_t argc, const napi_value *argv,
                    napi_value *result) {
    napi_make_callback(env, context != NULL ? context->async : NULL, object,
                       callee, argc, argv, result);
}

/* inContext(object, function): calls the function in the context. Ticks run
   after the call that called this one. */
napi_value context_run(napi_env env, napi_callback_info info) {
    napi_value argv[2], result = NULL;
    size_t argc = 2;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    call_in(env, context_of(env, argv[0]), argv[0], argv[1], 0, NULL, &result);
    return result;
}

/* reportException(fatal, error): reports an uncaught exception in
   addon->thrown_in. After an uncaught exception Node runs no ticks before the
   next call. This function throws, so that they wait after
   it, too. */
napi_value context_report_exception(napi_env env, napi_callback_info info) {
    napi_value argv[2], object;
    struct addon *addon;
    size_t argc = 2;

    napi_get_cb_info(env, info, &argc, argv, &object, NULL);
    napi_get_instance_data(env, (void **)&addon);
    call_in(env, addon->thrown_in, object, argv[0], 1, &argv[1], NULL);
    napi_throw(env, argv[1]);
    return NULL;
}

/* An exception of a tick has a context already. One of the function itself gets
   the context that the function was called in. */
static void report(struct addon *addon, struct context *context,
                   napi_value object) {
    napi_env env = addon->env;
    napi_value argv[2] = {value_of(addon, addon->fatal)};
    bool pending = false;

    napi_is_exception_pending(env, &pending);
    if (!pending) /* the environment is ending: nothing can be called */
        return;
    napi_get_and_clear_last_exception(env, &argv[1]);
    if (context == NULL || context->async == NULL ||
        addon->shared[SHARED_RUNNING] == 0) {
        napi_fatal_exception(env, argv[1]);
        return;
    }
    addon->shared[SHARED_RUNNING]--;
    addon->thrown_in = context;
    napi_make_callback(env, NULL, object,
                       value_of(addon, addon->report_exception), 2, argv, NULL);
    napi_get_and_clear_last_exception(env, &argv[1]);
}

void call_back(struct addon *addon, struct context *context, napi_value callee,
               size_t argc, const napi_value *argv) {
    napi_async_context async = context != NULL ? context->async : NULL;
    napi_status status;

    if (context != NULL)
        context->calls++;
    status = napi_make_callback(addon->env, async, argv[0], callee, argc, argv,
                                NULL);
    if (status != napi_ok)
        report(addon, context, argv[0]);
    if (context != NULL && --context->calls == 0 && context->ended)
        destroy(addon->env, context);
}
