/* Input to send, from a file or standard input. It is read as it comes, and
   does not block the loop. */
#ifndef CLI_SEND_INPUT_H
#define CLI_SEND_INPUT_H

#include "send/reader.h"

/* Bytes. No UDP datagram is that long, and none that fits in a usual send
   buffer of a Unix socket. A longer piece is not kept. */
#define INPUT_PIECE_MAX (1 << 20)

struct input {
    struct reader reader;
    bool by_lines; /* otherwise the whole input is one piece */
    bool at_end, given;
    bool skips;     /* drops the rest of a line that is too long */
    uv_idle_t idle; /* between two reads of a dropped line */
    void (*on_ready)(void);
    size_t begin, end; /* of the bytes that were read and not returned yet */
    char bytes[INPUT_PIECE_MAX];
};

/* Opens a file; NULL: standard input. Returns 0 or a negative code. */
int input_open(struct input *input, const char *path);

/* Call it before input_next(). */
void input_start(struct input *input, uv_loop_t *loop, bool by_lines,
                 void (*ready)(void));

/* Gets the next piece, valid until the next call: a line with its end, which
   the last line may lack, or the whole input. Returns 1, or 0 at the end.
   UV_EMSGSIZE: the piece has INPUT_PIECE_MAX bytes or more and is dropped.
   UV_EAGAIN: there is none yet; on_ready is called when there may be one. Other
   codes: an error. */
int input_next(struct input *input, const char **piece_out, size_t *length_out);

/* Goes back to the start of the file. Returns 0, or a negative code if it is no
   file. May be called before input_start(). */
int input_rewind(struct input *input);

/* Stops; on_ready is no longer called. */
void input_stop(struct input *input);

/* Closes the file, after the loop has ended. */
void input_close(struct input *input);

#endif
