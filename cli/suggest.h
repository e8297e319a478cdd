/* What somebody may have meant. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `word` is the beginning of `name`, has two neighbours of it swapped,
   or is a slip of the fingers for each three letters away from it at most.
   `word` need not end after `length`. */
bool suggest_near(const char *word, size_t length, const char *name);

#endif
