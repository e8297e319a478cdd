/* The socket: its parts, and the members that every file needs. */
#ifndef DGRAM_SOCKET_SOCKET_H
#define DGRAM_SOCKET_SOCKET_H

#include "namespace.h"
#include "util/address.h"
#include "util/error.h"
#include "datapath/datapath.h"
#include "loop/loop.h"
#include "socket/abort.h"
#include "socket/bind.h"
#include "socket/blocklist.h"
#include "socket/connect.h"
#include "socket/drain.h"
#include "socket/events.h"
#include "socket/flush.h"
#include "socket/lookup.h"
#include "socket/memberships.h"
#include "socket/named_send.h"
#include "socket/path_error.h"
#include "socket/readahead.h"
#include "socket/receive.h"
#include "socket/state.h"
#include "socket/stats.h"
#include "socket/steering.h"
#include "socket/watch.h"

struct dgram_socket {
    struct loop *loop; /* a reference */
    dgram_type type;
    struct state state;
    bool lookups_cancelled; /* all of them, by the close */
    struct task task; /* calls watch_update(); closes a detached socket; from
                         the close on, ends it */
    dgram_datapath datapath; /* its descriptor is the socket's own */
    struct events events;
    struct error_record error; /* the latest */
    uint64_t unhandled_errors; /* how many no listener received */
    void *data;                /* the program's */

    /* Each of these is touched only by the file that declares it, and by its
       functions. */
    struct watch_part watch;
    struct flush_part flush;
    struct named_send_part named_sends;
    struct drain_part drain;
    struct receive_part receive;
    struct path_error_part path_error;
    struct readahead readahead;
    struct bind_part bind;
    struct steering_part steering;
    struct connect_part connect;
    struct lookup_part lookup;
    struct blocklists blocklists;
    struct memberships_part memberships;
    struct abort_link abort;
};

/* Sets s->error and returns the code. */
int socket_misuse(dgram_socket *s, int code);

/* Parses a numeric address. "" and NULL stand for `otherwise`. Returns 0, or a
   negative code, recorded in s->error. */
int socket_read_address(dgram_socket *s, const char *syscall, const char *text,
                        const dgram_address *otherwise, dgram_address *out);

/* Emits the error in s->error. Without an `error` listener, it goes to the hook
   for unhandled errors. */
void socket_emit_error(dgram_socket *s);

/* Whether it is a Unix socket, not UDP. */
static inline bool socket_is_unix(const dgram_socket *s) {
    return s->type == DGRAM_UNIX;
}

/* The events that the socket waits for have changed: a task calls
   watch_update(). */
static inline void socket_watch_changed(dgram_socket *s) {
    loop_defer(s->loop, &s->task);
}

/* Returns 0 if the socket has a descriptor; else a negative code, recorded in
   s->error. */
int socket_need_descriptor(dgram_socket *s, const char *syscall);

/* The same; also fails if the socket is detached and no longer receives. */
int socket_need_reader(dgram_socket *s, const char *syscall);

/* Returns 0 if the socket is open and not a Unix socket, else a negative code,
   recorded in s->error. */
int socket_need_ip(dgram_socket *s, const char *syscall);

#endif
