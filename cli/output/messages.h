/* How received datagrams are printed: as text, in hex, as JSON, or as they
   are. */
#ifndef CLI_OUTPUT_MESSAGES_H
#define CLI_OUTPUT_MESSAGES_H

#include <dgram.h>

#include "args/options.h"
#include "session/session.h"

/* Whose clock --timestamps prints. */
enum messages_clock {
    MESSAGES_NO_CLOCK,
    MESSAGES_COMMAND, /* when the command printed the datagram */
    MESSAGES_KERNEL,  /* when the kernel received it */
};

struct messages {
    bool hex, raw, verbose;
    int clock;        /* an enum messages_clock */
    const char *head; /* of each line: "server got" */
    struct session *session;
    bool lacks_clock, is_truncated; /* it was printed that a time of the kernel,
                                       or bytes of a raw payload, are missing */
};

#define OPTION_HEX(messages)                                                   \
    { "hex", OPTION_FLAG, &(messages).hex, NULL, "print payloads in hex", 0, 0 }
#define OPTION_RAW(messages)                                                   \
    {                                                                          \
        "raw", OPTION_FLAG, &(messages).raw, NULL,                             \
            "print the bytes of the payloads, and nothing else", 0, 0          \
    }
#define OPTION_TIMESTAMPS(messages)                                            \
    {                                                                          \
        "timestamps", OPTION_OPTIONAL, &(messages).clock, "[=kernel]",         \
            "print the time before each datagram; kernel: when the\n"          \
            "kernel received it",                                              \
            0, 0                                                               \
    }
#define OPTION_VERBOSE(messages)                                               \
    {                                                                          \
        "verbose", OPTION_FLAG, &(messages).verbose, NULL,                     \
            "also print the destination, the interface, TOS and TTL\n"         \
            "of each datagram, and when the kernel received it",               \
            0, 0                                                               \
    }

/* The options of a verb. */
#define OPTIONS_MESSAGES(messages)                                             \
    OPTION_HEX(messages), OPTION_RAW(messages), OPTION_TIMESTAMPS(messages),   \
        OPTION_VERBOSE(messages)

/* Checks the options against each other, and --raw also against a terminal.
   --raw goes before --hex: a verb for which --hex means nothing else has to
   refuse both. Returns 0, or prints an error and returns EXIT_USAGE. */
int messages_check(const char *verb, const struct messages *messages);

/* Returns the dgram_options.receive_info that the socket needs. */
uint32_t messages_info(const struct messages *messages, dgram_type type);

/* Prints a datagram. `file` is the name of a file that has its payload, which a
   line then does not repeat, or NULL. */
void messages_print(struct messages *messages, const dgram_message *message,
                    const char *file);

#endif
