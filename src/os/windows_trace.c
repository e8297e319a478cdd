#include "os/windows_trace.h"

#include "os/trace_line.h"

static void add_peer(struct trace_line *line, const char *preposition,
                     const struct sockaddr *address, socklen_t size) {
    if (address == NULL || size == 0)
        return;
    trace_line_add(line, ", %s ", preposition);
    trace_line_add_address(line, address, size);
}

void windows_trace_sent(const char *name, dgram_fd fd, size_t bytes,
                        uint32_t segment_size, const struct sockaddr *to,
                        socklen_t to_size, int result) {
    struct trace_line line;

    trace_line_begin(&line, name);
    trace_line_add(&line, "fd %d, ", (int)fd);
    if (segment_size > 0 && bytes > segment_size)
        trace_line_add(&line, "%u datagrams, ",
                       (unsigned)((bytes + segment_size - 1) / segment_size));
    trace_line_add(&line, "%u bytes", (unsigned)bytes);
    add_peer(&line, "to", to, to_size);
    trace_line_add_result(&line, result);
    trace_line_end(&line);
}

void windows_trace_received(const char *name, dgram_fd fd,
                            const struct sockaddr *from, socklen_t from_size,
                            bool truncated, int result) {
    struct trace_line line;

    trace_line_begin(&line, name);
    trace_line_add(&line, "fd %d", (int)fd);
    trace_line_add_result(&line, result);
    if (result >= 0) {
        trace_line_add(&line, ": %d bytes", result);
        add_peer(&line, "from", from, from_size);
        if (truncated)
            trace_line_add(&line, ", truncated");
    }
    trace_line_end(&line);
}
