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

#include <dgram.h>

#define SEND_SLAB_SIZE (1u << 20) /* payloads of one flush */
#define SEND_COUNT_MAX 2048u      /* datagrams of one flush */
#define SEND_FIELDS 3u            /* length, destination, request */
#define RECEIVE_FIELDS 4u         /* length, address, port, offset */
#define RECEIVE_HEADER 4u         /* fields before those of datagrams */
#define SLABS_MAX 8u              /* wake-ups whose datagrams are in memory */
#define ADDRESSES_MAX 1024u       /* texts of senders that are remembered */
#define DESTINATIONS_MAX 4096u
#define STATUS_PENDING INT32_MAX /* its result comes later */

/* Numbers that JavaScript sees. */
enum {
    SHARED_SLAB,     /* whose next datagram is to be emitted */
    SHARED_RUNNING,  /* calls of listeners that have not come back */
    SHARED_EMITTING, /* messages are being emitted */
    SHARED_FIELDS,
};

struct context;
struct handle;

/* A sender's address whose text JavaScript has. */
struct known_address {
    unsigned char bytes[16];
    uint32_t scope;
    uint16_t family; /* 0: none */
    uint64_t batch;  /* the latest batch that names it */
};

/* Memory that datagrams are received into, and where they stay until JavaScript
   has emitted them. Its arrays are made when it is first used. */
struct slab {
    unsigned char *payloads; /* NULL: not made */
    int32_t *fields;         /* a header, and RECEIVE_FIELDS for each */
    napi_ref texts;          /* array: addresses that are not remembered */
    uint64_t batch;          /* of the datagrams in it, or of the latest ones */
    int32_t count;           /* datagrams in it */
    struct handle *receiver; /* whose socket receives into it, or NULL */
    bool used;               /* it has datagrams to emit */
    unsigned next;           /* slab with later datagrams of the same handle */
};

struct addon {
    napi_env env;
    uv_loop_t *loop;
    napi_async_cleanup_hook_handle cleanup;
    struct handle *handles;            /* open ones */
    struct handle *pending[SLABS_MAX]; /* whose datagrams are in slabs; each
                                          loop iteration emits some */
    unsigned pending_count;
    unsigned waiting; /* handles that wait for a slab to receive into */
    bool ending;      /* the environment goes */
    unsigned open;    /* handles of libuv and sockets, not yet closed */
    uv_idle_t *turn;  /* runs while there are pending or waiting handles */
    struct turn *next_turn; /* for JavaScript */

    /* Shared with JavaScript; references keep them. */
    unsigned char *send_slab;
    int32_t *send_fields, *send_status;
    int32_t *deferred_count;      /* datagrams that are deferred */
    struct handle *deferred;      /* whose they are, or NULL */
    struct addon *next_deferring; /* of the same thread */
    bool has_deferred;            /* it has deferred some */
    napi_ref kept;                /* array of all that is remembered */
    napi_ref send_buffers;        /* array of the ArrayBuffers */
    napi_ref addresses;           /* array of texts, as known */
    napi_ref slab_objects;        /* array of objects, as slabs */
    int32_t *shared;              /* SHARED_FIELDS */
    struct context *thrown_in;
    napi_ref on_message, on_emitted, on_error, on_sent, fatal,
        report_exception;        /* functions */
    struct known_address *known; /* ADDRESSES_MAX */
    struct slab slabs[SLABS_MAX];
    struct pool *pool;           /* of pooled messages */
    uint64_t batch;              /* number of the latest */
    dgram_address *destinations; /* DESTINATIONS_MAX */
    uint32_t destination_count;
};

struct handle {
    struct addon *addon;
    struct handle *previous, *next;
    dgram_socket *socket; /* NULL once it is closed */
    dgram_listener listener;
    napi_ref object;         /* of JavaScript; strong while open */
    struct context *context; /* the object keeps it */
    unsigned first_slab; /* first slab with datagrams to emit, or SLABS_MAX */
    bool waits;          /* for a slab to receive into */
    bool stopped;        /* it does not receive */
    bool orphan;         /* no object frees it */
};

/* The handle that the first argument is; NULL if it is closed. */
struct handle *handle_of(napi_env env, napi_callback_info info, size_t *argc,
                         napi_value *argv);

/* Keeps the value with the module (addon->kept); NULL without memory. */
napi_ref remember(struct addon *addon, napi_value value);

/* The value of the reference; NULL: it is gone. */
napi_value value_of(struct addon *addon, napi_ref reference);

/* A new ArrayBuffer of zeros and its memory; NULL if there is none. */
napi_value new_buffer(napi_env env, size_t size, void **data);

/* One of addon->open is closed. */
void addon_closed(struct addon *addon);

napi_value number(napi_env env, double value);
int32_t int_of(napi_env env, napi_value value);

/* The text, truncated to the buffer. NULL for null and undefined. */
const char *text_of(napi_env env, napi_value value, char *buffer, size_t size);

/* The same for an address, as Node reads one: a zone that no interface has
   counts as none, where the core refuses it. */
const char *address_of(napi_env env, napi_value value, char *buffer,
                       size_t size);

/* The same without any zone: Node sees none in a group or a source. */
const char *plain_address_of(napi_env env, napi_value value, char *buffer,
                             size_t size);

/* The same for an interface: an IPv6 address without a zone is the kernel's
   choice to Node. */
const char *interface_of(napi_env env, napi_value value, char *buffer,
                         size_t size);

/* receive.c: the events of a handle, and the memory of its socket. */
extern const dgram_events receive_events;
void receive_provide(dgram_socket *socket, size_t size, uv_buf_t *memory,
                     void *data);
void receive_take_back(dgram_socket *socket, void *memory, void *data);
napi_value receive_setup(napi_env env, napi_callback_info info);

/* context.c */
struct context *context_of(napi_env env, napi_value object);
napi_value context_create(napi_env env, napi_callback_info info);
napi_value context_end(napi_env env, napi_callback_info info);
napi_value context_run(napi_env env, napi_callback_info info);
napi_value context_report_exception(napi_env env, napi_callback_info info);

/* Calls a JavaScript function with the object and the other arguments, as libuv
   would: ticks and promise jobs run at its end, unless it throws or another
   call is under way. What it throws nobody has caught. `context` may be NULL.
 */
void call_back(struct addon *addon, struct context *context, napi_value callee,
               size_t argc, const napi_value *argv);

/* send.c */
napi_value send_setup(napi_env env, napi_callback_info info);
napi_value send_flush(napi_env env, napi_callback_info info);
napi_value send_destination(napi_env env, napi_callback_info info);
napi_value send_queue(napi_env env, napi_callback_info info);

/* Sends so many datagrams out of the arrays; the results stand there, too. */
void send_all(struct handle *handle, uint32_t count);

/* deferred.c; end: the environment ends; forget: they are flushed. */
napi_value deferred_begin(napi_env env, napi_callback_info info);
void deferred_send(struct addon *addon);
void deferred_end(struct addon *addon);
void deferred_forget(struct addon *addon);

/* pool.c; create: NULL without memory. After the end what JavaScript still has
   is freed as it comes back. */
struct pool *pool_create(void);
void pool_end(struct pool *pool);
napi_value pool_piece(napi_env env, napi_callback_info info);

/* turn.c; create: NULL without memory; freed by free() unless it is opened. */
struct turn *turn_create(void);
void turn_open(struct turn *turn, struct addon *addon);
void turn_close(struct addon *addon);
/* Reasons for the loop to turn: the first two call JavaScript in the next turn
   but one. As in lib/ticks.js. */
enum { TURN_TICKS = 1, TURN_DEFERRED = 2, TURN_CLOSE = 4 };
void turn_need(struct addon *addon, unsigned reason, bool needed);
napi_value turn_setup(napi_env env, napi_callback_info info);
napi_value turn_want(napi_env env, napi_callback_info info);

/* options.c */
napi_value options_address(napi_env env, napi_callback_info info);
napi_value options_set(napi_env env, napi_callback_info info);
napi_value options_buffer_size(napi_env env, napi_callback_info info);
napi_value options_membership(napi_env env, napi_callback_info info);
napi_value options_kind(napi_env env, napi_callback_info info);
napi_value options_duplicate(napi_env env, napi_callback_info info);
napi_value options_share(napi_env env, napi_callback_info info);
napi_value options_interface(napi_env env, napi_callback_info info);

#endif
