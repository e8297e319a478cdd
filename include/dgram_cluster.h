/*
 * libdgram: one port for many processes, the C form of node:cluster.
 *
 * A primary process opens sockets on behalf of worker processes and sends them
 * the descriptors. Workers that bind the same address and port share one
 * socket: each datagram goes to the worker that reads it first. The port stays
 * bound as long as a worker has the socket open.
 *
 * There are three parts. Each can be used without the next:
 *
 *   dgram_worker_*   in a worker: a primary answers the binds of its loop
 *   dgram_primary_*  in the primary: answers the binds of workers
 *   dgram_spawner_*  in the primary: starts worker processes, replaces those
 *                    that end, and stops and restarts them without loss
 *
 * A worker shares a socket when it calls dgram_bind() or dgram_bind_with(). It
 * does not share one if the socket has `reuse_port`, if the bind has
 * `exclusive` or `fd`, or if the bind is synchronous or implicit.
 *
 * Two binds get the same socket if address, port and type are the same, and if
 * both workers have made the same number of such binds before: the first bind
 * of each worker gets the first socket, the second bind gets the second socket.
 * So workers that each bind port 0 once share one free port, and a worker that
 * binds the same port twice gets UV_EADDRINUSE. The first bind determines
 * `reuse_address` and `ipv6_only`.
 *
 * A shared bind can also fail with
 *   UV_EMFILE   the worker has `sockets_max` sockets, or the primary or the
 *               worker has too many descriptors
 *   UV_EPIPE    the primary has ended or closed the connection
 *   UV_ENOTSUP  the kernel coalesces datagrams on the socket, and this worker
 *               cannot split them: its library is built for the portable
 *               platform
 *
 * On Windows dgram_worker_join(), dgram_primary_create() and
 * dgram_spawner_create() fail with UV_ENOTSUP.
 *
 * The rules of dgram.h about threads, order, errors, memory and the end of a
 * loop apply here too. Callbacks of a primary or spawner must return: do not
 * leave them by an exception or longjmp(). If the program closes the handles of
 * a spawner itself, the spawner does not learn when workers end. In this case
 * dgram_spawner_stop() sends SIGTERM to each worker and reports it as ended
 * with UV_ECANCELED.
 */
#ifndef DGRAM_CLUSTER_H
#define DGRAM_CLUSTER_H

#include <dgram.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- In a worker ------------------------------------------------------- */

/* Environment variables of a worker process: the number of its control
   descriptor, which connects it with the primary, and its own number from 0. */
#define DGRAM_CLUSTER_FD "DGRAM_CLUSTER_FD"
#define DGRAM_CLUSTER_WORKER "DGRAM_CLUSTER_WORKER"

typedef struct dgram_worker_options {
    size_t size;  /* sizeof(dgram_worker_options) */
    int fd;       /* > 0: the control descriptor, which the library then owns.
                     Otherwise the library takes the descriptor from the
                     environment variable DGRAM_CLUSTER_FD and removes the
                     variable. */
    bool signals; /* SIGTERM stops the worker, as a request of the primary does.
                     SIGINT and SIGHUP are ignored: a terminal sends them to all
                     processes, and the primary acts on them. */
    /* The worker must end: the primary asked for it, SIGTERM arrived, or
       dgram_worker_stop() was called. The worker has delivered all datagrams
       that it had read, and reads no more from shared sockets. In this
       function, finish the work in progress and close all sockets. A socket
       that does not read does not keep the loop running: to answer later, use a
       timer or another handle. If this is NULL, the library closes each shared
       socket when its send queue is empty. Called once. */
    void (*stop)(uv_loop_t *loop, void *data);
    /* The primary has ended or closed the connection. Shared sockets still
       work, but new shared binds fail with UV_EPIPE. If this is NULL, the
       worker stops. Called once. */
    void (*lost)(uv_loop_t *loop, void *data);
    void *data; /* the argument of both callbacks */
} dgram_worker_options;

/* Returns whether this process was started as a worker and has not joined yet.
 */
DGRAM_API bool dgram_is_worker(void);

/* Connects the loop with the primary, which answers its shared binds from now
   on. `options` may be NULL. The connection does not keep the loop running. A
   bind that waits for its answer does, even if its socket is closed.
   Errors: UV_ENOTCONN if the process is not a worker, UV_EALREADY if the loop
   has joined, UV_EINVAL if `loop` is NULL or the descriptor is not a Unix
   stream socket, UV_EBADF, DGRAM_ERR_INVALID_ARG_VALUE for a wrong `size`,
   UV_ENOMEM. */
DGRAM_API int dgram_worker_join(uv_loop_t *loop,
                                const dgram_worker_options *options);

/* Reports to the primary that this worker is ready to replace another worker,
   even if it does not share the same sockets. See dgram_spawner_restart().
   Errors: UV_ENOTCONN if the loop has not joined, UV_EPIPE if the primary has
   ended or closed the connection, UV_ENOMEM. */
DGRAM_API int dgram_worker_ready(uv_loop_t *loop);

/* Stops the worker as if the primary had asked for it. `stop` is called from
   the loop. Errors: UV_ENOTCONN if the loop has not joined. */
DGRAM_API int dgram_worker_stop(uv_loop_t *loop);

/* Closes the connection, so that the loop can end and be closed. Binds that
   wait for an answer fail with UV_EPIPE. Bound sockets still work, but the
   primary treats the worker as dead. Signals have their default effect again,
   so send your last answers before you call this function. The connection is
   closed from the loop; until then, the loop cannot join again (UV_EALREADY).
   Errors: UV_ENOTCONN if the loop has not joined. */
DGRAM_API int dgram_worker_leave(uv_loop_t *loop);

/* ---- In the primary ---------------------------------------------------- */

/* Answers the binds of workers. */
typedef struct dgram_primary dgram_primary;

/* The connection of a primary with one worker. */
typedef struct dgram_connection dgram_connection;

typedef struct dgram_primary_options {
    size_t size;          /* sizeof(dgram_primary_options) */
    unsigned sockets_max; /* the most sockets of one worker; further binds fail
                             with UV_EMFILE. 0: 1024 */
    unsigned linger_ms;   /* how many milliseconds the primary keeps a socket,
                             with the datagrams in its queue, for a replacement
                             after the last worker of the socket has died,
                             stopped or failed to receive the socket. Sockets
                             that a worker has closed are not kept. At most
                             `sockets_max` are kept at a time. 0: none */
    /* Callbacks; each may be NULL. */
    /* A worker has joined. */
    void (*joined)(dgram_primary *primary, dgram_connection *connection,
                   void *data);
    /* A worker has bound a shared socket. */
    void (*listening)(dgram_primary *primary, dgram_connection *connection,
                      const dgram_address *address, void *data);
    /* A worker has called dgram_worker_ready(). */
    void (*ready)(dgram_primary *primary, dgram_connection *connection,
                  void *data);
    /* A worker has closed the connection, has died, or has sent an invalid
       message. `connection` is freed afterwards. */
    void (*left)(dgram_primary *primary, dgram_connection *connection,
                 void *data);
    /* dgram_primary_close() is complete. The primary is freed afterwards. */
    void (*closed)(dgram_primary *primary, void *data);
    void *data; /* the argument of all callbacks */
} dgram_primary_options;

/* Creates a primary without workers. It keeps the loop running while it has
   connections. Errors: DGRAM_ERR_INVALID_ARG_VALUE for a wrong `size`,
   UV_EINVAL if `loop` is NULL, UV_ENOMEM. */
DGRAM_API int dgram_primary_create(uv_loop_t *loop,
                                   const dgram_primary_options *options,
                                   dgram_primary **primary_out);

/* Creates a connection for one more worker. *fd_out is the worker's end. Pass
   it to the worker, which calls dgram_worker_join(), and close it here. It is
   close-on-exec. Errors: UV_ECANCELED after dgram_primary_close(), UV_EMFILE,
   UV_ENFILE, UV_ENOMEM. */
DGRAM_API int dgram_primary_add(dgram_primary *primary, void *data,
                                dgram_connection **connection_out, int *fd_out);

/* Returns the `data` of dgram_primary_add(). */
DGRAM_API void *dgram_connection_get_data(const dgram_connection *connection);

/* Asks the worker to end. Errors: UV_EPIPE if the worker has closed the
   connection, UV_ENOMEM. */
DGRAM_API int dgram_connection_stop(dgram_connection *connection);

/* Closes and frees the connection, and does not call `left`. Use it when the
   process of the worker has ended. Sockets that the worker reported as closed
   are closed; the others are kept for a replacement. */
DGRAM_API void dgram_connection_end(dgram_connection *connection);

/* Returns whether the worker can replace the worker of `other`: it has called
   dgram_worker_ready(), or it has joined and shares every socket that the other
   worker shares. If `other` is NULL, returns whether it has joined. */
DGRAM_API bool dgram_connection_is_ready(const dgram_connection *connection,
                                         const dgram_connection *other);

/* Closes all connections and sockets, then calls `closed` and frees the
   primary. Workers keep their descriptors. */
DGRAM_API void dgram_primary_close(dgram_primary *primary);

/* ---- Processes --------------------------------------------------------- */

/* Keeps a number of worker processes running. */
typedef struct dgram_spawner dgram_spawner;

typedef struct dgram_spawner_options {
    size_t size;             /* sizeof(dgram_spawner_options) */
    const char *file;        /* program of the workers; NULL: this program */
    const char *const *args; /* its arguments: args[0] is its name, and NULL
                                follows the last. NULL: `file` alone */
    unsigned workers;        /* the number of workers, 1 to 1024 */
    unsigned restart_min_ms; /* the pause before a worker that died is replaced,
                                in milliseconds. It doubles each time, up to
                                `restart_max_ms`. 0: 100 */
    unsigned restart_max_ms; /* the longest pause, in milliseconds. If a worker
                                has run for this long, the next pause is
                                `restart_min_ms` again. 0: 10,000 */
    unsigned drain_ms;       /* a worker that was asked to end is killed after
                                this many milliseconds. If it has left the
                                primary before, it gets SIGTERM after half of
                                this time. 0: 10,000 */
    unsigned ready_ms;       /* a replacement that is not ready is killed after
                                this many milliseconds. 0: 10,000 */
    bool signals; /* SIGTERM and SIGINT stop the spawner. A second signal, at
                     least half a second later, kills the workers.
                     SIGHUP restarts the workers. */
    /* Callbacks; each may be NULL. `worker` is the number of the worker, from
       0. */
    /* A process was started. */
    void (*started)(dgram_spawner *spawner, unsigned worker, int pid,
                    void *data);
    /* A worker has bound a shared socket. */
    void (*listening)(dgram_spawner *spawner, unsigned worker,
                      const dgram_address *address, void *data);
    /* A process has ended. `status` is its exit status, and `signal` the signal
       that killed it, or 0. If the process could not be started, `pid` is 0 and
       `status` is an error. dgram_spawner_get_pid() returns 0 or the pid of
       another process. */
    void (*ended)(dgram_spawner *spawner, unsigned worker, int pid,
                  int64_t status, int signal, void *data);
    /* A rolling restart is complete (0), or has ended early (UV_ECANCELED): a
       replacement died, was not ready in time, or could not be started, or the
       spawner was stopped. The old worker continues. If it had already been
       asked to end, a new worker is started. Called before `stopped`. */
    void (*restarted)(dgram_spawner *spawner, int status, void *data);
    /* All workers have ended after dgram_spawner_stop(). The spawner is freed
       afterwards. */
    void (*stopped)(dgram_spawner *spawner, void *data);
    void *data; /* the argument of all callbacks */
} dgram_spawner_options;

/* Creates a spawner, and starts its workers from the loop. The texts are
   copied. Workers inherit the standard streams of this process. A stream that
   is closed becomes the null device in the workers. If your program may be
   started with closed standard streams, open them before its first loop.
   Otherwise libuv may use their numbers for its own descriptors, and abort when
   it starts a process. Errors: DGRAM_ERR_INVALID_ARG_VALUE for a wrong `size`
   or number of workers, UV_EINVAL if `loop` is NULL, UV_ENOENT if the path of
   this program cannot be determined, UV_ENOMEM. */
DGRAM_API int dgram_spawner_create(uv_loop_t *loop,
                                   const dgram_spawner_options *options,
                                   dgram_spawner **spawner_out);

/* Returns the process id of a worker, or 0 if it has no process at the moment.
 */
DGRAM_API int dgram_spawner_get_pid(const dgram_spawner *spawner,
                                    unsigned worker);

/* Replaces the workers one after the other. A replacement is started first;
   when it shares every socket that the old worker shares, the old worker is
   asked to end. Datagrams in the kernel's queues are not lost: the replacement
   reads them. A call during a restart queues one more restart. Errors:
   UV_ECANCELED if the spawner is stopping, or if the program closed its
   handles. */
DGRAM_API int dgram_spawner_restart(dgram_spawner *spawner);

/* Asks all workers to end, kills them after `drain_ms`, and calls `stopped`. A
   second call kills them at once. */
DGRAM_API void dgram_spawner_stop(dgram_spawner *spawner);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_CLUSTER_H */
