/* What only a terminal gets: colours, and a row that is updated in place. */
#ifndef CLI_OUTPUT_TERM_H
#define CLI_OUTPUT_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include <uv.h>

enum tint {
    TINT_NONE,  /* ends a colour */
    TINT_ERROR, /* errors */
    TINT_NOTE,  /* unusual lines */
    TINT_DIM,   /* parts that each line has */
};

/* Returns the text that switches the colour on `out`, stdout or stderr. It is
   "" if `out` is no terminal or a dumb one, or if NO_COLOR is set and not
   empty. */
const char *tint(FILE *out, enum tint tint);

/* Prints to `out` what moves to the start of a row on the terminal `stream`: of
   the next row if the user has typed half a line. Prints nothing if `stream` is
   no terminal. */
void term_begin_row(FILE *stream, FILE *out);

/* Begins the live row of this process on standard error, once per loop. It is
   cut to the width of the terminal. It is drawn now, each second, and by
   live_draw(). Does nothing if standard error is no terminal or a dumb one.
   With a heading above it the row remains at the end; without one (NULL) it is
   removed. */
void live_begin(uv_loop_t *loop, const char *heading, void (*draw)(void));

/* Adds to the row. For draw(). */
void live_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns how many columns of the row are free. For draw(). */
size_t live_space(void);

/* Draws the row again, after other output. */
void live_draw(void);

/* Removes the row until it is drawn again, so that a line can be printed. */
void live_clear(void);

/* Ends the row and its timer, if there is one. */
void live_end(void);

#endif
