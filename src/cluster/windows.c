/* The cluster passes descriptors over Unix sockets, which Windows cannot. So
   the functions of dgram_cluster.h fail. */
#include "namespace.h"

#include "dgram_cluster.h"

bool dgram_is_worker(void) {
    return false;
}

int dgram_worker_join(uv_loop_t *loop, const dgram_worker_options *options) {
    (void)loop;
    (void)options;
    return UV_ENOTSUP;
}

int dgram_worker_ready(uv_loop_t *loop) {
    (void)loop;
    return UV_ENOTCONN;
}

int dgram_worker_stop(uv_loop_t *loop) {
    (void)loop;
    return UV_ENOTCONN;
}

int dgram_worker_leave(uv_loop_t *loop) {
    (void)loop;
    return UV_ENOTCONN;
}

int dgram_primary_create(uv_loop_t *loop, const dgram_primary_options *options,
                         dgram_primary **primary_out) {
    (void)loop;
    (void)options;
    *primary_out = NULL;
    return UV_ENOTSUP;
}

int dgram_spawner_create(uv_loop_t *loop, const dgram_spawner_options *options,
                         dgram_spawner **spawner_out) {
    (void)loop;
    (void)options;
    *spawner_out = NULL;
    return UV_ENOTSUP;
}

/* ---- Calls for objects that cannot be created -------------------------- */

int dgram_primary_add(dgram_primary *primary, void *data,
                      dgram_connection **connection_out, int *fd_out) {
    (void)primary;
    (void)data;
    (void)connection_out;
    (void)fd_out;
    return UV_ENOTSUP;
}

void *dgram_connection_get_data(const dgram_connection *connection) {
    (void)connection;
    return NULL;
}

int dgram_connection_stop(dgram_connection *connection) {
    (void)connection;
    return UV_ENOTSUP;
}

void dgram_connection_end(dgram_connection *connection) {
    (void)connection;
}

bool dgram_connection_is_ready(const dgram_connection *connection,
                               const dgram_connection *other) {
    (void)connection;
    (void)other;
    return false;
}

void dgram_primary_close(dgram_primary *primary) {
    (void)primary;
}

int dgram_spawner_get_pid(const dgram_spawner *spawner, unsigned worker) {
    (void)spawner;
    (void)worker;
    return 0;
}

int dgram_spawner_restart(dgram_spawner *spawner) {
    (void)spawner;
    return UV_ENOTSUP;
}

void dgram_spawner_stop(dgram_spawner *spawner) {
    (void)spawner;
}
