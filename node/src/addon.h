/* What the files of the addon share: the environment of one JavaScript thread,
   and the handle of one socket.

   JavaScript decides what happens when; here is only the way to the core and
   back. Payloads and what belongs to them pass through arrays that both sides
   see, so that neither a send nor a message costs a call of its own. */
#ifndef ADDON_H
#define ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <uv.h>

#include "dgram.h"

#define SEND_SLAB_SIZE (1u << 20) /* payloads of one flush */
#define SEND_COUNT_MAX 2048u      /* datagrams of one flush */
#define SEND_FIELDS 3u            /* length, destination, request */
#define RECEIVE_SLAB_SIZE (1u << 20)
#define RECEIVE_COUNT_MAX 2048u
#define RECEIVE_FIELDS 3u   /* length, address, port */
#define ADDRESSES_MAX 1024u /* texts of senders that are remembered */
#define DESTINATIONS_MAX 4096u
#define STATUS_PENDING INT32_MAX /* its result comes later */

struct handle;

/* A sender's address whose text JavaScript has. */
struct known_address {
    unsigned char bytes[16];
    uint32_t scope;
    uint16_t family; /* 0: none */
    uint64_t batch;  /* the latest batch that names it */
};

struct addon {
    napi_env env;
    uv_loop_t *loop;
    napi_async_cleanup_hook_handle cleanup;
    struct handle *handles; /* open ones */
    bool ending;            /* the environment goes */

    /* Shared with JavaScript; references keep them. */
    unsigned char *send_slab;
    int32_t *send_fields, *send_status;
    unsigned char *receive_slab;
    int32_t *receive_fields;
    napi_ref buffers;                     /* array of the ArrayBuffers */
    napi_ref addresses;                   /* array of texts, as known */
    napi_ref on_batch, on_error, on_sent; /* functions */
    struct known_address known[ADDRESSES_MAX];
    uint64_t batch;
    dgram_address destinations[DESTINATIONS_MAX];
    uint32_t destination_count;
};

struct handle {
    struct addon *addon;
    struct handle *previous, *next;
    dgram_socket *socket; /* NULL once it is closed */
    dgram_listener listener;
    napi_ref object;            /* of JavaScript; strong while open */
    napi_async_context context; /* of the socket's creation */
};

/* The handle that the first argument is; NULL if it is closed. */
struct handle *handle_of(napi_env env, napi_callback_info info, size_t *argc,
                         napi_value *argv);

/* Calls a JavaScript function in the context of the handle, in a turn of its
   own. What it throws is an uncaught exception. Returns whether it returned
   true, or threw. */
bool call_back(struct handle *handle, napi_ref function, size_t argc,
               const napi_value *argv);

napi_value number(napi_env env, double value);
int32_t int_of(napi_env env, napi_value value);

/* The text, cut to the room. NULL for null and undefined. */
const char *text_of(napi_env env, napi_value value, char *room, size_t size);

/* receive.c: the events of a handle. */
extern const dgram_events receive_events;

/* send.c */
napi_value send_flush(napi_env env, napi_callback_info info);
napi_value send_destination(napi_env env, napi_callback_info info);
napi_value send_queue(napi_env env, napi_callback_info info);

/* options.c */
napi_value options_address(napi_env env, napi_callback_info info);
napi_value options_set(napi_env env, napi_callback_info info);
napi_value options_buffer_size(napi_env env, napi_callback_info info);
napi_value options_membership(napi_env env, napi_callback_info info);
napi_value options_kind(napi_env env, napi_callback_info info);
napi_value options_interface(napi_env env, napi_callback_info info);

#endif
