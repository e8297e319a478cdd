/* The list of handles that have datagrams to emit. The first one emits next. */
#include "addon.h"

void pending_remove(struct handle *handle) {
    struct addon *addon = handle->addon;

    if (!handle->pending)
        return;
    if (handle->pending_previous != NULL)
        handle->pending_previous->pending_next = handle->pending_next;
    else
        addon->first_pending = handle->pending_next;
    if (handle->pending_next != NULL)
        handle->pending_next->pending_previous = handle->pending_previous;
    else
        addon->last_pending = handle->pending_previous;
    handle->pending = false;
    addon->pending_count--;
}

void pending_add(struct handle *handle) {
    struct addon *addon = handle->addon;

    pending_remove(handle);
    handle->pending_previous = addon->last_pending;
    handle->pending_next = NULL;
    if (addon->last_pending != NULL)
        addon->last_pending->pending_next = handle;
    else
        addon->first_pending = handle;
    addon->last_pending = handle;
    handle->pending = true;
    addon->pending_count++;
}
