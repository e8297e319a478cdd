/* Standard output. Text is kept in memory until it is flushed, and written as
   the reader takes it. A slow reader loses no line and blocks no signal,
   whether the descriptor is non-blocking or not. */
#ifndef CLI_OUTPUT_OUTPUT_H
#define CLI_OUTPUT_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

extern FILE *output; /* where all verbs print */

/* Opens it. Call it first. Returns false without memory. */
bool output_open(void);

/* Makes each flush one write(), if the descriptor blocks, so that lines of
   several processes do not mix. */
void output_keep_together(void);

/* Writes the text. Waits for the reader; after SIGINT or SIGTERM only while it
   keeps reading. Returns 0 or a negative code, which later calls return, too:
   UV_EPIPE if there is no reader. It prints any other error. */
int output_flush(void);

#endif
