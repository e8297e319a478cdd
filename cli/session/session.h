/* The common code of all verbs: a loop that ends in order after SIGINT or
   SIGTERM, when the time is over, or when the reader of the output has closed
   it. */
#ifndef CLI_SESSION_SESSION_H
#define CLI_SESSION_SESSION_H

#include <dgram.h>

#include "args/endpoint.h"
#include "session/advice.h"

/* What a process does for a verb. With --workers the first process probes
   whether the address can be bound, and is then the primary. */
enum session_part {
    SESSION_ALONE,
    SESSION_PROBE,
    SESSION_WORKER, /* with a socket of its own */
    SESSION_SHARER, /* a worker with the shared socket */
};

#define EXIT_UNREAD 3 /* of a worker: its output cannot be written */

struct session {
    uv_loop_t loop;
    const char *verb;
    struct given given; /* for advice after an error */
    enum session_part part;
    int worker;           /* its number */
    struct endpoint from; /* bind to it before a connect, if it has a port or a
                             host */
    const char *source; /* bind to this address if there is no other, or NULL */
    const char *device; /* bind to this interface, or NULL */
    dgram_socket *socket; /* closed when the session stops; NULL: none */
    dgram_listener listener;
    int status; /* for exit() */
    bool stopping, is_bound;
    bool is_over;                /* session_stop_after() has stopped it */
    bool is_interrupted;         /* by a signal */
    bool takes_rest;             /* at its end, receives what has come */
    bool has_path_errors;        /* the system reports those of the socket */
    void (*on_stop)(void *data); /* called once when it stops, or NULL */
    /* Called at a signal, or NULL: returns whether the verb stops by itself. */
    bool (*on_interrupt)(void *data);
    void *data;
    uv_timer_t limit;
    struct {
        bool has_begun;
        uint64_t first, latest; /* datagrams received by then */
        unsigned few_steps;     /* in which few came */
    } rest;
    uv_getaddrinfo_t lookup;
    const struct endpoint *wanted; /* the endpoint of a lookup, or NULL */
    dgram_address *found;          /* receives its address */
    void (*on_found)(void);
};

/* Opens the loop. Returns 0, or prints an error and returns the exit status. */
int session_begin(struct session *session, const char *verb);

/* Ends the session in order: closes the socket and lets the loop end. May be
   called in any callback and more than once. */
void session_stop(struct session *session);

/* The same, after `seconds`. */
void session_stop_after(struct session *session, double seconds);

/* Prints "dgram VERB: SUBJECT" and the error. */
void session_log_error(struct session *session, const char *subject,
                       const dgram_error *error);

/* Prints advice about an error, if there is any. */
void session_advise(struct session *session, const dgram_error *error);

/* Both. */
void session_report(struct session *session, const char *subject,
                    const dgram_error *error);

/* Both without a subject; then stops with exit status 1. */
void session_fail(struct session *session, const dgram_error *error);

/* Writes the output. If the reader has closed it, stops with exit status 1 and
   prints nothing. */
void session_flush(struct session *session);

/* Runs the session to its end and frees everything. SIGINT and SIGTERM end a
   session without workers in order. Does not wait for a lookup after
   session_stop(). Returns the exit status. */
int session_run(struct session *session);

/* Whether a lookup was still running at the end of session_run(). exit() would
   wait for it, because libuv joins the threads of its pool. */
bool session_has_left_lookup(void);

/* Prints "dgram VERB: TEXT" on standard error. */
void session_log(const struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Creates the socket of the session, with a listener for `events`. If the
   system lacks receive_info or path_errors, it does without. Prints an error
   and returns false if that fails. */
bool session_create(struct session *session, const dgram_options *options,
                    const dgram_events *events);

/* Binds the socket: at once if the host is numeric or empty, otherwise after
   its lookup. A failure stops the session. */
void session_bind(struct session *session, const struct endpoint *endpoint);

/* Connects the socket, after a bind to `from`, the source and the device. A
   failure stops the session, or is an error event. */
void session_connect(struct session *session, const struct endpoint *endpoint);

/* Looks up the endpoint once; an empty host is the loopback address. Calls
   on_found when *address_out is set, at once for numeric hosts. A failure stops
   the session. */
void session_resolve(struct session *session, const struct endpoint *endpoint,
                     dgram_address *address_out, void (*on_found)(void));

/* Call it when the socket is bound. Gets its address, and returns whether the
   verb must print it: a probe stops instead, and for a sharer the primary
   prints it. */
bool session_is_listening(struct session *session, dgram_address *address_out);

/* Returns how many messages the kernel dropped before the socket received them,
   or DGRAM_STATS_UNKNOWN. */
uint64_t session_drops(const struct session *session);

/* In a worker, prints its number at the start of a line: "worker N: ", or the
   member of a JSON object. */
void session_print_worker(const struct session *session);

/* Prints "HEAD listening HOST:PORT" on standard error, or with --json an object
   on standard output. */
void session_print_listening(const char *head, const dgram_address *address);

#endif
