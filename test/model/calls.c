/* Random calls, and what each must answer. */
#include "model.h"

#include <string.h>
#include <unistd.h>

#define QUESTIONS_MAX 512

static struct question questions[QUESTIONS_MAX];
static int question_count;

static int ask(dgram_lookup *lookup, const char *host, dgram_type type,
               void *data);
static void cancel(dgram_lookup *lookup, void *data);

int name_of(const struct model *m) {
    return (int)(m - models);
}

void check_result(struct model *m, int result, int expected) {
    calling = NULL;
    if (result != expected)
        note("  %s, not %s", dgram_err_name(result), dgram_err_name(expected));
    AGREE(result == expected);
    if (result < 0)
        AGREE(dgram_last_error(m->socket)->code == result);
}

void call_begins(struct model *m) {
    calling = m;
    kernel_failure = 0;
}

/* The result that needs no system call; 0: the system is asked. */
static int check_bind(const struct model *m) {
    return m->bind == CLOSED    ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
           : m->bind != UNBOUND ? DGRAM_ERR_SOCKET_ALREADY_BOUND
                                : 0;
}

static int check_connect(const struct model *m, uint16_t port) {
    return m->bind == CLOSED || m->detached ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
           : port == 0                      ? DGRAM_ERR_SOCKET_BAD_PORT
           : m->connect != DISCONNECTED ? DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED
                                        : 0;
}

static void call_bind(struct model *m) {
    int expected = check_bind(m), result;
    bool by_name = one_in(3);
    char address[20], name[20];

    snprintf(address, sizeof address, "127.0.0.%d", name_of(m) + 1);
    snprintf(name, sizeof name, "bind%d", name_of(m) + 1);
    note("bind %d%s", name_of(m), by_name ? " by name" : "");
    call_begins(m);
    result = dgram_bind(m->socket, by_name ? name : address, 0);
    check_result(m, result, expected);
    if (result == 0)
        m->bind = BINDING;
}

static void call_bind_sync(struct model *m) {
    int expected = check_bind(m), result;
    char address[20];

    snprintf(address, sizeof address, "127.0.0.%d", name_of(m) + 1);
    note("bind_sync %d", name_of(m));
    call_begins(m);
    result = dgram_bind_sync(m->socket, address, 0);
    check_result(m, result, expected < 0 ? expected : kernel_failure);
}

static void call_connect(struct model *m) {
    uint16_t port = one_in(8) ? 0 : 9;
    int expected = check_connect(m, port), result;
    bool by_name = one_in(2);

    note("connect %d:%d%s", name_of(m), port, by_name ? " by name" : "");
    call_begins(m);
    result = dgram_connect(m->socket, by_name ? "peer" : "127.0.0.1", port,
                           on_connected, m);
    check_result(m, result, expected < 0 ? expected : kernel_failure);
    if (result < 0)
        return;
    m->connect = CONNECTING;
    m->connects_owed++;
}

static void call_connect_sync(struct model *m) {
    int expected = check_connect(m, 9), result;

    if (expected == 0 && m->bind == BINDING)
        expected = DGRAM_ERR_SOCKET_ALREADY_BOUND;
    note("connect_sync %d", name_of(m));
    call_begins(m);
    result = dgram_connect_sync(m->socket, "127.0.0.1", 9);
    check_result(m, result, expected < 0 ? expected : kernel_failure);
    AGREE(result < 0 || m->connect == CONNECTED);
}

static void call_disconnect(struct model *m) {
    int expected =
        m->bind == CLOSED || m->detached ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
        : m->connect != CONNECTED        ? DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED
                                         : 0;
    int result;

    note("disconnect %d", name_of(m));
    call_begins(m);
    result = dgram_disconnect(m->socket);
    check_result(m, result, expected < 0 ? expected : kernel_failure);
    AGREE(result < 0 || m->connect == DISCONNECTED);
}

static void call_questions(struct model *m) {
    bool closed = m->bind == CLOSED;
    dgram_address address;

    note("questions %d", name_of(m));
    check_queue(m);
    check_space(m);
    check_result(m, dgram_get_local_address(m->socket, &address),
                 closed             ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                 : m->bind != BOUND ? UV_EBADF
                                    : 0);
    check_result(m, dgram_get_remote_address(m->socket, &address),
                 closed ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                 : m->connect != CONNECTED
                     ? DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED
                     : 0);
    check_result(m, dgram_set_ttl(m->socket, 3),
                 closed             ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                 : m->bind != BOUND ? UV_EBADF
                                    : 0);
    check_result(m, dgram_set_tos(m->socket, 3),
                 closed             ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                 : m->bind != BOUND ? UV_EBADF
                                    : 0);
    check_result(m, dgram_set_dont_fragment(m->socket, DGRAM_PMTU_WANT),
                 closed             ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                 : m->bind != BOUND ? UV_EBADF
                                    : 0);
    if (closed || m->bind != BOUND || platform->multicast_all != 0)
        check_result(m, dgram_set_multicast_all(m->socket, one_in(2)),
                     closed             ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                     : m->bind != BOUND ? UV_EBADF
                                        : 0);
    AGREE((dgram_fileno(m->socket) >= 0) == (m->bind == BOUND));
}

static void call_flush(struct model *m) {
    int result;

    note("flush %d", name_of(m));
    call_begins(m);
    result = dgram_flush(m->socket);
    check_result(m, result < 0 ? result : 0,
                 m->bind == CLOSED ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING : 0);
    AGREE(result < 0 ||
          (size_t)result == dgram_get_send_queue_count(m->socket));
}

/* The rest of a message is not counted if the socket stops or closes. */
static void call_stats(const struct model *m) {
    dgram_stats stats = {.size = sizeof stats};

    note("stats %d", name_of(m));
    AGREE(dgram_get_stats(m->socket, &stats) == 0);
    AGREE(stats.datagrams_sent == m->taken);
    AGREE(stats.datagrams_received <= m->given);
    AGREE(stats.datagrams_received >= m->seen);
}

static void closes(struct model *m) {
    m->bind = CLOSED;
    m->groups = 0;
    m->is_everywhere = false;
}

void model_closes_itself(struct model *m) {
    note("%d closes itself", name_of(m));
    AGREE(m->seen == m->given);
    closes(m);
}

static void call_close(struct model *m) {
    int expected = m->bind == CLOSED ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING : 0;

    note("close %d", name_of(m));
    call_begins(m);
    check_result(m, dgram_close(m->socket), expected);
    closes(m);
}

/* The duplicate is closed at once. */
static void call_detach(struct model *m) {
    int expected = m->bind == CLOSED || m->detached
                       ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                   : m->bind != BOUND ? UV_EBADF
                                      : 0;
    int result;

    note("detach %d", name_of(m));
    call_begins(m);
    result = dgram_detach(m->socket);
    check_result(m, result < 0 ? result : 0, expected);
    if (result < 0)
        return;
    AGREE(result > 0 && result != m->fd && close(result) == 0);
    m->detached = true;
    m->stopped = false;
}

static void call_listeners(struct model *m) {
    struct recorder *recorder = &recorders[any(EARS)];

    if (recorder->of != NULL) {
        note("off %d", name_of(recorder->of));
        dgram_off(recorder->of->socket, &recorder->listener);
        recorder->of = NULL;
        return;
    }
    recorder->of = m;
    recorder->once = one_in(2);
    note("on %d%s", name_of(m), recorder->once ? ", once" : "");
    (recorder->once ? dgram_once : dgram_on)(m->socket, &recorder->listener,
                                             &recorder_events, recorder);
}

static void answer(int index) {
    struct question q = questions[index];
    dgram_address address;
    char text[20];

    questions[index] = questions[--question_count];
    snprintf(text, sizeof text, "127.0.0.%d",
             q.of != NULL ? name_of(q.of) + 1 : 1);
    dgram_address_parse(text, 0, &address);
    note("answer of %d", q.of != NULL ? name_of(q.of) : -1);
    dgram_lookup_done(q.lookup, one_in(5) ? UV_EAI_NONAME : 0, &address);
}

static int ask(dgram_lookup *lookup, const char *host, dgram_type type,
               void *data) {
    (void)host;
    (void)type;
    AGREE(calling == NULL);
    if (one_in(8))
        return UV_EAI_FAIL;
    AGREE(question_count < QUESTIONS_MAX);
    questions[question_count++] = (struct question){lookup, data};
    if (one_in(4)) {
        answer(question_count - 1);
        return 0;
    }
    maybe_step();
    return 0;
}

static void cancel(dgram_lookup *lookup, void *data) {
    (void)data;
    for (int i = 0; i < question_count; i++) {
        if (questions[i].lookup == lookup) {
            questions[i] = questions[--question_count];
            return;
        }
    }
    AGREE(!"a question that was not asked is cancelled");
}

void open_socket(struct model *m) {
    static const uint32_t asked[] = {0, DGRAM_INFO_TIMESTAMP,
                                     DGRAM_INFO_ALL & ~DGRAM_INFO_TOS};
    dgram_options options = {
        .size = sizeof options,
        .type = DGRAM_UDP4,
        .lookup = ask,
        .lookup_cancel = one_in(2) ? cancel : NULL,
        .lookup_data = m,
        .send_queue_size_max = one_in(2) ? 3000 + 1000 * any(3) : 0,
    };

    note("create %d", name_of(m));
    *m = (struct model){.fd = -1};
    names_may_be_forgotten();
    m->keeps = one_in(3);
    if (m->keeps) {
        options.lookup = NULL;
        options.lookup_cancel = NULL;
        options.lookup_ttl = one_in(2) ? 60000 : 1;
    }
    options.path_errors = m->has_path_errors =
        platform->has_error_queue && one_in(2);
    options.receive_info = m->receive_info = asked[any(3)];
    m->has_cancel = options.lookup_cancel != NULL;
    m->queue_max = options.send_queue_size_max;
    AGREE(dgram_create_with(&loop, &options, &m->socket) == 0);
    dgram_set_data(m->socket, m);
    dgram_on(m->socket, &m->listener, &model_events, m);
}

void step(void) {
    struct model *m = &models[any(SOCKETS)];
    uint32_t choice = any(100);

    if (m->socket == NULL)
        open_socket(m);
    else if (choice < 8)
        call_bind(m);
    else if (choice < 12)
        call_bind_sync(m);
    else if (choice < 20)
        call_connect(m);
    else if (choice < 24)
        call_connect_sync(m);
    else if (choice < 30)
        call_disconnect(m);
    else if (choice < 52)
        call_send(m);
    else if (choice < 54)
        call_reply(m);
    else if (choice < 56)
        call_try_send(m);
    else if (choice < 60)
        call_batch(m);
    else if (choice < 64)
        call_questions(m);
    else if (choice < 66)
        call_group(m);
    else if (choice < 67)
        call_group_everywhere(m);
    else if (choice < 70)
        call_flush(m);
    else if (choice < 71)
        call_stats(m);
    else if (choice < 72)
        call_close(m);
    else if (choice < 73)
        call_detach(m);
    else if (choice < 76)
        call_receive(m);
    else if (choice < 80)
        call_listeners(m);
    else if (choice < 88 && question_count > 0)
        answer((int)any((uint32_t)question_count));
    else if (choice < 90)
        names_answer_any();
    else if (choice < 91)
        names_flush();
    else if (choice < 95)
        kernel_poke(m);
    else if (choice < 97)
        kernel_change_interface();
    else
        kernel_add_path_error(m);
}

void answer_all(void) {
    names_answer_all();
    while (question_count > 0)
        answer(0);
}

void close_all(void) {
    for (int i = 0; i < SOCKETS; i++) {
        if (models[i].socket != NULL && models[i].bind != CLOSED)
            call_close(&models[i]);
    }
    answer_all();
}
