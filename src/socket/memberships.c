#include "socket/memberships.h"

#include "util/address.h"
#include "util/alloc.h"
#include "util/netif.h"

void memberships_init(struct memberships_part *part) {
    list_init(&part->joined);
    list_init(&part->everywhere);
}

static void free_list(struct list *list, void (*free_node)(struct list *)) {
    struct list *node;

    while ((node = list->next) != list) {
        list_remove(node);
        free_node(node);
    }
}

static void free_membership(struct list *node) {
    alloc_free(membership_of(node));
}

static void free_everywhere(struct list *node) {
    alloc_free(everywhere_of(node));
}

void memberships_free(struct memberships_part *part) {
    free_list(&part->joined, free_membership);
    free_list(&part->everywhere, free_everywhere);
}

static bool is_from(const struct membership *membership,
                    const dgram_address *source) {
    if (source == NULL)
        return membership->source.any.sa_family == 0;
    return address_same_host(&membership->source, source);
}

struct membership *memberships_find(const struct memberships_part *part,
                                    const dgram_address *group,
                                    const dgram_address *source,
                                    unsigned index) {
    for (struct list *n = part->joined.next; n != &part->joined; n = n->next) {
        struct membership *found = membership_of(n);

        if (found->index == index && is_from(found, source) &&
            address_same_host(&found->group, group))
            return found;
    }
    return NULL;
}

struct membership *memberships_add(struct memberships_part *part,
                                   const dgram_address *group,
                                   const dgram_address *source,
                                   unsigned index) {
    struct membership *added = alloc_zeroed(sizeof(*added));

    if (added == NULL)
        return NULL;
    added->group = *group;
    if (source != NULL)
        added->source = *source;
    added->interface.index = index;
    added->index = index;
    list_append(&part->joined, &added->node);
    return added;
}

void memberships_remove(struct membership *membership) {
    list_remove(&membership->node);
    alloc_free(membership);
}

struct group_everywhere *memberships_find_everywhere(
    const struct memberships_part *part, const dgram_address *group) {
    for (struct list *n = part->everywhere.next; n != &part->everywhere;
         n = n->next)
        if (address_same_host(&everywhere_of(n)->group, group))
            return everywhere_of(n);
    return NULL;
}

/* The kernel has ended the memberships of an interface that was removed. */
static bool is_valid(const struct membership *found) {
    char name[NETIF_NAME_MAX];

    return found->index == 0 || netif_name(found->index, name);
}

size_t memberships_list(const struct memberships_part *part,
                        dgram_membership *out, size_t max) {
    size_t count = 0;

    for (struct list *n = part->joined.next; n != &part->joined; n = n->next) {
        const struct membership *found = membership_of(n);

        if (!is_valid(found))
            continue;
        if (count < max)
            out[count] = (dgram_membership){
                .group = found->group,
                .source = found->source,
                .interface_index = found->index,
                .from_all = found->by_all,
            };
        count++;
    }
    return count;
}
