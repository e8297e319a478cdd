/* The options of a verb. One table is used to parse them and to print the
   help. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTION_LIST_MAX 32 /* texts of one OPTION_LIST */

#define EXIT_USAGE 2

enum option_kind {
    OPTION_FLAG,   /* target: bool */
    OPTION_TEXT,   /* target: const char * */
    OPTION_NUMBER, /* target: uint64_t, from min to max */
    OPTION_TIME,   /* target: double; seconds, from min to max */
    OPTION_LIST,   /* target: struct option_list; may be repeated */
};

struct option {
    const char *name; /* without its dashes; one letter: a single dash */
    enum option_kind kind;
    void *target;
    const char *value; /* its name in the help; NULL for flags */
    const char *help;
    double min, max; /* of a number: at most 2^53, which a double can hold */
};

struct option_list {
    const char *texts[OPTION_LIST_MAX];
    int count;
};

/* Options of several verbs; the target has the type of the kind. */
#define OPTION_REUSE_PORT(target)                                              \
    {                                                                          \
        "reuse-port", OPTION_FLAG, &(target), NULL,                            \
            "share the port; the kernel distributes datagrams", 0, 0           \
    }
#define OPTION_IPV6_ONLY(target)                                               \
    {                                                                          \
        "ipv6-only", OPTION_FLAG, &(target), NULL,                             \
            "refuse IPv4 on an IPv6 socket", 0, 0                              \
    }
#define OPTION_BROADCAST(target)                                               \
    {                                                                          \
        "broadcast", OPTION_FLAG, &(target), NULL,                             \
            "allow a broadcast address", 0, 0                                  \
    }
#define OPTION_SIZE(target, min)                                               \
    {                                                                          \
        "size", OPTION_NUMBER, &(target), "N", "bytes of each datagram (64)",  \
            min, PAYLOAD_MAX                                                   \
    }
#define PAYLOAD_MAX 65507

/* The options that all verbs have. */
#define OPTIONS_FAMILY(family)                                                 \
    {"4", OPTION_FLAG, &(family).v4, NULL, "use IPv4 (the default)", 0, 0}, {  \
        "6", OPTION_FLAG, &(family).v6, NULL, "use IPv6", 0, 0                 \
    }

/* The arguments of a verb. */
struct usage {
    const char *verb;
    const char *arguments; /* "[HOST:]PORT" */
    const char *about;     /* lines of at most 80 columns */
    const struct option *options;
    size_t option_count;
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

/* Prints what is wrong and how to get help. Returns EXIT_USAGE. */
int usage_error(const char *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
