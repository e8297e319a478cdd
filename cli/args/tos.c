#include "args/tos.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DSCP_COUNT 64
#define ECN_COUNT 4

static const char *const dscp_names[DSCP_COUNT] = {
    [0] = "CS0",   [1] = "LE",    [8] = "CS1",   [10] = "AF11", [12] = "AF12",
    [14] = "AF13", [16] = "CS2",  [18] = "AF21", [20] = "AF22", [22] = "AF23",
    [24] = "CS3",  [26] = "AF31", [28] = "AF32", [30] = "AF33", [32] = "CS4",
    [34] = "AF41", [36] = "AF42", [38] = "AF43", [40] = "CS5",  [44] = "VA",
    [46] = "EF",   [48] = "CS6",  [56] = "CS7",
};

static const char *const ecn_names[ECN_COUNT] = {"not-ect", "ect1", "ect0",
                                                 "ce"};

const char *dscp_text(unsigned dscp, char text[DSCP_TEXT_MAX]) {
    if (dscp < DSCP_COUNT && dscp_names[dscp] != NULL)
        return dscp_names[dscp];
    snprintf(text, DSCP_TEXT_MAX, "%u", dscp & (DSCP_COUNT - 1));
    return text;
}

const char *ecn_text(unsigned ecn) {
    return ecn_names[ecn & (ECN_COUNT - 1)];
}

static bool is_same_word(const char *a, const char *b) {
    while (*a != '\0' &&
           tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

static int parse(const char *text, const char *const *names, int count) {
    size_t digits = strspn(text, "0123456789");

    for (int i = 0; i < count; i++) {
        if (names[i] != NULL && is_same_word(text, names[i]))
            return i;
    }
    if (digits == 0 || digits > 2 || text[digits] != '\0')
        return -1;
    return atoi(text) < count ? atoi(text) : -1;
}

int dscp_parse(const char *text) {
    return parse(text, dscp_names, DSCP_COUNT);
}

int ecn_parse(const char *text) {
    return parse(text, ecn_names, ECN_COUNT);
}
