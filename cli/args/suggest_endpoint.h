/* What was probably meant by a wrong endpoint. */
#ifndef CLI_ARGS_SUGGEST_ENDPOINT_H
#define CLI_ARGS_SUGGEST_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include <dgram.h>

#define SUGGEST_ENDPOINT_MAX (DGRAM_HOST_TEXT_MAX + 16)

/* Writes an endpoint as the command takes it, such as "[::1]:5000" for the text
   "::1" and the word "5000" after it, for "::1:5000", and for
   "udp://[::1]:5000/". `next` is the word after it, or NULL. If it has no port,
   writes PORT: "::1" becomes "[::1]:PORT". Returns false if nothing comes near.
 */
bool suggest_endpoint(const char *text, const char *next,
                      char out[SUGGEST_ENDPOINT_MAX]);

/* Whether such an endpoint has PORT instead of a port. */
bool suggest_lacks_port(const char *endpoint);

#endif
