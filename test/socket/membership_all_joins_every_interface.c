/* dgram_add_membership_all() joins a group on every interface that can have it,
   the loopback among them. It and dgram_add_membership() count for themselves.
 */
#include "peer.h"

#include <net/if.h>

#define LIST_MAX 64

static const char *group_of(dgram_type type) {
    return type == DGRAM_UDP6 ? "ff11::7790" : "239.255.77.90";
}

/* Returns the membership on the loopback interface, or NULL. */
static const dgram_membership *on_loopback(dgram_socket *socket) {
    static dgram_membership list[LIST_MAX];
    int count = dgram_get_memberships(socket, list, LIST_MAX);

    assert_in_range(count, 0, LIST_MAX);
    for (int i = 0; i < count; i++)
        if (list[i].interface_index == if_nametoindex("lo"))
            return &list[i];
    return NULL;
}

static void joined_until_dropped(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address group = address_of(group_of(type), 0);

    assert_int_equal(dgram_get_memberships(socket, NULL, 0), 0);
    assert_int_equal(dgram_add_membership_all(socket, group_of(type)), 0);
    assert_non_null(on_loopback(socket));
    assert_true(dgram_address_equal(&on_loopback(socket)->group, &group));
    assert_int_equal(on_loopback(socket)->source.any.sa_family, AF_UNSPEC);
    assert_true(on_loopback(socket)->from_all);
    assert_true(dgram_get_memberships(socket, NULL, 0) >= 1);
    assert_int_equal(dgram_add_membership_all(socket, group_of(type)),
                     UV_EADDRINUSE);
    assert_int_equal(dgram_drop_membership_all(socket, group_of(type)), 0);
    assert_int_equal(dgram_get_memberships(socket, NULL, 0), 0);
    assert_int_equal(dgram_drop_membership_all(socket, group_of(type)),
                     UV_EADDRNOTAVAIL);
    assert_int_equal(dgram_add_membership(socket, group_of(type), "lo"), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(joined_until_dropped)

static void a_single_membership_stays(dgram_type type) {
    const char *group = group_of(type);
    dgram_socket *socket = new_bound(type);

    for (int first = 0; first < 2; first++) {
        if (first == 0)
            assert_int_equal(dgram_add_membership(socket, group, "lo"), 0);
        assert_int_equal(dgram_add_membership_all(socket, group), 0);
        if (first == 1)
            assert_int_equal(dgram_add_membership(socket, group, "lo"), 0);
        assert_int_equal(dgram_add_membership(socket, group, "lo"),
                         UV_EADDRINUSE);
        assert_int_equal(dgram_drop_membership_all(socket, group), 0);
        assert_non_null(on_loopback(socket));
        assert_false(on_loopback(socket)->from_all);
        assert_int_equal(dgram_drop_membership(socket, group, "lo"), 0);
        assert_null(on_loopback(socket));
    }
    dgram_close(socket);
    run_to_end();
}
BOTH(a_single_membership_stays)

static void all_stays_without_the_single_one(dgram_type type) {
    const char *group = group_of(type);
    const char *address = type == DGRAM_UDP6 ? "::%lo" : "127.0.0.1";
    dgram_socket *socket = new_bound(type);

    assert_int_equal(dgram_add_membership_all(socket, group), 0);
    assert_int_equal(dgram_drop_membership(socket, group, "lo"),
                     UV_EADDRNOTAVAIL);
    assert_int_equal(dgram_add_membership(socket, group, address), 0);
    assert_int_equal(dgram_drop_membership(socket, group, "lo"), 0);
    assert_non_null(on_loopback(socket));
    assert_int_equal(dgram_drop_membership(socket, group, NULL),
                     UV_EADDRNOTAVAIL);
    assert_int_equal(dgram_drop_membership_all(socket, group), 0);
    assert_int_equal(dgram_drop_membership(socket, group, address),
                     UV_EADDRNOTAVAIL);
    dgram_close(socket);
    run_to_end();
}
BOTH(all_stays_without_the_single_one)

static void sources_are_listed(dgram_type type) {
    const char *group = type == DGRAM_UDP6 ? "ff31::7790" : "232.255.77.90";
    dgram_socket *socket = new_bound(type);
    dgram_address source = address_of(loopback(type), 0);

    assert_int_equal(dgram_add_source_specific_membership(
                         socket, loopback(type), group, "lo"),
                     0);
    assert_non_null(on_loopback(socket));
    assert_true(dgram_address_equal(&on_loopback(socket)->source, &source));
    assert_false(on_loopback(socket)->from_all);
    assert_int_equal(dgram_drop_source_specific_membership(
                         socket, loopback(type), group, "lo"),
                     0);
    assert_int_equal(dgram_get_memberships(socket, NULL, 0), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(sources_are_listed)

/* What the program set on the descriptor itself is its own. */
static void an_unknown_membership_stays(void **state) {
    struct ip_mreq request = {.imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
    dgram_address group = address_of("239.255.77.90", 0);
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    request.imr_multiaddr = group.v4.sin_addr;
    assert_int_equal(setsockopt(dgram_fileno(socket), IPPROTO_IP,
                                IP_ADD_MEMBERSHIP, &request, sizeof request),
                     0);
    assert_int_equal(dgram_add_membership_all(socket, "239.255.77.90"), 0);
    assert_int_equal(dgram_drop_membership_all(socket, "239.255.77.90"), 0);
    assert_int_equal(
        dgram_drop_membership(socket, "239.255.77.90", "127.0.0.1"), 0);
    dgram_close(socket);
    run_to_end();
}

static void texts_and_states_are_checked(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_add_membership_all(socket, NULL),
                     DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(dgram_add_membership_all(socket, ""),
                     DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(dgram_add_membership_all(socket, "x"), UV_EINVAL);
    assert_int_equal(dgram_add_membership_all(socket, loopback(type)),
                     UV_EINVAL);
    assert_int_equal(dgram_add_membership_all(socket, "ff02::1%lo"), UV_EINVAL);
    if (type == DGRAM_UDP4)
        assert_int_equal(dgram_add_membership_all(socket, "ff02::1"),
                         UV_ENOPROTOOPT);
    assert_int_equal(dgram_get_memberships(socket, NULL, 0), 0);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_add_membership_all(socket, group_of(type)), 0);
    run_until(&recorder.listening, 1);
    dgram_unref(socket);
    run_to_end(); /* the watch does not keep the loop running */
    dgram_close(socket);
    assert_int_equal(dgram_add_membership_all(socket, group_of(type)),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_get_memberships(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
}
BOTH(texts_and_states_are_checked)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(joined_until_dropped),
        IN_LOOP_BOTH(a_single_membership_stays),
        IN_LOOP_BOTH(all_stays_without_the_single_one),
        IN_LOOP_BOTH(sources_are_listed),
        IN_LOOP(an_unknown_membership_stays),
        IN_LOOP_BOTH(texts_and_states_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
