/* The socket itself: its members, and what every part of it needs. */
#ifndef DGRAM_SOCKET_SOCKET_H
#define DGRAM_SOCKET_SOCKET_H

#include "namespace.h"
#include "util/address.h"
#include "socket/abort.h"
#include "socket/blocklist.h"
#include "util/error.h"
#include "socket/events.h"
#include "datapath/backpressure.h"
#include "loop/loop.h"
#include "datapath/datapath.h"
#include "socket/retryq.h"
#include "loop/sendq.h"
#include "socket/state.h"

struct dgram_socket {
    struct loop *loop; /* a reference */
    uv_poll_t poll;    /* on the descriptor, while bound */
    bool (*ready)(dgram_socket *s, bool readable, bool writable); /* of poll */
    dgram_type type;
    struct state state;
    bool reuse_address, reuse_port, ipv6_only; /* for bind */
    bool referenced;                           /* keeps the loop running */
    bool exclusive;           /* the bind that is made is not shared */
    bool shared;              /* the descriptor, as if there were a lease */
    bool paused;              /* nothing is read */
    bool receive_ended;       /* nothing will come: shutdown(SHUT_RD) */
    bool error_queue_pending; /* woken by an error that reading did not show */
    bool lookups_cancelled;   /* all of them, by the close */
    struct backpressure backpressure; /* between sendq and the kernel */
    int receive_error;                /* that comes at each read; 0: none */
    uint32_t receive_delay; /* milliseconds between such reads; 0: none */
    int bind_status;        /* why the latest bind failed */
    uint32_t receive_buffer_size, send_buffer_size; /* for bind; 0: as it is */
    uint32_t message_size_max;                      /* 0: no cut */
    uint32_t busy_poll_us;                          /* 0: sleep at once */
    uint32_t named_count;                           /* of named_sends */
    size_t send_queue_size_max;                     /* bytes; 0: no bound */

    struct events events;
    struct error_record error; /* the latest */
    uint64_t unhandled_errors; /* errors without listener */
    void *data;                /* the user's */

    union {
        struct task listening_task;
        struct task end_task; /* once it is closed */
    };
    struct task connect_task;
    struct list cancelled; /* lookups that a resolver still knows */

    dgram_lookup_fn lookup; /* NULL: the default */
    dgram_lookup_cancel_fn lookup_cancel;
    void *lookup_data;

    dgram_lookup *bind_lookup; /* under way while binding, else NULL */
    void *lease; /* what loop->broker keeps of it while shared, or NULL */

    dgram_lookup *connect_lookup; /* under way while connecting, else NULL */
    dgram_connect_cb connect_cb;
    void *connect_data;
    dgram_connect_cb connected_cb; /* to be called with 0, or NULL */
    void *connected_data;
    unsigned connects_due; /* `connect` events that connect_task emits */
    dgram_address remote;  /* the peer, or who is to become it */

    dgram_datapath datapath; /* its descriptor is ours; -1 unless bound */
    struct sendq sendq;
    struct retryq retryq;        /* those that the kernel has no buffers for */
    struct list named_sends;     /* sends whose host is being looked up */
    size_t named_size;           /* their bytes */
    size_t named_cost;           /* bytes that they take, their own included */
    struct task send_task;       /* flush and report */
    struct task retry_task;      /* ends a rest */
    struct task receive_task;    /* reads after an error, or what is held */
    struct readahead *readahead; /* messages read before their turn, or NULL */

    struct abort_link abort;
    dgram_blocklist *receive_blocklist, *send_blocklist; /* or NULL */
};

/* Records a misuse and returns its code. */
int socket_misuse(dgram_socket *s, int code);

/* Reads a numeric address, or "" or NULL as `otherwise`, for a call that looks
   no name up. Returns 0, or what is wrong with it, recorded. */
int socket_read_address(dgram_socket *s, const char *syscall, const char *text,
                        const dgram_address *otherwise, dgram_address *out);

/* Tells the listeners, or the unheard hook, of what s->error holds. */
void socket_emit_error(dgram_socket *s);

/* Whether other processes read the descriptor, too. */
bool socket_is_shared(const dgram_socket *s);

/* Whether nothing is read, whatever else is the matter. */
bool socket_is_paused(const dgram_socket *s);

/* Whether it is to be read now. */
bool socket_reads(const dgram_socket *s);

/* 0 if the socket has a descriptor; else the misuse, recorded. */
int socket_need_descriptor(dgram_socket *s, const char *syscall);

#endif
