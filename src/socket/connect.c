/* Happy path: dgram_connect() binds an unbound socket and looks up the host.
   When the answer arrives, proceed() connects the descriptor, emits `connect`
   and calls back. The synchronous connect emits `connect` from a task.

   Errors: if the lookup fails, a block list has the address, or the kernel
   refuses it, the socket is disconnected again and the error is reported. If
   the answer arrives while an explicit bind is under way, the connect waits for
   its end: then the bind queues connect_task(), whether it succeeded or not. */
#include "socket/connect.h"

#include "util/util.h"
#include "socket/socket.h"

/* Datagrams that were accepted before go to their own destinations: those that
   the kernel accepts now, and those that remain queued. */
static int connect_now(dgram_socket *s, const dgram_address *address) {
    int result;

    if (receive_is_detached(&s->receive))
        return error_set_address(&s->error, UV_ECANCELED, "connect", address);
    if (blocklists_block_to(&s->blocklists, address))
        return error_set_address(&s->error, DGRAM_ERR_IP_BLOCKED, "connect",
                                 address);
    flush_now(s);
    result = address->any.sa_family != address_family_of(s->type)
                 ? UV_EINVAL
                 : dgram_datapath_connect(&s->datapath, address);
    if (result < 0)
        return error_set_address(&s->error, result, "connect", address);
    state_move_connect(&s->state, STATE_CONNECTED);
    return 0;
}

/* Whether a connect has its address and waits for a bind. */
static bool is_known(const dgram_socket *s) {
    return s->state.connect == STATE_CONNECTING && s->connect.lookup == NULL;
}

static bool call_connected(dgram_socket *s) {
    dgram_connect_cb cb = s->connect.called_cb;

    s->connect.called_cb = NULL;
    if (cb != NULL)
        cb(s, 0, s->connect.called_data);
    return cb != NULL;
}

/* A listener may connect again. If one does not return, the task calls back. */
static void report_success(dgram_socket *s, dgram_connect_cb cb, void *data) {
    s->connect.called_cb = cb;
    s->connect.called_data = data;
    if (cb != NULL)
        loop_defer(s->loop, &s->connect.task);
    events_connect(&s->events, s);
    call_connected(s);
    if (s->connect.events_due == 0 && !is_known(s))
        loop_cancel(s->loop, &s->connect.task);
}

/* Ends a dgram_connect(). If it failed, s->error is the reason. */
static void report(dgram_socket *s, int status) {
    dgram_connect_cb cb = s->connect.cb;
    void *data = s->connect.data;

    s->connect.cb = NULL;
    if (status == 0) {
        report_success(s, cb, data);
        return;
    }
    if (cb != NULL)
        cb(s, status, data);
    else if (status != UV_ECANCELED)
        socket_emit_error(s);
}

static void fail(dgram_socket *s, int status) {
    state_move_connect(&s->state, STATE_DISCONNECTED);
    report(s, status);
}

/* Connects to s->connect.peer, unless a bind is under way. */
static void proceed(dgram_socket *s) {
    dgram_address address;
    int status;

    address_copy(&address, s->connect.peer);
    if (s->state.bind == STATE_BINDING)
        return;
    if (s->state.bind == STATE_UNBOUND)
        status = error_set_address(&s->error, bind_status(&s->bind), "bind",
                                   &address);
    else
        status = connect_now(s, &address);
    if (status < 0)
        fail(s, status);
    else
        report(s, 0);
}

static void on_address(dgram_socket *s, int status,
                       const dgram_address *address, void *context) {
    (void)context;
    s->connect.lookup = NULL;
    if (status < 0) {
        fail(s, status);
        return;
    }
    address_copy(s->connect.peer, address);
    proceed(s);
}

static void connect_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, connect.task);
    /* If a listener connects again, its event is for the next run. */
    unsigned due = s->connect.events_due;

    call_connected(s);
    for (; due > 0 && s->state.bind != STATE_CLOSED; due--) {
        if (--s->connect.events_due > 0 || is_known(s))
            loop_defer(s->loop, task);
        events_connect(&s->events, s);
    }
    if (s->state.bind == STATE_CLOSED)
        return; /* connect_report_end() reports that it is cancelled */
    if (is_known(s))
        proceed(s);
}

/* dgram_create_with() allocates memory for the peer behind the socket. */
void connect_init(dgram_socket *s) {
    s->connect.peer = (dgram_address *)(void *)(s + 1);
    task_init(&s->connect.task, connect_task);
}

void connect_close(dgram_socket *s) {
    loop_cancel(s->loop, &s->connect.task);
}

void connect_cancel_lookup(dgram_socket *s) {
    dgram_lookup *lookup = s->connect.lookup;

    s->connect.lookup = NULL;
    if (lookup != NULL)
        lookup_stop(lookup);
}

bool connect_report_end(dgram_socket *s) {
    if (call_connected(s))
        return true;
    if (s->state.connect != STATE_CONNECTING)
        return false;
    fail(s, error_set(&s->error, UV_ECANCELED, "connect"));
    return true;
}

/* A detached socket must not change the descriptor, which is the program's. */
static bool is_ended(const dgram_socket *s) {
    return s->state.bind == STATE_CLOSED || receive_is_detached(&s->receive);
}

static int check_disconnected(dgram_socket *s, const char *host,
                              uint16_t port) {
    if (is_ended(s))
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (port == 0 && !socket_is_unix(s))
        return socket_misuse(s, DGRAM_ERR_SOCKET_BAD_PORT);
    if (s->state.connect != STATE_DISCONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    if (socket_is_unix(s) && text_is_empty(host))
        return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    return 0;
}

int dgram_connect(dgram_socket *s, const char *host, uint16_t port,
                  dgram_connect_cb cb, void *data) {
    dgram_address loopback;
    int result = check_disconnected(s, host, port);

    if (result == 0)
        result = bind_implicit(s);
    if (result < 0)
        return result;
    address_loopback(s->type, port, &loopback);
    if (text_is_empty(host))
        result =
            lookup_known(s, &loopback, on_address, NULL, &s->connect.lookup);
    else
        result =
            lookup_start(s, host, port, on_address, NULL, &s->connect.lookup);
    if (result < 0)
        return result;
    s->connect.cb = cb;
    s->connect.data = data;
    state_move_connect(&s->state, STATE_CONNECTING);
    return 0;
}

int dgram_connect_sync(dgram_socket *s, const char *address, uint16_t port) {
    dgram_address loopback, to;
    int result = check_disconnected(s, address, port);

    if (result < 0)
        return result;
    if (s->state.bind == STATE_BINDING)
        return socket_misuse(s, DGRAM_ERR_SOCKET_ALREADY_BOUND);
    address_loopback(s->type, port, &loopback);
    result = socket_read_address(s, "connect", address, &loopback, &to);
    if (result == 0)
        result = bind_implicit(s);
    if (result == 0)
        result = connect_now(s, &to);
    if (result < 0)
        return result;
    s->connect.events_due++;
    loop_defer_unreferenced(s->loop, &s->connect.task);
    return 0;
}

int dgram_disconnect(dgram_socket *s) {
    int result;

    if (is_ended(s))
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (s->state.connect != STATE_CONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    flush_now(s);
    result = dgram_datapath_connect(&s->datapath, NULL);
    if (result < 0)
        return error_set(&s->error, result, "connect");
    state_move_connect(&s->state, STATE_DISCONNECTED);
    return 0;
}
