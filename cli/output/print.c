#include "output/print.h"

#include <string.h>

/* Returns the length of the valid UTF-8 sequence at the start, or 0. */
static size_t decode(const unsigned char *bytes, size_t length,
                     uint32_t *code_out) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = bytes[0] < 0x80             ? 1
                  : (bytes[0] & 0xe0) == 0xc0 ? 2
                  : (bytes[0] & 0xf0) == 0xe0 ? 3
                  : (bytes[0] & 0xf8) == 0xf0 ? 4
                                              : 0;
    uint32_t code = size == 1 ? bytes[0] : bytes[0] & (0x7fu >> size);

    if (size == 0 || size > length)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    if (code < least[size] || code > 0x10ffff ||
        (code >= 0xd800 && code <= 0xdfff))
        return 0;
    *code_out = code;
    return size;
}

/* False for control characters, invisible ones, and those that change the
   direction of text. */
static bool is_harmless(uint32_t code) {
    static const struct {
        uint32_t first, last;
    } harmful[] = {
        {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},
        {0x34f, 0x34f},     {0x600, 0x605},     {0x61c, 0x61c},
        {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},
        {0x8e2, 0x8e2},     {0x115f, 0x1160},   {0x17b4, 0x17b5},
        {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f},   {0x3164, 0x3164},   {0xd800, 0xf8ff},
        {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
        {0xffa0, 0xffa0},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},
        {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x13455},
        {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
    };

    for (size_t i = 0; i < sizeof harmful / sizeof *harmful; i++) {
        if (code >= harmful[i].first && code <= harmful[i].last)
            return false;
    }
    return true;
}

/* Writes how a byte is escaped. Returns the number of characters. */
static size_t escape(unsigned char byte, char out[PRINT_ESCAPED_MAX(1) + 1]) {
    static const char named[] = "\nn\tt\rr\\\\";
    const char *found = byte != 0 ? strchr(named, byte) : NULL;

    if (found != NULL && (found - named) % 2 == 0)
        return (size_t)snprintf(out, PRINT_ESCAPED_MAX(1) + 1, "\\%c",
                                found[1]);
    return (size_t)snprintf(out, PRINT_ESCAPED_MAX(1) + 1, "\\x%02x", byte);
}

/* Writes how the character at the start is printed. Returns the number of
   characters, and how many bytes they stand for. */
static size_t escape_next(const unsigned char *bytes, size_t length,
                          size_t *taken_out,
                          char out[PRINT_ESCAPED_MAX(4) + 1]) {
    uint32_t code = 0;
    size_t size = decode(bytes, length, &code), written = 0;

    *taken_out = size > 0 ? size : 1;
    if (size > 0 && is_harmless(code) && code != '\\') {
        memcpy(out, bytes, size);
        return size;
    }
    for (size_t i = 0; i < *taken_out; i++)
        written += escape(bytes[i], out + written);
    return written;
}

void print_escaped(FILE *out, const unsigned char *bytes, size_t length) {
    char text[PRINT_ESCAPED_MAX(4) + 1];

    for (size_t taken; length > 0; bytes += taken, length -= taken) {
        size_t written = escape_next(bytes, length, &taken, text);

        fwrite(text, 1, written, out);
    }
}

void escape_text(const char *text, char *out) {
    size_t length = strlen(text), taken;

    for (; length > 0; text += taken, length -= taken)
        out += escape_next((const unsigned char *)text, length, &taken, out);
    *out = '\0';
}

void print_json_string(FILE *out, const unsigned char *bytes, size_t length) {
    putc('"', out);
    while (length > 0) {
        uint32_t code = 0;
        size_t size = decode(bytes, length, &code);

        if (size == 0)
            fputs("\\ufffd", out);
        else if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (int)code);
        else if (is_harmless(code))
            fwrite(bytes, 1, size, out);
        else if (code < 0x10000)
            fprintf(out, "\\u%04x", (unsigned)code);
        else
            fprintf(out, "\\u%04x\\u%04x",
                    (unsigned)(0xd800 + ((code - 0x10000) >> 10)),
                    (unsigned)(0xdc00 + ((code - 0x10000) & 0x3ff)));
        size = size > 0 ? size : 1;
        bytes += size;
        length -= size;
    }
    putc('"', out);
}

void print_json_member(FILE *out, const char *name, const char *text) {
    fprintf(out, ",\"%s\":", name);
    print_json_string(out, (const unsigned char *)text, strlen(text));
}

void print_hex(FILE *out, const unsigned char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        fprintf(out, "%02x", bytes[i]);
}

void print_dump(FILE *out, const unsigned char *bytes, size_t length) {
    for (size_t at = 0; at < length; at += 16) {
        size_t count = length - at < 16 ? length - at : 16;

        fprintf(out, "%08zx ", at);
        for (size_t i = 0; i < 16; i++) {
            fputs(i == 8 ? "  " : " ", out);
            if (i < count)
                fprintf(out, "%02x", bytes[at + i]);
            else
                fputs("  ", out);
        }
        fputs("  |", out);
        for (size_t i = 0; i < count; i++) {
            unsigned char byte = bytes[at + i];
            putc(byte >= 0x20 && byte < 0x7f ? byte : '.', out);
        }
        fputs("|\n", out);
    }
}

void address_text(const dgram_address *address,
                  char text[DGRAM_ADDRESS_TEXT_MAX]) {
    if (dgram_address_format(address, text, DGRAM_ADDRESS_TEXT_MAX) < 0)
        text[0] = '\0';
}

void print_address_json(FILE *out, const dgram_address *address) {
    char text[DGRAM_ADDRESS_TEXT_MAX];

    address_text(address, text);
    fputs("\"address\":", out);
    print_json_string(out, (const unsigned char *)text, strlen(text));
    fprintf(out, ",\"family\":\"%s\",\"port\":%u",
            dgram_address_family(address),
            (unsigned)dgram_address_port(address));
}

void endpoint_text(const dgram_address *address, char text[ENDPOINT_TEXT_MAX]) {
    char host[DGRAM_ADDRESS_TEXT_MAX];
    bool v6 = address->any.sa_family == AF_INET6;

    address_text(address, host);
    if (address->any.sa_family == AF_UNIX)
        snprintf(text, ENDPOINT_TEXT_MAX, "%s%s",
                 host[0] != '\0' ? "unix:" : "a socket without an address",
                 host);
    else
        snprintf(text, ENDPOINT_TEXT_MAX, "%s%s%s:%u", v6 ? "[" : "", host,
                 v6 ? "]" : "", (unsigned)dgram_address_port(address));
}

/* The sender chose the name of a Unix socket, so it is escaped. */
void print_endpoint(FILE *out, const dgram_address *address) {
    char text[ENDPOINT_TEXT_MAX];

    endpoint_text(address, text);
    print_escaped(out, (const unsigned char *)text, strlen(text));
}

void error_text(const dgram_error *error, char *text, size_t size) {
    char host[DGRAM_HOST_TEXT_MAX + 2];
    dgram_error bracketed = *error;

    if (error->port > 0 && strchr(error->address, ':') != NULL) {
        snprintf(host, sizeof host, "[%s]", error->address);
        bracketed.address = host;
    }
    dgram_error_format(&bracketed, text, size);
}
