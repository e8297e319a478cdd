/* Advice to the user after an error. */
#ifndef CLI_SESSION_ADVICE_H
#define CLI_SESSION_ADVICE_H

#include <stdbool.h>

#include <dgram.h>

/* The given options that advice depends on. */
struct given {
    bool v6; /* -6, or an IPv6 address */
    bool is_unix;
    bool reuse_port, ipv6_only, broadcast, bind, interface, device, df, source;
};

/* Returns what the user of the verb can do, or NULL if the error is enough. */
const char *advice(const char *verb, const struct given *given,
                   const dgram_error *error);

#endif
