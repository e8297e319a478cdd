/* Writing what strangers sent, so that it cannot drive a terminal. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdio.h>

#include <dgram.h>

/* Printable text as it is, UTF-8 included; all else as \n, \t, \\ or \xNN. */
void print_escaped(FILE *out, const unsigned char *bytes, size_t length);

/* The bytes as a JSON string: UTF-8 where they are that, and every byte that
   is not as U+FFFD. */
void print_json_string(FILE *out, const unsigned char *bytes, size_t length);

/* The bytes as lower-case hex digits. */
void print_hex(FILE *out, const unsigned char *bytes, size_t length);

/* Lines of sixteen bytes: offset, hex, and what is printable ASCII. */
void print_dump(FILE *out, const unsigned char *bytes, size_t length);

/* The members address, family and port of a JSON object. */
void print_address_json(FILE *out, const dgram_address *address);

/* "ADDRESS:PORT", with brackets around IPv6, to be pasted into a command. */
void print_endpoint(FILE *out, const dgram_address *address);

/* As dgram_error_format(), with brackets around IPv6 before a port. */
void error_text(const dgram_error *error, char *text, size_t size);

#endif
