/* Creating a socket. It has no descriptor before it is bound. */
#include "util/alloc.h"
#include "util/sized.h"
#include "socket/join_all.h"
#include "socket/socket.h"

/* Whether the options are those of a Unix socket, but need IP. */
static bool needs_ip(const dgram_options *options) {
    return options->type == DGRAM_UNIX &&
           (options->reuse_port || options->ipv6_only || options->path_errors ||
            options->steering != DGRAM_STEERING_NONE);
}

static int check_options(uv_loop_t *loop, const dgram_options *options) {
    if (loop == NULL) /* uv_default_loop() has failed */
        return UV_EINVAL;
    if (options->receive_buffer_size > INT32_MAX ||
        options->send_buffer_size > INT32_MAX)
        return DGRAM_ERR_OUT_OF_RANGE;
    if (options->type != DGRAM_UDP4 && options->type != DGRAM_UDP6 &&
        options->type != DGRAM_UNIX)
        return DGRAM_ERR_SOCKET_BAD_TYPE;
    if (options->offload != DGRAM_OFFLOAD_AUTO &&
        options->offload != DGRAM_OFFLOAD_OFF &&
        options->offload != DGRAM_OFFLOAD_ON)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (!abort_is_usable(options->abort, loop))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (options->lookup != NULL && options->lookup_ttl > 0)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (needs_ip(options) ||
        (options->path_errors && !platform->has_error_queue))
        return UV_ENOTSUP;
    if (!datapath_is_info_valid(options->receive_info))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (datapath_check_info(options->type == DGRAM_UNIX,
                            options->receive_info) < 0)
        return UV_ENOTSUP;
    return steering_check(options);
}

static void init_datapath(dgram_socket *s, const dgram_options *options) {
    const struct offload policy =
        datapath_policy(options->offload, options->segments_max);

    datapath_init(&s->datapath, &policy, connect_peer(&s->connect),
                  &s->loop->gso_cache, (uint32_t)++s->loop->serials);
    s->datapath.receive_info = (uint8_t)options->receive_info;
    s->datapath.is_unix = socket_is_unix(s);
}

/* Allocates the socket with memory for its peer. Unix addresses are longer than
   those of UDP, which would waste that memory. */
static dgram_socket *allocate(dgram_type type) {
    size_t peer = type == DGRAM_UNIX ? sizeof(dgram_address) : ADDRESS_IP_SIZE;
    dgram_socket *s = alloc_zeroed(sizeof(*s) + peer);

    if (s == NULL)
        return NULL;
    s->type = type;
    return s;
}

static void init_parts(dgram_socket *s, const dgram_options *options) {
    watch_init(s, options);
    flush_init(s, options);
    named_send_init(s);
    receive_init(s, options);
    path_error_init(s, options);
    bind_init(s, options);
    connect_init(s);
    lookup_init(s, options);
    join_all_init(s);
    blocklists_init(&s->blocklists, options);
    abort_join(&s->abort, options->abort, s->loop->uv);
}

int dgram_create_with(uv_loop_t *loop, const dgram_options *given,
                      dgram_socket **socket_out) {
    dgram_options copy, *options = &copy;
    int result = SIZED_COPY(&copy, given, dgram_options, type);
    dgram_socket *s;

    if (result == 0)
        result = check_options(loop, options);
    if (result < 0)
        return result;
    s = allocate(options->type);
    if (s == NULL)
        return UV_ENOMEM;
    result = steering_init(&s->steering, options);
    if (result == 0)
        result = loop_acquire(loop, &s->loop);
    if (result < 0) {
        steering_release(&s->steering);
        alloc_free(s);
        return result;
    }
    error_set(&s->error, 0, "");
    init_parts(s, options);
    init_datapath(s, options);
    if (abort_is_signalled(&s->abort))
        dgram_close(s);
    *socket_out = s;
    return 0;
}

int dgram_create(uv_loop_t *loop, dgram_type type, dgram_socket **socket_out) {
    dgram_options options = {.size = sizeof(options), .type = type};

    return dgram_create_with(loop, &options, socket_out);
}
