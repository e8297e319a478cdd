#include "socket/abort.h"

#include "util/alloc.h"
#include "util/util.h"

struct dgram_abort {
    struct list links;   /* of the sockets that are not closed */
    uv_loop_t *uv;       /* of the sockets; NULL before the first */
    unsigned references; /* the creator's and one for each socket */
    bool signalled;
};

int dgram_abort_create(dgram_abort **abort_out) {
    dgram_abort *abort = alloc_zeroed(sizeof(*abort));

    if (abort == NULL)
        return UV_ENOMEM;
    list_init(&abort->links);
    abort->references = 1;
    *abort_out = abort;
    return 0;
}

bool dgram_abort_signalled(const dgram_abort *abort) {
    return abort->signalled;
}

void dgram_abort_release(dgram_abort *abort) {
    if (abort != NULL && --abort->references == 0)
        alloc_free(abort);
}

bool abort_is_usable(const dgram_abort *abort, const uv_loop_t *uv) {
    return abort == NULL || abort->uv == NULL || abort->uv == uv;
}

void abort_join(struct abort_link *link, dgram_abort *abort, uv_loop_t *uv) {
    link->abort = abort;
    list_init(&link->node);
    if (abort == NULL)
        return;
    abort->references++;
    abort->uv = uv;
    list_append(&abort->links, &link->node);
}

bool abort_is_signalled(const struct abort_link *link) {
    return link->abort != NULL && link->abort->signalled;
}

void abort_leave(struct abort_link *link) {
    list_remove(&link->node);
}

void abort_release(struct abort_link *link) {
    dgram_abort_release(link->abort);
}

void abort_mark_signalled(dgram_abort *abort) {
    abort->signalled = true;
}

struct abort_link *abort_first(dgram_abort *abort) {
    return list_empty(&abort->links)
               ? NULL
               : CONTAINER_OF(abort->links.next, struct abort_link, node);
}
