/* ICMP errors: what happened to a datagram, and who says so. */
#ifndef CLI_SESSION_PATH_ERRORS_H
#define CLI_SESSION_PATH_ERRORS_H

#include <stdio.h>

#include "session/session.h"

#define PATH_ERROR_TEXT_MAX 256

/* Writes "192.0.2.1: host is unreachable", with the MTU if it is known. An
   error of this host begins with "this host". */
void path_error_text(const dgram_path_error *error,
                     char text[PATH_ERROR_TEXT_MAX]);

/* Prints members of a JSON object: reporter (an address, or null for this
   host), mtu (if it was reported), icmp_type and icmp_code (unless it is this
   host). */
void path_error_print_json(FILE *out, const dgram_path_error *error);

/* Prints advice about an error, if there is any. */
void path_error_advise(struct session *session, const dgram_path_error *error);

#endif
