/* Pausing. All sockets of a thread share the slabs, so JavaScript takes the
   datagrams of a paused handle out of them. It keeps these "parked" datagrams
   itself, and emits them first when the handle is resumed. */
#include "addon.h"

/* pause(handle, paused) */
napi_value pause_set(napi_env env, napi_callback_info info) {
    napi_value argv[2];
    size_t argc = 2;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return NULL;
    handle->paused = int_of(env, argv[1]) != 0;
    receive_update(handle);
    return NULL;
}

/* takeSlab(handle): returns the index of the handle's first slab, or -1. The
   caller copies the rest of its datagrams before it returns. */
napi_value pause_take_slab(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);
    unsigned index = handle != NULL ? handle->first_slab : SLABS_MAX;

    if (index == SLABS_MAX)
        return number(env, -1);
    receive_drop_slab(handle);
    return number(env, index);
}

/* park(handle, count): `count` datagrams are parked now. */
napi_value pause_park(napi_env env, napi_callback_info info) {
    napi_value argv[2];
    size_t argc = 2;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return NULL;
    handle->parked = (uint32_t)int_of(env, argv[1]);
    receive_update(handle);
    return NULL;
}
