/* What is to be sent, from a file or standard input: read as it comes, without
   holding up the loop, its signals and what was read before. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

/* Bytes; no datagram is as long, so a longer piece need not be kept. */
#define INPUT_PIECE_MAX 65536

struct input {
    int fd;
    bool by_lines; /* else the whole is one piece */
    bool watches;  /* fd is a terminal, pipe or socket: read when readable */
    bool readable, at_end, given;
    bool skips; /* the rest of a line that was too long */
    uv_poll_t poll;
    uv_idle_t idle; /* between two reads of what is skipped */
    void (*on_ready)(void);
    size_t begin, end; /* of what was read and not given yet */
    char bytes[INPUT_PIECE_MAX];
};

/* Opens a file; NULL: standard input. Returns 0 or a negative code. */
int input_open(struct input *input, const char *path);

/* Lets input_next() be called. */
void input_start(struct input *input, uv_loop_t *loop, bool by_lines,
                 void (*on_ready)(void));

/* Gives the next piece, valid until the next call: a line without its end, or
   the whole. Returns 1; 0 at the end; UV_EMSGSIZE for a piece of
   INPUT_PIECE_MAX bytes or more, nothing of which is given, now or later;
   UV_EAGAIN when there is none yet, and on_ready is called when there may be;
   or another negative code. */
int input_next(struct input *input, const char **piece_out, size_t *length_out);

/* Ends the watching; on_ready is not called any more. */
void input_stop(struct input *input);

/* Closes the file, after the loop has ended. */
void input_close(struct input *input);

#endif
