/*
 * libdgram, one port for many processes: the C form of node:cluster.
 *
 * A primary process opens sockets on behalf of worker processes and hands their
 * descriptors over. Workers that bind the same address and port share one
 * socket: each datagram goes to whoever reads it first. The port stays bound
 * as long as one of them has it.
 *
 * Three parts, each of use without the next:
 *
 *   dgram_worker_*   in a worker: its loop has its binds answered by a primary
 *   dgram_primary_*  in the primary: answers them
 *   dgram_spawner_*  in the primary: starts workers, and others in the place of
 *                    those that end; ends and replaces them without loss
 *
 * What is shared: dgram_bind() and dgram_bind_with() on a worker's loop, unless
 *   the socket has `reuse_port` or the bind `exclusive` or `fd`. All others
 *   (dgram_bind_sync(), implicit binds) are the worker's own.
 *
 * What is the same socket: the address looked up, port, type, and how many
 *   binds of the three the worker has made before: the first of each worker
 *   share one, the second of each another. So two workers that bind port 0 once
 *   get one free port, and one that binds a port twice gets UV_EADDRINUSE. The
 *   other options are those of the first to ask. A shared bind may also fail
 *   with UV_EMFILE (`sockets_max`, or descriptors), UV_EPIPE (the primary is
 *   gone), or UV_ENOTSUP (the kernel glues datagrams of the socket, and the
 *   worker's library, built for the portable layer, does not cut them).
 *
 * The rules of dgram.h hold here too: threads, order, errors, memory, the end
 * of a loop. The callbacks of a primary and of a spawner have to return: no
 * exception and no longjmp() may leave them. A spawner whose handles somebody
 * else has closed sees no worker end: dgram_spawner_stop() then sends each
 * SIGTERM and reports it as ended with UV_ECANCELED.
 */
#ifndef DGRAM_CLUSTER_H
#define DGRAM_CLUSTER_H

#include <dgram.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- In a worker ------------------------------------------------------- */

/* Where a worker finds the number of its control descriptor, and its own
   number from 0. */
#define DGRAM_CLUSTER_FD "DGRAM_CLUSTER_FD"
#define DGRAM_CLUSTER_WORKER "DGRAM_CLUSTER_WORKER"

typedef struct dgram_worker_options {
    size_t size;  /* sizeof(dgram_worker_options) */
    int fd;       /* > 0: the control descriptor, then the library's; else that
                     of the environment, which is taken out of it */
    bool signals; /* SIGTERM stops as the primary would; SIGINT and SIGHUP,
                     which a terminal sends to all, are ignored each time */
    /* The worker is to end: the primary asked, or a signal came, or
       dgram_worker_stop() was called. Reading of shared sockets has ended, all
       that was read has been shown. The callback closes what is open when it
       is done with answering; what is not read does not keep the loop running,
       so an answer that is to come needs a timer, or another handle. NULL:
       shared sockets are closed as soon as their sends have left. Called once.
     */
    void (*stop)(uv_loop_t *loop, void *data);
    /* The primary is gone. Shared sockets go on to work; new shared binds fail
       with UV_EPIPE. NULL: the worker stops. Called once. */
    void (*lost)(uv_loop_t *loop, void *data);
    void *data; /* for both */
} dgram_worker_options;

/* Whether this process was started as a worker and has not joined yet. */
DGRAM_API bool dgram_is_worker(void);

/* From here on the loop's shared binds are answered by the primary. `options`
   may be NULL. The connection does not keep the loop running, but an answer
   that is to come does, also when its socket has been closed meanwhile.
   UV_ENOTCONN if the process is no worker, UV_EALREADY if the loop has joined,
   UV_EINVAL for a descriptor that is no Unix stream socket, UV_EBADF,
   ERR_INVALID_ARG_VALUE for a wrong `size`, UV_ENOMEM. */
DGRAM_API int dgram_worker_join(uv_loop_t *loop,
                                const dgram_worker_options *options);

/* Tells the primary that this worker does its work, though it does not share
   what the one that it replaces does (see dgram_spawner_restart()).
   UV_ENOTCONN, UV_EPIPE when the primary is gone, UV_ENOMEM. */
DGRAM_API int dgram_worker_ready(uv_loop_t *loop);

/* Ends the worker's work as if the primary had asked. UV_ENOTCONN. */
DGRAM_API int dgram_worker_stop(uv_loop_t *loop);

/* Gives the connection up, so that the loop can be closed when it has run out.
   Binds that wait fail with UV_EPIPE; bound sockets go on to work, but the
   primary counts them as those of a worker that died. Ends from the loop: until
   it has run, the loop cannot join again (UV_EALREADY). From this call on
   signals do what they do to any process. UV_ENOTCONN. */
DGRAM_API int dgram_worker_leave(uv_loop_t *loop);

/* ---- In the primary ---------------------------------------------------- */

/* Answers the binds of workers. */
typedef struct dgram_primary dgram_primary;

/* One worker's connection. */
typedef struct dgram_connection dgram_connection;

typedef struct dgram_primary_options {
    size_t size;          /* sizeof(dgram_primary_options) */
    unsigned sockets_max; /* that one worker may hold, else UV_EMFILE;
                             0: 1024 */
    unsigned linger_ms;   /* how long a socket is kept for a replacement when
                             the last worker that had it died, stopped or
                             could not take it; 0: not. Closed sockets are
                             never kept, others up to sockets_max at a time. */
    /* Each may be NULL. */
    void (*joined)(dgram_primary *primary, dgram_connection *connection,
                   void *data);
    void (*listening)(dgram_primary *primary, dgram_connection *connection,
                      const dgram_address *address, void *data);
    void (*ready)(dgram_primary *primary, dgram_connection *connection,
                  void *data);
    /* It closed the connection, died, or sent what no worker sends.
       `connection` is gone afterwards. */
    void (*left)(dgram_primary *primary, dgram_connection *connection,
                 void *data);
    void (*closed)(dgram_primary *primary, void *data);
    void *data; /* for all */
} dgram_primary_options;

/* Makes a primary without workers. It keeps the loop running while it has
   connections. ERR_INVALID_ARG_VALUE for a wrong `size`, UV_ENOMEM. */
DGRAM_API int dgram_primary_create(uv_loop_t *loop,
                                   const dgram_primary_options *options,
                                   dgram_primary **primary_out);

/* Makes a connection for one more worker. *fd_out is the worker's end, the
   caller's to hand on (closed when a program is executed) and to close.
   UV_ECANCELED after dgram_primary_close(), UV_EMFILE, UV_ENFILE, UV_ENOMEM. */
DGRAM_API int dgram_primary_add(dgram_primary *primary, void *data,
                                dgram_connection **connection_out, int *fd_out);

/* What dgram_primary_add() was given. */
DGRAM_API void *dgram_connection_get_data(const dgram_connection *connection);

/* Asks a worker to end. UV_EPIPE when it is gone, UV_ENOMEM. */
DGRAM_API int dgram_connection_stop(dgram_connection *connection);

/* Gives a worker up whose process has ended, or is to be heard no more: as if
   it had closed the connection, but `left` is not called. Sockets that it said
   it had closed are closed, though that was not read yet. */
DGRAM_API void dgram_connection_end(dgram_connection *connection);

/* Whether the worker said that it is ready, or has joined and shares every
   socket that `other` does. `other` may be NULL. */
DGRAM_API bool dgram_connection_is_ready(const dgram_connection *connection,
                                         const dgram_connection *other);

/* Closes all connections and sockets; workers keep what they have. `closed`
   follows, then the primary is freed. */
DGRAM_API void dgram_primary_close(dgram_primary *primary);

/* ---- Processes --------------------------------------------------------- */

/* Keeps a number of workers running. */
typedef struct dgram_spawner dgram_spawner;

typedef struct dgram_spawner_options {
    size_t size;             /* sizeof(dgram_spawner_options) */
    const char *file;        /* NULL: this program */
    const char *const *args; /* with their NULL; args[0] is the name.
                                NULL: the file alone */
    unsigned workers;        /* 1 to 1024 */
    unsigned restart_min_ms; /* before a worker that died is replaced, at
                                first; doubled each time; 0: 100 */
    unsigned restart_max_ms; /* at most; one that lived so long begins anew;
                                0: 10,000 */
    unsigned drain_ms;       /* after which a worker that was asked to end
                                is killed; one that had left by itself
                                gets SIGTERM half-way; 0: 10,000 */
    unsigned ready_ms;       /* after which a replacement that is not ready
                                is killed; 0: 10,000 */
    bool signals;            /* SIGTERM and SIGINT stop, and half a second
                                later kill; SIGHUP restarts */
    /* Each may be NULL. `worker` is its number from 0. */
    void (*started)(dgram_spawner *spawner, unsigned worker, int pid,
                    void *data);
    void (*listening)(dgram_spawner *spawner, unsigned worker,
                      const dgram_address *address, void *data);
    /* The process is gone, and dgram_spawner_get_pid() no longer its.
       `status`: of exit(), or a negative code if it could not be started (pid
       0); `signal` that killed it, or 0. */
    void (*ended)(dgram_spawner *spawner, unsigned worker, int pid,
                  int64_t status, int signal, void *data);
    /* A rolling restart is over: 0, or UV_ECANCELED if a replacement died or
       was not ready in time; the worker it was to replace goes on, or, where
       it had been asked to end already, is followed by another. Also if the
       spawner is stopped meanwhile: then it comes before `stopped`. */
    void (*restarted)(dgram_spawner *spawner, int status, void *data);
    /* All workers have ended; the spawner is freed afterwards. */
    void (*stopped)(dgram_spawner *spawner, void *data);
    void *data; /* for all */
} dgram_spawner_options;

/* Starts the workers, from the loop. Texts are copied. Workers get the standard
   streams of this process, and the null device for those that are closed. A
   process that was started without them opens them before its first loop:
   libuv, whose descriptors would have their numbers, aborts when it forks.
   ERR_INVALID_ARG_VALUE for a wrong `size` or number of workers, UV_ENOENT if
   the path of this program cannot be had, UV_ENOMEM. */
DGRAM_API int dgram_spawner_create(uv_loop_t *loop,
                                   const dgram_spawner_options *options,
                                   dgram_spawner **spawner_out);

/* The process of a worker, or 0 while there is none. */
DGRAM_API int dgram_spawner_get_pid(const dgram_spawner *spawner,
                                    unsigned worker);

/* Replaces the workers one after the other, each when its replacement shares
   all that it shares. Datagrams in the kernel's queues stay there for the new
   one. Again while it is under way: once more afterwards. UV_ECANCELED when
   stopping, and when somebody else has closed the spawner's handles. */
DGRAM_API int dgram_spawner_restart(dgram_spawner *spawner);

/* Asks all workers to end, and kills those that do not. Again: kills at
   once. */
DGRAM_API void dgram_spawner_stop(dgram_spawner *spawner);

#ifdef __cplusplus
}
#endif

#endif /* DGRAM_CLUSTER_H */
