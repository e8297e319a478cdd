/* The options of a verb. Tables are used to parse them and to print the
   help. */
#ifndef CLI_ARGS_OPTIONS_H
#define CLI_ARGS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTION_LIST_MAX 32 /* texts of one OPTION_LIST */

#define EXIT_USAGE 2

enum option_kind {
    OPTION_FLAG,     /* target: bool */
    OPTION_TEXT,     /* target: const char * */
    OPTION_NUMBER,   /* target: uint64_t, from min to max; K is 1000, Ki 1024 */
    OPTION_TIME,     /* target: double; seconds, from min to max */
    OPTION_LIST,     /* target: struct option_list; may be repeated */
    OPTION_WORD,     /* target: int; the index of a word in "one|two|three" */
    OPTION_OPTIONAL, /* target: int; the value is "[=one|two]": 1 without one,
                        2 for the first word */
    OPTION_KINDS = 15,
    OPTION_UDP = 16, /* added to a kind: not for a Unix socket */
};

struct option {
    const char *name; /* without its dashes; one letter: a single dash */
    unsigned kind;
    void *target;
    const char *value; /* its name in the help; NULL for flags */
    const char *help;  /* one or more lines */
    double min, max;   /* of a number: at most 2^53, which a double can hold */
};

struct option_list {
    const char *texts[OPTION_LIST_MAX];
    int count;
};

/* Options of several verbs whose target belongs to the verb. For the others see
   common.h. */
#define PAYLOAD_MAX 65507
#define OPTION_SIZE(target, min)                                               \
    {                                                                          \
        "size", OPTION_NUMBER, &(target), "N", "bytes of each datagram (64)",  \
            min, PAYLOAD_MAX                                                   \
    }

/* The arguments of a verb. */
struct usage {
    const char *verb;
    const char *arguments; /* "[HOST:]PORT" */
    const char *about;     /* lines of at most 80 columns */
    const struct option *options;
    size_t option_count;
    unsigned common;                  /* COMMON_..., see common.h */
    int arguments_min, arguments_max; /* other than options */
};

/* The members of a struct usage for a table of options. */
#define USAGE_OPTIONS(table)                                                   \
    .options = (table), .option_count = sizeof(table) / sizeof *(table)

/* Sets the targets. Moves the arguments that are no options to the front of
   argv, and returns their number. Returns -1 if the verb must not run, and sets
   *status_out: 0 after --help, EXIT_USAGE after an error. */
int options_parse(const struct usage *usage, int argc, char **argv,
                  int *status_out);

/* Returns the argument with this index, or NULL. */
const char *options_argument(int index);

/* Returns whether the verb has the option "--NAME". */
bool options_have(const struct usage *usage, const char *name);

/* Returns the first given option that is not for Unix sockets, or NULL. */
const struct option *options_udp(void);

/* Returns "-" or "--". */
const char *option_dashes(const struct option *option);

/* Prints a row of a help text. */
void option_print(const struct option *option);

/* Prints what is wrong and how to get help. Returns EXIT_USAGE. */
int usage_error(const char *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
