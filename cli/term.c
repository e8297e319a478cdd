#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A process has one terminal with one row. */
static struct {
    uv_timer_t timer;
    void (*draw)(FILE *out); /* NULL: there is no row */
    bool stays;              /* remains visible at the end */
    bool shown;              /* the cursor is after it */
} live;

static bool is_clever_terminal(FILE *out) {
    const char *term = getenv("TERM");

    return isatty(fileno(out)) && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0;
}

static bool has_colours(FILE *out) {
    const char *no_color = getenv("NO_COLOR");

    return (no_color == NULL || no_color[0] == '\0') && is_clever_terminal(out);
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

static void on_timer(uv_timer_t *timer) {
    (void)timer;
    live_draw();
}

void live_begin(uv_loop_t *loop, const char *heading, void (*draw)(FILE *out)) {
    if (live.draw != NULL || !is_clever_terminal(stderr))
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
        fputs("\r\x1b[K", stderr);
    live.shown = false;
}

/* Writes the row at once, so that no partial row is visible. */
void live_draw(void) {
    char row[512];
    FILE *text;

    if (live.draw == NULL)
        return;
    memset(row, 0, sizeof row);
    text = fmemopen(row, sizeof row, "w");
    if (text == NULL)
        return;
    live.draw(text);
    fclose(text);
    fprintf(stderr, "\r\x1b[K%s", row);
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
