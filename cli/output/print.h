/* Prints text of strangers so that it cannot control a terminal. */
#ifndef CLI_OUTPUT_PRINT_H
#define CLI_OUTPUT_PRINT_H

#include <stdio.h>

#include <dgram.h>

/* Prints printable text as it is, UTF-8 included, and all else as \n, \t, \\ or
   \xNN. */
void print_escaped(FILE *out, const unsigned char *bytes, size_t length);

/* The characters that a number of bytes may become. */
#define PRINT_ESCAPED_MAX(bytes) (4 * (bytes))

/* Writes what print_escaped() prints. `out` holds PRINT_ESCAPED_MAX of the
   length, and a null. */
void escape_text(const char *text, char *out);

/* Prints the bytes as a JSON string. Bytes that are no valid UTF-8 become
   U+FFFD. */
void print_json_string(FILE *out, const unsigned char *bytes, size_t length);

/* Prints a comma and the member of a JSON object. */
void print_json_member(FILE *out, const char *name, const char *text);

/* Prints the bytes as lower-case hex digits. */
void print_hex(FILE *out, const unsigned char *bytes, size_t length);

/* Prints lines of sixteen bytes: offset, hex, and printable ASCII. */
void print_dump(FILE *out, const unsigned char *bytes, size_t length);

/* Prints the members address, family and port of a JSON object. */
void print_address_json(FILE *out, const dgram_address *address);

/* Prints "ADDRESS:PORT", with brackets around IPv6, as the command takes it. */
void print_endpoint(FILE *out, const dgram_address *address);

/* Writes the address without its port; "" if it has none. */
void address_text(const dgram_address *address,
                  char text[DGRAM_ADDRESS_TEXT_MAX]);

/* Writes what print_endpoint() prints, but nothing is escaped. */
#define ENDPOINT_TEXT_MAX (DGRAM_ADDRESS_TEXT_MAX + 16)
void endpoint_text(const dgram_address *address, char text[ENDPOINT_TEXT_MAX]);

/* As dgram_error_format(), with brackets around IPv6 before a port. */
void error_text(const dgram_error *error, char *text, size_t size);

#endif
