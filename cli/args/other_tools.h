/* What people write who know nc, socat, iperf3, ping and tracepath. */
#ifndef CLI_ARGS_OTHER_TOOLS_H
#define CLI_ARGS_OTHER_TOOLS_H

#include <stdbool.h>

#include "args/options.h"

/* Prints what to write instead of the option `word`, which the verb does not
   have. `next` is the word after it, or NULL. Returns false if no other tool
   has such an option. */
bool other_tools_option(const struct usage *usage, const char *word,
                        const char *next);

/* The same for the first word of a command line, which is no verb. `words` has
   `count` words, this one first. */
bool other_tools_verb(char **words, int count);

#endif
