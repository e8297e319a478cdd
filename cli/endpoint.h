/* "[HOST:]PORT" on the command line. */
#ifndef CLI_ENDPOINT_H
#define CLI_ENDPOINT_H

#include <dgram.h>

struct endpoint {
    char host[DGRAM_HOST_TEXT_MAX]; /* "" where none was given */
    uint16_t port;
    dgram_type type; /* by the host, or by -4 and -6 */
};

/* Which family the user asked for by -4 or -6. */
struct family {
    bool v4, v6;
};

/* Reads PORT, HOST:PORT or [V6HOST]:PORT. A name is IPv4 unless -6 was given.
   Returns 0, or EXIT_USAGE after saying what is wrong. */
int endpoint_parse(const char *verb, const char *text,
                   const struct family *family, struct endpoint *out);

/* Whether the text is an address with a scope that names no interface, which
   the library takes for one without. Says so if it is. */
bool endpoint_lacks_interface(const char *verb, const char *text);

#endif
