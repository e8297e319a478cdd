/* What only a terminal gets: colours, and a row that is written anew. */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include <uv.h>

enum tint {
    TINT_NONE,  /* ends another */
    TINT_ERROR, /* what failed */
    TINT_NOTE,  /* what is out of the ordinary */
    TINT_DIM,   /* what is the same on each line */
};

/* What switches the colour of what follows on stdout or stderr: "" where `out`
   is no terminal, where it is a dumb one, and where NO_COLOR is set and not
   empty. */
const char *tint(FILE *out, enum tint tint);

#define LIVE_PERIOD_MS 1000

/* Begins the live row of this process, once a loop: on standard error, drawn
   at once, each second and by live_draw(). Nothing where that is no terminal or
   a dumb one. A heading stands above the row, which then stays at the end;
   without one (NULL) it goes. */
void live_begin(uv_loop_t *loop, const char *heading, void (*draw)(FILE *out));

/* Draws the row anew, behind what was printed. */
void live_draw(void);

/* Makes room for a line on the terminal; the row comes back when it is drawn
   next. */
void live_clear(void);

/* Ends the row and its timer. Nothing if none was begun. */
void live_end(void);

#endif
