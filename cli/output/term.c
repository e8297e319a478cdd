#include "output/term.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "session/system.h"

#define LIVE_PERIOD_MS 1000
#define ROW_MAX 2048 /* bytes of a row, with its NUL */
#define WIDTH 80     /* if the terminal does not say */

/* The cursor is at the start of the row, and "J" also removes the lines below.
   So it removes all of the row, too, if the terminal has become narrower and
   shows the row in two lines. */
#define REMOVE "\r\x1b[J"

/* A process has one terminal with one row. */
static struct {
    uv_timer_t timer;
    void (*draw)(void); /* NULL: there is no row */
    bool stays;         /* remains visible at the end */
    bool shown;         /* the cursor is at its start */
    char row[ROW_MAX];
    size_t length; /* of the row, while it is drawn */
} live;

static bool has_colours(FILE *out) {
    const char *no_color = getenv("NO_COLOR");

    return (no_color == NULL || no_color[0] == '\0') &&
           system_has_terminal(out);
}

/* Looks once, because each printed line calls it. */
const char *tint(FILE *out, enum tint tint) {
    static struct { bool known, colours; } streams[2];
    static const char *const codes[] = {
        [TINT_NONE] = "\x1b[0m",
        [TINT_ERROR] = "\x1b[1;31m",
        [TINT_NOTE] = "\x1b[33m",
        [TINT_DIM] = "\x1b[2m",
    };
    int i = out == stderr;

    if (!streams[i].known) {
        streams[i].known = true;
        streams[i].colours = has_colours(out);
    }
    return streams[i].colours ? codes[tint] : "";
}

/* The position of the cursor is unknown. This many spaces fill the row if it is
   empty, and reach the next row if it is not. */
void term_begin_row(FILE *stream, FILE *out) {
    unsigned columns =
        system_has_terminal(stream) ? system_terminal_width(stream) : 0;

    if (columns > 0)
        fprintf(out, "%*s\r\x1b[K", (int)columns, "");
}

static void on_timer(uv_timer_t *timer) {
    (void)timer;
    live_draw();
}

void live_begin(uv_loop_t *loop, const char *heading, void (*draw)(void)) {
    if (live.draw != NULL || !system_has_terminal(stderr))
        return;
    live.draw = draw;
    live.stays = heading != NULL;
    if (heading != NULL)
        fprintf(stderr, "%s%s%s\n", tint(stderr, TINT_DIM), heading,
                tint(stderr, TINT_NONE));
    uv_timer_init(loop, &live.timer);
    uv_timer_start(&live.timer, on_timer, LIVE_PERIOD_MS, LIVE_PERIOD_MS);
    uv_unref((uv_handle_t *)&live.timer);
    live_draw();
}

void live_clear(void) {
    if (live.shown)
        fputs(REMOVE, stderr);
    live.shown = false;
}

void live_printf(const char *format, ...) {
    size_t space = sizeof live.row - live.length;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(live.row + live.length, space, format, arguments);
    va_end(arguments);
    if (length > 0)
        live.length += (size_t)length < space ? (size_t)length : space - 1;
}

/* Returns the columns of the text. Ends it after `max` columns; sequences that
   switch colours stay. */
static size_t fit(char *text, size_t max) {
    size_t columns = 0;
    char *to = text;
    bool fits = true;

    for (const char *from = text; *from != '\0';) {
        size_t size = 1;

        if (*from == '\x1b') {
            size = strcspn(from, "m");
            size += from[size] == 'm';
        } else if (((unsigned char)*from & 0xc0) != 0x80) {
            fits = columns < max;
            columns += fits;
        }
        if (fits || *from == '\x1b') {
            memmove(to, from, size);
            to += size;
        }
        from += size;
    }
    *to = '\0';
    return columns;
}

/* The last column stays free: some terminals go to the next line after it. */
static size_t width(void) {
    unsigned columns = system_terminal_width(stderr);

    return columns > 0 ? columns - 1 : WIDTH - 1;
}

size_t live_space(void) {
    size_t columns = fit(live.row, SIZE_MAX), all = width();

    return columns < all ? all - columns : 0;
}

/* Writes the row at once, so that no partial row is visible. */
void live_draw(void) {
    if (live.draw == NULL)
        return;
    live.length = 0;
    live.row[0] = '\0';
    live.draw();
    fit(live.row, width());
    fprintf(stderr, REMOVE "%s\r", live.row);
    live.shown = true;
}

void live_end(void) {
    if (live.draw == NULL)
        return;
    if (live.stays) {
        live_draw();
        fputc('\n', stderr);
        live.shown = false;
    } else {
        live_clear();
    }
    live.draw = NULL;
    uv_close((uv_handle_t *)&live.timer, NULL);
}
