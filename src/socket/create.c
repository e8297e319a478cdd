/* Creating a socket. It has no descriptor before it is bound. */
#include "util/alloc.h"
#include "util/sized.h"
#include "socket/bind.h"
#include "socket/connect.h"
#include "socket/flush.h"
#include "socket/receive.h"
#include "socket/watch.h"

static int check_options(uv_loop_t *loop, const dgram_options *options) {
    if (options->receive_buffer_size > INT32_MAX ||
        options->send_buffer_size > INT32_MAX)
        return DGRAM_ERR_OUT_OF_RANGE;
    if (options->type != DGRAM_UDP4 && options->type != DGRAM_UDP6)
        return DGRAM_ERR_SOCKET_BAD_TYPE;
    if (options->offload != DGRAM_OFFLOAD_AUTO &&
        options->offload != DGRAM_OFFLOAD_OFF &&
        options->offload != DGRAM_OFFLOAD_ON)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (!abort_is_usable(options->abort, loop))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    return 0;
}

static void prepare_datapath(dgram_socket *s, const dgram_options *options) {
    const struct offload policy =
        datapath_policy(options->offload, options->segments_max);

    datapath_init(&s->datapath, &policy, &s->remote, &s->loop->gso_cache,
                  (uint32_t)++s->loop->serials);
}

static void init_tasks(dgram_socket *s) {
    task_init(&s->listening_task, bind_listening_task);
    task_init(&s->connect_task, connect_task);
    task_init(&s->send_task, flush_task);
    task_init(&s->retry_task, flush_retry_task);
    task_init(&s->receive_task, receive_task);
}

static void take_options(dgram_socket *s, const dgram_options *options) {
    s->type = options->type;
    s->reuse_address = options->reuse_address;
    s->reuse_port = options->reuse_port;
    s->ipv6_only = options->ipv6_only;
    s->receive_buffer_size = options->receive_buffer_size;
    s->send_buffer_size = options->send_buffer_size;
    s->message_size_max = options->message_size_max;
    s->busy_poll_us = options->busy_poll_us;
    s->send_queue_size_max = options->send_queue_size_max;
    s->lookup = options->lookup;
    s->lookup_cancel = options->lookup_cancel;
    s->lookup_data = options->lookup_data;
    s->receive_blocklist = options->receive_blocklist;
    s->send_blocklist = options->send_blocklist;
    blocklist_retain(s->receive_blocklist);
    blocklist_retain(s->send_blocklist);
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
    s = alloc_zeroed(sizeof(*s));
    if (s == NULL)
        return UV_ENOMEM;
    result = loop_acquire(loop, &s->loop);
    if (result < 0) {
        alloc_free(s);
        return result;
    }
    s->referenced = true;
    error_set(&s->error, 0, "");
    sendq_init(&s->sendq);
    retryq_init(&s->retryq);
    list_init(&s->named_sends);
    list_init(&s->cancelled);
    init_tasks(s);
    take_options(s, options);
    prepare_datapath(s, options);
    abort_join(&s->abort, options->abort, loop);
    if (abort_is_signalled(&s->abort))
        dgram_close(s);
    *socket_out = s;
    return 0;
}

int dgram_create(uv_loop_t *loop, dgram_type type, dgram_socket **socket_out) {
    dgram_options options = {.size = sizeof(options), .type = type};

    return dgram_create_with(loop, &options, socket_out);
}

static void set_referenced(dgram_socket *s, bool on) {
    s->referenced = on;
    task_keep_loop(s->loop, &s->receive_task, on);
    if (s->state.bind == STATE_BOUND)
        watch_reference(s);
}

void dgram_ref(dgram_socket *s) {
    set_referenced(s, true);
}

void dgram_unref(dgram_socket *s) {
    set_referenced(s, false);
}
