/* Checks before a bind. A call that they refuse changes nothing. */
#ifndef DGRAM_SOCKET_BIND_CHECK_H
#define DGRAM_SOCKET_BIND_CHECK_H

#include "namespace.h"
#include "dgram.h"

int bind_check_unbound(dgram_socket *s);

/* Copies and checks the options, and that the socket is unbound. */
int bind_read_options(dgram_socket *s, const dgram_bind_options *given,
                      dgram_bind_options *out);

#endif
