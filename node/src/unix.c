/* Binds of Unix sockets. */
#include "addon.h"
#include "system.h"

/* bindPath(handle, path, mode, keepFile): "" lets the kernel choose. */
napi_value unix_bind_path(napi_env env, napi_callback_info info) {
    dgram_bind_options options = {.size = sizeof options};
    char path[DGRAM_HOST_TEXT_MAX];
    napi_value argv[4];
    size_t argc = 4;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    options.address = text_of(env, argv[1], path, sizeof path);
    options.unix_mode = (uint32_t)int_of(env, argv[2]);
    options.unix_keep_file = int_of(env, argv[3]) != 0;
    return number(env, dgram_bind_sync_with(handle->socket, &options));
}

/* bindUnnamed(handle): it can send, but has no address. */
napi_value unix_bind_unnamed(napi_env env, napi_callback_info info) {
    dgram_bind_options options = {.size = sizeof options};
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);
    int result;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    options.fd = system_unix_socket();
    if (options.fd < 0)
        return number(env, (double)options.fd);
    result = dgram_bind_with(handle->socket, &options);
    if (result < 0)
        system_close(options.fd);
    return number(env, result);
}
