/* What the socket adds to the counts of its datapath. */
#ifndef DGRAM_SOCKET_STATS_H
#define DGRAM_SOCKET_STATS_H

#include "namespace.h"

#include "dgram.h"

/* A block list dropped datagrams, or refused one. */
void stats_add_blocked(dgram_socket *s, uint32_t count);

/* Datagrams were truncated to the size that the program set. */
void stats_add_truncated(dgram_socket *s, uint32_t count);

/* Datagrams failed in the queue, not in the datapath. */
void stats_add_send_errors(dgram_socket *s, size_t count);

/* The queue is about to become shorter: its size may be a new maximum. */
void stats_note_queue(dgram_socket *s);

/* The descriptor is about to be closed. */
void stats_close(dgram_socket *s);

#endif
