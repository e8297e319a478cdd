/* What callbacks may say. */
#include "model.h"

#include <string.h>

struct recorder recorders[EARS];

static int depth;

void maybe_step(void) {
    if (kernel_calm || depth >= 3 || !one_in(3))
        return;
    depth++;
    step();
    depth--;
}

/* No callback comes inside a call, none after the last. */
static struct model *model_of(dgram_socket *socket, void *data) {
    struct model *m = data;

    AGREE(calling == NULL);
    AGREE(m->socket == socket);
    AGREE(dgram_get_data(socket) == m);
    return m;
}

static void on_listening(dgram_socket *socket, void *data) {
    struct model *m = model_of(socket, data);

    note("listening %d", (int)(m - models));
    AGREE(m->bind == BOUND && m->listening_owed);
    m->listening_owed = false;
    maybe_step();
}

static void on_connect(dgram_socket *socket, void *data) {
    struct model *m = model_of(socket, data);

    note("connect %d", (int)(m - models));
    AGREE(m->bind == BOUND && m->connect_events_owed-- > 0);
    maybe_step();
}

/* The information is that of a message of up to three datagrams. */
static void check_info(const struct model *m, const dgram_receive_info *info,
                       uint32_t number) {
    AGREE((info != NULL) == (m->receive_info != 0));
    if (info == NULL)
        return;
    AGREE(info->valid == m->receive_info);
    AGREE(number - info->timestamp_ns < 3);
    if ((info->valid & DGRAM_INFO_TTL) != 0)
        AGREE(info->ttl == (uint8_t)info->timestamp_ns);
    if ((info->valid & DGRAM_INFO_INTERFACE) != 0)
        AGREE(info->interface_index == 1);
    if ((info->valid & DGRAM_INFO_LOCAL) != 0)
        AGREE(ntohl(info->local.v4.sin_addr.s_addr) == INADDR_LOOPBACK);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct model *m = model_of(socket, data);
    uint32_t number;

    AGREE(m->bind == BOUND && !m->stopped && message->length == 8);
    memcpy(&number, message->payload, sizeof number);
    AGREE(number == m->seen);
    check_info(m, message->info, number);
    m->seen++;
    maybe_step();
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct model *m = model_of(socket, data);
    bool of_lookup = strcmp(error->syscall, "getaddrinfo") == 0;

    note("error %d: %s %s", (int)(m - models), error->syscall,
         dgram_err_name(error->code));
    AGREE(m->bind != CLOSED && error->code < 0);
    if (strcmp(error->syscall, "recvmsg") == 0) {
        AGREE(m->receive_errors-- > 0);
    } else if (of_lookup && m->bind == BINDING) {
        m->bind = UNBOUND;
        for (int i = 0; i < datagram_count; i++) {
            if (datagrams[i].from == m && !datagrams[i].called &&
                !datagrams[i].named)
                datagrams[i].refused = error->code;
        }
    } else {
        AGREE(m->error_owed == error->code);
        m->error_owed = 0;
    }
    maybe_step();
}

static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    struct model *m = model_of(socket, data);

    note("path_error %d", (int)(m - models));
    AGREE(m->bind == BOUND && m->path_errors_owed-- > 0);
    AGREE(error->code == UV_ECONNREFUSED && !error->local);
    AGREE(dgram_address_port(&error->to) == 9);
    maybe_step();
}

static void on_drain(dgram_socket *socket, void *data) {
    struct model *m = model_of(socket, data);

    note("drain %d", (int)(m - models));
    flow_drained(m);
    maybe_step();
}

static void on_close(dgram_socket *socket, void *data) {
    struct model *m = model_of(socket, data);

    note("close %d", (int)(m - models));
    AGREE(m->bind == CLOSED);
    AGREE(m->sends_owed == 0 && m->connects_owed == 0);
    for (int i = 0; i < datagram_count; i++)
        AGREE(datagrams[i].from != m || datagrams[i].called);
    for (int i = 0; i < EARS; i++) {
        if (recorders[i].of == m)
            recorders[i].of = NULL;
    }
    m->socket = NULL;
}

void on_sent(dgram_socket *socket, int status, void *data) {
    struct datagram *sent = &datagrams[(uintptr_t)data];
    struct model *m = model_of(socket, sent->from);
    int id = (int)(uintptr_t)data;

    note("sent %d: %d %s", (int)(m - models), id,
         status < 0 ? dgram_err_name(status) : "well");
    AGREE(!sent->called);
    sent->called = true;
    m->sends_owed--;
    if (status >= 0)
        AGREE(sent->taken && (size_t)status == sent->size);
    else
        AGREE(!sent->taken);
    if (status < 0 && sent->refused < 0)
        AGREE(status == sent->refused);
    else if (status < 0)
        AGREE(sent->named || status == sent->put_off ||
              (status == UV_ECANCELED && m->bind == CLOSED));
    /* A peer may have another address by now. */
    if (!sent->named && !(m->reordered && sent->port == 0)) {
        int *latest = &m->latest_report[m->reordered ? sent->port : 0];

        AGREE(id >= *latest);
        *latest = id + 1;
    }
    if (status < 0)
        AGREE(dgram_last_error(socket)->code == status);
    maybe_step();
}

void on_connected(dgram_socket *socket, int status, void *data) {
    struct model *m = model_of(socket, data);

    note("connected %d: %s", (int)(m - models),
         status < 0 ? dgram_err_name(status) : "well");
    AGREE(m->connects_owed-- > 0);
    if (status < 0)
        AGREE(dgram_last_error(socket)->code == status);
    if (status < 0 && m->connect == CONNECTING)
        m->connect = DISCONNECTED;
    AGREE(status != UV_ECANCELED || m->bind == CLOSED || m->detached);
    maybe_step();
}

const dgram_events model_events = {
    .size = sizeof model_events,
    .listening = on_listening,
    .connect = on_connect,
    .message = on_message,
    .error = on_error,
    .close = on_close,
    .path_error = on_path_error,
    .drain = on_drain,
};

/* Listeners only receive events while they are added. */
static void receive_event(struct recorder *recorder) {
    AGREE(recorder->of != NULL);
    if (recorder->once)
        recorder->of = NULL;
    maybe_step();
}

static void recorder_message(dgram_socket *socket, const dgram_message *message,
                             void *data) {
    (void)socket;
    (void)message;
    receive_event(data);
}

static void recorder_event(dgram_socket *socket, void *data) {
    (void)socket;
    receive_event(data);
}

static void recorder_batch(dgram_socket *socket, const dgram_message *messages,
                           size_t count, void *data) {
    struct recorder *recorder = data;

    (void)socket;
    (void)messages;
    AGREE(count >= 1);
    receive_event(recorder);
}

const dgram_events recorder_events = {
    .size = sizeof recorder_events,
    .listening = recorder_event,
    .message = recorder_message,
    .batch = recorder_batch,
    .drain = recorder_event,
};
