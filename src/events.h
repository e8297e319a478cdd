/* The listeners of one socket, and how an event walks over them.

   Any listener may remove and free any other or itself, or add new ones, while
   an event is under way. So a walk keeps its next node in a cursor that removal
   mends, and passes over nodes that were added after it began. */
#ifndef DGRAM_EVENTS_H
#define DGRAM_EVENTS_H

#include "dgram.h"

struct events_cursor {
    dgram_listener *next;        /* whom to ask next, or NULL */
    uint64_t limit;              /* serial of the first listener too new */
    struct events_cursor *outer; /* a walk that this one runs inside */
};

struct events {
    dgram_listener *first, *last;
    struct events_cursor *cursors; /* walks under way, innermost first */
    uint64_t serial;               /* of the next listener */
};

void events_add(struct events *events, dgram_listener *listener,
                const dgram_events *table, void *data, bool once);
void events_remove(struct events *events, dgram_listener *listener);

/* Whether any listener wants the member. */
bool events_want_batch(const struct events *events);
bool events_want_message(const struct events *events);

/* Each calls the listeners in order. Error tells whether there was one; close
   leaves none. */
void events_listening(struct events *events, dgram_socket *socket);
void events_connect(struct events *events, dgram_socket *socket);
void events_message(struct events *events, dgram_socket *socket,
                    const dgram_message *message);
void events_batch(struct events *events, dgram_socket *socket,
                  const dgram_message *messages, size_t count);
bool events_error(struct events *events, dgram_socket *socket,
                  const dgram_error *error);
void events_close(struct events *events, dgram_socket *socket);

#endif
