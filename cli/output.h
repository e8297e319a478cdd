/* Standard output. What is printed is kept in memory until it is flushed, and
   written as its reader takes it: a reader that is slow, whether the
   descriptor is non-blocking or not, loses no line and stops no signal. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

extern FILE *output; /* where all verbs print */

/* Opens it, first of all. Returns false without memory. */
bool output_open(void);

/* From now on each flush is one call where the descriptor blocks, so that the
   lines of several processes do not mix. */
void output_keep_together(void);

/* Writes what was printed. Waits for the reader; after SIGINT or SIGTERM only
   as long as it goes on reading. Returns 0, or a negative code, once and for
   all: UV_EPIPE when nobody reads, else one that it has reported. */
int output_flush(void);

#endif
