/*
 * A worker that is none: its messages are written by hand, and its end of the
 * connection is read by nobody but the test.
 */
#ifndef TEST_WIRE_H
#define TEST_WIRE_H

#include "team.h"

#define WIRE_SIZE 64 /* of a message */
#define WIRE_SPLITS 1
#define WIRE_FOR_NEXT 8

enum wire_kind { HELLO = 1, BIND, CLOSE, READY, ANSWER, STOP };

/* Writes a message; a BIND asks for 127.0.0.1:0, its index is 0. The flags are
   bytes[8], the index bytes[28]. */
void wire_make(unsigned char bytes[WIRE_SIZE], enum wire_kind kind,
               unsigned id);

/* The same, into the connection. */
void wire_put(int fd, enum wire_kind kind, unsigned id);

/* Bytes, and with the first of them a descriptor so many times, 2 at most. */
void wire_pass(int fd, const void *part, size_t size, int passed, int count);

/* Runs the team and reads an answer, of which it returns the status. */
int wire_answer(int fd, unsigned id);

/* A connection with the team's primary, as a worker's that has said nothing. */
int wire_open(void);

#endif
