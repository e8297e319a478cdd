/* The errors of a ping, by code and by who reported them. */
#ifndef CLI_PING_REPORTERS_H
#define CLI_PING_REPORTERS_H

#include <stdint.h>
#include <stdio.h>

#include <dgram.h>

#define REPORTERS_MAX 16 /* anybody can forge more */

struct reporters {
    struct report {
        int code;
        bool is_known;                    /* who reported it */
        char who[DGRAM_ADDRESS_TEXT_MAX]; /* "": this host */
        uint64_t count;
    } reports[REPORTERS_MAX];
    size_t count;
    uint64_t others; /* errors that are not in the table */
};

/* Counts an error. `error` is NULL if it is not known who reports it. */
void reporters_note(struct reporters *reporters, int code,
                    const dgram_path_error *error);

/* Prints "3 ECONNREFUSED from 192.0.2.1, 1 EPERM". */
void reporters_print(FILE *out, const struct reporters *reporters);

/* Prints an array of {"code", "reporter", "count"}; the reporter is null for
   this host, and absent if it is not known. */
void reporters_print_json(FILE *out, const struct reporters *reporters);

#endif
