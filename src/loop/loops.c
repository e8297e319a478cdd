/* Each new socket looks for the record of its loop. A hash table by the address
   of the loop, which is read without a lock, has the records of most loops. A
   list under a lock has all of them. A thread-local variable would do instead,
   but it ties a binary to the dynamic loader of one C library, and the Node
   addon for Linux runs with two. */
#include "loop/loops.h"

#include <stdatomic.h>

#include "os/lock.h"
#include "util/hash.h"
#include "util/util.h"

#define TABLE_SIZE 64u

/* Written under the lock. Only the thread of a loop writes or looks for the
   record of that loop, but loops of other threads may have the same entry. */
struct entry {
    atomic_uint
        writes; /* changes begun plus changes ended; odd: one is in progress */
    _Atomic(uv_loop_t *) uv;
    _Atomic(struct loop *) loop;
};

static struct list all_loops = {&all_loops, &all_loops};
static struct os_lock all_loops_lock = OS_LOCK_INIT;
static struct entry table[TABLE_SIZE];

static struct entry *entry_of(const uv_loop_t *uv) {
    return &table[hash_bytes(HASH_BEGIN, &uv, sizeof(uv)) % TABLE_SIZE];
}

static struct loop *find_in_table(uv_loop_t *uv) {
    struct entry *entry = entry_of(uv);
    unsigned writes = atomic_load(&entry->writes);
    bool is_here = atomic_load(&entry->uv) == uv;
    struct loop *loop = atomic_load(&entry->loop);

    if (!is_here || writes % 2 != 0 || atomic_load(&entry->writes) != writes)
        return NULL;
    return loop;
}

/* Under the lock. */
static void write_entry(struct entry *entry, uv_loop_t *uv, struct loop *loop) {
    atomic_fetch_add(&entry->writes, 1);
    atomic_store(&entry->uv, uv);
    atomic_store(&entry->loop, loop);
    atomic_fetch_add(&entry->writes, 1);
}

/* Under the lock. */
static void remember(struct loop *loop) {
    write_entry(entry_of(loop->uv), loop->uv, loop);
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
    struct entry *entry = entry_of(loop->uv);

    os_lock_take(&all_loops_lock);
    list_remove(&loop->node);
    if (atomic_load(&entry->loop) == loop)
        write_entry(entry, NULL, NULL);
    os_lock_release(&all_loops_lock);
}
