#include "party.h"

#define PARTIES_MAX 8
#define MAIL_MAX 2048
#define MAIL_SIZE_MAX 9000

const char *mail_name = "localhost";

static struct party *parties[PARTIES_MAX];
static int party_count;

/* A datagram, from its acceptance on. */
static struct mail {
    struct party *from;
    const struct party *to;
    enum mail_way way;
    size_t size;
    int called, arrived;
    int status;  /* once called */
    bool repeat; /* failed by the fault; another takes its place */
} mail[MAIL_MAX];
static int mail_count;
static int latest_arrival; /* the number of the latest, -1 at first */
static int silent_errors;  /* of datagrams without callback */

#define LENT_MAX 64

static unsigned char lent[LENT_MAX][MAIL_SIZE_MAX];

void parties_begin(void) {
    memset(mail, 0, sizeof mail);
    party_count = mail_count = silent_errors = 0;
    latest_arrival = -1;
}

static struct party *party_of(void *data) {
    struct party *party = data;

    assert_int_equal(party->closed, 0);
    return party;
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    party_of(data)->listening++;
}

static void on_connect(dgram_socket *socket, void *data) {
    (void)socket;
    party_of(data)->connected++;
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    uint32_t number;

    (void)socket;
    party_of(data);
    assert_in_range(message->length, 8, MAIL_SIZE_MAX);
    memcpy(&number, message->payload, sizeof number);
    assert_in_range(number, 0, mail_count - 1);
    assert_int_equal(message->length, mail[number].size);
    assert_int_equal(message->payload[message->length - 1], (uint8_t)number);
    assert_ptr_equal(mail[number].to, data);
    assert_int_equal(mail[number].arrived++, 0);
    if (mail[number].way != MAIL_NAME) {
        assert_true((int)number > latest_arrival);
        latest_arrival = (int)number;
    }
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct party *party = party_of(data);
    char text[400];

    assert_int_equal(error->code, dgram_last_error(socket)->code);
    assert_true(dgram_error_format(error, text, sizeof text) > 0);
    faults_explain(error->code, false);
    party->errors++;
    party->error = error->code;
    silent_errors += strcmp(error->syscall, "send") == 0 ||
                     strcmp(error->syscall, "getaddrinfo") == 0;
}

static void on_close(dgram_socket *socket, void *data) {
    struct party *party = party_of(data);

    assert_ptr_equal(socket, party->socket);
    party->closed++;
    party->socket = NULL;
}

bool party_create(struct party *party, const dgram_options *options) {
    static const dgram_events events = {
        .size = sizeof events,
        .listening = on_listening,
        .connect = on_connect,
        .message = on_message,
        .error = on_error,
        .close = on_close,
    };

    memset(party, 0, sizeof *party);
    party->type = options->type;
    if (!TRY(dgram_create_with(&test_loop, options, &party->socket)))
        return false;
    assert_in_range(party_count, 0, PARTIES_MAX - 1);
    parties[party_count++] = party;
    dgram_on(party->socket, &party->listener, &events, party);
    return true;
}

bool party_create_plain(struct party *party, dgram_type type) {
    dgram_options options = {.size = sizeof options, .type = type};

    return party_create(party, &options);
}

bool party_find(struct party *party) {
    if (!TRY(dgram_get_local_address(party->socket, &party->where)))
        return false;
    party->where =
        address_of(loopback(party->type), dgram_address_port(&party->where));
    return true;
}

bool party_bind(struct party *party, const char *host) {
    int errors = party->errors;

    if (!TRY(dgram_bind(party->socket, host, 0)))
        return false;
    WAIT(party->listening == 1 || party->errors > errors);
    if (party->listening == 0) {
        assert_int_equal(dgram_fileno(party->socket), UV_EBADF);
        if (faults_are_lasting() || !TRY(dgram_bind(party->socket, host, 0)))
            return false;
        WAIT(party->listening == 1);
    }
    return party->listening == 1 && party_find(party);
}

bool party_bind_sync(struct party *party) {
    if (!TRY(dgram_bind_sync(party->socket, loopback(party->type), 0)))
        return false;
    WAIT(party->listening == 1);
    return party_find(party);
}

static void on_connected(dgram_socket *socket, int status, void *data) {
    struct party *party = party_of(data);

    assert_ptr_equal(socket, party->socket);
    party->connects_called++;
    party->connect_status = status;
    if (status < 0)
        assert_int_equal(dgram_last_error(socket)->code, status);
}

static bool connect_once(struct party *party, const struct party *to,
                         const char *host) {
    int called = party->connects_called;

    if (!TRY(dgram_connect(party->socket, host, dgram_address_port(&to->where),
                           on_connected, party)))
        return false;
    WAIT(party->connects_called > called);
    return true;
}

bool party_connect(struct party *party, const struct party *to,
                   const char *name) {
    const char *host = name != NULL ? name : loopback(to->type);
    int called = party->connects_called;

    if (!connect_once(party, to, host))
        return false;
    if (party->connects_called > called &&
        faults_explain(party->connect_status, false)) {
        if (!connect_once(party, to, host))
            return false;
        faults_explain(party->connect_status, true);
    }
    return party->connects_called > called && party->connect_status == 0;
}

void parties_end(void) {
    for (int i = 0; i < party_count; i++) {
        if (parties[i]->socket != NULL &&
            dgram_fileno(parties[i]->socket) !=
                DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING)
            dgram_close(parties[i]->socket);
    }
    run_to_end();
    for (int i = 0; i < party_count; i++)
        assert_int_equal(parties[i]->closed, 1);
    for (int i = 0; i < mail_count; i++)
        assert_int_equal(mail[i].called, mail[i].way != MAIL_SILENT);
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    struct mail *m = &mail[(uintptr_t)data];

    party_of(m->from);
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

static int send_lent(dgram_socket *s, size_t size, const dgram_address *to,
                     int number) {
    const dgram_outgoing message = {
        .payload = lent[number % LENT_MAX],
        .length = size,
        .to = to,
        .flags = DGRAM_NO_COPY,
        .data = (void *)(uintptr_t)number,
    };

    fill(lent[number % LENT_MAX], number, size);
    return dgram_send_batch(s, &message, 1, NULL, on_sent);
}

static int call(struct mail *m, int number) {
    static unsigned char payload[MAIL_SIZE_MAX];
    dgram_socket *s = m->from->socket;
    const dgram_address *to = &m->to->where;
    void *data = (void *)(uintptr_t)number;

    fill(payload, number, m->size);
    switch (m->way) {
    case MAIL_PEER:
        return dgram_send(s, payload, m->size, NULL, on_sent, data);
    case MAIL_NAME:
        return dgram_send_to(s, payload, m->size, mail_name,
                             dgram_address_port(to), on_sent, data);
    case MAIL_PARTS:
        return send_parts(s, payload, m->size, to, data);
    case MAIL_SILENT:
        return dgram_send(s, payload, m->size, to, NULL, NULL);
    case MAIL_LENT:
        return send_lent(s, m->size, to, number);
    default:
        return dgram_send(s, payload, m->size, to, on_sent, data);
    }
}

static struct mail *new_mail(struct party *from, const struct party *to,
                             enum mail_way way, size_t size) {
    struct mail *m = &mail[mail_count];

    assert_in_range(mail_count, 0, MAIL_MAX - 2);
    *m = (struct mail){.from = from, .to = to, .way = way, .size = size};
    return m;
}

void mail_send(struct party *from, const struct party *to, enum mail_way way,
               size_t size) {
    struct mail *m = new_mail(from, to, way, size);
    int number = mail_count++; /* a callback inside the call would be seen */

    if (!TRY(call(m, number))) {
        assert_int_equal(m->called, 0);
        mail_count--;
    }
}

/* A refused datagram has failed: mail_settle() repeats it. */
static void send_batch(struct party *from, const dgram_outgoing *messages,
                       int count) {
    int status[MAIL_MAX], accepted = 0, result;
    int first = mail_count - count;

    result = dgram_send_batch(from->socket, messages, (size_t)count, status,
                              on_sent);
    for (int i = 0; i < count; i++) {
        assert_int_equal(mail[first + i].called, 0);
        accepted += status[i] == 0;
        if (status[i] < 0) {
            faults_explain(status[i], false);
            mail[first + i].called = 1;
            mail[first + i].status = status[i];
        }
    }
    assert_int_equal(result, accepted > 0 ? accepted : status[0]);
}

void mail_send_batch(struct party *from, const struct party *to, int count,
                     size_t size, bool lend) {
    dgram_outgoing *messages = calloc((size_t)count, sizeof *messages);
    unsigned char *payloads = malloc((size_t)count * size);

    for (int i = 0; i < count; i++) {
        new_mail(from, to, lend ? MAIL_LENT : MAIL_ADDRESS, size);
        fill(payloads + (size_t)i * size, mail_count, size);
        messages[i] = (dgram_outgoing){
            .payload = payloads + (size_t)i * size,
            .length = size,
            .to = &to->where,
            .flags = lend ? DGRAM_NO_COPY : 0,
            .data = (void *)(uintptr_t)mail_count++,
        };
    }
    send_batch(from, messages, count);
    WAIT(mail[mail_count - 1].called);
    if (lend && !mail[mail_count - 1].called)
        parties_end(); /* what the kernel has not taken stays lent until then */
    free(messages);
    free(payloads);
}

static bool all_called(void) {
    for (int i = 0; i < mail_count; i++) {
        if (!mail[i].called && mail[i].way != MAIL_SILENT)
            return false;
    }
    return true;
}

/* How many that went out are still on their way. */
static int missing(void) {
    int count = 0;

    for (int i = 0; i < mail_count; i++) {
        const struct mail *m = &mail[i];

        count += m->way != MAIL_SILENT && m->status > 0 && m->arrived == 0;
        if (m->called && m->status < 0)
            assert_int_equal(m->arrived, 0);
    }
    return count;
}

static bool repeat_failed(void) {
    int count = mail_count;
    bool any = false;

    for (int i = 0; i < count; i++) {
        struct mail *m = &mail[i];

        if (!m->called || m->status >= 0 || m->repeat)
            continue;
        faults_explain(m->status, false);
        m->repeat = any = true;
        mail_send(m->from, m->to, m->way, m->size);
    }
    return any;
}

static int silent_arrivals(int *sent_out) {
    int arrived = 0;

    *sent_out = 0;
    for (int i = 0; i < mail_count; i++) {
        if (mail[i].way != MAIL_SILENT)
            continue;
        arrived += mail[i].arrived;
        *sent_out += 1;
    }
    return arrived;
}

void mail_settle(void) {
    int sent;

    WAIT(all_called());
    if (faults_occurred() && !faults_are_lasting() && repeat_failed()) {
        WAIT(all_called());
        for (int i = 0; i < mail_count; i++)
            assert_true(mail[i].repeat || mail[i].way == MAIL_SILENT ||
                        mail[i].status > 0);
    }
    WAIT(missing() == 0);
    WAIT(silent_arrivals(&sent) + silent_errors >= sent);
}
