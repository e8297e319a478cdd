/* A server on the wildcard address answers each request from the address that
   the request was sent to, or from one of the interface if that was a multicast
   or broadcast address. */
#include "netns.h"

#include <net/if.h>

/* A request, and what the server's kernel says about it. */
struct request {
    const char *server; /* the wildcard address */
    enum host host;     /* of the client */
    const char *client; /* the client's address */
    const char *leaves; /* its interface for multicast, or NULL */
    const char *to;     /* where the client sends it to */
    const char *local;  /* the same, as the server sees it */
    const char *reply_from;
    const char *interface; /* by which it arrives */
    const char *group_interface;
};

static const struct request *current;

static void check_info(const dgram_receive_info *info) {
    dgram_address local = address_of(current->local, 0);

    assert_non_null(info);
    assert_int_equal(info->valid, DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE);
    if (local.any.sa_family == AF_INET)
        assert_memory_equal(&info->local.v4.sin_addr, &local.v4.sin_addr, 4);
    else
        assert_memory_equal(&info->local.v6.sin6_addr, &local.v6.sin6_addr, 16);
    assert_int_equal(info->interface_index, if_nametoindex(current->interface));
}

static void answer(dgram_socket *socket, const dgram_message *message,
                   void *data) {
    (void)data;
    check_info(message->info);
    assert_int_equal(dgram_reply(socket, message, "answer", 6, NULL, NULL), 0);
}

static const dgram_events answers = {.size = sizeof answers, .message = answer};

/* The client takes the answer of the address that it asked, and that of any
   address if it asked several. */
static void check_sender(const struct recorder *client) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    const char *expected = current->reply_from;

    if (strncmp(expected, "::ffff:", 7) == 0)
        expected += 7;
    dgram_address_format(&client->message[0].from, text, sizeof text);
    if (strchr(text, '%') != NULL)
        *strchr(text, '%') = '\0';
    assert_memory_equal(text, expected, strlen(text));
}

/* Names of interfaces are those of the client's host. */
static dgram_socket *client_of(const struct request *request) {
    dgram_socket *client;

    enter_host(request->host);
    client = new_bound_on(request->host, request->client);
    enter_host(request->host);
    if (request->leaves != NULL)
        assert_int_equal(dgram_set_multicast_interface(client, request->leaves),
                         0);
    enter_host(NEAR);
    if (dgram_get_type(client) == DGRAM_UDP4)
        assert_int_equal(dgram_set_broadcast(client, true), 0);
    return client;
}

static dgram_socket *server_of(const struct request *request) {
    dgram_options options = {
        .size = sizeof options,
        .type = strchr(request->server, ':') != NULL ? DGRAM_UDP6 : DGRAM_UDP4,
        .receive_info = DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE,
    };

    return new_bound_on_with(NEAR, request->server, 0, &options);
}

static void ask(const struct request *request) {
    dgram_socket *server = server_of(request);
    dgram_socket *client = client_of(request);
    dgram_listener listener;
    struct recorder recorder;
    dgram_address to;

    current = request;
    if (request->group_interface != NULL)
        assert_int_equal(
            dgram_add_membership(server, request->to, request->group_interface),
            0);
    dgram_on(server, &listener, &answers, NULL);
    record_events(&recorder, client);
    enter_host(request->host);
    to = address_of(request->to, port_of(server));
    enter_host(NEAR);
    assert_int_equal(dgram_send(client, "request", 7, &to, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "answer");
    check_sender(&recorder);
    dgram_close(server);
    dgram_close(client);
    run_to_end();
}

static void ask_all(const struct request *requests, size_t count) {
    for (size_t i = 0; i < count; i++)
        ask(&requests[i]);
}

#define ASK(requests) ask_all(requests, sizeof(requests) / sizeof *(requests))

static void to_one_of_several_addresses(void **state) {
    static const struct request requests[] = {
        {"0.0.0.0", FAR, "10.77.0.2", NULL, "10.77.0.4", "10.77.0.4",
         "10.77.0.4", "a0", NULL},
        {"0.0.0.0", FAR, "10.78.0.2", NULL, "10.78.0.1", "10.78.0.1",
         "10.78.0.1", "a1", NULL},
        {"::", FAR, "fd77::2", NULL, "fd77::4", "fd77::4", "fd77::4", "a0",
         NULL},
        {"::", FAR, "fd78::2", NULL, "fd78::1", "fd78::1", "fd78::1", "a1",
         NULL},
        {"::", FAR, "10.77.0.2", NULL, "10.77.0.4", "::ffff:10.77.0.4",
         "::ffff:10.77.0.4", "a0", NULL},
    };

    (void)state;
    ASK(requests);
}

static void from_this_host(void **state) {
    static const struct request requests[] = {
        {"0.0.0.0", NEAR, "127.0.0.1", NULL, "127.0.0.5", "127.0.0.5",
         "127.0.0.5", "lo", NULL},
        {"0.0.0.0", NEAR, "10.77.0.1", NULL, "10.77.0.4", "10.77.0.4",
         "10.77.0.4", "a0", NULL},
        /* Between addresses of two interfaces. */
        {"0.0.0.0", NEAR, "10.78.0.1", NULL, "10.77.0.4", "10.77.0.4",
         "10.77.0.4", "a0", NULL},
        {"::", NEAR, "::1", NULL, "::1", "::1", "::1", "lo", NULL},
        {"::", NEAR, "fd78::1", NULL, "fd77::4", "fd77::4", "fd77::4", "a0",
         NULL},
        {"::", NEAR, "10.78.0.1", NULL, "10.77.0.4", "::ffff:10.77.0.4",
         "::ffff:10.77.0.4", "a0", NULL},
    };

    (void)state;
    ASK(requests);
}

static void to_a_link_local_address(void **state) {
    static const struct request requests[] = {
        {"::", FAR, "fe80::2%b0", NULL, "fe80::1%b0", "fe80::1", "fe80::1",
         "a0", NULL},
        {"::", FAR, "fe80::2%b1", NULL, "fe80::1%b1", "fe80::1", "fe80::1",
         "a1", NULL},
    };

    (void)state;
    ASK(requests);
}

static void to_many_hosts(void **state) {
    static const struct request requests[] = {
        {"0.0.0.0", FAR, "10.77.0.2", NULL, "10.77.0.255", "10.77.0.255",
         "10.77.0.1", "a0", NULL},
        {"0.0.0.0", FAR, "10.78.0.2", "10.78.0.2", "239.1.1.1", "239.1.1.1",
         "10.78.0.1", "a1", "10.78.0.1"},
        {"::", FAR, "fe80::2%b1", "::%b1", "ff12::77", "ff12::77", "fe80::1",
         "a1", "::%a1"},
        {"::", FAR, "fd78::2", "::%b1", "ff15::77", "ff15::77", "fd78::1", "a1",
         "::%a1"},
    };

    (void)state;
    ASK(requests);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(to_one_of_several_addresses),
        IN_LOOP(from_this_host),
        IN_LOOP(to_a_link_local_address),
        IN_LOOP(to_many_hosts),
    };

    create_hosts();
    add_second_wire();
    add_address(NEAR, "a0", "10.77.0.4/24");
    add_address(NEAR, "a0", "fd77::4/64 preferred_lft 0");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
