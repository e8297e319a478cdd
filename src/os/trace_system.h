/* The functions that the trace needs from the system. */
#ifndef DGRAM_OS_TRACE_SYSTEM_H
#define DGRAM_OS_TRACE_SYSTEM_H

#include "namespace.h"

#include <stdbool.h>
#include <stddef.h>

/* The error of the last system call: errno, or WSAGetLastError(). */
int trace_get_error(void);
void trace_set_error(int error);

/* Returns the UV_E* code of an error. */
int trace_error_code(int error);

/* Whether there is a standard error. */
bool trace_can_write(void);

void trace_write(const char *text, size_t length);

#endif
