/* The happy path: dgram_connect() binds if need be and looks the host up; with
   the answer the kernel is told, and the caller. The synchronous connect leaves
   the event to a task.

   What can go wrong: the lookup, a block list, or the kernel says no: the
   socket is disconnected again and the caller told so. When an explicit bind is
   still under way as the address comes, the connect waits for its end: the bind
   queues connect_task either way. */
#include "socket/connect.h"

#include "util/util.h"
#include "socket/socket.h"

/* Sends accepted before a change of peer leave as they were accepted. What the
   kernel does not take now keeps its destination. */
static int connect_now(dgram_socket *s, const dgram_address *address) {
    int result;

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

/* Whether a connect has its address, and waits for the bind. */
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

/* A listener may connect anew, and one that does not return must not lose the
   callback. */
static void report_success(dgram_socket *s, dgram_connect_cb cb, void *data) {
    s->connect.called_cb = cb;
    s->connect.called_data = data;
    if (cb != NULL)
        loop_defer(s->loop, &s->connect.task);
    events_connect(&s->events, s);
    call_connected(s);
    if (s->connect.events_due == 0 && !is_known(s))
        task_cancel(s->loop, &s->connect.task);
}

/* A connect of dgram_connect() has ended; s->error holds a failure. */
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

/* The address in s->connect.peer is known; is there a socket to connect? */
static void proceed(dgram_socket *s) {
    dgram_address address = s->connect.peer;
    int status;

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
    s->connect.peer = *address;
    proceed(s);
}

static void connect_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, connect.task);
    /* A listener may connect anew; that is for the next time. */
    unsigned due = s->connect.events_due;

    call_connected(s);
    for (; due > 0 && s->state.bind != STATE_CLOSED; due--) {
        if (--s->connect.events_due > 0 || is_known(s))
            loop_defer(s->loop, task);
        events_connect(&s->events, s);
    }
    if (s->state.bind == STATE_CLOSED)
        return; /* the end tells that the connect is cancelled */
    if (is_known(s))
        proceed(s);
}

void connect_init(dgram_socket *s) {
    task_init(&s->connect.task, connect_task);
}

void connect_cancel_event(dgram_socket *s) {
    task_cancel(s->loop, &s->connect.task);
}

void connect_close(dgram_socket *s) {
    connect_cancel_event(s);
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

static int check_disconnected(dgram_socket *s, uint16_t port) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (port == 0)
        return socket_misuse(s, DGRAM_ERR_SOCKET_BAD_PORT);
    if (s->state.connect != STATE_DISCONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    return 0;
}

int dgram_connect(dgram_socket *s, const char *host, uint16_t port,
                  dgram_connect_cb cb, void *data) {
    dgram_address loopback;
    int result = check_disconnected(s, port);

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
    int result = check_disconnected(s, port);

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
    loop_defer(s->loop, &s->connect.task);
    return 0;
}

int dgram_disconnect(dgram_socket *s) {
    int result;

    if (s->state.bind == STATE_CLOSED)
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
