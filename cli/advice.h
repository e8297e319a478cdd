/* What to do about an error. */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include <stdbool.h>

#include <dgram.h>

/* The options that were given, of those that advice is about. */
struct given {
    bool v6; /* -6, or an IPv6 address */
    bool reuse_port, ipv6_only, broadcast, bind, interface;
};

/* What somebody who ran the verb can do. NULL if the error says it all. */
const char *advice(const char *verb, const struct given *given,
                   const dgram_error *error);

#endif
