/* What dgram send sends: texts, the lines of an input, or a whole input, once
   or again and again. */
#ifndef CLI_SEND_PAYLOADS_H
#define CLI_SEND_PAYLOADS_H

#include "send/input.h"

/* How a line or a text ends. */
enum payloads_eol {
    EOL_STRIP, /* a line without its LF or CRLF */
    EOL_KEEP,  /* a line as it is */
    EOL_LF,
    EOL_CRLF,
};

/* A piece is not hex digits in pairs. */
#define PAYLOADS_NO_HEX UV_EILSEQ

struct payloads {
    /* Set by the options. */
    const char *file; /* NULL: standard input */
    bool whole, hex;
    int eol;         /* an enum payloads_eol */
    uint64_t repeat; /* how often; 0: without end */

    bool reads;    /* sends the input, not the texts */
    bool is_typed; /* the user types the input on a terminal */
    char **texts;
    uint64_t text_count;
    uint64_t number; /* of the latest piece of this round, from 1 */
    uint64_t rounds; /* that are complete */
    bool has_given;  /* a payload, in this round */
    const char *payload;
    size_t length; /* of the payload; after PAYLOADS_NO_HEX: the offset of what
                      is wrong in the piece */
    struct input input;
    char made[INPUT_PIECE_MAX + 2]; /* a payload that had to be made */
};

/* Checks the options and the texts, of which there may be none. Returns 0, or
   prints an error and returns EXIT_USAGE. */
int payloads_check(struct payloads *payloads, char **texts, int count);

/* Opens the input if there are no texts. Returns 0, or prints an error and
   returns the exit status. */
int payloads_open(struct payloads *payloads);

/* Calls `ready` when there may be a payload again. */
void payloads_start(struct payloads *payloads, uv_loop_t *loop,
                    void (*ready)(void));

/* Gets the next payload, valid until the next call. Returns 1, or 0 at the end.
   UV_EMSGSIZE: the piece `number` is too long; PAYLOADS_NO_HEX: it is not hex.
   UV_EAGAIN: there is none yet. Other codes: the input cannot be read. */
int payloads_next(struct payloads *payloads, const char **payload_out,
                  size_t *length_out);

/* After PAYLOADS_NO_HEX: gets the place of what is wrong, from 1. */
void payloads_locate(const struct payloads *payloads, uint64_t *line_out,
                     size_t *column_out);

/* The name of the input in messages. */
const char *payloads_name(const struct payloads *payloads);

void payloads_stop(struct payloads *payloads);

/* Closes the input, after the loop has ended. */
void payloads_close(struct payloads *payloads);

#endif
