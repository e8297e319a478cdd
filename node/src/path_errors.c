/* ICMP errors about datagrams that a socket has sent. */
#include "addon.h"

/* setupPathErrors(onPathError): called with the handle, the code, the MTU, the
   address and the port of the destination, the address of the reporter, the
   type and the code of the ICMP message. What is not known is undefined. */
napi_value path_errors_setup(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    struct addon *addon;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->on_path_error = remember(addon, argv[0]);
    return NULL;
}

static napi_value undefined(napi_env env) {
    napi_value value = NULL;

    napi_get_undefined(env, &value);
    return value;
}

static napi_value text(napi_env env, const dgram_address *address) {
    char buffer[DGRAM_ADDRESS_TEXT_MAX] = "";
    napi_value value = NULL;

    if (address->any.sa_family == AF_UNSPEC)
        return undefined(env);
    dgram_address_format(address, buffer, sizeof buffer);
    napi_create_string_latin1(env, buffer, NAPI_AUTO_LENGTH, &value);
    return value;
}

static napi_value known(napi_env env, double value, bool is_known) {
    return is_known ? number(env, value) : undefined(env);
}

void path_errors_emit(struct handle *handle, const dgram_path_error *error) {
    struct addon *addon = handle->addon;
    napi_env env = addon->env;
    napi_handle_scope scope;
    napi_value argv[8];

    napi_open_handle_scope(env, &scope);
    argv[0] = value_of(addon, handle->object);
    argv[1] = number(env, error->code);
    argv[2] = known(env, error->mtu, error->mtu != 0);
    argv[3] = text(env, &error->to);
    argv[4] = number(env, dgram_address_port(&error->to));
    argv[5] = text(env, &error->reporter);
    argv[6] = known(env, error->icmp_type, !error->local);
    argv[7] = known(env, error->icmp_code, !error->local);
    call_back(addon, value_of(addon, addon->on_path_error), 8, argv);
    napi_close_handle_scope(env, scope);
}
