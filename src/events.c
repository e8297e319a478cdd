#include "events.h"

#include <string.h>

void events_add(struct events *events, dgram_listener *listener,
                const dgram_events *table, void *data, bool once) {
    *listener = (dgram_listener){
        .events = table,
        .data = data,
        .previous = events->last,
        .serial = events->serial++,
        .once = once,
    };
    if (events->last != NULL)
        events->last->next = listener;
    else
        events->first = listener;
    events->last = listener;
}

void events_remove(struct events *events, dgram_listener *listener) {
    if (listener->events == NULL)
        return;
    for (struct events_cursor *c = events->cursors; c != NULL; c = c->outer) {
        if (c->next == listener)
            c->next = listener->next;
    }
    if (listener->previous != NULL)
        listener->previous->next = listener->next;
    else
        events->first = listener->next;
    if (listener->next != NULL)
        listener->next->previous = listener->previous;
    else
        events->last = listener->previous;
    memset(listener, 0, sizeof(*listener));
}

bool events_want_batch(const struct events *events) {
    for (const dgram_listener *l = events->first; l != NULL; l = l->next) {
        if (l->events->batch != NULL)
            return true;
    }
    return false;
}

bool events_want_message(const struct events *events) {
    for (const dgram_listener *l = events->first; l != NULL; l = l->next) {
        if (l->events->message != NULL)
            return true;
    }
    return false;
}

static void walk_begin(struct events *events, struct events_cursor *cursor) {
    cursor->next = events->first;
    cursor->limit = events->serial;
    cursor->outer = events->cursors;
    events->cursors = cursor;
}

static void walk_end(struct events *events, struct events_cursor *cursor) {
    events->cursors = cursor->outer;
}

static dgram_listener *walk_next(struct events_cursor *cursor) {
    dgram_listener *listener = cursor->next;

    if (listener == NULL || listener->serial >= cursor->limit)
        return NULL;
    cursor->next = listener->next;
    return listener;
}

/* Calls `member` of all listeners that have it, with the socket, the given
   arguments and the listener's data. */
#define EMIT(events, member, ...)                                              \
    do {                                                                       \
        struct events_cursor cursor;                                           \
        dgram_listener *listener;                                              \
        walk_begin(events, &cursor);                                           \
        while ((listener = walk_next(&cursor)) != NULL) {                      \
            const dgram_events *table = listener->events;                      \
            void *data = listener->data;                                       \
            if (table->member == NULL)                                         \
                continue;                                                      \
            if (listener->once)                                                \
                events_remove(events, listener);                               \
            table->member(__VA_ARGS__, data);                                  \
        }                                                                      \
        walk_end(events, &cursor);                                             \
    } while (0)

void events_listening(struct events *events, dgram_socket *socket) {
    EMIT(events, listening, socket);
}

void events_connect(struct events *events, dgram_socket *socket) {
    EMIT(events, connect, socket);
}

void events_message(struct events *events, dgram_socket *socket,
                    const dgram_message *message) {
    EMIT(events, message, socket, message);
}

void events_batch(struct events *events, dgram_socket *socket,
                  const dgram_message *messages, size_t count) {
    EMIT(events, batch, socket, messages, count);
}

/* A listener that hears of the close is off already: its node may be put on
   another socket at once. */
void events_close(struct events *events, dgram_socket *socket) {
    struct events_cursor cursor;
    dgram_listener *listener;

    walk_begin(events, &cursor);
    while ((listener = walk_next(&cursor)) != NULL) {
        const dgram_events *table = listener->events;
        void *data = listener->data;

        events_remove(events, listener);
        if (table->close != NULL)
            table->close(socket, data);
    }
    walk_end(events, &cursor);
    while (events->first != NULL)
        events_remove(events, events->first);
}

static bool want_error(const struct events *events) {
    for (const dgram_listener *l = events->first; l != NULL; l = l->next) {
        if (l->events->error != NULL)
            return true;
    }
    return false;
}

bool events_error(struct events *events, dgram_socket *socket,
                  const dgram_error *error) {
    if (!want_error(events))
        return false;
    EMIT(events, error, socket, error);
    return true;
}
