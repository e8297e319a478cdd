#include "args/suggest.h"

#include <string.h>

#define NAME_MAX_LENGTH 31
#define LETTERS_A_SLIP 3

static size_t least(size_t a, size_t b, size_t c) {
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Returns how many letters to insert, remove or change in a short word. */
static size_t slips(const char *word, size_t length, const char *name,
                    size_t name_length) {
    size_t row[NAME_MAX_LENGTH + 1];

    for (size_t j = 0; j <= name_length; j++)
        row[j] = j;
    for (size_t i = 0; i < length; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < name_length; j++) {
            size_t same = diagonal + (word[i] == name[j] ? 0 : 1);

            diagonal = row[j + 1];
            row[j + 1] = least(row[j] + 1, row[j + 1] + 1, same);
        }
    }
    return row[name_length];
}

/* Whether two neighbours are swapped, which would be two slips. */
static bool is_swapped(const char *word, size_t length, const char *name) {
    size_t i = 0;

    while (i < length && word[i] == name[i])
        i++;
    return i + 1 < length && word[i] == name[i + 1] && word[i + 1] == name[i] &&
           memcmp(word + i + 2, name + i + 2, length - i - 2) == 0;
}

bool suggest_near(const char *word, size_t length, const char *name) {
    size_t name_length = strlen(name);

    if (length < 2 || length > NAME_MAX_LENGTH || name_length > NAME_MAX_LENGTH)
        return false;
    if (length < name_length && memcmp(word, name, length) == 0)
        return true;
    if (length == name_length && is_swapped(word, length, name))
        return true;
    return slips(word, length, name, name_length) <=
           (length < name_length ? length : name_length) / LETTERS_A_SLIP;
}
