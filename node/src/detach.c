/* Detaching. The core delivers what it had received, and then closes the
   socket. While the handle has datagrams to emit, receive_update() stops the
   socket, so the core keeps it open. */
#include "addon.h"

/* detach(handle): returns the descriptor, or a code. dgram_detach() starts a
   stopped socket. */
napi_value detach_handle(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);
    int result;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    result = dgram_detach(handle->socket);
    if (result >= 0) {
        handle->stopped = false;
        receive_update(handle);
    }
    return number(env, result);
}

/* setupDetach(onDetached): the function is called when the core has closed a
   detached socket. */
napi_value detach_setup(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    struct addon *addon;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->on_detached = remember(addon, argv[0]);
    return NULL;
}

void detach_report(struct handle *handle) {
    struct addon *addon = handle->addon;
    napi_handle_scope scope;
    napi_value object;

    napi_open_handle_scope(addon->env, &scope);
    object = value_of(addon, handle->object);
    unix_dgram_close(handle);
    handle->socket = NULL;
    call_back(addon, value_of(addon, addon->on_detached), 1, &object);
    napi_close_handle_scope(addon->env, scope);
}
