/* One new file for each datagram: DIR/000000001 and so on, in the order in
   which they came. */
#ifndef CLI_LISTEN_OUTPUT_DIR_H
#define CLI_LISTEN_OUTPUT_DIR_H

#include <stddef.h>
#include <stdint.h>

struct output_dir {
    const char *path;
    char *file;      /* the path of the latest file */
    size_t size;     /* bytes of memory at `file` */
    uint32_t number; /* that of the latest file */
};

/* Finds the highest number in the directory; the files continue after it.
   Returns 0 or a negative code. UV_ERANGE: the numbers are used up. */
int output_dir_begin(struct output_dir *dir, const char *path);

void output_dir_end(struct output_dir *dir);

/* Writes the bytes to a new file, whose path is then in `file`. Never
   overwrites a file, nor follows a link: if another process made a file with
   the number, it takes the next one. Returns 0 or a negative code; then it
   leaves no file, and `file` is the path that failed. UV_ERANGE: the numbers
   are used up. */
int output_dir_save(struct output_dir *dir, const void *bytes, size_t length);

#endif
