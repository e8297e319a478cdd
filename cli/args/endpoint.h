/* "[HOST:]PORT" or "unix:PATH" on the command line. */
#ifndef CLI_ARGS_ENDPOINT_H
#define CLI_ARGS_ENDPOINT_H

#include <dgram.h>

struct endpoint {
    char host[DGRAM_HOST_TEXT_MAX]; /* "" if none was given; DGRAM_UNIX: the
                                       path, or "@" and an abstract name */
    uint16_t port;
    dgram_type type; /* that of the host, or of -4 and -6 */
};

/* Whether the text begins with "unix:". */
bool endpoint_is_unix(const char *text);

/* The family that -4 or -6 chose. */
struct family {
    bool v4, v6;
};

/* Returns whether the text is a port from 0 to 65535. */
bool endpoint_parse_port(const char *text, uint16_t *out);

/* The same, without the port; NULL is none. */
bool endpoint_is_port(const char *text);

/* Returns whether the text may be a name or an IPv4 address. */
bool endpoint_is_host(const char *text);

/* Returns whether the text is a multicast address. */
bool endpoint_is_group(const char *text);

/* Parses PORT, HOST:PORT or [V6HOST]:PORT. After a colon PORT may be the name
   of a service. A name is IPv4 unless -6 was given. Returns 0, or prints what
   is wrong and returns EXIT_USAGE. */
int endpoint_parse(const char *verb, const char *text,
                   const struct family *family, struct endpoint *out);

/* The same for a verb that also takes unix:PATH and unix:@NAME. With one of
   these, options with OPTION_UDP are errors. */
int endpoint_parse_any(const char *verb, const char *text,
                       const struct family *family, struct endpoint *out);

/* Returns 0, or prints that nothing can be sent to port 0 and returns
   EXIT_USAGE. */
int endpoint_check_peer(const char *verb, const struct endpoint *peer);

/* Returns whether the text is an address whose scope names no interface, and
   prints so. */
bool endpoint_lacks_interface(const char *verb, const char *text);

#endif
