/* Every call that following the interfaces makes fails in turn. A group that is
   joined on all interfaces is joined on one that is set up, at the latest with
   the next change. See netns.h for the hosts. */
#include "faults_sockets.h"
#include "netns.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "os/platform.h"

/* The second wire of NEAR. */
static void set_up(bool up) {
    struct ifreq request = {.ifr_name = "a1"};
    int fd;

    faults_pause(true);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
    request.ifr_flags =
        (short)(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
    close(fd);
    faults_pause(false);
}

static bool is_joined(const struct tracked *tracked) {
    dgram_membership list[8];
    int count = dgram_get_memberships(tracked->socket, list, 8);
    bool joined = false;

    assert_in_range(count, 0, 8);
    for (int i = 0; i < count; i++)
        joined |= list[i].interface_index == if_nametoindex("a1");
    return joined;
}

/* A fault before that may have left the library to look every two seconds,
   which is too long for each. */
static void expect_to_follow(const struct tracked *tracked) {
    bool early = faults_occurred();

    assert_true(early || !is_joined(tracked));
    set_up(true);
    WAIT(early || is_joined(tracked) || faults_occurred());
    if (early || is_joined(tracked) || faults_are_lasting())
        return;
    set_up(false);
    set_up(true);
    WAIT(is_joined(tracked));
}

static void followed(dgram_type type) {
    const struct side *side = type == DGRAM_UDP6 ? &side_v6 : &side_v4;
    struct tracked tracked;

    set_up(false);
    tracking_begin();
    if (tracked_create_plain(&tracked, type) && tracked_bind_sync(&tracked) &&
        TRY(dgram_add_membership_all(tracked.socket, side->group))) {
        expect_to_follow(&tracked);
        TRY(dgram_drop_membership_all(tracked.socket, side->group));
    }
    tracking_end();
}

COUNTED(followed)

/* Elsewhere the library looks at the interfaces every two seconds. */
static void need_reports(void) {
    int fd = platform->open_interface_changes();

    if (fd == UV_ENOTSUP) {
        printf("skipped: this platform layer gets no reports of interfaces\n");
        exit(SKIPPED);
    }
    platform->close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_followed),
    };

    need_reports();
    create_hosts();
    add_second_wire();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
