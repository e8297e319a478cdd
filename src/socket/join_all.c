/* Joining a group on all interfaces.

   A membership belongs to an interface by its index. When the interface is
   removed, the kernel leaves the group there, but the socket's own entry counts
   against its limit, and forbids a new one if the index is used again. So the
   entry is dropped, and whatever interface comes next is joined as a new one.
   An interface that is set down keeps its memberships, and one that is renamed
   keeps its index. */
#include "socket/join_all.h"

#include "util/alloc.h"
#include "util/util.h"
#include "loop/interfaces.h"
#include "socket/group_requests.h"
#include "socket/memberships.h"
#include "socket/socket.h"

static const char name_of_join[] = "addMembershipAll";
static const char name_of_drop[] = "dropMembershipAll";

/* ---- Errors ------------------------------------------------------------- */

/* An interface that cannot have the group, or that went away meanwhile, is left
   out. */
static bool is_of_interface(int code) {
    return code == UV_ENODEV || code == UV_EINVAL || code == UV_ENXIO ||
           code == UV_EADDRNOTAVAIL;
}

/* Emits one error. A listener may not return, so the task is queued for the
   next one before. */
static void report_task(struct task *task) {
    struct memberships_part *part =
        CONTAINER_OF(task, struct memberships_part, task);
    dgram_socket *s = CONTAINER_OF(part, dgram_socket, memberships);

    for (struct list *n = part->everywhere.next; n != &part->everywhere;
         n = n->next) {
        struct group_everywhere *all = everywhere_of(n);
        int code = all->report;

        if (code == 0)
            continue;
        all->report = 0;
        loop_defer(s->loop, task);
        error_set_address(&s->error, code, name_of_join, &all->group);
        socket_emit_error(s);
        return;
    }
}

/* A failure is emitted once, until all interfaces have joined. */
static void note_result(dgram_socket *s, struct group_everywhere *all,
                        int result) {
    if (result < 0 && result != all->failed) {
        all->report = result;
        loop_defer(s->loop, &s->memberships.task);
    }
    all->failed = result;
}

/* ---- Joining ------------------------------------------------------------ */

/* EADDRINUSE: the program joined the group on this descriptor in a way that the
   record does not know. That membership is its own. */
static int join_on(dgram_socket *s, const dgram_address *group,
                   unsigned index) {
    struct memberships_part *part = &s->memberships;
    struct membership *found = memberships_find(part, group, NULL, index);
    int result;

    if (found != NULL) {
        found->by_all = true;
        return 0;
    }
    found = memberships_add(part, group, NULL, index);
    if (found == NULL)
        return UV_ENOMEM;
    found->by_all = true;
    result = group_request(s, group, NULL, &found->interface, true);
    found->by_itself = result == UV_EADDRINUSE;
    if (result >= 0 || result == UV_EADDRINUSE)
        return 0;
    memberships_remove(found);
    return is_of_interface(result) ? 0 : result;
}

/* Returns the first error of an interface that should have the group. */
static int join_on_each(dgram_socket *s, const dgram_address *group,
                        const struct interface_list *list) {
    int first = 0, result;

    for (unsigned i = 0; i < list->count; i++) {
        if (!list->interfaces[i].usable)
            continue;
        result = join_on(s, group, list->interfaces[i].index);
        if (first == 0)
            first = result;
    }
    return first;
}

/* ---- Following ---------------------------------------------------------- */

static bool is_removed(const struct platform_interface_changes *changes,
                       const struct interface_list *list, unsigned index) {
    for (unsigned i = 0; i < changes->removed_count; i++)
        if (changes->removed[i] == index)
            return true;
    return !interfaces_have(list, index);
}

/* The interface may have been replaced by another with its index. */
static void renew(dgram_socket *s, struct membership *found) {
    group_request(s, &found->group, NULL, &found->interface, false);
    if (group_request(s, &found->group, NULL, &found->interface, true) < 0)
        memberships_remove(found);
}

/* The kernel has ended the memberships of removed interfaces, those of single
   joins as well. */
static void drop_removed(dgram_socket *s, const struct interface_list *list,
                         const struct platform_interface_changes *changes) {
    struct list *joined = &s->memberships.joined, *next;

    for (struct list *n = joined->next; n != joined; n = next) {
        struct membership *found = membership_of(n);
        const struct interface interface = {.index = found->index};
        const dgram_address *source =
            found->source.any.sa_family != 0 ? &found->source : NULL;

        next = n->next;
        if (found->index == 0)
            continue;
        if (is_removed(changes, list, found->index)) {
            group_request(s, &found->group, source, &interface, false);
            memberships_remove(found);
        } else if (changes->incomplete && found->by_all) {
            renew(s, found);
        }
    }
}

static void join_missing(dgram_socket *s, const struct interface_list *list) {
    struct list *everywhere = &s->memberships.everywhere;

    for (struct list *n = everywhere->next; n != everywhere; n = n->next)
        note_result(s, everywhere_of(n),
                    join_on_each(s, &everywhere_of(n)->group, list));
}

static void note_failure(dgram_socket *s, int code) {
    struct list *everywhere = &s->memberships.everywhere;

    for (struct list *n = everywhere->next; n != everywhere; n = n->next)
        note_result(s, everywhere_of(n), code);
}

static void on_change(struct interface_follower *follower,
                      const struct platform_interface_changes *changes) {
    struct memberships_part *part =
        CONTAINER_OF(follower, struct memberships_part, follower);
    dgram_socket *s = CONTAINER_OF(part, dgram_socket, memberships);
    struct interface_list list;
    int result = interfaces_read(&list);

    if (result < 0) {
        note_failure(s, result);
        return;
    }
    drop_removed(s, &list, changes);
    join_missing(s, &list);
    interfaces_free(&list);
}

/* Returns the first membership of the group that is joined on all interfaces,
   after that of `after`, or after the beginning of the list; NULL: none. */
static struct membership *next_of_all(const dgram_socket *s,
                                      const struct list *after,
                                      const dgram_address *group) {
    const struct list *joined = &s->memberships.joined;

    for (struct list *n = after->next; n != joined; n = n->next)
        if (membership_of(n)->by_all &&
            address_same_host(&membership_of(n)->group, group))
            return membership_of(n);
    return NULL;
}

void join_all_again(dgram_socket *s, const dgram_address *group) {
    static const struct platform_interface_changes none;
    struct membership *found = next_of_all(s, &s->memberships.joined, group);

    if (list_empty(&s->memberships.everywhere))
        return;
    for (; found != NULL; found = next_of_all(s, &found->node, group))
        if (group_request(s, group, NULL, &found->interface, true) >= 0)
            found->by_itself = false;
    on_change(&s->memberships.follower, &none);
}

/* ---- Calls -------------------------------------------------------------- */

static int parse(const dgram_socket *s, const char *text,
                 dgram_address *group) {
    int result = dgram_address_parse(text, 0, group);

    if (result < 0)
        return result;
    if (group->any.sa_family == AF_INET)
        return IN_MULTICAST(ntohl(group->v4.sin_addr.s_addr)) ? 0 : UV_EINVAL;
    if (group->v6.sin6_scope_id != 0 ||
        !IN6_IS_ADDR_MULTICAST(&group->v6.sin6_addr))
        return UV_EINVAL;
    return s->type == DGRAM_UDP6 ? 0 : UV_ENOPROTOOPT;
}

static int prepare(dgram_socket *s, const char *name_of_call, const char *text,
                   dgram_address *group) {
    int result = socket_need_ip(s, name_of_call);

    if (result < 0)
        return result;
    if (text_is_empty(text))
        return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    result = parse(s, text, group);
    return result < 0 ? error_set(&s->error, result, name_of_call)
                      : group_need_bound(s, name_of_call);
}

static void forget(dgram_socket *s, struct group_everywhere *all) {
    list_remove(&all->node);
    alloc_free(all);
    if (list_empty(&s->memberships.everywhere))
        interfaces_unfollow(s->loop, &s->memberships.follower);
}

/* Follows the interfaces first, so that no change is missed. */
static int remember(dgram_socket *s, const dgram_address *group) {
    struct list *everywhere = &s->memberships.everywhere;
    struct group_everywhere *all = alloc_zeroed(sizeof(*all));
    int result;

    if (all == NULL)
        return UV_ENOMEM;
    all->group = *group;
    result = list_empty(everywhere)
                 ? interfaces_follow(s->loop, &s->memberships.follower)
                 : 0;
    if (result < 0)
        alloc_free(all);
    else
        list_append(everywhere, &all->node);
    return result;
}

static int add(dgram_socket *s, const dgram_address *group) {
    struct group_everywhere *all;
    struct interface_list list;
    int result;

    if (memberships_find_everywhere(&s->memberships, group) != NULL)
        return UV_EADDRINUSE;
    result = remember(s, group);
    if (result < 0)
        return result;
    all = memberships_find_everywhere(&s->memberships, group);
    result = interfaces_read(&list);
    if (result == 0) {
        result = join_on_each(s, group, &list);
        interfaces_free(&list);
    }
    if (result < 0 && next_of_all(s, &s->memberships.joined, group) == NULL) {
        forget(s, all);
        return result;
    }
    note_result(s, all, result);
    return 0;
}

int dgram_add_membership_all(dgram_socket *s, const char *group_text) {
    dgram_address group;
    int result = prepare(s, name_of_join, group_text, &group);

    if (result < 0)
        return result;
    result = add(s, &group);
    return result < 0 ? error_set(&s->error, result, name_of_join) : 0;
}

static void leave(dgram_socket *s, struct membership *found) {
    found->by_all = false;
    if (found->by_itself)
        return;
    group_request(s, &found->group, NULL, &found->interface, false);
    memberships_remove(found);
}

int dgram_drop_membership_all(dgram_socket *s, const char *group_text) {
    struct membership *found, *next;
    struct group_everywhere *all;
    dgram_address group;
    int result = prepare(s, name_of_drop, group_text, &group);

    if (result < 0)
        return result;
    all = memberships_find_everywhere(&s->memberships, &group);
    if (all == NULL)
        return error_set(&s->error, UV_EADDRNOTAVAIL, name_of_drop);
    forget(s, all);
    found = next_of_all(s, &s->memberships.joined, &group);
    for (; found != NULL; found = next) {
        next = next_of_all(s, &found->node, &group);
        leave(s, found);
    }
    return 0;
}

void join_all_init(dgram_socket *s) {
    memberships_init(&s->memberships);
    task_init(&s->memberships.task, report_task);
    list_init(&s->memberships.follower.node);
    s->memberships.follower.changed = on_change;
}

void join_all_close(dgram_socket *s) {
    if (!list_empty(&s->memberships.everywhere))
        interfaces_unfollow(s->loop, &s->memberships.follower);
    if (task_is_queued(&s->memberships.task))
        loop_cancel(s->loop, &s->memberships.task);
    memberships_free(&s->memberships);
}
