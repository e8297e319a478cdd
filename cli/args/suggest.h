/* Suggestions for misspelled words. */
#ifndef CLI_ARGS_SUGGEST_H
#define CLI_ARGS_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Returns whether `word` is the beginning of `name`, has two neighbours
   swapped, or differs by at most one letter for every three. `word` has
   `length` letters and need not end there. */
bool suggest_near(const char *word, size_t length, const char *name);

#endif
