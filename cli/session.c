#include "session.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <dgram_cluster.h>

#include "interrupt.h"
#include "output.h"
#include "print.h"
#include "term.h"

static void on_interrupt(void *data) {
    session_stop(data);
}

/* A probe, and a worker before it has joined, have nothing to end in order: one
   that caught a signal would only lose it. */
static void start_signals(struct session *session) {
    if (session->part == SESSION_ALONE && !session->stopping)
        interrupt_start(&session->loop, on_interrupt, session);
}

int session_begin(struct session *session, const char *verb) {
    *session = (struct session){.verb = verb};
    signal(SIGPIPE, SIG_IGN);
    if (uv_loop_init(&session->loop) < 0) {
        session_say(session, "no event loop can be made");
        return 1;
    }
    uv_timer_init(&session->loop, &session->limit);
    session->limit.data = session;
    return 0;
}

void session_stop(struct session *session) {
    if (session->stopping)
        return;
    session->stopping = true;
    if (session->on_stop != NULL)
        session->on_stop(session->data);
    interrupt_stop();
    uv_close((uv_handle_t *)&session->limit, NULL);
    if (session->wanted != NULL)
        uv_cancel((uv_req_t *)&session->lookup);
    if (session->socket != NULL)
        dgram_close(session->socket);
    session->socket = NULL;
}

static void on_limit(uv_timer_t *timer) {
    session_stop(timer->data);
}

void session_stop_after(struct session *session, double seconds) {
    if (!session->stopping)
        uv_timer_start(&session->limit, on_limit, (uint64_t)(seconds * 1000),
                       0);
}

void session_say(const struct session *session, const char *format, ...) {
    va_list arguments;

    live_clear();
    fprintf(stderr, "%sdgram %s:%s ", tint(stderr, TINT_ERROR), session->verb,
            tint(stderr, TINT_NONE));
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    putc('\n', stderr);
}

/* What to do about it; NULL if the code says it all. */
static const char *advice_on_code(int code) {
    switch (code) {
    case UV_EADDRINUSE:
        return "another socket has this port: stop its program, choose "
               "another port, or share it with --reuse-port";
    case UV_EADDRNOTAVAIL:
        return "no interface of this machine has this address";
    case UV_EACCES:
        return "a port below 1024 needs privileges, a broadcast address "
               "needs --broadcast";
    case UV_EMSGSIZE:
        return "a datagram carries at most 65507 bytes, over IPv6 65527";
    case UV_EAI_NONAME:
    case UV_EAI_AGAIN:
    case UV_EAI_NODATA:
        return "is the name right? An IPv6-only one needs -6";
    case UV_ECONNREFUSED:
        return "nobody listens on that port: start the receiver first";
    case UV_ENODEV:
        return "there is no such interface: 'ip address' lists them";
    case UV_ENETUNREACH:
    case UV_EHOSTUNREACH:
        return "no route leads there: is the address right, is the network up?";
    case UV_EPERM:
        return "a firewall of this machine forbids it";
    case UV_EMFILE:
    case UV_ENFILE:
        return "too many files are open: end a program, or raise 'ulimit -n'";
    case UV_EAFNOSUPPORT:
        return "this machine has no IPv6: use an IPv4 address";
    default:
        return NULL;
    }
}

/* Of a membership some codes say something else. */
static const char *advice_on_group(int code) {
    switch (code) {
    case UV_EINVAL:
        return "a group is an address from 224.0.0.0 to 239.255.255.255, or "
               "begins with ff;\nbehind '@' stands an IPv4 address of the "
               "interface, or for IPv6 its name;\n--source is an address of "
               "the group's family";
    case UV_EADDRINUSE:
    case UV_EADDRNOTAVAIL:
        return "it is joined already: name it once";
    case UV_ENOPROTOOPT:
        return "an IPv6 group needs -6";
    default:
        return advice_on_code(code);
    }
}

static const char *advice(const dgram_error *error) {
    const char *call = error->syscall;

    if (strcmp(call, "addMembership") == 0 ||
        strcmp(call, "addSourceSpecificMembership") == 0)
        return advice_on_group(error->code);
    if (strcmp(call, "setMulticastInterface") == 0 && error->code == UV_EINVAL)
        return "the interface is one of its IPv4 addresses, or ::%NAME";
    if (strcmp(call, "bind") == 0 && error->code == UV_EINVAL)
        return "--ipv6-only is for IPv6: add -6, or an IPv6 address";
    return advice_on_code(error->code);
}

void session_report(struct session *session, const char *subject,
                    const dgram_error *error) {
    char text[512];
    const char *hint = advice(error);

    dgram_error_format(error, text, sizeof text);
    if (session->error_head != NULL)
        fprintf(stderr, "%s%s%s\n%s%s\n", tint(stderr, TINT_ERROR),
                session->error_head, tint(stderr, TINT_NONE), subject, text);
    else if (error->syscall[0] != '\0')
        session_say(session, "%s%s (%s)", subject, text,
                    dgram_strerror(error->code));
    else
        session_say(session, "%s%s", subject, text);
    if (hint != NULL)
        fprintf(stderr, "%s\n", hint);
}

void session_fail(struct session *session, const dgram_error *error) {
    session_report(session, "", error);
    session->status = 1;
    session_stop(session);
}

void session_flush(struct session *session) {
    if (output_flush() == 0 || session->stopping)
        return;
    session->status = session->part < SESSION_WORKER ? 1 : EXIT_UNREAD;
    session_stop(session);
}

int session_run(struct session *session) {
    start_signals(session);
    uv_run(&session->loop, UV_RUN_DEFAULT);
    session_stop(session);
    uv_run(&session->loop, UV_RUN_DEFAULT);
    /* Before a worker leaves: then SIGTERM may take what is unsaid. */
    if (output_flush() < 0 && session->status == 0)
        session->status = 1;
    dgram_worker_leave(&session->loop);
    uv_run(&session->loop, UV_RUN_DEFAULT);
    uv_loop_close(&session->loop);
    return session->status;
}

bool session_create(struct session *session, const dgram_options *options,
                    const dgram_events *events) {
    int result = dgram_create_with(&session->loop, options, &session->socket);
    dgram_error error = {.code = result, .syscall = "", .address = ""};

    if (result < 0)
        session_fail(session, &error);
    else
        dgram_on(session->socket, &session->listener, events, NULL);
    return result == 0;
}

void session_connect(struct session *session, const struct endpoint *endpoint) {
    if (dgram_connect(session->socket, endpoint->host, endpoint->port, NULL,
                      NULL) < 0)
        session_fail(session, dgram_last_error(session->socket));
}

void session_bind(struct session *session, const struct endpoint *endpoint) {
    dgram_socket *socket = session->socket;
    int result = DGRAM_ERR_INVALID_ARG_VALUE;

    if (session->part != SESSION_SHARER)
        result = dgram_bind_sync(socket, endpoint->host, endpoint->port);
    if (result == DGRAM_ERR_INVALID_ARG_VALUE)
        result = dgram_bind(socket, endpoint->host, endpoint->port);
    if (result < 0)
        session_fail(session, dgram_last_error(socket));
}

static void on_lookup(uv_getaddrinfo_t *request, int status,
                      struct addrinfo *list) {
    struct session *session = request->data;
    const struct endpoint *endpoint = session->wanted;
    dgram_error error = {
        .code = status, .syscall = "getaddrinfo", .address = endpoint->host};

    session->wanted = NULL;
    if (!session->stopping && status < 0)
        session_fail(session, &error);
    if (!session->stopping) {
        memcpy(session->found, list->ai_addr, list->ai_addrlen);
        session->on_found();
    }
    uv_freeaddrinfo(list);
}

void session_resolve(struct session *session, const struct endpoint *endpoint,
                     dgram_address *address_out, void (*on_found)(void)) {
    bool v6 = endpoint->type == DGRAM_UDP6;
    const char *loopback = v6 ? "::1" : "127.0.0.1";
    const char *host = endpoint->host[0] != 0 ? endpoint->host : loopback;
    struct addrinfo hints = {.ai_family = v6 ? AF_INET6 : AF_INET,
                             .ai_socktype = SOCK_DGRAM};
    dgram_error error = {.syscall = "getaddrinfo", .address = host};
    char service[8];

    if (dgram_address_parse(host, endpoint->port, address_out) == 0) {
        on_found();
        return;
    }
    session->found = address_out;
    session->on_found = on_found;
    session->wanted = endpoint;
    session->lookup.data = session;
    snprintf(service, sizeof service, "%u", (unsigned)endpoint->port);
    error.code = uv_getaddrinfo(&session->loop, &session->lookup, on_lookup,
                                host, service, &hints);
    if (error.code < 0) {
        session->wanted = NULL;
        session_fail(session, &error);
    }
}

bool session_is_listening(struct session *session, dgram_address *address_out) {
    if (dgram_get_address(session->socket, address_out) < 0) {
        session_fail(session, dgram_last_error(session->socket));
        return false;
    }
    session->is_bound = true;
    if (session->part == SESSION_PROBE)
        session_stop(session);
    return session->part == SESSION_ALONE || session->part == SESSION_WORKER;
}

void session_print_listening(const char *head, const dgram_address *address,
                             bool json) {
    if (json) {
        fprintf(output, "{\"event\":\"listening\",");
        print_address_json(output, address);
        fprintf(output, "}\n");
    } else {
        fprintf(output, "%s listening ", head);
        print_endpoint(output, address);
        putc('\n', output);
    }
}

void session_print_worker(const struct session *session, bool json) {
    if (session->part >= SESSION_WORKER)
        fprintf(output,
                json ? "\"worker\":%d," : "worker %d: ", session->worker);
}
