/* The groups of --join. */
#ifndef CLI_ARGS_GROUPS_H
#define CLI_ARGS_GROUPS_H

#include "session/session.h"

/* Returns 0, or prints an error and returns EXIT_USAGE. */
int groups_check(const char *verb);

/* Joins them with the bound socket of the session. A failure stops the session
   and returns false. */
bool groups_join(struct session *session);

#endif
