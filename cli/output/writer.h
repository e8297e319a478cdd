/* Standard output, as the stream that the verbs print to. */
#ifndef CLI_OUTPUT_WRITER_H
#define CLI_OUTPUT_WRITER_H

#include <stdbool.h>
#include <stdio.h>

/* Returns NULL without memory. */
FILE *writer_open(void);

/* Writes what was printed; at once if `keeps_together`. Returns 0 or a negative
   code: UV_EPIPE if there is no reader, UV_ECANCELED if it no longer reads
   after SIGINT or SIGTERM. Call it no more after that. */
int writer_flush(bool keeps_together);

/* Drops what was printed. */
void writer_drop(void);

#endif
