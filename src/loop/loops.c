#include "loop/loops.h"

#include "util/util.h"

static struct list all_loops = {&all_loops, &all_loops};
static uv_mutex_t all_loops_lock;
static uv_once_t all_loops_once = UV_ONCE_INIT;

static void init_lock(void) {
    /* Only fails without memory, at the very start of a program. */
    if (uv_mutex_init(&all_loops_lock) != 0)
        list_init(&all_loops);
}

struct loop *loops_find(uv_loop_t *uv) {
    struct loop *found = NULL;

    uv_once(&all_loops_once, init_lock);
    uv_mutex_lock(&all_loops_lock);
    for (struct list *n = all_loops.next; n != &all_loops; n = n->next) {
        struct loop *loop = CONTAINER_OF(n, struct loop, node);
        if (loop->uv == uv) {
            found = loop;
            break;
        }
    }
    uv_mutex_unlock(&all_loops_lock);
    return found;
}

void loops_add(struct loop *loop) {
    uv_mutex_lock(&all_loops_lock);
    list_append(&all_loops, &loop->node);
    uv_mutex_unlock(&all_loops_lock);
}

void loops_remove(struct loop *loop) {
    uv_mutex_lock(&all_loops_lock);
    list_remove(&loop->node);
    uv_mutex_unlock(&all_loops_lock);
}
