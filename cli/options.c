#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "suggest.h"
#include "term.h"

#define HELP_COLUMN 24
#define NUMBER_TEXT_MAX 32

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

static const char *dashes(const struct option *option) {
    return option->name[1] == '\0' ? "-" : "--";
}

static void print_option(const struct option *option) {
    int width = fprintf(output, "  %s%s%s%s", dashes(option), option->name,
                        option->value != NULL ? " " : "",
                        option->value != NULL ? option->value : "");

    if (width >= HELP_COLUMN) {
        putc('\n', output);
        width = 0;
    }
    fprintf(output, "%*s%s\n", HELP_COLUMN - width, "", option->help);
}

static void print_help(const struct usage *usage) {
    fprintf(output, "usage: dgram %s [OPTION]... %s\n\n%s\n\n", usage->verb,
            usage->arguments, usage->about);
    for (size_t i = 0; i < usage->option_count; i++)
        print_option(&usage->options[i]);
    fprintf(output, "  %-*s%s\n", HELP_COLUMN - 2, "-h, --help",
            "show this help");
}

static const struct option *find(const struct usage *usage, const char *name,
                                 size_t length, bool is_short) {
    for (size_t i = 0; i < usage->option_count; i++) {
        const struct option *option = &usage->options[i];

        if ((option->name[1] == '\0') == is_short &&
            strlen(option->name) == length &&
            memcmp(option->name, name, length) == 0)
            return option;
    }
    return NULL;
}

/* Prints all digits of a whole number, not 1e+15. */
static const char *number_text(double value, char text[NUMBER_TEXT_MAX]) {
    snprintf(text, NUMBER_TEXT_MAX, value == floor(value) ? "%.0f" : "%g",
             value);
    return text;
}

static int set_number(const struct usage *usage, const struct option *option,
                      const char *text) {
    char bounds[2][NUMBER_TEXT_MAX];
    char *end;
    double value;

    errno = 0;
    value = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !isfinite(value) ||
        (option->kind == OPTION_NUMBER && value != floor(value)))
        return usage_error(usage->verb, "--%s: '%s' is not a%s number",
                           option->name, text,
                           option->kind == OPTION_NUMBER ? " whole" : "");
    if (value < option->min || value > option->max)
        return usage_error(usage->verb, "--%s: %s is not from %s to %s",
                           option->name, text,
                           number_text(option->min, bounds[0]),
                           number_text(option->max, bounds[1]));
    if (option->kind == OPTION_NUMBER)
        *(uint64_t *)option->target = (uint64_t)value;
    else
        *(double *)option->target = value;
    return 0;
}

static int set_value(const struct usage *usage, const struct option *option,
                     const char *text) {
    struct option_list *list = option->target;

    switch (option->kind) {
    case OPTION_FLAG:
        return usage_error(usage->verb, "%s%s takes no value", dashes(option),
                           option->name);
    case OPTION_TEXT:
        *(const char **)option->target = text;
        return 0;
    case OPTION_LIST:
        if (list->count == OPTION_LIST_MAX)
            return usage_error(usage->verb, "--%s: more than %d of them",
                               option->name, OPTION_LIST_MAX);
        list->texts[list->count++] = text;
        return 0;
    default:
        return set_number(usage, option, text);
    }
}

static int unknown(const struct usage *usage, const char *word,
                   const char *name, size_t length) {
    for (size_t i = 0; i < usage->option_count; i++) {
        const struct option *option = &usage->options[i];

        if (suggest_near(name, length, option->name)) {
            usage_error(usage->verb,
                        "there is no option '%s'; did you mean '%s%s'?", word,
                        dashes(option), option->name);
            return -1;
        }
    }
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
        return unknown(usage, word, name, length);
    if (option->kind == OPTION_FLAG && value == NULL) {
        *(bool *)option->target = true;
        return 1;
    }
    if (value != NULL)
        return set_value(usage, option, value) == 0 ? 1 : -1;
    if (next == NULL) {
        usage_error(usage->verb, "%s needs a value: %s", word, option->value);
        return -1;
    }
    return set_value(usage, option, next) == 0 ? 2 : -1;
}

static bool asks_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Returns the number of arguments, or -1 if it is wrong. */
static int check_count(const struct usage *usage, int count) {
    if (count >= usage->arguments_min && count <= usage->arguments_max)
        return count;
    usage_error(usage->verb,
                count < usage->arguments_min
                    ? "%s is missing"
                    : "too many arguments: it takes %s",
                usage->arguments);
    return -1;
}

int options_parse(const struct usage *usage, int argc, char **argv,
                  int *status_out) {
    bool options_end = false;
    int count = 0;

    *status_out = EXIT_USAGE;
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
    return check_count(usage, count);
}
