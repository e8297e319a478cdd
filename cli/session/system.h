/* The process and its standard streams. Each system has a folder with its
   version of system.c, reader.c, writer.c and interrupt.c. */
#ifndef CLI_SESSION_SYSTEM_H
#define CLI_SESSION_SYSTEM_H

#include <stdbool.h>
#include <stdio.h>

#include <dgram.h>

/* Replaces standard streams that are closed, and converts the arguments to
   UTF-8. Call it first. Returns false if the process cannot run. */
bool system_begin(int *argc, char ***argv);

/* Whether the process may open this many more descriptors, up to 8. */
bool system_can_open(int count);

/* After this, a write to a closed pipe, or beyond the limit for a file, is an
   error and does not end the process. */
void system_ignore_write_signals(void);

/* Whether the stream is a terminal that understands escape sequences. */
bool system_has_terminal(FILE *stream);

/* Returns the columns of the terminal, or 0 if they are not known. */
unsigned system_terminal_width(FILE *stream);

/* Whether the terminal shows UTF-8, as far as the environment says. */
bool system_has_utf8(void);

/* Calls `found` with the name of each network interface. */
void system_each_interface(void (*found)(const char *name, void *data),
                           void *data);

/* Lets an unconnected socket receive ICMP errors, where the system can. */
void system_ask_for_errors(dgram_socket *socket);

#endif
