/* The interfaces of the host, for those who follow their changes.

   A loop watches them while it has a follower. Where the kernel reports
   changes, a poll handle waits for its reports; else, and after a report that
   cannot be read, the interfaces are looked at every two seconds. Neither keeps
   the loop running. */
#ifndef DGRAM_LOOP_INTERFACES_H
#define DGRAM_LOOP_INTERFACES_H

#include "namespace.h"
#include "loop/loop.h"
#include "os/platform.h"
#include "util/list.h"

struct interface_list {
    struct platform_interface *interfaces;
    unsigned count;
};

/* UV_ENOMEM, or the kernel's code. */
int interfaces_read(struct interface_list *out);
void interfaces_free(struct interface_list *list);

bool interfaces_have(const struct interface_list *list, unsigned index);

struct interface_follower {
    struct list node;
    /* Something may have changed. May not remove a follower. */
    void (*changed)(struct interface_follower *follower,
                    const struct platform_interface_changes *changes);
};

/* UV_ENOMEM, or UV_ECANCELED if the record of the loop is lost. */
int interfaces_follow(struct loop *loop, struct interface_follower *follower);
void interfaces_unfollow(struct loop *loop,
                         struct interface_follower *follower);

#endif
