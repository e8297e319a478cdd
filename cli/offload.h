/* --no-offload and --segments: whether the kernel may batch datagrams. */
#ifndef CLI_OFFLOAD_H
#define CLI_OFFLOAD_H

#include <dgram.h>

#include "options.h"

#define SEGMENTS_MAX 65535

struct offload {
    bool off;
    uint64_t segments; /* 0: as many as the kernel takes */
};

#define OPTION_NO_OFFLOAD(offload)                                             \
    {                                                                          \
        "no-offload", OPTION_FLAG, &(offload).off, NULL,                       \
            "do not let the kernel batch datagrams", 0, 0                      \
    }

/* For verbs that send many datagrams. */
#define OPTION_SEGMENTS(offload)                                               \
    {                                                                          \
        "segments", OPTION_NUMBER, &(offload).segments, "N",                   \
            "let the kernel batch at most N datagrams", 1, SEGMENTS_MAX        \
    }

/* Returns 0, or prints an error and returns EXIT_USAGE if both are given. */
int offload_check(const char *verb, const struct offload *offload);

void offload_set(const struct offload *offload, dgram_options *options);

#endif
