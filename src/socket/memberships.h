/* The record of the groups that a socket has joined. The kernel has no call
   that lists them.

   A membership may be held twice: by dgram_add_membership(), and by
   dgram_add_membership_all(). The kernel knows it once, until both have dropped
   it. */
#ifndef DGRAM_SOCKET_MEMBERSHIPS_H
#define DGRAM_SOCKET_MEMBERSHIPS_H

#include "namespace.h"
#include "dgram.h"
#include "loop/task.h"
#include "loop/interfaces.h"
#include "util/list.h"
#include "util/util.h"
#include "socket/interface.h"

struct membership {
    struct list node;
    dgram_address group, source; /* family 0: any source */
    struct interface interface;  /* as it was given; finds it in the kernel */
    unsigned index;              /* 0: the kernel chose the interface */
    bool by_itself, by_all;      /* who holds it */
};

/* A group that is joined on all interfaces. */
struct group_everywhere {
    struct list node;
    dgram_address group;
    int failed; /* why an interface could not join it; 0: all have */
    int report; /* the same, until it is emitted */
};

struct memberships_part {
    struct list joined;                 /* struct membership */
    struct list everywhere;             /* struct group_everywhere */
    struct interface_follower follower; /* while `everywhere` is not empty */
    struct task task;                   /* emits errors */
};

void memberships_init(struct memberships_part *part);
void memberships_free(struct memberships_part *part);

/* A null `source` stands for any. */
struct membership *memberships_find(const struct memberships_part *part,
                                    const dgram_address *group,
                                    const dgram_address *source,
                                    unsigned index);

/* Returns a membership that has no holder yet; NULL: out of memory. */
struct membership *memberships_add(struct memberships_part *part,
                                   const dgram_address *group,
                                   const dgram_address *source, unsigned index);
void memberships_remove(struct membership *membership);

struct group_everywhere *memberships_find_everywhere(
    const struct memberships_part *part, const dgram_address *group);

/* Copies up to `max` memberships. Returns how many there are. */
size_t memberships_list(const struct memberships_part *part,
                        dgram_membership *out, size_t max);

static inline struct membership *membership_of(struct list *node) {
    return CONTAINER_OF(node, struct membership, node);
}

static inline struct group_everywhere *everywhere_of(struct list *node) {
    return CONTAINER_OF(node, struct group_everywhere, node);
}

#endif
