/* Bytes as a user writes them in hex. */
#ifndef CLI_ARGS_HEX_H
#define CLI_ARGS_HEX_H

#include <stdbool.h>
#include <stddef.h>

/* Reads hex digits in pairs; blanks (spaces, tabs, and the end of a line) may
   stand between pairs: "0d 0A", "0d0a". Writes the bytes to `bytes_out`, which
   may be `text` and else has room for length / 2 bytes. Returns false if other
   characters or half a pair are found; what was written is then of no use, and
   *length_out is the offset of this in `text`. */
bool hex_parse(const char *text, size_t length, unsigned char *bytes_out,
               size_t *length_out);

#endif
