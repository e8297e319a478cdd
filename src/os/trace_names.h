/* The names of options and commands, for the trace. */
#ifndef DGRAM_OS_TRACE_NAMES_H
#define DGRAM_OS_TRACE_NAMES_H

#include "namespace.h"

#include <stdbool.h>

/* Each returns NULL for numbers that the library does not use. */
const char *trace_option_name(int level, int option);
const char *trace_fcntl_name(int command);

/* Whether a control message has the segment size of a sent, or a received,
   message. */
bool trace_is_gso(int level, int type);
bool trace_is_gro(int level, int type);

/* Whether the flags of recvmsg() select the error queue. */
bool trace_is_error_queue(int flags);

#endif
