/* turn(): runs the loop of Node until something happened, inside of whoever calls
   it, as the package deasync does. Declared by hand, as no headers are needed. */
#include <stddef.h>

typedef void *any;

extern int uv_run(any loop, int mode);
extern int napi_get_uv_event_loop(any env, any *loop);
extern int napi_create_function(any env, const char *name, size_t length,
                                any (*function)(any env, any info), any data,
                                any *result);
extern int napi_set_named_property(any env, any object, const char *name,
                                   any value);

#define RUN_ONCE 1

static any turn(any env, any info) {
    any loop;

    (void)info;
    napi_get_uv_event_loop(env, &loop);
    uv_run(loop, RUN_ONCE);
    return NULL;
}

any napi_register_module_v1(any env, any exports) {
    any function;

    napi_create_function(env, "turn", 4, turn, NULL, &function);
    napi_set_named_property(env, exports, "turn", function);
    return exports;
}
