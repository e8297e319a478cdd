/* --workers N: the verb in N processes that share its port. The first process
   sees whether it can be bound, starts the program again for each worker, and
   then only keeps them running. */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

#include "session.h"

#define WORKERS_MAX 256

/* The option; the target is a uint64_t. */
#define OPTION_WORKERS(target)                                                 \
    {                                                                          \
        "workers", OPTION_NUMBER, &(target), "N",                              \
            "run N processes that share the port", 1, WORKERS_MAX              \
    }

/* Keeps the words of the command, before they are read and moved about. */
void workers_keep_command(int argc, char **argv);

/* Returns 0, or EXIT_USAGE after saying what does not go with the option. */
int workers_check(const char *verb, uint64_t count, bool reuse_port,
                  const struct endpoint *endpoint);

/* Says which of the session's parts this process plays; in a worker, has its
   binds answered by the primary. `count` is the option's, 0 without it. Call
   before the socket is made. Returns false after saying what failed. */
bool workers_begin(struct session *session, uint64_t count, bool reuse_port);

/* Ends the session, and in the primary then runs the workers to their end:
   SIGTERM and SIGINT stop them, SIGHUP puts new ones in their place.
   print_listening() is called once, with what they share. Returns the exit
   status. */
int workers_run(struct session *session, uint64_t count,
                void (*print_listening)(const dgram_address *address));

#endif
