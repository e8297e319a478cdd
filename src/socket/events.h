/* The listeners of a socket, and how events are emitted.

   While an event is emitted, a listener may remove and free itself or others,
   add new ones, and not return (an exception, a longjmp()). So an event keeps
   the serial number of the listener that it called, not a node, and does not
   call listeners that were added after it began. */
#ifndef DGRAM_SOCKET_EVENTS_H
#define DGRAM_SOCKET_EVENTS_H

#include "namespace.h"
#include "dgram.h"

struct events {
    dgram_listener *first, *last;
    uint64_t serial;   /* of the next listener that is added */
    unsigned removals; /* so far; if it did not change, nodes are valid */
    bool closing;      /* `close` is emitted; listeners are not added */
};

void events_add(struct events *events, dgram_listener *listener,
                const dgram_events *table, void *data, bool once);
void events_remove(struct events *events, dgram_listener *listener);

/* Whether a listener has the member. */
bool events_want_batch(const struct events *events);
bool events_want_message(const struct events *events);

/* Each calls the listeners in order. events_error() returns false if none has
   the member. */
void events_listening(struct events *events, dgram_socket *socket);
void events_connect(struct events *events, dgram_socket *socket);
void events_message(struct events *events, dgram_socket *socket,
                    const dgram_message *message);
void events_batch(struct events *events, dgram_socket *socket,
                  const dgram_message *messages, size_t count);
void events_path_error(struct events *events, dgram_socket *socket,
                       const dgram_path_error *error);
void events_drain(struct events *events, dgram_socket *socket);
bool events_error(struct events *events, dgram_socket *socket,
                  const dgram_error *error);

/* Removes the listeners up to the next one that has `close`, and calls that.
   Returns false if there is none; then all are removed. */
bool events_close_next(struct events *events, dgram_socket *socket);

#endif
