/* The system calls of libdgram/unix-dgram. Its functions return the results of
   these calls, queue nothing, and do not reconnect. The core queues and
   reconnects, so the calls are made here. The core only receives. */
#include <stdlib.h>

#include "addon.h"
#include "system.h"

/* unixSocket(): returns a descriptor or a code. bind() of a handle adopts it,
   and sets its flags. */
napi_value unix_dgram_socket(napi_env env, napi_callback_info info) {
    (void)info;
    return number(env, (double)system_unix_socket());
}

/* Reads a path. Returns 0 or a code. */
static int read_path(napi_env env, napi_value value, dgram_address *out) {
    char text[DGRAM_HOST_TEXT_MAX];

    return dgram_address_unix(text_of(env, value, text, sizeof text), out);
}

typedef int address_call(dgram_fd fd, const dgram_address *address);

static napi_value with_path(napi_env env, napi_callback_info info,
                            address_call *call) {
    napi_value argv[2];
    size_t argc = 2;
    dgram_address address;
    int result;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    result = read_path(env, argv[1], &address);
    if (result == 0)
        result = call(int_of(env, argv[0]), &address);
    return number(env, result);
}

/* unixBind(fd, path), unixConnect(fd, path): return 0 or a code. */
napi_value unix_dgram_bind(napi_env env, napi_callback_info info) {
    return with_path(env, info, system_unix_bind);
}

napi_value unix_dgram_connect(napi_env env, napi_callback_info info) {
    return with_path(env, info, system_unix_connect);
}

/* unixSend(fd, bytes, path): path null: to the peer. Returns 0 or a code. */
napi_value unix_dgram_send(napi_env env, napi_callback_info info) {
    napi_value argv[3];
    napi_valuetype type;
    size_t argc = 3, length = 0;
    dgram_address to;
    void *bytes = NULL;
    int result = 0;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_typedarray_info(env, argv[1], NULL, &length, &bytes, NULL, NULL);
    napi_typeof(env, argv[2], &type);
    if (type != napi_null)
        result = read_path(env, argv[2], &to);
    if (result == 0)
        result = system_unix_send(int_of(env, argv[0]), bytes, length,
                                  type != napi_null ? &to : NULL);
    return number(env, result);
}

/* ---- Waiting until the peer takes a datagram ----------------------------- */

/* Exists from the first wait until the close. It watches a duplicate, because
   libuv watches a descriptor only once, and the core watches the handle's. */
struct writable {
    uv_poll_t poll;
    struct addon *addon;
    struct handle *handle;
    dgram_fd fd;
};

static void on_closed(uv_handle_t *poll) {
    struct writable *writable = poll->data;
    struct addon *addon = writable->addon;

    free(writable);
    addon_closed(addon);
}

void unix_dgram_close(struct handle *handle) {
    struct writable *writable = handle->writable;

    if (writable == NULL)
        return;
    handle->writable = NULL;
    uv_close((uv_handle_t *)&writable->poll, on_closed);
    system_close(writable->fd);
}

static void on_writable(uv_poll_t *poll, int status, int events) {
    struct writable *writable = poll->data;
    struct handle *handle = writable->handle;
    struct addon *addon = writable->addon;
    napi_handle_scope scope;
    napi_value object;

    (void)status;
    (void)events;
    uv_poll_stop(poll);
    napi_open_handle_scope(addon->env, &scope);
    object = value_of(addon, handle->object);
    call_back(addon, value_of(addon, addon->on_writable), 1, &object);
    napi_close_handle_scope(addon->env, scope);
}

/* Returns NULL without memory or descriptors. */
static struct writable *open_writable(struct handle *handle) {
    struct writable *writable = calloc(1, sizeof *writable);

    if (writable == NULL)
        return NULL;
    writable->addon = handle->addon;
    writable->handle = handle;
    writable->fd = system_duplicate(dgram_fileno(handle->socket));
    if (writable->fd >= 0 &&
        uv_poll_init_socket(handle->addon->loop, &writable->poll,
                            (uv_os_sock_t)writable->fd) == 0) {
        writable->poll.data = writable;
        handle->addon->open++;
        return writable;
    }
    if (writable->fd >= 0)
        system_close(writable->fd);
    free(writable);
    return NULL;
}

/* awaitWritable(handle): calls onWritable(handle) once when the peer has space.
   Returns 0 or a code. */
napi_value unix_dgram_await(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    size_t argc = 1;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return number(env, UV_EBADF);
    if (handle->writable == NULL)
        handle->writable = open_writable(handle);
    return number(env, handle->writable == NULL
                           ? UV_ENOMEM
                           : uv_poll_start(&handle->writable->poll, UV_WRITABLE,
                                           on_writable));
}

/* setupWritable(onWritable) */
napi_value unix_dgram_setup(napi_env env, napi_callback_info info) {
    napi_value argv[1];
    struct addon *addon;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->on_writable = remember(addon, argv[0]);
    return NULL;
}
