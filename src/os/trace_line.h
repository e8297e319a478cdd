/* A line of the trace. */
#ifndef DGRAM_OS_TRACE_LINE_H
#define DGRAM_OS_TRACE_LINE_H

#include "namespace.h"

#include <stddef.h>

#include "dgram_types.h"

#define TRACE_LINE_MAX                                                         \
    512u /* with the newline; a write to a pipe does not split it */

struct trace_line {
    size_t length;
    int error; /* the last error when the call returned */
    char text[TRACE_LINE_MAX];
};

/* Text that does not fit is left out, except for the newline. */
void trace_line_begin(struct trace_line *line, const char *name);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void trace_line_add(struct trace_line *line, const char *format, ...);
void trace_line_add_address(struct trace_line *line,
                            const struct sockaddr *address, socklen_t size);
void trace_line_add_result(struct trace_line *line, long result);
void trace_line_end(struct trace_line *line);

#endif
