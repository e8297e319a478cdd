/* --ttl, --tos and --df: what the IP headers of datagrams say. */
#ifndef CLI_HEADERS_H
#define CLI_HEADERS_H

#include <dgram.h>

#include "options.h"

struct headers {
    uint64_t ttl; /* 0: the system's */
    uint64_t tos;
    bool df;
};

#define OPTIONS_HEADERS(headers)                                               \
    {"ttl",                                                                    \
     OPTION_NUMBER,                                                            \
     &(headers).ttl,                                                           \
     "N",                                                                      \
     "hops that a datagram may take",                                          \
     1,                                                                        \
     255},                                                                     \
        {"tos",                                                                \
         OPTION_NUMBER,                                                        \
         &(headers).tos,                                                       \
         "N",                                                                  \
         "type of service: four times the DSCP, and the ECN bits",             \
         0,                                                                    \
         255},                                                                 \
    {                                                                          \
        "df", OPTION_FLAG, &(headers).df, NULL,                                \
            "do not fragment; fail above the path MTU", 0, 0                   \
    }

/* Sets the options of a bound socket. Returns 0, or the code of its error. */
int headers_set(const struct headers *headers, dgram_socket *socket);

#endif
