/* Repeated errors: each code is reported once, and counted. */
#ifndef CLI_SESSION_FAULTS_H
#define CLI_SESSION_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FAULT_CODES_MAX 16 /* further codes are not counted */

struct faults {
    struct fault {
        int code;
        uint64_t count;
    } codes[FAULT_CODES_MAX];
    size_t count;
};

/* Counts an error. Returns whether it is the first of its code. */
bool faults_note(struct faults *faults, int code);

/* Print "3 ENETUNREACH, 1 EPERM", and the same as a JSON object. */
void faults_print(FILE *out, const struct faults *faults);
void faults_print_json(FILE *out, const struct faults *faults);

#endif
