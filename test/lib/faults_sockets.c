#include "faults_sockets.h"

#define TRACKED_MAX 8
#define DATAGRAMS_MAX 2048
#define DATAGRAM_SIZE_MAX 9000

const char *datagrams_host = "localhost";

static struct tracked *all_tracked[TRACKED_MAX];
static int tracked_count;

/* A datagram that was accepted. */
static struct datagram {
    struct tracked *from;
    const struct tracked *to;
    enum send_form form;
    size_t size;
    int called, arrived;
    int status;  /* once called */
    bool repeat; /* failed by the fault; another takes its place */
} datagrams[DATAGRAMS_MAX];
static int datagram_count;
static int latest_arrival; /* the number of the latest, -1 at first */
static int silent_errors;  /* of datagrams without callback */

#define NO_COPY_MAX 64

static unsigned char no_copy_payloads[NO_COPY_MAX][DATAGRAM_SIZE_MAX];

void tracking_begin(void) {
    memset(datagrams, 0, sizeof datagrams);
    tracked_count = datagram_count = silent_errors = 0;
    latest_arrival = -1;
}

static struct tracked *tracked_of(void *data) {
    struct tracked *tracked = data;

    assert_int_equal(tracked->closed, 0);
    return tracked;
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    tracked_of(data)->listening++;
}

static void on_connect(dgram_socket *socket, void *data) {
    (void)socket;
    tracked_of(data)->connected++;
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    uint32_t number;

    (void)socket;
    tracked_of(data);
    assert_in_range(message->length, 8, DATAGRAM_SIZE_MAX);
    memcpy(&number, message->payload, sizeof number);
    assert_in_range(number, 0, datagram_count - 1);
    assert_int_equal(message->length, datagrams[number].size);
    assert_int_equal(message->payload[message->length - 1], (uint8_t)number);
    assert_ptr_equal(datagrams[number].to, data);
    assert_int_equal(datagrams[number].arrived++, 0);
    if (datagrams[number].form != SEND_TO_NAME &&
        datagrams[number].form != SEND_NAME_WITH_INFO) {
        assert_true((int)number > latest_arrival);
        latest_arrival = (int)number;
    }
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct tracked *tracked = tracked_of(data);
    char text[400];

    assert_int_equal(error->code, dgram_last_error(socket)->code);
    assert_true(dgram_error_format(error, text, sizeof text) > 0);
    faults_explain(error->code, false);
    tracked->errors++;
    tracked->error = error->code;
    silent_errors += strcmp(error->syscall, "send") == 0 ||
                     strcmp(error->syscall, "getaddrinfo") == 0;
}

static void on_close(dgram_socket *socket, void *data) {
    struct tracked *tracked = tracked_of(data);

    assert_ptr_equal(socket, tracked->socket);
    tracked->closed++;
    tracked->socket = NULL;
}

bool tracked_create(struct tracked *tracked, const dgram_options *options) {
    static const dgram_events events = {
        .size = sizeof events,
        .listening = on_listening,
        .connect = on_connect,
        .message = on_message,
        .error = on_error,
        .close = on_close,
    };

    memset(tracked, 0, sizeof *tracked);
    tracked->type = options->type;
    if (!TRY(dgram_create_with(&test_loop, options, &tracked->socket)))
        return false;
    assert_in_range(tracked_count, 0, TRACKED_MAX - 1);
    all_tracked[tracked_count++] = tracked;
    dgram_on(tracked->socket, &tracked->listener, &events, tracked);
    return true;
}

bool tracked_create_plain(struct tracked *tracked, dgram_type type) {
    dgram_options options = {.size = sizeof options, .type = type};

    return tracked_create(tracked, &options);
}

bool tracked_find(struct tracked *tracked) {
    if (!TRY(dgram_get_local_address(tracked->socket, &tracked->where)))
        return false;
    tracked->where = address_of(loopback(tracked->type),
                                dgram_address_port(&tracked->where));
    return true;
}

bool tracked_bind(struct tracked *tracked, const char *host) {
    int errors = tracked->errors;

    if (!TRY(dgram_bind(tracked->socket, host, 0)))
        return false;
    WAIT(tracked->listening == 1 || tracked->errors > errors);
    if (tracked->listening == 0) {
        assert_int_equal(dgram_fileno(tracked->socket), UV_EBADF);
        if (faults_are_lasting() || !TRY(dgram_bind(tracked->socket, host, 0)))
            return false;
        WAIT(tracked->listening == 1);
    }
    return tracked->listening == 1 && tracked_find(tracked);
}

bool tracked_bind_sync(struct tracked *tracked) {
    if (!TRY(dgram_bind_sync(tracked->socket, loopback(tracked->type), 0)))
        return false;
    WAIT(tracked->listening == 1);
    return tracked_find(tracked);
}

static void on_connected(dgram_socket *socket, int status, void *data) {
    struct tracked *tracked = tracked_of(data);

    assert_ptr_equal(socket, tracked->socket);
    tracked->connects_called++;
    tracked->connect_status = status;
    if (status < 0)
        assert_int_equal(dgram_last_error(socket)->code, status);
}

static bool connect_once(struct tracked *tracked, const struct tracked *to,
                         const char *host) {
    int called = tracked->connects_called;

    if (!TRY(dgram_connect(tracked->socket, host,
                           dgram_address_port(&to->where), on_connected,
                           tracked)))
        return false;
    WAIT(tracked->connects_called > called);
    return true;
}

bool tracked_connect(struct tracked *tracked, const struct tracked *to,
                     const char *name) {
    const char *host = name != NULL ? name : loopback(to->type);
    int called = tracked->connects_called;

    if (!connect_once(tracked, to, host))
        return false;
    if (tracked->connects_called > called &&
        faults_explain(tracked->connect_status, false)) {
        if (!connect_once(tracked, to, host))
            return false;
        faults_explain(tracked->connect_status, true);
    }
    return tracked->connects_called > called && tracked->connect_status == 0;
}

void tracking_end(void) {
    for (int i = 0; i < tracked_count; i++) {
        if (all_tracked[i]->socket != NULL &&
            dgram_fileno(all_tracked[i]->socket) !=
                DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING)
            dgram_close(all_tracked[i]->socket);
    }
    run_to_end();
    for (int i = 0; i < tracked_count; i++)
        assert_int_equal(all_tracked[i]->closed, 1);
    for (int i = 0; i < datagram_count; i++)
        assert_int_equal(datagrams[i].called,
                         datagrams[i].form != SEND_WITHOUT_CALLBACK);
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    struct datagram *m = &datagrams[(uintptr_t)data];

    tracked_of(m->from);
    assert_ptr_equal(socket, m->from->socket);
    assert_int_equal(m->called++, 0);
    m->status = status;
    if (status >= 0)
        assert_int_equal(status, m->size);
}

static void fill(unsigned char *payload, int number, size_t size) {
    uint32_t stamp = (uint32_t)number;

    memset(payload, 'x', size);
    memcpy(payload, &stamp, sizeof stamp);
    payload[size - 1] = (unsigned char)number;
}

static int send_parts(dgram_socket *s, unsigned char *payload, size_t size,
                      const dgram_address *to, void *data) {
    const dgram_buffer parts[] = {
        {.base = payload, .length = 4},
        {.base = NULL},
        {.base = payload + 4, .length = size - 4},
    };

    return dgram_sendv(s, parts, 3, to, on_sent, data);
}

static int send_no_copy(dgram_socket *s, size_t size, const dgram_address *to,
                        int number) {
    const dgram_outgoing message = {
        .payload = no_copy_payloads[number % NO_COPY_MAX],
        .length = size,
        .to = to,
        .flags = DGRAM_NO_COPY,
        .data = (void *)(uintptr_t)number,
    };

    fill(no_copy_payloads[number % NO_COPY_MAX], number, size);
    return dgram_send_batch(s, &message, 1, NULL, on_sent);
}

/* The source is loopback. The TOS changes after every third datagram. */
static dgram_send_info info_of(const struct datagram *m, int number) {
    return (dgram_send_info){
        .set = DGRAM_INFO_LOCAL | DGRAM_INFO_TOS | DGRAM_INFO_TTL,
        .local = address_of(loopback(m->from->type), 0),
        .tos = (uint8_t)(number / 3 * 4),
        .ttl = 9,
    };
}

static int send_with_info(struct datagram *m, const unsigned char *payload,
                          int number) {
    const dgram_send_info info = info_of(m, number);
    dgram_outgoing message = {.payload = payload,
                              .length = m->size,
                              .data = (void *)(uintptr_t)number,
                              .info = &info};

    if (m->form == SEND_NAME_WITH_INFO) {
        message.host = datagrams_host;
        message.port = dgram_address_port(&m->to->where);
    } else {
        message.to = &m->to->where;
    }
    return dgram_send_batch(m->from->socket, &message, 1, NULL, on_sent);
}

/* Replies to a message that the other socket has sent to loopback. */
static int send_reply(struct datagram *m, const unsigned char *payload,
                      int number) {
    const dgram_address here = address_of(loopback(m->from->type), 0);
    const dgram_receive_info info = {
        .valid = DGRAM_INFO_LOCAL, .local = here, .reply_from = here};
    const dgram_message message = {.from = &m->to->where, .info = &info};

    return dgram_reply(m->from->socket, &message, payload, m->size, on_sent,
                       (void *)(uintptr_t)number);
}

/* There is no callback: the call returns the result. The caller retries what
   the kernel does not take now. */
static int send_try(struct datagram *m, const unsigned char *payload) {
    const dgram_outgoing message = {
        .payload = payload, .length = m->size, .to = &m->to->where};
    int status, done;

    for (int i = 0; i < 2; i++) {
        done = dgram_try_send_batch(m->from->socket, &message, 1, &status);
        if (done != UV_EAGAIN && done != UV_ENOBUFS)
            break;
        assert_true(faults_occurred());
    }
    if (done < 0 && done != UV_EAGAIN && done != UV_ENOBUFS)
        return done;
    assert_true(done == 1 || faults_are_lasting());
    m->called = 1;
    m->status = done == 1 ? status : done;
    return 0;
}

static int call(struct datagram *m, int number) {
    static unsigned char payload[DATAGRAM_SIZE_MAX];
    dgram_socket *s = m->from->socket;
    const dgram_address *to = &m->to->where;
    void *data = (void *)(uintptr_t)number;

    fill(payload, number, m->size);
    switch (m->form) {
    case SEND_TO_PEER:
        return dgram_send(s, payload, m->size, NULL, on_sent, data);
    case SEND_TO_NAME:
        return dgram_send_to(s, payload, m->size, datagrams_host,
                             dgram_address_port(to), on_sent, data);
    case SEND_PARTS:
        return send_parts(s, payload, m->size, to, data);
    case SEND_WITHOUT_CALLBACK:
        return dgram_send(s, payload, m->size, to, NULL, NULL);
    case SEND_TRY:
        return send_try(m, payload);
    case SEND_NO_COPY:
        return send_no_copy(s, m->size, to, number);
    case SEND_WITH_INFO:
    case SEND_NAME_WITH_INFO:
        return send_with_info(m, payload, number);
    case SEND_REPLY:
        return send_reply(m, payload, number);
    default:
        return dgram_send(s, payload, m->size, to, on_sent, data);
    }
}

static struct datagram *new_datagram(struct tracked *from,
                                     const struct tracked *to,
                                     enum send_form form, size_t size) {
    struct datagram *m = &datagrams[datagram_count];

    assert_in_range(datagram_count, 0, DATAGRAMS_MAX - 2);
    *m = (struct datagram){.from = from, .to = to, .form = form, .size = size};
    return m;
}

void datagrams_send(struct tracked *from, const struct tracked *to,
                    enum send_form form, size_t size) {
    struct datagram *m = new_datagram(from, to, form, size);
    int number =
        datagram_count++; /* a callback inside the call would be seen */

    if (!TRY(call(m, number))) {
        assert_int_equal(m->called, 0);
        datagram_count--;
    }
}

/* A refused datagram has failed: datagrams_settle() repeats it. */
static void send_batch(struct tracked *from, const dgram_outgoing *messages,
                       int count) {
    int status[DATAGRAMS_MAX], accepted = 0, result;
    int first = datagram_count - count;

    result = dgram_send_batch(from->socket, messages, (size_t)count, status,
                              on_sent);
    for (int i = 0; i < count; i++) {
        assert_int_equal(datagrams[first + i].called, 0);
        accepted += status[i] == 0;
        if (status[i] < 0) {
            faults_explain(status[i], false);
            datagrams[first + i].called = 1;
            datagrams[first + i].status = status[i];
        }
    }
    assert_int_equal(result, accepted > 0 ? accepted : status[0]);
}

void datagrams_send_batch(struct tracked *from, const struct tracked *to,
                          int count, size_t size, bool no_copy) {
    dgram_outgoing *messages = calloc((size_t)count, sizeof *messages);
    unsigned char *payloads = malloc((size_t)count * size);

    for (int i = 0; i < count; i++) {
        new_datagram(from, to, no_copy ? SEND_NO_COPY : SEND_TO_ADDRESS, size);
        fill(payloads + (size_t)i * size, datagram_count, size);
        messages[i] = (dgram_outgoing){
            .payload = payloads + (size_t)i * size,
            .length = size,
            .to = &to->where,
            .flags = no_copy ? DGRAM_NO_COPY : 0,
            .data = (void *)(uintptr_t)datagram_count++,
        };
    }
    send_batch(from, messages, count);
    WAIT(datagrams[datagram_count - 1].called);
    if (no_copy && !datagrams[datagram_count - 1].called)
        tracking_end(); /* until then unsent payloads are in use */
    free(messages);
    free(payloads);
}

static bool all_called(void) {
    for (int i = 0; i < datagram_count; i++) {
        if (!datagrams[i].called && datagrams[i].form != SEND_WITHOUT_CALLBACK)
            return false;
    }
    return true;
}

/* The number of datagrams that were sent and have not arrived. */
static int missing(void) {
    int count = 0;

    for (int i = 0; i < datagram_count; i++) {
        const struct datagram *m = &datagrams[i];

        count += m->form != SEND_WITHOUT_CALLBACK && m->status > 0 &&
                 m->arrived == 0;
        if (m->called && m->status < 0)
            assert_int_equal(m->arrived, 0);
    }
    return count;
}

static bool repeat_failed(void) {
    int count = datagram_count;
    bool any = false;

    for (int i = 0; i < count; i++) {
        struct datagram *m = &datagrams[i];

        if (!m->called || m->status >= 0 || m->repeat)
            continue;
        faults_explain(m->status, false);
        m->repeat = any = true;
        datagrams_send(m->from, m->to, m->form, m->size);
    }
    return any;
}

static int silent_arrivals(int *sent_out) {
    int arrived = 0;

    *sent_out = 0;
    for (int i = 0; i < datagram_count; i++) {
        if (datagrams[i].form != SEND_WITHOUT_CALLBACK)
            continue;
        arrived += datagrams[i].arrived;
        *sent_out += 1;
    }
    return arrived;
}

void datagrams_settle(void) {
    int sent;

    WAIT(all_called());
    if (faults_occurred() && !faults_are_lasting() && repeat_failed()) {
        WAIT(all_called());
        for (int i = 0; i < datagram_count; i++)
            assert_true(datagrams[i].repeat ||
                        datagrams[i].form == SEND_WITHOUT_CALLBACK ||
                        datagrams[i].status > 0);
    }
    WAIT(missing() == 0);
    WAIT(silent_arrivals(&sent) + silent_errors >= sent);
}
