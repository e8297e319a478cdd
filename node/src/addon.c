/* The module: its functions, its shared arrays, and how handles are created and
   closed. */
#include "addon.h"

#include <stdlib.h>

struct handle *handle_of(napi_env env, napi_callback_info info, size_t *argc,
                         napi_value *argv) {
    struct handle *handle = NULL;

    napi_get_cb_info(env, info, argc, argv, NULL, NULL);
    if (napi_unwrap(env, argv[0], (void **)&handle) != napi_ok)
        return NULL;
    return handle->socket != NULL ? handle : NULL;
}

napi_value value_of(struct addon *addon, napi_ref reference) {
    napi_value value = NULL;

    napi_get_reference_value(addon->env, reference, &value);
    return value;
}

/* fatal(error): reports an uncaught exception. */
static napi_value fatal(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_fatal_exception(env, argv[0]);
    return NULL;
}

napi_ref remember(struct addon *addon, napi_value value) {
    napi_value kept = value_of(addon, addon->kept);
    napi_ref reference = NULL;
    uint32_t count = 0;

    napi_get_array_length(addon->env, kept, &count);
    napi_set_element(addon->env, kept, count, value);
    napi_create_reference(addon->env, value, 0, &reference);
    return reference;
}

static void free_handle(napi_env env, void *data, void *hint) {
    (void)env;
    (void)hint;
    free(data);
}

/* Wraps the handle in the object. Fails if the thread is being terminated; then
   no object frees the handle. `external` is for flush(): napi_unwrap() takes
   longer, because it looks up a private property. */
static bool wrap(napi_env env, napi_value object, struct handle *handle) {
    napi_value external = NULL;

    napi_set_named_property(env, object, "kept",
                            value_of(handle->addon, handle->addon->kept));
    napi_create_external(env, handle, NULL, NULL, &external);
    napi_set_named_property(env, object, "external", external);
    if (napi_create_reference(env, object, 1, &handle->object) != napi_ok)
        return false;
    return napi_wrap(env, object, handle, free_handle, NULL, NULL) == napi_ok;
}

static dgram_options options_of(const uint32_t *settings,
                                struct handle *handle) {
    return (dgram_options){
        .size = sizeof(dgram_options),
        .type = (dgram_type)settings[SETTING_FAMILY],
        .reuse_address = settings[SETTING_REUSE_ADDRESS] != 0,
        .reuse_port = settings[SETTING_REUSE_PORT] != 0,
        .ipv6_only = settings[SETTING_IPV6_ONLY] != 0,
        .offload = (dgram_offload)settings[SETTING_OFFLOAD],
        .segments_max = settings[SETTING_SEGMENTS_MAX],
        .busy_poll_us = settings[SETTING_BUSY_POLL],
        .steering = (dgram_steering)settings[SETTING_STEERING],
        .steering_sockets = settings[SETTING_STEERING_SOCKETS],
        .path_errors = settings[SETTING_PATH_ERRORS] != 0,
        .receive_info = settings[SETTING_RECEIVE_INFO],
        .receive_memory = receive_provide,
        .receive_release = receive_take_back,
        .receive_memory_data = handle,
    };
}

static void add_handle(struct addon *addon, struct handle *handle) {
    handle->addon = addon;
    handle->first_slab = SLABS_MAX;
    handle->next = addon->handles;
    if (handle->next != NULL)
        handle->next->previous = handle;
    else
        pool_set_idle(addon->pool, false);
    addon->handles = handle;
    addon->open++;
    dgram_set_data(handle->socket, handle);
    dgram_on(handle->socket, &handle->listener, &receive_events, handle);
}

/* If the system cannot report all of the requested information, the socket
   requests what the system can report. */
static int create_socket(const struct addon *addon, dgram_options *options,
                         dgram_socket **out) {
    uint32_t asked = options->receive_info;
    int result = dgram_create_with(addon->loop, options, out);

    while (result == UV_ENOTSUP && options->receive_info != 0) {
        options->receive_info = (options->receive_info - 1) & asked;
        result = dgram_create_with(addon->loop, options, out);
    }
    return result;
}

/* create(object, settings): creates a socket and wraps it in the object, whose
   properties `kept` and `external` it sets. Returns 0 or a code. */
static napi_value create(napi_env env, napi_callback_info info) {
    struct handle *handle = calloc(1, sizeof *handle);
    dgram_options options;
    napi_value argv[2];
    struct addon *addon;
    size_t argc = 2;
    void *settings;
    int result;

    if (handle == NULL)
        return number(env, UV_ENOMEM);
    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    napi_get_typedarray_info(env, argv[1], NULL, NULL, &settings, NULL, NULL);
    options = options_of(settings, handle);
    result = create_socket(addon, &options, &handle->socket);
    if (result < 0) {
        free(handle);
        return number(env, result);
    }
    handle->receive_info = options.receive_info;
    add_handle(addon, handle);
    if (wrap(env, argv[0], handle))
        return number(env, 0);
    handle->orphan = true;
    dgram_close(handle->socket);
    handle->socket = NULL;
    return number(env, UV_ECANCELED);
}

/* bind(handle, address, port, device): any device if that is "". */
static napi_value bind_to(napi_env env, napi_callback_info info) {
    dgram_bind_options options = {.size = sizeof options};
    char address[DGRAM_HOST_TEXT_MAX], device[DGRAM_HOST_TEXT_MAX];
    napi_value argv[4];
    size_t argc = 4;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    options.address = address_of(env, argv[1], address, sizeof address);
    options.port = (uint16_t)int_of(env, argv[2]);
    options.device = text_of(env, argv[3], device, sizeof device);
    return number(env, dgram_bind_sync_with(handle->socket, &options));
}

/* open(handle, fd, shared): `shared` if other processes read the descriptor. */
static napi_value open_descriptor(napi_env env, napi_callback_info info) {
    dgram_bind_options options = {.size = sizeof options};
    napi_value argv[3];
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);
    int result;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    options.fd = int_of(env, argv[1]);
    result = dgram_bind_with(handle->socket, &options);
    /* Only a sandbox makes this fail; then many messages are read at a time. */
    if (result == 0 && int_of(env, argv[2]))
        dgram_set_shared(handle->socket, true);
    return number(env, result);
}

/* connect(handle, address, port): disconnects if address is null. */
static napi_value connect_to(napi_env env, napi_callback_info info) {
    char buffer[DGRAM_HOST_TEXT_MAX];
    napi_value argv[3];
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);
    const char *address;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    address = dgram_get_type(handle->socket) == DGRAM_UNIX
                  ? text_of(env, argv[1], buffer, sizeof buffer)
                  : address_of(env, argv[1], buffer, sizeof buffer);
    if (address == NULL)
        return number(env, dgram_disconnect(handle->socket));
    return number(env, dgram_connect_sync(handle->socket, address,
                                          (uint16_t)int_of(env, argv[2])));
}

static napi_value close_handle(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);
    dgram_socket *socket;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    socket = handle->socket;
    handle->socket = NULL;
    unix_dgram_close(handle);
    return number(env, dgram_close(socket));
}

/* fileno(handle) */
static napi_value descriptor_of(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);

    return number(env,
                  handle != NULL ? dgram_fileno(handle->socket) : UV_EBADF);
}

/* errorName(code), errorText(code) */
static napi_value error_text(napi_env env, napi_callback_info info) {
    napi_value argv[2], result;
    size_t argc = 2;
    int code;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    code = int_of(env, argv[0]);
    napi_create_string_latin1(
        env, int_of(env, argv[1]) ? dgram_strerror(code) : dgram_err_name(code),
        NAPI_AUTO_LENGTH, &result);
    return result;
}

napi_value new_buffer(napi_env env, size_t size, void **data) {
    napi_value buffer = NULL;

    napi_create_arraybuffer(env, size, data, &buffer);
    return buffer;
}

void addon_closed(struct addon *addon) {
    if (--addon->open > 0 || !addon->ending)
        return;
    napi_remove_async_cleanup_hook(addon->cleanup);
    addon->cleanup = NULL;
}

static void on_idle_closed(uv_handle_t *idle) {
    struct addon *addon = idle->data;

    free(idle);
    addon_closed(addon);
}

/* The environment ends: closes its sockets, and waits until they are closed. */
static void on_cleanup(napi_async_cleanup_hook_handle hook, void *data) {
    struct addon *addon = data;
    struct handle *next;

    (void)hook;
    addon->ending = true;
    uv_close((uv_handle_t *)addon->idle, on_idle_closed);
    iteration_close(addon);
    deferred_end(addon);
    for (struct handle *handle = addon->handles; handle != NULL;
         handle = next) {
        next = handle->next;
        unix_dgram_close(handle);
        if (handle->socket != NULL)
            dgram_close(handle->socket);
        handle->socket = NULL;
    }
}

static void free_addon(napi_env env, void *data, void *hint) {
    struct addon *addon = data;

    (void)env;
    (void)hint;
    pool_end(addon->pool);
    free(addon->known_paths);
    free(addon->outgoing);
    free(addon);
}

static void define(napi_env env, napi_value exports, const char *name,
                   napi_callback function) {
    napi_value value;

    napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
    napi_set_named_property(env, exports, name, value);
}

/* Node's own process object, even if modules see a copy. */
static napi_value own_process(napi_env env) {
    napi_value global, process = NULL;

    napi_get_global(env, &global);
    napi_get_named_property(env, global, "process", &process);
    return process;
}

/* Returns NULL without memory. */
static struct addon *new_addon(napi_env env) {
    struct addon *addon = calloc(1, sizeof *addon);
    dgram_outgoing *outgoing = calloc(SEND_COUNT_MAX, sizeof *outgoing);
    uv_idle_t *idle = calloc(1, sizeof *idle);
    struct iteration *iteration = iteration_create();
    struct pool *pool = pool_create();

    if (addon == NULL || outgoing == NULL || idle == NULL ||
        iteration == NULL || pool == NULL ||
        napi_get_uv_event_loop(env, &addon->loop) != napi_ok ||
        napi_set_instance_data(env, addon, free_addon, NULL) != napi_ok) {
        if (pool != NULL)
            pool_end(pool);
        free(iteration);
        free(idle);
        free(outgoing);
        free(addon);
        return NULL;
    }
    addon->pool = pool;
    addon->outgoing = outgoing;
    uv_idle_init(addon->loop, idle); /* never fails */
    idle->data = addon;
    addon->env = env;
    addon->idle = idle;
    addon->open = 1;
    iteration_open(iteration, addon);
    napi_add_async_cleanup_hook(env, on_cleanup, addon, &addon->cleanup);
    return addon;
}

/* Creates the array of values that the addon needs as long as JavaScript has
   the module or an open socket. A module that is loaded again can be collected.
 */
static napi_value kept_array(napi_env env) {
    struct addon *addon;
    napi_value kept;

    napi_get_instance_data(env, (void **)&addon);
    napi_create_array(env, &kept);
    napi_create_reference(env, kept, 0, &addon->kept);
    return kept;
}

/* Creates the numbers that JavaScript shares. */
static napi_value shared_memory(napi_env env) {
    struct addon *addon;
    napi_value memory;

    napi_get_instance_data(env, (void **)&addon);
    memory = new_buffer(env, SHARED_FIELDS * 4, (void **)&addon->shared);
    remember(addon, memory);
    return memory;
}

static const struct {
    const char *name;
    napi_callback function;
} functions[] = {
    {"setupSend", send_setup},
    {"setupReceive", receive_setup},
    {"setupPathErrors", path_errors_setup},
    {"fatal", fatal},
    {"newBlock", pool_new_block},
    {"create", create},
    {"bind", bind_to},
    {"unixSocket", unix_dgram_socket},
    {"unixBind", unix_dgram_bind},
    {"unixConnect", unix_dgram_connect},
    {"unixSend", unix_dgram_send},
    {"awaitWritable", unix_dgram_await},
    {"setupWritable", unix_dgram_setup},
    {"bindPath", unix_bind_path},
    {"bindUnnamed", unix_bind_unnamed},
    {"open", open_descriptor},
    {"connect", connect_to},
    {"close", close_handle},
    {"detach", detach_handle},
    {"setupDetach", detach_setup},
    {"pause", pause_set},
    {"takeSlab", pause_take_slab},
    {"park", pause_park},
    {"fileno", descriptor_of},
    {"errorText", error_text},
    {"flush", send_flush},
    {"setupSendInfo", send_info_setup},
    {"interfaceIndex", interfaces_index},
    {"interfaceName", interfaces_name},
    {"destination", send_destination},
    {"queue", send_queue},
    {"address", options_address},
    {"set", options_set},
    {"get", options_get},
    {"pathMTU", options_path_mtu},
    {"bufferSize", options_buffer_size},
    {"membership", options_membership},
    {"memberships", memberships_list},
    {"stats", stats_get},
    {"interface", options_interface},
    {"socketKind", options_kind},
    {"duplicate", options_duplicate},
    {"share", options_share},
    {"defer", deferred_begin},
    {"setupIteration", iteration_setup},
    {"needIteration", iteration_change},
    {"selfTest", self_test},
};

/* JavaScript compares it with its own. */
static napi_value version(napi_env env) {
    napi_value text;

    napi_create_string_utf8(env, DGRAM_VERSION_STRING, NAPI_AUTO_LENGTH, &text);
    return text;
}

NAPI_MODULE_INIT() {
    memory_setup();
    if (new_addon(env) == NULL) {
        napi_throw_error(env, "ENOMEM", "there is no memory for libdgram");
        return NULL;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        define(env, exports, functions[i].name, functions[i].function);
    napi_set_named_property(env, exports, "kept", kept_array(env));
    napi_set_named_property(env, exports, "shared", shared_memory(env));
    napi_set_named_property(env, exports, "process", own_process(env));
    napi_set_named_property(env, exports, "version", version(env));
    napi_set_named_property(env, exports, "ERR_INVALID_FD_TYPE",
                            number(env, DGRAM_ERR_INVALID_FD_TYPE));
    return exports;
}
