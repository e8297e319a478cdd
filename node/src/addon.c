/* The module: its functions, its shared arrays, and the life of handles. */
#include "addon.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

napi_value number(napi_env env, double value) {
    napi_value result = NULL;

    napi_create_double(env, value, &result);
    return result;
}

int32_t int_of(napi_env env, napi_value value) {
    int32_t result = 0;

    napi_get_value_int32(env, value, &result);
    return result;
}

const char *text_of(napi_env env, napi_value value, char *buffer, size_t size) {
    napi_valuetype type;
    size_t length;

    napi_typeof(env, value, &type);
    if (type != napi_string)
        return NULL;
    napi_get_value_string_utf8(env, value, buffer, size, &length);
    return buffer;
}

/* The '%' of an IPv6 address, or NULL. */
static char *zone_of(char *text) {
    char *colon = strchr(text, ':');

    return colon == NULL ? NULL : strchr(colon, '%');
}

const char *address_of(napi_env env, napi_value value, char *buffer,
                       size_t size) {
    const char *text = text_of(env, value, buffer, size);
    char *zone = text == NULL ? NULL : zone_of(buffer);

    if (zone != NULL && if_nametoindex(zone + 1) == 0)
        *zone = '\0';
    return text;
}

const char *plain_address_of(napi_env env, napi_value value, char *buffer,
                             size_t size) {
    const char *text = text_of(env, value, buffer, size);
    char *zone = text == NULL ? NULL : zone_of(buffer);

    if (zone != NULL)
        *zone = '\0';
    return text;
}

const char *interface_of(napi_env env, napi_value value, char *buffer,
                         size_t size) {
    const char *text = address_of(env, value, buffer, size);
    struct in6_addr address;

    return text != NULL && inet_pton(AF_INET6, text, &address) == 1 ? "::"
                                                                    : text;
}

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

/* fatal(error): as if nobody had caught it. */
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

/* Ties the handle to the object. Fails when a thread that runs this is told to
   end meanwhile: then nothing of JavaScript frees the handle. */
static bool wrap(napi_env env, napi_value object, struct handle *handle) {
    napi_set_named_property(env, object, "kept",
                            value_of(handle->addon, handle->addon->kept));
    if (napi_create_reference(env, object, 1, &handle->object) != napi_ok)
        return false;
    return napi_wrap(env, object, handle, free_handle, NULL, NULL) == napi_ok;
}

/* create(object, owner, type, reuseAddr, reusePort, ipv6Only, offload,
   segmentsMax): wraps a new socket in the object; it calls in the owner's
   context. Returns 0 or a code. */
static napi_value create(napi_env env, napi_callback_info info) {
    dgram_options options = {.size = sizeof options};
    struct handle *handle = calloc(1, sizeof *handle);
    napi_value argv[8];
    struct addon *addon;
    size_t argc = 8;
    int result;

    if (handle == NULL)
        return number(env, UV_ENOMEM);
    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    options.type = int_of(env, argv[2]) == 6 ? DGRAM_UDP6 : DGRAM_UDP4;
    options.reuse_address = int_of(env, argv[3]) != 0;
    options.reuse_port = int_of(env, argv[4]) != 0;
    options.ipv6_only = int_of(env, argv[5]) != 0;
    options.offload = (dgram_offload)int_of(env, argv[6]);
    options.segments_max = (uint32_t)int_of(env, argv[7]);
    options.receive_memory = receive_provide;
    options.receive_release = receive_take_back;
    options.receive_memory_data = handle;
    result = dgram_create_with(addon->loop, &options, &handle->socket);
    if (result < 0) {
        free(handle);
        return number(env, result);
    }
    handle->addon = addon;
    handle->context = context_of(env, argv[1]);
    handle->next = addon->handles;
    if (handle->next != NULL)
        handle->next->previous = handle;
    addon->handles = handle;
    addon->open++;
    handle->first_slab = SLABS_MAX;
    dgram_set_data(handle->socket, handle);
    dgram_on(handle->socket, &handle->listener, &receive_events, handle);
    if (wrap(env, argv[0], handle))
        return number(env, 0);
    handle->orphan = true;
    dgram_close(handle->socket);
    handle->socket = NULL;
    return number(env, UV_ECANCELED);
}

/* bind(handle, address, port) */
static napi_value bind_to(napi_env env, napi_callback_info info) {
    char buffer[DGRAM_HOST_TEXT_MAX];
    napi_value argv[3];
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    return number(
        env, dgram_bind_sync(handle->socket,
                             address_of(env, argv[1], buffer, sizeof buffer),
                             (uint16_t)int_of(env, argv[2])));
}

/* open(handle, fd, shared): shared: other processes read it, too. */
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
    /* Nothing but a filter of system calls refuses this: then many messages are
       read at a time. */
    if (result == 0 && int_of(env, argv[2]))
        dgram_set_shared(handle->socket, true);
    return number(env, result);
}

/* connect(handle, address, port); address null: disconnect */
static napi_value connect_to(napi_env env, napi_callback_info info) {
    char buffer[DGRAM_HOST_TEXT_MAX];
    napi_value argv[3];
    size_t argc = 3;
    struct handle *handle = handle_of(env, info, &argc, argv);
    const char *address;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    address = address_of(env, argv[1], buffer, sizeof buffer);
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

static void on_turn_closed(uv_handle_t *turn) {
    struct addon *addon = turn->data;

    free(turn);
    addon_closed(addon);
}

/* The environment goes: its sockets are closed, and it waits for them. */
static void on_cleanup(napi_async_cleanup_hook_handle hook, void *data) {
    struct addon *addon = data;
    struct handle *next;

    (void)hook;
    addon->ending = true;
    uv_close((uv_handle_t *)addon->turn, on_turn_closed);
    turn_close(addon);
    deferred_end(addon);
    for (struct handle *handle = addon->handles; handle != NULL;
         handle = next) {
        next = handle->next;
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
    free(addon);
}

static void define(napi_env env, napi_value exports, const char *name,
                   napi_callback function) {
    napi_value value;

    napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
    napi_set_named_property(env, exports, name, value);
}

/* The process of Node itself, also where the one that modules see is a copy. */
static napi_value own_process(napi_env env) {
    napi_value global, process = NULL;

    napi_get_global(env, &global);
    napi_get_named_property(env, global, "process", &process);
    return process;
}

/* NULL without memory. */
static struct addon *new_addon(napi_env env) {
    struct addon *addon = calloc(1, sizeof *addon);
    uv_idle_t *turn = calloc(1, sizeof *turn);
    struct turn *next_turn = turn_create();
    struct pool *pool = pool_create();

    if (addon == NULL || turn == NULL || next_turn == NULL || pool == NULL ||
        napi_get_uv_event_loop(env, &addon->loop) != napi_ok ||
        napi_set_instance_data(env, addon, free_addon, NULL) != napi_ok) {
        if (pool != NULL)
            pool_end(pool);
        free(next_turn);
        free(turn);
        free(addon);
        return NULL;
    }
    addon->pool = pool;
    uv_idle_init(addon->loop, turn); /* never fails */
    turn->data = addon;
    addon->env = env;
    addon->turn = turn;
    addon->open = 1;
    turn_open(next_turn, addon);
    napi_add_async_cleanup_hook(env, on_cleanup, addon, &addon->cleanup);
    return addon;
}

/* What the addon remembers, for as long as JavaScript has the module or an open
   socket of it: modules that are loaded anew leave little behind. */
static napi_value kept_array(napi_env env) {
    struct addon *addon;
    napi_value kept;

    napi_get_instance_data(env, (void **)&addon);
    napi_create_array(env, &kept);
    napi_create_reference(env, kept, 0, &addon->kept);
    return kept;
}

/* The numbers that JavaScript sees, too. */
static napi_value shared_memory(napi_env env) {
    struct addon *addon;
    napi_value memory;

    napi_get_instance_data(env, (void **)&addon);
    memory = new_buffer(env, SHARED_FIELDS * 4, (void **)&addon->shared);
    remember(addon, memory);
    return memory;
}

NAPI_MODULE_INIT() {
    if (new_addon(env) == NULL) {
        napi_throw_error(env, "ENOMEM", "there is no memory for libdgram");
        return NULL;
    }
    napi_set_named_property(env, exports, "kept", kept_array(env));
    define(env, exports, "setupSend", send_setup);
    define(env, exports, "setupReceive", receive_setup);
    define(env, exports, "fatal", fatal);
    napi_set_named_property(env, exports, "shared", shared_memory(env));
    define(env, exports, "createContext", context_create);
    define(env, exports, "endContext", context_end);
    define(env, exports, "inContext", context_run);
    define(env, exports, "newBlock", pool_piece);
    define(env, exports, "create", create);
    define(env, exports, "bind", bind_to);
    define(env, exports, "open", open_descriptor);
    define(env, exports, "connect", connect_to);
    define(env, exports, "close", close_handle);
    define(env, exports, "fileno", descriptor_of);
    define(env, exports, "errorText", error_text);
    define(env, exports, "flush", send_flush);
    define(env, exports, "destination", send_destination);
    define(env, exports, "queue", send_queue);
    define(env, exports, "address", options_address);
    define(env, exports, "set", options_set);
    define(env, exports, "bufferSize", options_buffer_size);
    define(env, exports, "membership", options_membership);
    define(env, exports, "interface", options_interface);
    define(env, exports, "socketKind", options_kind);
    define(env, exports, "duplicate", options_duplicate);
    define(env, exports, "share", options_share);
    define(env, exports, "defer", deferred_begin);
    define(env, exports, "setupIteration", turn_setup);
    define(env, exports, "needIteration", turn_want);
    napi_set_named_property(env, exports, "process", own_process(env));
    napi_set_named_property(env, exports, "ERR_INVALID_FD_TYPE",
                            number(env, DGRAM_ERR_INVALID_FD_TYPE));
    return exports;
}
