/* Multicast groups, on one interface or on all. */
#include "model.h"

#include <net/if.h>

/* The groups, by their bit in model.groups; the last two have a source. */
static const char *const groups[] = {"239.7.7.1", "239.7.7.2", "232.7.7.3",
                                     "232.7.7.4"};

static int change_group(struct model *m, int group, bool join) {
    if (group < 2)
        return (join ? dgram_add_membership : dgram_drop_membership)(
            m->socket, groups[group], "127.0.0.1");
    return (join ? dgram_add_source_specific_membership
                 : dgram_drop_source_specific_membership)(
        m->socket, "10.9.8.7", groups[group], "127.0.0.1");
}

void call_group(struct model *m) {
    int group = (int)any(4), expected, result;
    bool join = !one_in(3), joined = (m->groups >> group & 1) != 0;

    note("%s %d: %s", join ? "join" : "leave", name_of(m), groups[group]);
    call_begins(m);
    expected = m->bind == CLOSED    ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
               : m->bind == BINDING ? UV_EBADF
                                    : 0;
    result = change_group(m, group, join);
    if (expected == 0)
        expected = kernel_failure < 0 ? kernel_failure
                   : joined != join   ? 0
                   : join             ? UV_EADDRINUSE
                                      : UV_EADDRNOTAVAIL;
    check_result(m, result, expected);
    if (result == 0)
        m->groups ^= 1u << group;
    AGREE(m->groups == kernel_groups(m));
}

/* Those of interfaces that this host has a name for. */
static int count_memberships(const struct model *m) {
    int count = 0;
    char name[IF_NAMESIZE];

    for (unsigned groups_left = m->groups; groups_left != 0; groups_left >>= 1)
        count += groups_left & 1;
    for (unsigned index = 1; m->is_everywhere && index <= 3; index++)
        count += (kernel_interfaces >> index & 1) != 0 &&
                 if_indextoname(index, name) != NULL;
    return count;
}

void check_groups(const struct model *m) {
    if (m->is_everywhere && !kernel_reports_interfaces())
        return;
    AGREE(kernel_everywhere(m) == (m->is_everywhere ? kernel_interfaces : 0));
    if (m->bind != CLOSED)
        AGREE(dgram_get_memberships(m->socket, NULL, 0) ==
              count_memberships(m));
}

/* Either all interfaces can join the group, or none. */
static int check_everywhere(const struct model *m, bool join) {
    return kernel_failure < 0         ? kernel_failure
           : m->is_everywhere != join ? join && kernel_is_full ? UV_ENOBUFS : 0
           : join                     ? UV_EADDRINUSE
                                      : UV_EADDRNOTAVAIL;
}

void call_group_everywhere(struct model *m) {
    static const char group[] = "239.7.7.9";
    int expected = m->bind == CLOSED    ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING
                   : m->bind == BINDING ? UV_EBADF
                                        : 0;
    bool join = !one_in(3);
    int result;

    note("%s %d on all interfaces", join ? "join" : "leave", name_of(m));
    kernel_is_full = one_in(6);
    call_begins(m);
    result = (join ? dgram_add_membership_all
                   : dgram_drop_membership_all)(m->socket, group);
    check_result(m, result,
                 expected == 0 ? check_everywhere(m, join) : expected);
    kernel_is_full = false;
    if (result < 0)
        return;
    m->is_everywhere = join;
    AGREE(kernel_everywhere(m) == (join ? kernel_interfaces : 0));
    AGREE(dgram_get_memberships(m->socket, NULL, 0) == count_memberships(m));
}
