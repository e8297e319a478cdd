#include "args/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/common.h"
#include "args/endpoint.h"
#include "args/other_tools.h"
#include "args/suggest.h"
#include "args/suggest_endpoint.h"
#include "output/output.h"
#include "output/term.h"

#define HELP_COLUMN 24
#define NUMBER_TEXT_MAX 32

static const struct option *given_udp; /* the first given OPTION_UDP */

static struct {
    char **words;
    int count;
} operands; /* the arguments that are no options */

static struct {
    const struct option *option;
    const char *value;
} apart; /* an OPTION_OPTIONAL, and what may be its value, without '=' */

const struct option *options_udp(void) {
    return given_udp;
}

const char *options_argument(int index) {
    return index < operands.count ? operands.words[index] : NULL;
}

int usage_error(const char *verb, const char *format, ...) {
    va_list arguments;

    fprintf(stderr, "%sdgram%s%s:%s ", tint(stderr, TINT_ERROR),
            verb[0] != '\0' ? " " : "", verb, tint(stderr, TINT_NONE));
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nSee 'dgram%s%s --help'.\n", verb[0] != '\0' ? " " : "",
            verb);
    return EXIT_USAGE;
}

const char *option_dashes(const struct option *option) {
    return option->name[1] == '\0' ? "-" : "--";
}

void option_print(const struct option *option) {
    bool joins = (option->kind & OPTION_KINDS) == OPTION_OPTIONAL;
    int width = fprintf(output, "  %s%s%s%s", option_dashes(option),
                        option->name, option->value == NULL || joins ? "" : " ",
                        option->value != NULL ? option->value : "");

    for (const char *line = option->help; *line != '\0';) {
        int length = (int)strcspn(line, "\n");

        if (width >= HELP_COLUMN) {
            putc('\n', output);
            width = 0;
        }
        fprintf(output, "%*s%.*s", HELP_COLUMN - width, "", length, line);
        width = HELP_COLUMN;
        line += length + (line[length] == '\n');
    }
    putc('\n', output);
}

/* Returns the option with this index, those of the verb first, or NULL. */
static const struct option *option_at(const struct usage *usage, size_t index) {
    if (index < usage->option_count)
        return &usage->options[index];
    index -= usage->option_count;
    for (size_t i = 0; i < common_option_count; i++) {
        if ((common_options[i].groups & usage->common) != 0 && index-- == 0)
            return &common_options[i].option;
    }
    return NULL;
}

static void print_help(const struct usage *usage) {
    const struct option *option;

    fprintf(output, "usage: dgram %s [OPTION]...%s%s\n\n%s\n\n", usage->verb,
            usage->arguments[0] != '\0' ? " " : "", usage->arguments,
            usage->about);
    for (size_t i = 0; (option = option_at(usage, i)) != NULL; i++) {
        if (i > 0 && i == usage->option_count)
            fprintf(output, "\nCommon options:\n");
        option_print(option);
    }
    fprintf(output, "  %-*s%s\n", HELP_COLUMN - 2, "-h, --help",
            "show this help");
}

static const struct option *find(const struct usage *usage, const char *name,
                                 size_t length, bool is_short) {
    const struct option *option;

    for (size_t i = 0; (option = option_at(usage, i)) != NULL; i++) {
        if ((option->name[1] == '\0') == is_short &&
            strlen(option->name) == length &&
            memcmp(option->name, name, length) == 0)
            return option;
    }
    return NULL;
}

bool options_have(const struct usage *usage, const char *name) {
    return find(usage, name, strlen(name), false) != NULL;
}

/* Prints all digits of a whole number, not 1e+15. */
static const char *number_text(double value, char text[NUMBER_TEXT_MAX]) {
    snprintf(text, NUMBER_TEXT_MAX, value == floor(value) ? "%.0f" : "%g",
             value);
    return text;
}

/* Returns what a suffix multiplies by, 0 for another text. */
static double factor_of(const char *suffix) {
    static const char letters[] = "KMG";
    const char *letter = suffix[0] != '\0'
                             ? strchr(letters, toupper((unsigned char)*suffix))
                             : NULL;
    double base = 1000, factor = 1;

    if (suffix[0] == '\0')
        return 1;
    if (letter == NULL || (suffix[1] != '\0' && strcmp(suffix + 1, "i") != 0))
        return 0;
    if (suffix[1] == 'i')
        base = 1024;
    for (const char *i = letters; i <= letter; i++)
        factor *= base;
    return factor;
}

/* Returns false if the text is no number of this kind. */
static bool parse_number(const char *text, bool is_whole, double *out) {
    char *end;
    double factor;

    errno = 0;
    *out = strtod(text, &end);
    factor = is_whole ? factor_of(end) : *end == '\0';
    if (end == text || errno != 0 || !isfinite(*out) || factor == 0)
        return false;
    *out = factor > 1 ? floor(*out * factor * 1e6 + 0.5) / 1e6 : *out;
    return !is_whole || *out == floor(*out);
}

static int set_number(const struct usage *usage, const struct option *option,
                      const char *text) {
    bool is_whole = (option->kind & OPTION_KINDS) == OPTION_NUMBER;
    char bounds[2][NUMBER_TEXT_MAX];
    double value;

    if (!parse_number(text, is_whole, &value))
        return usage_error(usage->verb, "--%s: '%s' is not a%s number",
                           option->name, text, is_whole ? " whole" : "");
    if (value < option->min || value > option->max)
        return usage_error(usage->verb, "--%s: %s is not from %s to %s",
                           option->name, text,
                           number_text(option->min, bounds[0]),
                           number_text(option->max, bounds[1]));
    if (is_whole)
        *(uint64_t *)option->target = (uint64_t)value;
    else
        *(double *)option->target = value;
    return 0;
}

/* The words of an option, as in "strip|keep" or "[=kernel]". */
static const char *words_of(const struct option *option) {
    return option->value + strspn(option->value, "[=");
}

/* Returns the index of the text in the words, or -1. */
static int word_index(const char *words, const char *text) {
    size_t length = strlen(text);

    for (int index = 0;; index++) {
        size_t word = strcspn(words, "|]");

        if (word == length && memcmp(words, text, length) == 0)
            return index;
        if (words[word] != '|')
            return -1;
        words += word + 1;
    }
}

/* Sets the target to the index of the word, from `first`. */
static int set_word(const struct usage *usage, const struct option *option,
                    const char *text, int first) {
    const char *words = words_of(option);
    int index = word_index(words, text);

    if (index < 0)
        return usage_error(usage->verb, "--%s: '%s' is not %.*s", option->name,
                           text, (int)strcspn(words, "]"), words);
    *(int *)option->target = first + index;
    return 0;
}

static int set_value(const struct usage *usage, const struct option *option,
                     const char *text) {
    struct option_list *list = option->target;

    switch (option->kind & OPTION_KINDS) {
    case OPTION_FLAG:
        return usage_error(usage->verb, "%s%s takes no value",
                           option_dashes(option), option->name);
    case OPTION_TEXT:
        *(const char **)option->target = text;
        return 0;
    case OPTION_LIST:
        if (list->count == OPTION_LIST_MAX)
            return usage_error(usage->verb, "--%s: at most %d are allowed",
                               option->name, OPTION_LIST_MAX);
        list->texts[list->count++] = text;
        return 0;
    case OPTION_WORD:
        return set_word(usage, option, text, 0);
    case OPTION_OPTIONAL:
        return set_word(usage, option, text, 2);
    default:
        return set_number(usage, option, text);
    }
}

/* Returns whether the option needs no value, and sets its target. */
static bool set_alone(const struct option *option, const char *next) {
    switch (option->kind & OPTION_KINDS) {
    case OPTION_FLAG:
        *(bool *)option->target = true;
        return true;
    case OPTION_OPTIONAL:
        *(int *)option->target = 1;
        if (next != NULL && word_index(words_of(option), next) >= 0) {
            apart.option = option;
            apart.value = next;
        }
        return true;
    default:
        return false;
    }
}

static int unknown(const struct usage *usage, const char *word,
                   const char *next, const char *name, size_t length) {
    const struct option *option;
    bool is_long = word[1] == '-';

    /* First, for "--time" of other tools is near "--timestamps". */
    if (is_long && other_tools_option(usage, word, next))
        return -1;
    for (size_t i = 0; (option = option_at(usage, i)) != NULL; i++) {
        if (suggest_near(name, length, option->name)) {
            usage_error(usage->verb,
                        "there is no option '%s'; did you mean '%s%s'?", word,
                        option_dashes(option), option->name);
            return -1;
        }
    }
    if (is_long || !other_tools_option(usage, word, next))
        usage_error(usage->verb, "there is no option '%s'", word);
    return -1;
}

/* Parses the option `word`; `next` is the following word, or NULL. Returns how
   many words it used, or -1 after an error. */
static int parse_one(const struct usage *usage, const char *word,
                     const char *next) {
    bool is_short = word[1] != '-';
    const char *name = word + (is_short ? 1 : 2);
    size_t length = strcspn(name, "=");
    const struct option *option = find(usage, name, length, is_short);
    const char *value = name[length] == '=' ? name + length + 1 : NULL;

    if (option == NULL)
        return unknown(usage, word, next, name, length);
    if (given_udp == NULL && (option->kind & OPTION_UDP) != 0)
        given_udp = option;
    if (value != NULL)
        return set_value(usage, option, value) == 0 ? 1 : -1;
    if (set_alone(option, next))
        return 1;
    if (next == NULL) {
        usage_error(usage->verb, "%s needs a value: %s", word, option->value);
        return -1;
    }
    return set_value(usage, option, next) == 0 ? 2 : -1;
}

static bool asks_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Whether it is HOST PORT for HOST:PORT. */
static bool are_endpoint(char **words, char out[SUGGEST_ENDPOINT_MAX]) {
    return !endpoint_is_port(words[0]) && endpoint_is_port(words[1]) &&
           suggest_endpoint(words[0], words[1], out);
}

/* Only an endpoint cannot be such a value. */
static bool is_apart(const struct usage *usage) {
    if (apart.option == NULL || usage->arguments_max != 1)
        return false;
    usage_error(usage->verb, "'%s' is not %s; did you mean '--%s=%s'?",
                apart.value, usage->arguments, apart.option->name, apart.value);
    return true;
}

/* Returns the number of arguments, or -1 if it is wrong. */
static int check_count(const struct usage *usage) {
    char meant[SUGGEST_ENDPOINT_MAX];
    int count = operands.count;

    if (is_apart(usage))
        return -1;
    if (count >= usage->arguments_min && count <= usage->arguments_max)
        return count;
    if (usage->arguments_max == 1 && count == 2 &&
        are_endpoint(operands.words, meant)) {
        usage_error(usage->verb, "'%s %s' is not HOST:PORT; did you mean '%s'?",
                    operands.words[0], operands.words[1], meant);
        return -1;
    }
    usage_error(usage->verb,
                count < usage->arguments_min
                    ? "%s is missing"
                    : "too many arguments: it takes %s",
                usage->arguments_max > 0 ? usage->arguments : "only options");
    return -1;
}

int options_parse(const struct usage *usage, int argc, char **argv,
                  int *status_out) {
    bool options_end = false;
    int count = 0;

    *status_out = EXIT_USAGE;
    operands.count = 0;
    for (int i = 0, taken = 1; i < argc; i += taken, taken = 1) {
        if (options_end || argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[count++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            options_end = true;
        } else if (asks_help(argv[i])) {
            print_help(usage);
            *status_out = 0;
            return -1;
        } else {
            taken =
                parse_one(usage, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
            if (taken < 0)
                return -1;
        }
    }
    operands.words = argv;
    operands.count = count;
    return check_count(usage);
}
