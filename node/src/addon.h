/* What the files of the addon share: the environment of one JavaScript thread,
   and the handle of one socket.

   JavaScript decides what happens and when. The addon only passes it to the
   core and back. Payloads and their lengths and addresses are in arrays that
   both sides share, so that one call can pass many datagrams. */
#ifndef ADDON_H
#define ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <uv.h>

#include <dgram.h>

#define SEND_SLAB_SIZE (1u << 20) /* payloads of one flush */
#define SEND_COUNT_MAX 2048u      /* datagrams of one flush */
#define SEND_FIELDS 4u            /* length, destination, number, information */
#define SEND_INFO_FIELDS 5u       /* see send_info.c */
#define RECEIVE_FIELDS 4          /* see the enum of LENGTH */
#define RECEIVE_HEADER 4u         /* fields before those of datagrams */
#define RECEIVE_INFO_FIELDS 8u    /* see receive_info.c */
#define SLABS_MAX 8u              /* batches in memory */
#define DEPTHS_MAX 4u             /* of the stack where Node runs the loop */
#define ADDRESSES_MAX 1024u       /* senders whose text is stored */
#define PATHS_MAX 128u            /* the same of Unix sockets */
#define DESTINATIONS_MAX 4096u
#define NO_PORT                                                                \
    (-1) /* as the port of a received datagram: its address is a path */
#define SEND_PENDING INT32_MAX /* the result follows */
#define PORT_IS_IPV6 0x10000   /* a flag of that field */

/* Numbers that JavaScript shares. */
enum {
    SHARED_SLAB,    /* whose next datagram is to be emitted; -1: a parked one */
    SHARED_RUNNING, /* calls of listeners that have not returned */
    SHARED_EMITTING, /* messages are being emitted */
    SHARED_NOW,      /* time of the loop, in milliseconds */
    SHARED_LEFT,     /* datagrams that a call may emit */
    SHARED_FIELDS,
};

/* Numbers that create() gets, as in lib/handle.js. */
enum {
    SETTING_FAMILY,
    SETTING_REUSE_ADDRESS,
    SETTING_REUSE_PORT,
    SETTING_IPV6_ONLY,
    SETTING_OFFLOAD,
    SETTING_SEGMENTS_MAX,
    SETTING_BUSY_POLL,
    SETTING_STEERING,
    SETTING_STEERING_SOCKETS,
    SETTING_PATH_ERRORS,
    SETTING_RECEIVE_INFO,
    SETTINGS,
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

/* The same for the address of a Unix socket. */
struct known_path {
    dgram_address address;
    bool used;
    uint64_t batch;
};

/* Memory that datagrams are received into, and where they remain until
   JavaScript has emitted them. Its arrays are created at the first use. */
struct slab {
    unsigned char *payloads; /* NULL: not created */
    int32_t *fields;         /* a header, and RECEIVE_FIELDS for each */
    napi_ref texts;          /* array: addresses that are not in `addresses` */
    int32_t *infos;          /* RECEIVE_INFO_FIELDS for each; NULL: not needed
                                so far */
    napi_ref info_texts;     /* array: the same as texts, two for each */
    uint64_t batch;          /* of the datagrams in it, or of the latest ones */
    int32_t count;           /* datagrams in it */
    struct handle *receiver; /* whose socket receives into it, or NULL */
    bool used;               /* it has datagrams to emit */
    unsigned next;           /* slab with later datagrams of the same handle */
};

/* The header of a slab's fields. JavaScript advances the first two before it
   calls a listener, because the listener may run the loop, which then emits the
   rest of the slab. */
enum {
    POSITION, /* of the next datagram to emit */
    STAGE,    /* 0: none was emitted; otherwise flags of JavaScript */
    BATCH,    /* differs from that of the slab's last use */
    COUNT,    /* datagrams */
};

/* The fields of each datagram in a slab, behind the header. */
enum {
    LENGTH,
    ADDRESS, /* index of its text; -1: the text is in the array of the slab */
    PORT,    /* with PORT_IS_IPV6, or NO_PORT */
    OFFSET,  /* of its payload */
};

struct addon {
    napi_env env;
    uv_loop_t *loop;
    napi_async_cleanup_hook_handle cleanup;
    struct handle *handles;                      /* open ones */
    struct handle *first_pending, *last_pending; /* handles that have datagrams
                                                    to emit, some in each loop
                                                    iteration */
    unsigned pending_count;
    unsigned waiting; /* handles that wait for a slab to receive into */
    bool ending;      /* the environment is ending */
    unsigned open;    /* handles of libuv and sockets, not yet closed */
    uv_idle_t *idle;  /* runs while there are pending or waiting handles */
    struct iteration *iteration; /* that JavaScript needs */

    /* Shared with JavaScript; references keep them. */
    unsigned char *send_slab;
    int32_t *send_fields, *send_status;
    int32_t *send_info_rows;      /* information as JavaScript writes it, or
                                     NULL: not needed so far */
    dgram_send_info *send_infos;  /* the same for the core */
    dgram_outgoing *outgoing;     /* SEND_COUNT_MAX, of one flush */
    int32_t *deferred_count;      /* datagrams that are deferred */
    struct handle *deferred;      /* whose they are, or NULL */
    uv_thread_t thread;           /* that the environment runs in */
    struct addon *next_deferring; /* of any thread */
    bool has_deferred;            /* it has deferred some */
    napi_ref kept;                /* array of the values of remember() */
    napi_ref send_buffers;        /* array of the ArrayBuffers */
    napi_ref addresses;           /* array of texts, as known */
    napi_ref slab_objects;        /* array of objects, as slabs */
    int32_t *shared;              /* SHARED_FIELDS */
    napi_ref on_messages, on_emitted, on_error, on_path_error, on_sent,
        on_exception, on_writable, on_detached, call_messages,
        is_nested;                /* functions */
    uintptr_t depths[DEPTHS_MAX]; /* where no code runs the loop */
    unsigned next_depth;          /* to be replaced */
    bool reported; /* the exception that onMessages() threw is reported */
    struct known_address *known;    /* ADDRESSES_MAX */
    struct known_path *known_paths; /* PATHS_MAX; NULL: none so far */
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
    napi_ref object;       /* of JavaScript; strong while open */
    uint32_t receive_info; /* DGRAM_INFO_* that rinfo says */
    unsigned first_slab;   /* first slab with datagrams to emit, or SLABS_MAX */
    uint32_t parked; /* datagrams that JavaScript has taken out of slabs, to
                        be emitted before those in slabs */
    struct handle *pending_previous, *pending_next; /* in addon's list */
    bool pending;
    bool waits;                /* for a slab to receive into */
    bool paused;               /* by JavaScript: it emits no datagrams */
    bool stopped;              /* dgram_receive_stop() was called */
    bool orphan;               /* no object frees it */
    struct writable *writable; /* NULL: nothing has waited for the peer */
};

/* Returns the handle in the first argument; NULL if it is closed. */
struct handle *handle_of(napi_env env, napi_callback_info info, size_t *argc,
                         napi_value *argv);

/* Keeps the value as long as the module. NULL without memory. */
napi_ref remember(struct addon *addon, napi_value value);

/* Returns the value of the reference; NULL if it was collected. */
napi_value value_of(struct addon *addon, napi_ref reference);

/* Creates an ArrayBuffer of zeros, and sets *data. NULL without memory. */
napi_value new_buffer(napi_env env, size_t size, void **data);

/* One of addon->open was closed. */
void addon_closed(struct addon *addon);

/* values.c */

napi_value number(napi_env env, double value);
int32_t int_of(napi_env env, napi_value value);

/* Copies a text, truncated to the buffer. Returns NULL if it is no text. */
const char *text_of(napi_env env, napi_value value, char *buffer, size_t size);

/* The same for an address. As in Node, a zone that no interface has is removed;
   the core would refuse it. */
const char *address_of(napi_env env, napi_value value, char *buffer,
                       size_t size);

/* The same for a group or a source, in which Node ignores any zone. */
const char *plain_address_of(napi_env env, napi_value value, char *buffer,
                             size_t size);

/* The same for an interface. As in Node, an IPv6 address without a zone lets
   the kernel choose. */
const char *interface_of(napi_env env, napi_value value, char *buffer,
                         size_t size);

/* senders.c */

/* Returns the index of the address in addon->addresses. Stores its text there,
   unless the place has an address of a batch that is not older than `oldest`:
   then returns -1. */
int32_t senders_index(struct addon *addon, const dgram_address *from,
                      uint64_t oldest);

/* Writes the text of the address to an array of JavaScript. */
void senders_write_text(struct addon *addon, napi_ref array, uint32_t at,
                        const dgram_address *from);

/* slabs.c */

/* Returns the oldest batch that has datagrams to emit. */
uint64_t slabs_oldest_batch(const struct addon *addon);

/* Returns a free slab, or SLABS_MAX. */
unsigned slabs_find(struct addon *addon);

/* Returns the slab that contains the memory, or NULL. */
struct slab *slabs_at(struct addon *addon, const void *memory);

/* Describes the datagrams in the slab. With `copies` they are in another slab
   and are copied. `oldest` is the oldest batch that has datagrams to emit. */
void slabs_fill(struct addon *addon, struct slab *slab,
                const dgram_message *messages, size_t count, bool copies,
                uint64_t oldest);

/* receive.c: the events of a handle, and the memory of its socket. */
extern const dgram_events receive_events;
void receive_provide(dgram_socket *socket, size_t size, uv_buf_t *memory,
                     void *data);
void receive_take_back(dgram_socket *socket, void *memory, void *data);
napi_value receive_setup(napi_env env, napi_callback_info info);

/* Decides again whether the handle receives, and whether it emits in the next
   loop iterations. Call it when one of the reasons has changed. */
void receive_update(struct handle *handle);

/* Frees the first slab of the handle. Its datagrams are not emitted. */
void receive_drop_slab(struct handle *handle);

/* pending.c: the handles that emit in the next loop iterations. add() appends
   the handle, also if it is there already. */
void pending_add(struct handle *handle);
void pending_remove(struct handle *handle);

/* detach.c: report() calls JavaScript. Call it before the reference to the
   object is deleted. */
napi_value detach_handle(napi_env env, napi_callback_info info);
napi_value detach_setup(napi_env env, napi_callback_info info);
void detach_report(struct handle *handle);

/* pause.c */
napi_value pause_set(napi_env env, napi_callback_info info);
napi_value pause_take_slab(napi_env env, napi_callback_info info);
napi_value pause_park(napi_env env, napi_callback_info info);

/* path_errors.c: emit calls JavaScript. */
napi_value path_errors_setup(napi_env env, napi_callback_info info);
void path_errors_emit(struct handle *handle, const dgram_path_error *error);

/* unix.c */
napi_value unix_bind_path(napi_env env, napi_callback_info info);
napi_value unix_bind_unnamed(napi_env env, napi_callback_info info);

/* unix_dgram.c: close() ends a wait for the peer. */
napi_value unix_dgram_socket(napi_env env, napi_callback_info info);
napi_value unix_dgram_bind(napi_env env, napi_callback_info info);
napi_value unix_dgram_connect(napi_env env, napi_callback_info info);
napi_value unix_dgram_send(napi_env env, napi_callback_info info);
napi_value unix_dgram_await(napi_env env, napi_callback_info info);
napi_value unix_dgram_setup(napi_env env, napi_callback_info info);
void unix_dgram_close(struct handle *handle);

/* stats.c */
napi_value stats_get(napi_env env, napi_callback_info info);

/* receive_info.c: describes the information of the datagrams in the slab. */
void receive_info_fill(struct addon *addon, struct slab *slab, unsigned index,
                       const dgram_message *messages, size_t count,
                       uint32_t asked, uint64_t oldest);

/* interfaces.c */
napi_value interfaces_index(napi_env env, napi_callback_info info);
napi_value interfaces_name(napi_env env, napi_callback_info info);

/* call_back.c: calls a JavaScript function as a callback of libuv: ticks and
   promise jobs run afterwards, unless it throws or another call is under way.
   An exception is reported as uncaught. argv[0] is also `this`. */
void call_back_setup(struct addon *addon);
void call_back(struct addon *addon, napi_value callee, size_t argc,
               const napi_value *argv);

/* The same for onMessages(object), which runs ticks itself if it is to emit
   many datagrams. */
void call_back_messages(struct addon *addon, napi_value object, bool many);

/* send.c */
napi_value send_setup(napi_env env, napi_callback_info info);
napi_value send_flush(napi_env env, napi_callback_info info);
napi_value send_destination(napi_env env, napi_callback_info info);
napi_value send_queue(napi_env env, napi_callback_info info);

/* send_info.c: the information of the datagram at `i` of the arrays. */
napi_value send_info_setup(napi_env env, napi_callback_info info);
const dgram_send_info *send_info_of(struct addon *addon, uint32_t i);

/* Sends the first `count` datagrams of the arrays, and writes their status. */
void send_all(struct handle *handle, uint32_t count);

/* deferred.c: end is called when the environment ends, forget when the
   datagrams were flushed. */
napi_value deferred_begin(napi_env env, napi_callback_info info);
void deferred_send(struct addon *addon);
void deferred_end(struct addon *addon);
void deferred_forget(struct addon *addon);

/* pool.c: create returns NULL without memory. Blocks that JavaScript has at the
   end are freed when they are collected. */
struct pool *pool_create(void);
void pool_end(struct pool *pool);
/* While no socket is open, the pool is idle: its free blocks are released to
   the system. */
void pool_set_idle(struct pool *pool, bool idle);
napi_value pool_new_block(napi_env env, napi_callback_info info);

/* memory.c: call it before any function of the core. */
void memory_setup(void);

/* iteration.c: create returns NULL without memory. Until it is opened, it is
   freed with free(). */
struct iteration *iteration_create(void);
void iteration_open(struct iteration *iteration, struct addon *addon);
void iteration_close(struct addon *addon);
/* Reasons for a loop iteration, as in lib/ticks.js. The first two call
   JavaScript in the next iteration but one. */
enum { ITERATION_TICKS = 1, ITERATION_DEFERRED = 2, ITERATION_CLOSE = 4 };
void iteration_need(struct addon *addon, unsigned reason, bool needed);
napi_value iteration_setup(napi_env env, napi_callback_info info);
napi_value iteration_change(napi_env env, napi_callback_info info);

/* The address of an interface, as node:dgram takes it; its name or index; or
   all of them. */
enum { INTERFACE_ADDRESS, INTERFACE_NAME, INTERFACE_ALL };

/* self_test.c */
napi_value self_test(napi_env env, napi_callback_info info);

/* options.c */
napi_value options_address(napi_env env, napi_callback_info info);
napi_value options_set(napi_env env, napi_callback_info info);
napi_value options_get(napi_env env, napi_callback_info info);
napi_value options_path_mtu(napi_env env, napi_callback_info info);
napi_value options_buffer_size(napi_env env, napi_callback_info info);
napi_value options_membership(napi_env env, napi_callback_info info);
napi_value memberships_list(napi_env env, napi_callback_info info);
napi_value options_kind(napi_env env, napi_callback_info info);
napi_value options_duplicate(napi_env env, napi_callback_info info);
napi_value options_share(napi_env env, napi_callback_info info);
napi_value options_interface(napi_env env, napi_callback_info info);

#endif
