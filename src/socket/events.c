#include "socket/events.h"

#include <string.h>

#include "util/sized.h"

/* The function of a listener for an event, or NULL. */
#define WANTED(table, member) SIZED_MEMBER(table, dgram_events, member)

void events_add(struct events *events, dgram_listener *listener,
                const dgram_events *table, void *data, bool once) {
    if (events->closing) {
        memset(listener, 0, sizeof(*listener));
        return;
    }
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
    events->removals++;
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
        if (WANTED(l->events, batch) != NULL)
            return true;
    }
    return false;
}

bool events_want_message(const struct events *events) {
    for (const dgram_listener *l = events->first; l != NULL; l = l->next) {
        if (WANTED(l->events, message) != NULL)
            return true;
    }
    return false;
}

/* An event that is being emitted. */
struct walk {
    dgram_listener *at; /* called last; invalid if one was removed since */
    uint64_t position;  /* the serial to go on from */
    uint64_t limit;     /* the first serial that was added later */
    unsigned removals;  /* when `at` was called */
};

static dgram_listener *first_from(const struct events *events,
                                  uint64_t serial) {
    dgram_listener *listener = events->first;

    while (listener != NULL && listener->serial < serial)
        listener = listener->next;
    return listener;
}

static dgram_listener *walk_next(const struct events *events,
                                 struct walk *walk) {
    dgram_listener *next =
        walk->at != NULL && walk->removals == events->removals
            ? walk->at->next
            : first_from(events, walk->position);

    if (next == NULL || next->serial >= walk->limit)
        return NULL;
    walk->at = next;
    walk->position = next->serial + 1;
    walk->removals = events->removals;
    return next;
}

/* Calls `member` of all listeners that have it, with the socket, the given
   arguments and the listener's data. */
#define EMIT(events, member, ...)                                              \
    do {                                                                       \
        struct walk walk = {.limit = (events)->serial};                        \
        dgram_listener *listener;                                              \
        while ((listener = walk_next(events, &walk)) != NULL) {                \
            const dgram_events *table = listener->events;                      \
            void *data = listener->data;                                       \
            if (WANTED(table, member) == NULL)                                 \
                continue;                                                      \
            if (listener->once)                                                \
                events_remove(events, listener);                               \
            table->member(__VA_ARGS__, data);                                  \
        }                                                                      \
    } while (0)

void events_listening(struct events *events, dgram_socket *socket) {
    EMIT(events, listening, socket);
}

void events_connect(struct events *events, dgram_socket *socket) {
    EMIT(events, connect, socket);
}

/* The only listener, which most sockets have, or NULL: it needs no walk. */
static const dgram_listener *only_listener(const struct events *events) {
    const dgram_listener *first = events->first;

    return first != NULL && first == events->last && !first->once ? first
                                                                  : NULL;
}

void events_message(struct events *events, dgram_socket *socket,
                    const dgram_message *message) {
    const dgram_listener *only = only_listener(events);

    if (only == NULL)
        EMIT(events, message, socket, message);
    else if (WANTED(only->events, message) != NULL)
        only->events->message(socket, message, only->data);
}

void events_batch(struct events *events, dgram_socket *socket,
                  const dgram_message *messages, size_t count) {
    EMIT(events, batch, socket, messages, count);
}

void events_path_error(struct events *events, dgram_socket *socket,
                       const dgram_path_error *error) {
    EMIT(events, path_error, socket, error);
}

void events_drain(struct events *events, dgram_socket *socket) {
    EMIT(events, drain, socket);
}

/* When `close` is emitted, listeners without it are removed already. */
static void begin_close(struct events *events) {
    dgram_listener *next;

    events->closing = true;
    for (dgram_listener *l = events->first; l != NULL; l = next) {
        next = l->next;
        if (WANTED(l->events, close) == NULL)
            events_remove(events, l);
    }
}

/* A listener is removed before its `close` is called, which may add its node to
   another socket. */
bool events_close_next(struct events *events, dgram_socket *socket) {
    dgram_listener *listener;
    const dgram_events *table;
    void *data;

    if (!events->closing)
        begin_close(events);
    listener = events->first;
    if (listener == NULL)
        return false;
    table = listener->events;
    data = listener->data;
    events_remove(events, listener);
    table->close(socket, data);
    return true;
}

static bool want_error(const struct events *events) {
    for (const dgram_listener *l = events->first; l != NULL; l = l->next) {
        if (WANTED(l->events, error) != NULL)
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
