/*
 * A worker without the library: the test writes its messages to the primary
 * byte by byte, and reads the answers.
 */
#ifndef TEST_RAW_WORKER_H
#define TEST_RAW_WORKER_H

#include "workers.h"

#define RAW_SIZE 64 /* of a message */
#define RAW_SPLITS 1
#define RAW_KEEP 8

enum raw_kind { HELLO = 1, BIND, CLOSE, READY, ANSWER, STOP };

/* Makes a message. A BIND requests 127.0.0.1:0 with index 0. The flags are in
   bytes[8], the index is in bytes[28]. */
void raw_make(unsigned char bytes[RAW_SIZE], enum raw_kind kind, unsigned id);

/* Makes a message and writes it to the connection. */
void raw_send(int fd, enum raw_kind kind, unsigned id);

/* Writes bytes, and passes `passed` with them `count` times, at most 2. */
void raw_send_with_fds(int fd, const void *part, size_t size, int passed,
                       int count);

/* Runs the loops of the workers until an answer to this bind is there, and
   returns its status. */
int raw_receive_answer(int fd, unsigned id);

/* A connection with the primary, on which nothing has been sent. Returns the
   worker's end. */
int raw_connect(void);

#endif
