/* Sending. JavaScript writes adjacent payloads to the slab, and the length,
   destination and number of each to the fields, and whether it has information
   (send_info.c). One call sends them and writes the results to the status
   array. A datagram that the kernel did not accept yet is SEND_PENDING; its
   result is reported later. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"

/* setupSend(onSent): returns the shared ArrayBuffers: payloads, fields, status,
   and the count of deferred datagrams. */
napi_value send_setup(napi_env env, napi_callback_info info) {
    napi_value argv[1], buffers;
    struct addon *addon;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    addon->on_sent = remember(addon, argv[0]);
    napi_create_array(env, &buffers);
    napi_set_element(
        env, buffers, 0,
        new_buffer(env, SEND_SLAB_SIZE, (void **)&addon->send_slab));
    napi_set_element(env, buffers, 1,
                     new_buffer(env, SEND_COUNT_MAX * SEND_FIELDS * 4,
                                (void **)&addon->send_fields));
    napi_set_element(
        env, buffers, 2,
        new_buffer(env, SEND_COUNT_MAX * 4, (void **)&addon->send_status));
    napi_set_element(env, buffers, 3,
                     new_buffer(env, 4, (void **)&addon->deferred_count));
    napi_set_element(env, buffers, 4,
                     new_buffer(env, DESTINATIONS_MAX * sizeof(dgram_address),
                                (void **)&addon->destinations));
    addon->send_buffers = remember(addon, buffers);
    return buffers;
}

/* `data` is the number of the datagram. */
static void on_sent(dgram_socket *socket, int status, void *data) {
    struct handle *handle = dgram_get_data(socket);
    struct addon *addon = handle->addon;
    napi_env env = addon->env;
    napi_handle_scope scope;
    napi_value argv[3];

    if (addon->ending)
        return;
    napi_open_handle_scope(env, &scope);
    napi_get_reference_value(env, handle->object, &argv[0]);
    argv[1] = number(env, (int32_t)(intptr_t)data);
    argv[2] = number(env, status);
    call_back(addon, value_of(addon, addon->on_sent), 3, argv);
    napi_close_handle_scope(env, scope);
}

/* Returns how many are valid: JavaScript must not send other memory. */
static uint32_t fill(struct addon *addon, dgram_outgoing *out, uint32_t count) {
    const unsigned char *payload = addon->send_slab;
    size_t left = SEND_SLAB_SIZE;
    uint32_t i;

    for (i = 0; i < count; i++) {
        const int32_t *fields = &addon->send_fields[i * SEND_FIELDS];

        if (fields[0] < 0 || (size_t)fields[0] > left ||
            fields[1] >= (int32_t)DESTINATIONS_MAX)
            break;
        left -= (size_t)fields[0];
        out[i] = (dgram_outgoing){
            .payload = payload,
            .length = (size_t)fields[0],
            .to = fields[1] < 0 ? NULL : &addon->destinations[fields[1]],
            .data = (void *)(intptr_t)fields[2],
            .info = fields[3] != 0 ? send_info_of(addon, i) : NULL,
        };
        payload += fields[0];
    }
    return i;
}

/* The kernel does not accept the first of them now. It gets them later, in
   order; without buffers for one destination it may get the others at once. */
static void queue(dgram_socket *socket, const dgram_outgoing *out,
                  uint32_t count, int32_t *status, int reason) {
    dgram_send_batch(socket, out, count, status, on_sent);
    for (uint32_t i = 0; i < count; i++) {
        if (status[i] == 0)
            status[i] = SEND_PENDING;
    }
    if (reason == UV_ENOBUFS)
        dgram_flush(socket);
}

void send_all(struct handle *handle, uint32_t count) {
    dgram_outgoing *out = handle->addon->outgoing;
    int32_t *status = handle->addon->send_status;
    uint32_t filled = fill(handle->addon, out, count);
    int result = dgram_try_send_batch(handle->socket, out, filled, status);
    uint32_t done = result < 0 ? 0 : (uint32_t)result;

    for (uint32_t i = filled; i < count; i++)
        status[i] = UV_EINVAL;
    if (done < filled)
        queue(handle->socket, out + done, filled - done, status + done,
              result < 0 ? result : status[done]);
}

/* flush(handle, count, external): sends the datagrams in the arrays. `external`
   is a property of the handle: it is valid as long as the handle exists.
   Returns undefined, or the code that all of them failed with. */
napi_value send_flush(napi_env env, napi_callback_info info) {
    struct handle *handle = NULL;
    napi_value argv[3];
    size_t argc = 3;
    uint32_t count;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_value_external(env, argv[2], (void **)&handle);
    if (handle == NULL || handle->socket == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    count = (uint32_t)int_of(env, argv[1]);
    if (count > SEND_COUNT_MAX)
        count = SEND_COUNT_MAX;
    deferred_forget(handle->addon);
    send_all(handle, count);
    return NULL;
}

/* destination(text, port): port null: of a Unix socket. Returns the index of a
   destination for the fields, or a code. If the table is full it is emptied,
   and the result is -1. */
napi_value send_destination(napi_env env, napi_callback_info info) {
    char buffer[DGRAM_HOST_TEXT_MAX];
    napi_value argv[2];
    size_t argc = 2;
    struct addon *addon;
    dgram_address address;
    napi_valuetype port;
    int result;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_get_instance_data(env, (void **)&addon);
    napi_typeof(env, argv[1], &port);
    result = port == napi_null
                 ? dgram_address_unix(
                       text_of(env, argv[0], buffer, sizeof buffer), &address)
                 : dgram_address_parse(
                       address_of(env, argv[0], buffer, sizeof buffer),
                       (uint16_t)int_of(env, argv[1]), &address);
    if (result < 0)
        return number(env, result);
    if (addon->destination_count == DESTINATIONS_MAX) {
        addon->destination_count = 0;
        return number(env, -1);
    }
    addon->destinations[addon->destination_count] = address;
    return number(env, addon->destination_count++);
}

/* queue(handle, wantCount): returns the bytes, or the count, of the datagrams
   that the kernel has not taken. */
napi_value send_queue(napi_env env, napi_callback_info info) {
    napi_value argv[2];
    size_t argc = 2;
    struct handle *handle = handle_of(env, info, &argc, argv);

    if (handle == NULL)
        return number(env, 0);
    return number(env, int_of(env, argv[1])
                           ? (double)dgram_get_send_queue_count(handle->socket)
                           : (double)dgram_get_send_queue_size(handle->socket));
}
