/* Usually a thread has one loop, and looks for its record with each socket. So
   each thread caches the record that it found last, and takes the lock only for
   another loop. Removing a record, in any thread, invalidates all caches. */
#include "loop/loops.h"

#include <stdatomic.h>

#include "os/lock.h"
#include "util/util.h"

static struct list all_loops = {&all_loops, &all_loops};
static struct os_lock all_loops_lock = OS_LOCK_INIT;
static atomic_size_t removals; /* written under the lock */

static _Thread_local struct {
    struct loop *loop; /* NULL: none; invalid after a removal */
    uv_loop_t *uv;
    size_t removals;
} latest;

/* Under the lock. */
static void remember(struct loop *loop) {
    latest.loop = loop;
    latest.uv = loop->uv;
    latest.removals = atomic_load(&removals);
}

static struct loop *find_in_list(uv_loop_t *uv) {
    for (struct list *n = all_loops.next; n != &all_loops; n = n->next) {
        struct loop *loop = CONTAINER_OF(n, struct loop, node);

        if (loop->uv == uv)
            return loop;
    }
    return NULL;
}

struct loop *loops_find(uv_loop_t *uv) {
    struct loop *found;

    if (latest.loop != NULL && latest.uv == uv &&
        latest.removals == atomic_load(&removals))
        return latest.loop;
    os_lock_take(&all_loops_lock);
    found = find_in_list(uv);
    if (found != NULL)
        remember(found);
    os_lock_release(&all_loops_lock);
    return found;
}

void loops_add(struct loop *loop) {
    os_lock_take(&all_loops_lock);
    list_append(&all_loops, &loop->node);
    remember(loop);
    os_lock_release(&all_loops_lock);
}

void loops_remove(struct loop *loop) {
    os_lock_take(&all_loops_lock);
    list_remove(&loop->node);
    atomic_fetch_add(&removals, 1);
    os_lock_release(&all_loops_lock);
}
