/* What the IP headers of sent datagrams say, and which way they leave: the
   options of the group COMMON_HEADERS. */
#ifndef CLI_ARGS_HEADERS_H
#define CLI_ARGS_HEADERS_H

#include <dgram.h>

#include "args/endpoint.h"

/* Checks the options, for datagrams to this endpoint. Returns 0, or prints an
   error and returns EXIT_USAGE. */
int headers_check(const char *verb, const struct endpoint *to);

/* Sets the options of a bound socket. Returns 0, or the code of its error. */
int headers_set(dgram_socket *socket);

/* What each datagram is sent with, or NULL. */
const dgram_send_info *headers_info(void);

/* As dgram_send(), with that information. */
int headers_send(dgram_socket *socket, const void *payload, size_t length,
                 const dgram_address *to, dgram_send_cb cb, void *data);

#endif
