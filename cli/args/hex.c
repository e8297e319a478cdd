#include "args/hex.h"

static int digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool hex_parse(const char *text, size_t length, unsigned char *bytes_out,
               size_t *length_out) {
    size_t count = 0;

    for (size_t i = 0; i < length; i++) {
        int high, low;

        if (is_blank(text[i]))
            continue;
        high = digit(text[i]);
        low = i + 1 < length ? digit(text[i + 1]) : -1;
        if (high < 0 || low < 0) {
            *length_out = i;
            return false;
        }
        bytes_out[count++] = (unsigned char)(high << 4 | low);
        i++;
    }
    *length_out = count;
    return true;
}
