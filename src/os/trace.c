#include "os/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/bsd.h"
#include "os/trace_line.h"
#include "os/trace_names.h"
#include "os/trace_system.h"
#include "util/address.h"
#include "util/util.h"

atomic_int trace_state = TRACE_UNKNOWN;

static bool is_wanted(void) {
    const char *text = getenv("DGRAM_TRACE");

    return text != NULL && *text != '\0' && strcmp(text, "0") != 0 &&
           strcmp(text, "off") != 0;
}

/* Several threads may do this at once, with the same result. Without a standard
   error the trace is off: a socket may get that number. */
bool trace_ask(void) {
    int error = trace_get_error();
    bool on = is_wanted() && trace_can_write();

    atomic_store(&trace_state, on ? TRACE_ON : TRACE_OFF);
    trace_set_error(error);
    return on;
}

static void add_list(struct trace_line *line, const char *format,
                     va_list list) {
    size_t free = sizeof(line->text) - line->length;
    int length = vsnprintf(line->text + line->length, free, format, list);

    /* Text that does not fit is left out, except for the newline. */
    if (length > 0)
        line->length += min_size((size_t)length, free - 1);
}

void trace_line_add(struct trace_line *line, const char *format, ...) {
    va_list list;

    va_start(list, format);
    add_list(line, format, list);
    va_end(list);
}

void trace_line_begin(struct trace_line *line, const char *name) {
    line->error = trace_get_error();
    line->length = 0;
    trace_line_add(line, "dgram: %s(", name);
}

void trace_line_add_result(struct trace_line *line, long result) {
    int code = trace_error_code(line->error);

    if (result >= 0)
        trace_line_add(line, ") = %ld", result);
    else
        trace_line_add(line, ") = -1 %s (%s)", dgram_err_name(code),
                       dgram_strerror(code));
}

void trace_line_end(struct trace_line *line) {
    line->text[line->length] = '\n';
    trace_write(line->text, line->length + 1);
    trace_set_error(line->error);
}

static void end_with(struct trace_line *line, long result) {
    trace_line_add_result(line, result);
    trace_line_end(line);
}

void trace_call(const char *name, long result, const char *arguments, ...) {
    struct trace_line line;
    va_list list;

    trace_line_begin(&line, name);
    va_start(list, arguments);
    add_list(&line, arguments, list);
    va_end(list);
    end_with(&line, result);
}

/* The name of a sender is any bytes, and must not look like other lines. */
static void add_name(struct trace_line *line, const char *name) {
    if (*name == '\0')
        trace_line_add(line, "no name");
    for (; *name != '\0'; name++) {
        unsigned char byte = (unsigned char)*name;

        trace_line_add(line, byte < ' ' || byte == 0x7f ? "\\x%02x" : "%c",
                       byte);
    }
}

void trace_line_add_address(struct trace_line *line,
                            const struct sockaddr *address, socklen_t size) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address copy = {0};
    unsigned port;

    memcpy(&copy, address, min_size(size, sizeof(copy.un.name)));
    os_address_received(&copy, size);
    port = dgram_address_port(&copy);
    if (address->sa_family == AF_UNSPEC)
        trace_line_add(line, "nobody");
    else if (dgram_address_format(&copy, text, sizeof(text)) < 0)
        trace_line_add(line, "family %d", (int)address->sa_family);
    else if (address->sa_family == AF_UNIX)
        add_name(line, text);
    else
        trace_line_add(line,
                       address->sa_family == AF_INET6 ? "[%s]:%u" : "%s:%u",
                       text, port);
}

void trace_to(const char *name, dgram_fd fd, const struct sockaddr *address,
              socklen_t size, int result) {
    struct trace_line line;

    trace_line_begin(&line, name);
    trace_line_add(&line, "fd %d, ", (int)fd);
    trace_line_add_address(&line, address, size);
    end_with(&line, result);
}

void trace_own(const char *name, dgram_fd fd, const struct sockaddr *address,
               socklen_t size, int result) {
    struct trace_line line;

    trace_line_begin(&line, name);
    trace_line_add(&line, "fd %d", (int)fd);
    trace_line_add_result(&line, result);
    if (result >= 0) {
        trace_line_add(&line, ": ");
        trace_line_add_address(&line, address, size);
    }
    trace_line_end(&line);
}

static void add_option(struct trace_line *line, dgram_fd fd, int level,
                       int option) {
    const char *name = trace_option_name(level, option);

    if (name != NULL)
        trace_line_add(line, "fd %d, %s", (int)fd, name);
    else
        trace_line_add(line, "fd %d, level %d, option %d", (int)fd, level,
                       option);
}

static void add_value(struct trace_line *line, const void *value,
                      socklen_t size) {
    int number;

    if (size != sizeof(number)) {
        trace_line_add(line, "%u bytes", (unsigned)size);
        return;
    }
    memcpy(&number, value, sizeof(number));
    trace_line_add(line, "%d", number);
}

void trace_set(dgram_fd fd, int level, int option, const void *value,
               socklen_t size, int result) {
    struct trace_line line;

    trace_line_begin(&line, "setsockopt");
    add_option(&line, fd, level, option);
    trace_line_add(&line, ", ");
    add_value(&line, value, size);
    end_with(&line, result);
}

void trace_got(dgram_fd fd, int level, int option, const void *value,
               socklen_t size, int result) {
    struct trace_line line;

    trace_line_begin(&line, "getsockopt");
    add_option(&line, fd, level, option);
    trace_line_add_result(&line, result);
    if (result >= 0) {
        trace_line_add(&line, ": ");
        add_value(&line, value, size);
    }
    trace_line_end(&line);
}
