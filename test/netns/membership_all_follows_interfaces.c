/* A group that is joined on all interfaces is received by interfaces that are
   added, set up, renamed, or removed and made anew. See netns.h for the hosts.
 */
#include "netns.h"

#include <fcntl.h>
#include <net/if.h>
#include <sys/wait.h>
#include <unistd.h>

static dgram_socket *receiver, *sender;
static struct recorder recorder;
static const struct side *side;

/* The wire w0 (NEAR) to w1 (FAR), on networks of its own. */
static void add_wire(const char *options) {
    char arguments[128];
    int space;

    enter_host(FAR);
    space = open("/proc/self/ns/net", O_RDONLY);
    assert_true(space >= 0);
    enter_host(NEAR);
    snprintf(arguments, sizeof arguments,
             "link add w0 %s type veth peer name w1 netns /proc/%d/fd/%d",
             options, getpid(), space);
    ip_on(NEAR, arguments);
    close(space);
}

static void set_up(void) {
    ip_on(NEAR, "link set w0 up");
    ip_on(FAR, "link set w1 up");
    ip_on(NEAR, "addr add 10.79.0.1/24 dev w0");
    ip_on(NEAR, "addr add fd79::1/64 dev w0 nodad");
    ip_on(FAR, "addr add 10.79.0.2/24 dev w1");
    ip_on(FAR, "addr add fd79::2/64 dev w1 nodad");
}

static int joined_on(const char *name) {
    dgram_membership list[16];
    int count = dgram_get_memberships(receiver, list, 16);
    int found = 0;

    for (int i = 0; i < count; i++)
        found += list[i].interface_index == if_nametoindex(name);
    return found;
}

static bool becomes(const char *name, int joined) {
    for (int i = 0; i < 500 && joined_on(name) != joined; i++)
        run_for(10);
    return joined_on(name) == joined;
}

static void wait_until(const char *name, int joined) {
    assert_true(becomes(name, joined));
}

/* What FAR sends by its end of the wire arrives. */
static void expect_arrival(void) {
    dgram_address group = address_of(side->group, port_of(receiver));
    int before = recorder.messages;

    enter_host(FAR);
    assert_int_equal(dgram_set_multicast_interface(sender, "w1"), 0);
    enter_host(NEAR);
    for (int i = 0; recorder.messages == before && i < 500; i++) {
        dgram_send(sender, "x", 1, &group, NULL, NULL);
        run_for(10);
    }
    assert_true(recorder.messages > before);
}

static void begin(const struct side *of) {
    dgram_options options = {
        .size = sizeof options, .type = of->type, .reuse_address = true};
    const char *any = of->type == DGRAM_UDP6 ? "::" : "0.0.0.0";

    side = of;
    receiver = new_bound_on_with(NEAR, any, 0, &options);
    sender = new_bound_on_with(FAR, any, 0, &options);
    record_events(&recorder, receiver);
    assert_int_equal(dgram_set_multicast_all(receiver, false), 0);
    assert_int_equal(dgram_add_membership_all(receiver, side->group), 0);
    assert_int_equal(joined_on("a0"), 1);
}

static void end(void) {
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

static void follows(const struct side *of) {
    begin(of);
    add_wire("");
    run_for(50);
    assert_int_equal(joined_on("w0"), 0); /* it is down */
    set_up();
    wait_until("w0", 1);
    expect_arrival();

    ip_on(NEAR, "link set w0 down");
    run_for(50);
    assert_int_equal(joined_on("w0"), 1); /* the kernel keeps it */
    ip_on(NEAR, "link set w0 name w9");
    ip_on(NEAR, "link set w9 up");
    wait_until("w9", 1);
    expect_arrival();

    ip_on(NEAR, "link del w9");
    add_wire("");
    set_up();
    wait_until("w0", 1);
    expect_arrival();
    assert_int_equal(dgram_drop_membership_all(receiver, side->group), 0);
    assert_int_equal(dgram_get_memberships(receiver, NULL, 0), 0);
    ip_on(NEAR, "link del w0");
    end();
}

static void over_ipv4(void **state) {
    (void)state;
    follows(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    follows(&side_v6);
}

/* Polling does not notice that an interface was replaced between two looks. */
#if defined(TEST_COALESCES)
static const bool polled = false;
#else
static const bool polled = true;
#endif

/* The socket's entry of the removed interface would forbid the new one. */
static void index_is_used_again(const struct side *of) {
    begin(of);
    for (int i = 0; i < 2; i++) {
        add_wire("index 4000");
        set_up();
        wait_until("w0", 1);
        expect_arrival();
        ip_on(NEAR, "link del w0");
        if (polled && i == 0)
            run_for(3000);
    }
    end();
}

static void index_again_over_ipv4(void **state) {
    (void)state;
    index_is_used_again(&side_v4);
}

static void index_again_over_ipv6(void **state) {
    (void)state;
    index_is_used_again(&side_v6);
}

/* More changes than the kernel keeps for the socket: it discards some. The
   interface that is replaced after that is only known from a report. */
static void after_an_overrun(void **state) {
    (void)state;
    if (polled)
        skip();
    begin(&side_v4);
    add_wire("index 4000");
    set_up();
    wait_until("w0", 1);
    assert_int_equal(dgram_add_membership(receiver, side->group, "w0"), 0);
    for (int i = 0; i < 200; i++) {
        ip_on(NEAR, "link set w0 down");
        ip_on(NEAR, "link set w0 up");
    }
    run_for(50);
    assert_int_equal(dgram_drop_membership(receiver, side->group, "w0"), 0);
    ip_on(NEAR, "link del w0");
    add_wire("index 4000");
    set_up();
    wait_until("w0", 1);
    expect_arrival();
    ip_on(NEAR, "link del w0");
    end();
}

/* Both processes read the same descriptor. */
static void after_a_fork(void **state) {
    int status;
    pid_t child;

    (void)state;
    begin(&side_v4);
    child = fork();
    if (child == 0)
        _exit(uv_loop_fork(&test_loop) != 0 || !becomes("w0", 1));
    add_wire("");
    set_up();
    wait_until("w0", 1);
    expect_arrival();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    ip_on(NEAR, "link del w0");
    end();
}

/* Without a watch the record asks whether the interface is there. */
static void a_single_membership_ends_with_its_interface(void **state) {
    (void)state;
    begin(&side_v4);
    assert_int_equal(dgram_drop_membership_all(receiver, side->group), 0);
    add_wire("");
    assert_int_equal(dgram_add_membership(receiver, side->group, "w0"), 0);
    assert_int_equal(joined_on("w0"), 1);
    ip_on(NEAR, "link del w0");
    assert_int_equal(dgram_get_memberships(receiver, NULL, 0), 0);
    end();
}

static void the_limit_is_reported(void **state) {
    (void)state;
    set_sysctl_on(NEAR, "ipv4/igmp_max_memberships", "1");
    side = &side_v4;
    receiver = new_bound_on(NEAR, "0.0.0.0");
    record_events(&recorder, receiver);
    assert_int_equal(dgram_add_membership_all(receiver, side->group), 0);
    assert_int_equal(recorder.errors, 0); /* not inside the call */
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_ENOBUFS);
    assert_string_equal(recorder.error_text,
                        "addMembershipAll ENOBUFS 239.77.0.1");
    assert_int_equal(dgram_add_membership_all(receiver, "239.77.0.2"),
                     UV_ENOBUFS);
    assert_int_equal(dgram_drop_membership_all(receiver, "239.77.0.2"),
                     UV_EADDRNOTAVAIL);
    run_for(50);
    assert_int_equal(recorder.errors, 1);
    set_sysctl_on(NEAR, "ipv4/igmp_max_memberships", "20");
    dgram_close(receiver);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(over_ipv4),
        IN_LOOP(over_ipv6),
        IN_LOOP(index_again_over_ipv4),
        IN_LOOP(index_again_over_ipv6),
        IN_LOOP(after_an_overrun),
        IN_LOOP(after_a_fork),
        IN_LOOP(a_single_membership_ends_with_its_interface),
        IN_LOOP(the_limit_is_reported),
    };

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
