/* The listeners of one socket, and how an event walks over them.

   Any listener may remove and free any other or itself, or add new ones, while
   an event is under way, and may never return (an exception, a longjmp()). So a
   walk remembers the serial number of the listener that it called, not a node,
   and passes over those that were added after it began. */
#ifndef DGRAM_SOCKET_EVENTS_H
#define DGRAM_SOCKET_EVENTS_H

#include "namespace.h"
#include "dgram.h"

struct events {
    dgram_listener *first, *last;
    uint64_t serial;   /* of the next listener */
    unsigned removals; /* so far: where none was, a node's next is its next */
    bool closing;      /* the close is being told; nobody is added any more */
};

void events_add(struct events *events, dgram_listener *listener,
                const dgram_events *table, void *data, bool once);
void events_remove(struct events *events, dgram_listener *listener);

/* Whether any listener wants the member. */
bool events_want_batch(const struct events *events);
bool events_want_message(const struct events *events);

/* Each calls the listeners in order. Error tells whether there was one. */
void events_listening(struct events *events, dgram_socket *socket);
void events_connect(struct events *events, dgram_socket *socket);
void events_message(struct events *events, dgram_socket *socket,
                    const dgram_message *message);
void events_batch(struct events *events, dgram_socket *socket,
                  const dgram_message *messages, size_t count);
bool events_error(struct events *events, dgram_socket *socket,
                  const dgram_error *error);

/* Takes off the listeners up to the next one that wants the close, and calls
   that. Returns false if there was none; then none is on any more. */
bool events_close_next(struct events *events, dgram_socket *socket);

#endif
