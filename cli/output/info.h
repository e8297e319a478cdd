/* What a datagram carries besides its payload, as 'listen --verbose' prints
   it. */
#ifndef CLI_OUTPUT_INFO_H
#define CLI_OUTPUT_INFO_H

#include <stdio.h>

#include <dgram.h>

/* Prints " to ADDRESS by INTERFACE, tos NAME, ttl N, time S", without what the
   system does not tell. Prints nothing if `info` is NULL. */
void info_print(FILE *out, const dgram_receive_info *info);

/* The same as members of a JSON object, each after a comma. */
void info_print_json(FILE *out, const dgram_receive_info *info);

#endif
