/* An address with the scope of an interface that does not exist is refused by
   each call. */
#include <net/if.h>

#include "peer.h"
#include "resolver.h"

static const char group[] = "ff02::7778", own[] = "::1";

static const char *const unknown[] = {
    "::%gone",  "fe80::1%gone",
    "::1%gone", "ff02::1%",
    "::%1",     "::%999",
    "::%lo%lo", "fe80::1%%lo",
    "::%lo ",   "ff02::7%no-interface-has-such-a-name"};

#define COUNT (sizeof unknown / sizeof *unknown)

static void memberships(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP6);

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const char *text = unknown[i];

        assert_int_equal(dgram_add_membership(socket, group, text), UV_ENODEV);
        assert_int_equal(dgram_drop_membership(socket, group, text), UV_ENODEV);
        assert_int_equal(dgram_add_membership(socket, text, NULL), UV_ENODEV);
        assert_int_equal(dgram_add_membership(socket, text, "::%lo"),
                         UV_ENODEV);
        assert_int_equal(
            dgram_add_source_specific_membership(socket, own, group, text),
            UV_ENODEV);
        assert_int_equal(
            dgram_add_source_specific_membership(socket, own, text, "::%lo"),
            UV_ENODEV);
        assert_int_equal(
            dgram_add_source_specific_membership(socket, text, group, "::%lo"),
            UV_ENODEV);
        assert_int_equal(
            dgram_drop_source_specific_membership(socket, text, group, "::"),
            UV_ENODEV);
        assert_int_equal(dgram_set_multicast_interface(socket, text),
                         UV_ENODEV);
    }
    dgram_close(socket);
    run_to_end();
}

/* A scope of either address names the interface; two different ones are an
   error. */
static void the_scope_of_a_group_is_its_interface(void **state) {
    char name[IF_NAMESIZE], other[DGRAM_ADDRESS_TEXT_MAX];
    dgram_socket *socket = new_bound(DGRAM_UDP6);

    (void)state;
    assert_int_equal(dgram_add_membership(socket, "ff02::7778%lo", NULL), 0);
    assert_int_equal(dgram_add_membership(socket, group, "::%lo"),
                     UV_EADDRINUSE);
    assert_int_equal(dgram_drop_membership(socket, "ff02::7778%lo", "::"), 0);
    assert_int_equal(dgram_add_membership(socket, group, "::1"), UV_ENODEV);
    if (if_indextoname(2, name) != NULL) {
        snprintf(other, sizeof other, "::%%%s", name);
        assert_int_equal(dgram_add_membership(socket, "ff02::7778%lo", other),
                         UV_EINVAL);
        assert_int_equal(dgram_add_source_specific_membership(
                             socket, "::1%lo", "ff3e::7778", other),
                         UV_EINVAL);
    }
    assert_int_equal(dgram_add_source_specific_membership(socket, "::1%lo",
                                                          "ff3e::7778", NULL),
                     0);
    assert_int_equal(dgram_drop_source_specific_membership(
                         socket, own, "ff3e::7778%lo", "::%lo"),
                     0);
    dgram_close(socket);
    run_to_end();
}

static void binds(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        dgram_socket *socket = new_socket(DGRAM_UDP6);
        struct recorder recorder;

        record_events(&recorder, socket);
        assert_int_equal(dgram_bind_sync(socket, unknown[i], 0), UV_ENODEV);
        assert_string_equal(dgram_last_error(socket)->address, unknown[i]);
        assert_int_equal(dgram_bind(socket, unknown[i], 0), 0);
        run_until(&recorder.errors, 1);
        assert_int_equal(dgram_last_error(socket)->code, UV_ENODEV);
        assert_int_equal(dgram_fileno(socket), UV_EBADF);
        dgram_close(socket);
        run_to_end();
    }
}

static void on_connected(dgram_socket *socket, int status, void *data) {
    (void)socket;
    *(int *)data = status;
}

/* The socket's own resolver is not called either. */
static void connects_and_sends(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct resolver resolver = {0};
        dgram_socket *socket = new_resolving(DGRAM_UDP6, &resolver);
        const dgram_outgoing one = {
            .payload = "x", .length = 1, .host = unknown[i], .port = 9};
        struct sent sent = {0};
        int connected = 0, status = 77;

        assert_int_equal(dgram_connect_sync(socket, unknown[i], 9), UV_ENODEV);
        assert_int_equal(
            dgram_connect(socket, unknown[i], 9, on_connected, &connected), 0);
        for (int turns = 0; turns < 100 && connected == 0; turns++)
            run_for(1);
        assert_int_equal(connected, UV_ENODEV);
        assert_int_equal(
            dgram_send_to(socket, "x", 1, unknown[i], 9, note_sent, &sent), 0);
        run_until(&sent.calls, 1);
        assert_int_equal(sent.status, UV_ENODEV);
        assert_int_equal(dgram_send_batch(socket, &one, 1, &status, NULL), 1);
        assert_int_equal(status, 0);
        run_for(1);
        assert_int_equal(dgram_last_error(socket)->code, UV_ENODEV);
        assert_int_equal(resolver.asked, 0);
        dgram_close(socket);
        run_to_end();
    }
}

static void block_lists(void **state) {
    dgram_blocklist *list;

    (void)state;
    assert_int_equal(dgram_blocklist_create(&list), 0);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(dgram_blocklist_add_address(list, unknown[i]),
                         UV_ENODEV);
        assert_int_equal(dgram_blocklist_add_range(list, own, unknown[i]),
                         UV_ENODEV);
        assert_int_equal(dgram_blocklist_add_subnet(list, unknown[i], 64),
                         UV_ENODEV);
    }
    assert_int_equal(dgram_blocklist_add_address(list, "fe80::1%lo"), 0);
    dgram_blocklist_release(list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(memberships),
        IN_LOOP(the_scope_of_a_group_is_its_interface),
        IN_LOOP(binds),
        IN_LOOP(connects_and_sends),
        cmocka_unit_test(block_lists),
    };

    if (!has_ipv6()) {
        printf("skipped: no IPv6\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
