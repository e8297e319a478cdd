/* Every call that creating, binding and connecting sockets makes fails in turn.
   What failed can be repeated, and nothing leaks. */
#include "faults_sockets.h"

#include <unistd.h>

#include "os/platform.h"

static void made_and_closed(dgram_type type) {
    dgram_options options = {.size = sizeof options, .type = type};
    struct tracked aborted, late;

    tracking_begin();
    if (TRY(dgram_blocklist_create(&options.send_blocklist)) &&
        TRY(dgram_abort_create(&options.abort))) {
        TRY(dgram_blocklist_add_subnet(options.send_blocklist, "10.0.0.0", 8));
        TRY(dgram_blocklist_add_range(options.send_blocklist, "fd00::1",
                                      "fd00::9"));
        TRY(dgram_blocklist_add_address(options.send_blocklist, "10.1.1.1"));
        options.receive_blocklist = options.send_blocklist;
        tracked_create(&aborted, &options);
        dgram_abort_signal(options.abort);
        run_to_end();
        tracked_create(&late, &options);
    }
    dgram_blocklist_release(options.send_blocklist);
    dgram_abort_release(options.abort);
    tracking_end();
}

static void on_unhandled(dgram_socket *socket, const dgram_error *error,
                         void *data) {
    assert_true(dgram_get_unhandled_error_count(socket) > 0);
    faults_explain(error->code, false);
    ++*(int *)data;
}

/* Errors go to the hook of the loop; the node is off. */
static void unhandled_errors(dgram_type type) {
    struct tracked tracked;
    int count = 0;

    tracking_begin();
    TRY(dgram_on_unhandled_error(&test_loop, on_unhandled, &count));
    if (tracked_create_plain(&tracked, type)) {
        bool accepted = TRY(dgram_bind(tracked.socket, loopback(type), 0));
        uint64_t before = dgram_get_unhandled_error_count(tracked.socket);

        dgram_off(tracked.socket, &tracked.listener);
        WAIT(!accepted || dgram_fileno(tracked.socket) >= 0 ||
             dgram_get_unhandled_error_count(tracked.socket) > before);
        dgram_close(tracked.socket);
        run_to_end();
    }
    TRY(dgram_on_unhandled_error(&test_loop, NULL, NULL));
    run_to_end(); /* the hook is closed in a later iteration */
}

static void bound(dgram_type type) {
    dgram_options options = {
        .size = sizeof options,
        .type = type,
        .reuse_address = true,
        .reuse_port = true,
        .ipv6_only = type == DGRAM_UDP6,
        .receive_buffer_size = 100000,
        .send_buffer_size = 100000,
        .receive_info = DGRAM_INFO_ALL,
    };
    struct tracked now, later;

    tracking_begin();
    if (tracked_create(&now, &options))
        tracked_bind_sync(&now);
    if (tracked_create(&later, &options))
        tracked_bind(&later, loopback(type));
    tracking_end();
}

/* To an interface, by a datagram's CPU among the sockets of the port. */
static void bound_to_a_device(dgram_type type) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .reuse_port = true,
                             .steering = DGRAM_STEERING_CPU,
                             .steering_sockets = 2};
    const dgram_bind_options bind = {
        .size = sizeof bind, .address = loopback(type), .device = "lo"};
    dgram_address peer = address_of(loopback(type), 9);
    struct tracked tracked;

    if (platform->instruction_size == 0)
        options.steering = DGRAM_STEERING_NONE;
    tracking_begin();
    if (tracked_create(&tracked, &options) &&
        TRY(dgram_bind_with(tracked.socket, &bind))) {
        WAIT(tracked.listening == 1 || tracked.errors > 0);
        if (tracked.listening == 0 && !faults_are_lasting() &&
            TRY(dgram_bind_with(tracked.socket, &bind)))
            WAIT(tracked.listening == 1);
        if (tracked.listening == 1)
            TRY(dgram_get_path_mtu(tracked.socket, &peer));
    }
    tracking_end();
}

/* The system's resolver may not resolve IPv6 names. */
static void bound_by_name(dgram_type type) {
    struct tracked tracked;

    tracking_begin();
    if (tracked_create_plain(&tracked, type))
        tracked_bind(&tracked, type == DGRAM_UDP4 ? "localhost" : "::1");
    tracking_end();
}

static int answer(dgram_lookup *lookup, const char *host, dgram_type type,
                  void *data) {
    dgram_address address = address_of(loopback(type), 0);

    (void)host;
    (void)data;
    dgram_lookup_done(lookup, 0, &address);
    return 0;
}

static void named_by_own_resolver(dgram_type type) {
    dgram_options options = {
        .size = sizeof options, .type = type, .lookup = answer};
    struct tracked server, client;

    tracking_begin();
    if (tracked_create(&server, &options) && tracked_bind(&server, "here") &&
        tracked_create(&client, &options)) {
        datagrams_send(&client, &server, SEND_TO_NAME, 100);
        datagrams_settle();
        if (tracked_connect(&client, &server, "there"))
            datagrams_send(&client, &server, SEND_TO_PEER, 10);
        datagrams_settle();
    }
    tracking_end();
}

static void flush_lookups(void) {
    dgram_lookup_flush(&test_loop, NULL);
}

/* Lookups that are shared, known, repeated, and cancelled by the close. */
static void lookups_kept(dgram_type type) {
    const char *name = type == DGRAM_UDP4 ? "localhost" : "::1";
    dgram_options options = {
        .size = sizeof options, .type = type, .lookup_ttl = 60000};
    struct tracked server, client;
    struct sent asked = {0};
    bool accepted = false;

    tracking_begin();
    datagrams_host = name;
    if (tracked_create(&server, &options) && tracked_bind(&server, name) &&
        tracked_create(&client, &options)) {
        for (int i = 0; i < 6; i++)
            datagrams_send(&client, &server, SEND_TO_NAME, 100);
        datagrams_settle();
        faults_each_iteration = flush_lookups;
        for (int i = 0; i < 3; i++)
            datagrams_send(&client, &server, SEND_TO_NAME, 100);
        datagrams_settle();
        faults_each_iteration = NULL;
        accepted =
            TRY(dgram_connect(client.socket, name, 9, note_sent, &asked));
        dgram_lookup_flush(&test_loop, name);
    }
    tracking_end();
    assert_int_equal(asked.calls, accepted);
}

static void connected(dgram_type type) {
    struct tracked server, client;
    dgram_address peer;

    tracking_begin();
    if (tracked_create_plain(&server, type) && tracked_bind_sync(&server) &&
        tracked_create_plain(&client, type) &&
        tracked_connect(&client, &server, NULL)) {
        WAIT(client.connected == 1);
        TRY(dgram_get_remote_address(client.socket, &peer));
        datagrams_send(&client, &server, SEND_TO_PEER, 100);
        datagrams_settle();
        if (TRY(dgram_disconnect(client.socket)) &&
            TRY(dgram_connect_sync(client.socket, loopback(type),
                                   dgram_address_port(&server.where)))) {
            WAIT(client.connected == 2);
            datagrams_send(&client, &server, SEND_TO_PEER, 200);
            datagrams_settle();
        }
    }
    tracking_end();
}

/* A connect and sends that wait for a bind. */
static void waiting_for_the_bind(dgram_type type) {
    struct tracked server, client;

    tracking_begin();
    if (tracked_create_plain(&server, type) && tracked_bind_sync(&server) &&
        tracked_create_plain(&client, type) &&
        TRY(dgram_bind(client.socket, loopback(type), 0))) {
        datagrams_send(&client, &server, SEND_TO_ADDRESS, 100);
        datagrams_settle();
        WAIT(client.listening == 1 || client.errors > 0);
        if (tracked_connect(&client, &server, NULL))
            datagrams_send(&client, &server, SEND_TO_PEER, 100);
        datagrams_settle();
    }
    tracking_end();
}

static void options_set(dgram_type type) {
    dgram_address to = address_of(loopback(type), 9);
    dgram_stats stats = {.size = sizeof stats};
    struct tracked tracked;
    dgram_socket *s;

    tracking_begin();
    if (tracked_create_plain(&tracked, type) && tracked_bind_sync(&tracked)) {
        s = tracked.socket;
        TRY(dgram_set_broadcast(s, true));
        TRY(dgram_set_ttl(s, 5));
        TRY(dgram_set_tos(s, 5));
        TRY(dgram_get_tos(s));
        TRY(dgram_set_dont_fragment(s, DGRAM_PMTU_DO));
        TRY(dgram_get_dont_fragment(s));
        TRY(dgram_get_path_mtu(s, &to));
        TRY(dgram_set_multicast_ttl(s, 5));
        TRY(dgram_set_multicast_loopback(s, false));
        TRY(dgram_set_receive_buffer_size(s, 10000));
        TRY(dgram_set_send_buffer_size(s, 10000));
        TRY(dgram_get_receive_buffer_size(s));
        TRY(dgram_get_send_buffer_size(s));
        TRY(dgram_get_stats(s, &stats));
        TRY(dgram_set_shared(s, true));
        dgram_unref(s);
        dgram_ref(s);
    }
    tracking_end();
}

static void groups_joined(dgram_type type) {
    bool v6 = type == DGRAM_UDP6;
    const char *group = v6 ? "ff02::1:7" : "239.66.1.7";
    const char *of_source = v6 ? "ff32::1:7" : "232.66.1.7";
    const char *interface = v6 ? "::%lo" : "127.0.0.1";
    struct tracked tracked;
    dgram_socket *s;

    tracking_begin();
    if (tracked_create_plain(&tracked, type) &&
        TRY(dgram_add_membership(tracked.socket, group, interface))) {
        s = tracked.socket;
        TRY(dgram_set_multicast_interface(s, interface));
        TRY(dgram_set_multicast_interface(s, "lo"));
        TRY(dgram_set_multicast_all(s, false));
        TRY(dgram_drop_membership(s, group, interface));
        if (TRY(dgram_add_source_specific_membership(s, loopback(type),
                                                     of_source, interface)))
            TRY(dgram_drop_source_specific_membership(s, loopback(type),
                                                      of_source, interface));
    }
    tracking_end();
}

/* Where the kernel does not report interfaces, they are polled. */
static void group_joined_everywhere(dgram_type type) {
    const char *group = type == DGRAM_UDP6 ? "ff11::1:8" : "239.66.1.8";
    struct tracked tracked;

    tracking_begin();
    if (tracked_create_plain(&tracked, type) && tracked_bind_sync(&tracked) &&
        TRY(dgram_add_membership_all(tracked.socket, group))) {
        if (!faults_occurred())
            assert_true(dgram_get_memberships(tracked.socket, NULL, 0) > 0);
        TRY(dgram_add_membership(tracked.socket, group, "lo"));
        TRY(dgram_drop_membership_all(tracked.socket, group));
        TRY(dgram_drop_membership(tracked.socket, group, "lo"));
        if (!faults_occurred())
            assert_int_equal(dgram_get_memberships(tracked.socket, NULL, 0), 0);
    }
    tracking_end();
}

/* A refused descriptor stays the caller's. */
static void adopted(dgram_type type) {
    dgram_bind_options options = {.size = sizeof options};
    struct tracked donor, heir;
    int copy;

    tracking_begin();
    if (tracked_create_plain(&donor, type) && tracked_bind_sync(&donor) &&
        tracked_create_plain(&heir, type)) {
        copy = dup(dgram_fileno(donor.socket));
        options.fd = copy;
        if (TRY(dgram_bind_with(heir.socket, &options))) {
            WAIT(heir.listening == 1);
            assert_int_equal(dgram_fileno(heir.socket), copy);
            assert_int_equal(dgram_get_type(heir.socket), type);
        } else {
            close(copy);
        }
    }
    tracking_end();
}

static void adopted_with_peer(dgram_type type) {
    dgram_bind_options options = {.size = sizeof options};
    struct tracked server, donor, heir;
    dgram_address peer;

    tracking_begin();
    if (tracked_create_plain(&server, type) && tracked_bind_sync(&server) &&
        tracked_create_plain(&donor, type) &&
        tracked_connect(&donor, &server, NULL) &&
        tracked_create_plain(&heir, type)) {
        options.fd = dup(dgram_fileno(donor.socket));
        if (TRY(dgram_bind_with(heir.socket, &options))) {
            if (TRY(dgram_get_remote_address(heir.socket, &peer)))
                assert_true(dgram_address_equal(&peer, &server.where));
            datagrams_send(&heir, &server, SEND_TO_PEER, 50);
            datagrams_settle();
        } else {
            close(options.fd);
        }
    }
    tracking_end();
}

/* A socket that cannot be detached goes on. */
static void detached(dgram_type type) {
    dgram_bind_options options = {.size = sizeof options};
    struct tracked server, donor, heir;

    tracking_begin();
    if (tracked_create_plain(&server, type) && tracked_bind_sync(&server) &&
        tracked_create_plain(&donor, type) && tracked_bind_sync(&donor) &&
        tracked_create_plain(&heir, type)) {
        datagrams_send(&donor, &server, SEND_TO_ADDRESS, 50);
        datagrams_settle();
        if (!TRY(options.fd = dgram_detach(donor.socket))) {
            assert_true(dgram_fileno(donor.socket) >= 0);
        } else if (TRY(dgram_bind_with(heir.socket, &options))) {
            WAIT(heir.listening == 1 && donor.closed == 1);
            datagrams_send(&heir, &server, SEND_TO_ADDRESS, 50);
            datagrams_settle();
        } else {
            close(options.fd);
        }
    }
    tracking_end();
}

static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    (void)socket;
    assert_int_equal(error->code, UV_ECONNREFUSED);
    ++*(int *)data;
}

/* Of a port that is closed. The error is an event, whatever call failed. */
static void path_errors_emitted(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .path_error = on_path_error};
    const dgram_options options = {
        .size = sizeof options, .type = type, .path_errors = true};
    const dgram_address closed = address_of(loopback(type), 9);
    struct tracked client;
    struct sent sent = {0};
    dgram_listener listener;
    int count = 0;

    tracking_begin();
    if (platform->has_error_queue && tracked_create(&client, &options) &&
        tracked_bind_sync(&client)) {
        dgram_on(client.socket, &listener, &events, &count);
        if (TRY(dgram_send(client.socket, "?", 1, &closed, note_sent, &sent)))
            WAIT(sent.calls == 1);
        faults_explain(sent.status, false);
        WAIT(sent.status <= 0 || count == 1 || client.errors > 0);
    }
    tracking_end();
}

COUNTED(made_and_closed)
COUNTED(unhandled_errors)
COUNTED(bound)
COUNTED(bound_to_a_device)
COUNTED(bound_by_name)
COUNTED(named_by_own_resolver)
COUNTED(lookups_kept)
COUNTED(connected)
COUNTED(waiting_for_the_bind)
COUNTED(options_set)
COUNTED(groups_joined)
COUNTED(group_joined_everywhere)
COUNTED(adopted)
COUNTED(adopted_with_peer)
COUNTED(detached)
COUNTED(path_errors_emitted)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_and_closed),
        cmocka_unit_test(test_unhandled_errors),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_bound_to_a_device),
        cmocka_unit_test(test_bound_by_name),
        cmocka_unit_test(test_named_by_own_resolver),
        cmocka_unit_test(test_lookups_kept),
        cmocka_unit_test(test_connected),
        cmocka_unit_test(test_waiting_for_the_bind),
        cmocka_unit_test(test_options_set),
        cmocka_unit_test(test_groups_joined),
        cmocka_unit_test(test_group_joined_everywhere),
        cmocka_unit_test(test_adopted),
        cmocka_unit_test(test_adopted_with_peer),
        cmocka_unit_test(test_detached),
        cmocka_unit_test(test_path_errors_emitted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
