/* The options of verbs that send: what the IP headers of their datagrams say,
   and which way they leave. */
#ifndef CLI_HEADERS_H
#define CLI_HEADERS_H

#include <dgram.h>

#include "options.h"
#include "session.h"

#define TOS_NONE 256 /* --tos was not given */

struct headers {
    uint64_t ttl; /* 0: the system's */
    uint64_t tos;
    const char *dscp, *ecn, *source, *interface, *device;
    bool df;
    dgram_send_info info; /* with --interface: of each datagram */
};

#define HEADERS_NONE                                                           \
    { .tos = TOS_NONE }

#define OPTION_DEVICE(target)                                                  \
    {                                                                          \
        "device", OPTION_TEXT, &(target), "NAME",                              \
            "use this interface only (SO_BINDTODEVICE)", 0, 0                  \
    }

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
        {"dscp",                                                               \
         OPTION_TEXT,                                                          \
         &(headers).dscp,                                                      \
         "DSCP",                                                               \
         "EF, AF11, CS1, ..., or a number to 63",                              \
         0,                                                                    \
         0},                                                                   \
        {"ecn",                                                                \
         OPTION_TEXT,                                                          \
         &(headers).ecn,                                                       \
         "ECN",                                                                \
         "not-ect, ect0, ect1, ce, or a number to 3",                          \
         0,                                                                    \
         0},                                                                   \
        {"df",                                                                 \
         OPTION_FLAG,                                                          \
         &(headers).df,                                                        \
         NULL,                                                                 \
         "do not fragment; fail above the path MTU",                           \
         0,                                                                    \
         0},                                                                   \
        {"source",                                                             \
         OPTION_TEXT,                                                          \
         &(headers).source,                                                    \
         "ADDRESS",                                                            \
         "send from this address of this machine",                             \
         0,                                                                    \
         0},                                                                   \
        {"interface",                                                          \
         OPTION_TEXT,                                                          \
         &(headers).interface,                                                 \
         "NAME",                                                               \
         "send by this interface: name or index, or for\n"                     \
         "                        multicast its IPv4 address",                 \
         0,                                                                    \
         0},                                                                   \
        OPTION_DEVICE((headers).device)

/* Returns 0, or prints an error and returns EXIT_USAGE. */
int headers_check(const char *verb, struct headers *headers,
                  const struct endpoint *to);

/* Notes in the session what it must bind to. */
void headers_begin(const struct headers *headers, struct session *session);

/* Sets the options of a bound socket. Returns 0, or the code of its error. */
int headers_set(const struct headers *headers, dgram_socket *socket);

/* What each datagram is sent with, or NULL. */
const dgram_send_info *headers_info(const struct headers *headers);

/* As dgram_send(), with that information. */
int headers_send(const struct headers *headers, dgram_socket *socket,
                 const void *payload, size_t length, const dgram_address *to,
                 dgram_send_cb cb, void *data);

#endif
