/* Senders that a verb accepts: --from ADDRESS[/PREFIX][:PORT]. */
#ifndef CLI_ARGS_FILTER_H
#define CLI_ARGS_FILTER_H

#include <dgram.h>

#include "args/options.h"

struct filter {
    struct filter_rule {
        dgram_address address; /* IPv4, IPv6 or Unix; AF_UNSPEC: any */
        unsigned prefix;       /* bits of the address that must be equal */
        uint16_t port;
        bool has_port; /* without it: any port */
    } rules[OPTION_LIST_MAX];
    int count; /* of rules; 0: all senders are accepted */
};

/* The socket that the filter is for. */
struct filter_socket {
    dgram_type type;
    bool ipv6_only;
};

/* Parses
     - ADDRESS, ADDRESS/PREFIX, ADDRESS:PORT or ADDRESS/PREFIX:PORT for IPv4
     - the same for IPv6, in brackets if there is a port: [ADDRESS]/PREFIX:PORT
     - :PORT for any address
     - unix:PATH or unix:@NAME for the sender's Unix socket
   of which each sender must match one. Returns 0, or prints what is wrong and
   returns EXIT_USAGE. A rule that no sender can match is wrong. */
int filter_parse(const char *verb, const struct option_list *texts,
                 const struct filter_socket *socket, struct filter *out);

/* Returns whether the sender is accepted. An IPv4-mapped address is an IPv4
   one. A rule without a scope matches each scope. */
bool filter_accepts(const struct filter *filter, const dgram_address *sender);

#endif
