/* Bytes of a file or of standard input, read without blocking the loop. */
#ifndef CLI_SEND_READER_H
#define CLI_SEND_READER_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

struct reader {
    int fd;
    bool waits;    /* fd is a terminal, pipe or socket: there may be no bytes
                      yet */
    bool is_ready; /* on_ready was called, and nothing was read since */
    void (*on_ready)(void *data);
    void *data;
    union {
        uv_handle_t any;
        uv_poll_t poll;
        uv_pipe_t pipe;
        uv_tty_t tty;
    } handle;        /* if it waits */
    uv_buf_t memory; /* Windows: of the read that is under way */
    ssize_t result;  /* Windows: of that read */
};

/* Opens a file; NULL: standard input. Returns 0 or a negative code. */
int reader_open(struct reader *reader, const char *path);

/* Goes back to the start of a file. Returns 0, or a negative code if the input
   is no file. */
int reader_rewind(struct reader *reader);

/* Call it before reader_read(). */
void reader_start(struct reader *reader, uv_loop_t *loop,
                  void (*on_ready)(void *data), void *data);

/* Reads once. Returns the number of bytes, 0 at the end, or a negative code.
   UV_EAGAIN: there are none yet. Call it again with the same memory when
   on_ready was called. */
int reader_read(struct reader *reader, char *bytes, size_t size);

/* Stops; on_ready is no longer called. */
void reader_stop(struct reader *reader);

/* Closes the file, after the loop has ended. */
void reader_close(struct reader *reader);

#endif
