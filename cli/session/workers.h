/* --workers N runs the verb in N processes that share its port. The first
   process checks whether the port can be bound, starts the program again for
   each worker, and then keeps the workers running. */
#ifndef CLI_SESSION_WORKERS_H
#define CLI_SESSION_WORKERS_H

#include "session/session.h"

#define WORKERS_MAX 256

/* Copies the words of the command, before they are parsed and moved. */
void workers_keep_command(int argc, char **argv);

/* Returns 0, or prints an error and returns EXIT_USAGE if another option cannot
   be used with --workers. */
int workers_check(const char *verb, const struct endpoint *endpoint);

/* Sets the part of this process in the session; a worker joins the primary.
   Call it before you create the socket. Prints an error and returns false if
   that fails. */
bool workers_begin(struct session *session);

/* Ends the session. The primary then runs the workers to their end: SIGTERM and
   SIGINT stop them, SIGHUP replaces them. Calls print_listening() once, with
   their address. Returns the exit status. */
int workers_run(struct session *session,
                void (*print_listening)(const dgram_address *address));

#endif
