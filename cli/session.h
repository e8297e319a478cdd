/* What each verb runs in: a loop that ends in order on SIGINT and SIGTERM, on
   the end of the time, and when nobody reads what is printed. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <dgram.h>

#include "advice.h"
#include "endpoint.h"

/* Of a verb with --workers its first process plays two, one after the other:
   it probes whether the address can be bound, then is the primary. */
enum session_part {
    SESSION_ALONE,
    SESSION_PROBE,
    SESSION_WORKER, /* with a socket of its own */
    SESSION_SHARER, /* a worker with the socket of all */
};

#define EXIT_UNREAD 3 /* of a worker: nobody reads what it prints */

struct session {
    uv_loop_t loop;
    const char *verb;
    struct given given; /* for what is advised after an error */
    enum session_part part;
    int worker;             /* its number */
    const char *error_head; /* a line before what failed; NULL: on its line */
    dgram_socket *socket;   /* closed when the session stops; NULL: none */
    dgram_listener listener;
    int status; /* for exit() */
    bool stopping, is_bound;
    void (*on_stop)(void *data); /* NULL, or called once as it stops */
    void *data;
    uv_timer_t limit;
    uv_getaddrinfo_t lookup;
    const struct endpoint *wanted; /* what is being looked up, or NULL */
    dgram_address *found;          /* where its address goes */
    void (*on_found)(void);
};

/* Opens the loop. Returns 0, or the exit status after saying what failed. */
int session_begin(struct session *session, const char *verb);

/* Ends the session in order: the socket is closed, the loop runs dry. May be
   called in any callback and more than once. */
void session_stop(struct session *session);

/* The same, after `seconds`. */
void session_stop_after(struct session *session, double seconds);

/* Says what failed: "dgram VERB: SUBJECT", then the error. */
void session_say_error(struct session *session, const char *subject,
                       const dgram_error *error);

/* Says what to do about an error, if there is something. */
void session_advise(struct session *session, const dgram_error *error);

/* Both. */
void session_report(struct session *session, const char *subject,
                    const dgram_error *error);

/* The same without a subject, and stops with exit status 1. */
void session_fail(struct session *session, const dgram_error *error);

/* Passes on what is printed; stops quietly, with status 1, if nobody reads. */
void session_flush(struct session *session);

/* Runs to the end, and frees everything. SIGINT and SIGTERM end a session
   without workers in order. Returns the exit status. */
int session_run(struct session *session);

/* "dgram VERB: TEXT" on standard error. */
void session_say(const struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes the session's socket, heard by `events` without data. Returns false
   after saying what failed. */
bool session_create(struct session *session, const dgram_options *options,
                    const dgram_events *events);

/* Binds the socket: at once if the host is numeric or empty, else as soon as
   it is looked up. A failure stops the session. */
void session_bind(struct session *session, const struct endpoint *endpoint);

/* Connects the socket. A failure stops the session, or is an error event. */
void session_connect(struct session *session, const struct endpoint *endpoint);

/* Looks the endpoint up, once; an empty host is loopback. on_found is called
   when *address_out is set, at once for numeric hosts. A failure stops the
   session. */
void session_resolve(struct session *session, const struct endpoint *endpoint,
                     dgram_address *address_out, void (*on_found)(void));

/* Notes that the socket is bound, and where. Returns whether the verb is to say
   so: a probe stops instead, a sharer leaves it to the primary. */
bool session_is_listening(struct session *session, dgram_address *address_out);

/* In a worker prints which, before what else a line tells: "worker N: ", or the
   member of a JSON object. */
void session_print_worker(const struct session *session, bool json);

/* Prints "HEAD listening HOST:PORT", or the same as a JSON object. */
void session_print_listening(const char *head, const dgram_address *address,
                             bool json);

#endif
