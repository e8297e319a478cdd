/* A thread looks for the record of its loop with each new socket. The records
   of most loops are in a table, by the address of the loop, that is read
   without a lock; a lock guards the list of all. Thread-local variables would
   need the dynamic loader of one C library, and the Node addon is loaded with
   two. */
#include "loop/loops.h"

#include <stdatomic.h>

#include "os/lock.h"
#include "util/hash.h"
#include "util/util.h"

#define PLACES 64u

/* Written under the lock. Only the thread of a loop writes or looks for the
   record of that loop, but loops of other threads may have the same place. */
struct place {
    atomic_uint writes; /* begun and ended ones; odd: it is being written */
    _Atomic(uv_loop_t *) uv;
    _Atomic(struct loop *) loop;
};

static struct list all_loops = {&all_loops, &all_loops};
static struct os_lock all_loops_lock = OS_LOCK_INIT;
static struct place places[PLACES];

static struct place *place_of(const uv_loop_t *uv) {
    return &places[hash_bytes(HASH_BEGIN, &uv, sizeof(uv)) % PLACES];
}

static struct loop *find_in_table(uv_loop_t *uv) {
    struct place *place = place_of(uv);
    unsigned writes = atomic_load(&place->writes);
    bool is_here = atomic_load(&place->uv) == uv;
    struct loop *loop = atomic_load(&place->loop);

    if (!is_here || writes % 2 != 0 || atomic_load(&place->writes) != writes)
        return NULL;
    return loop;
}

/* Under the lock. */
static void write_place(struct place *place, uv_loop_t *uv, struct loop *loop) {
    atomic_fetch_add(&place->writes, 1);
    atomic_store(&place->uv, uv);
    atomic_store(&place->loop, loop);
    atomic_fetch_add(&place->writes, 1);
}

/* Under the lock. */
static void remember(struct loop *loop) {
    write_place(place_of(loop->uv), loop->uv, loop);
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
    struct loop *found = find_in_table(uv);

    if (found != NULL)
        return found;
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
    struct place *place = place_of(loop->uv);

    os_lock_take(&all_loops_lock);
    list_remove(&loop->node);
    if (atomic_load(&place->loop) == loop)
        write_place(place, NULL, NULL);
    os_lock_release(&all_loops_lock);
}
