#include "session/faults.h"

#include <dgram.h>

bool faults_note(struct faults *faults, int code) {
    struct fault *fault = faults->codes;
    struct fault *end = fault + faults->count;

    while (fault < end && fault->code != code)
        fault++;
    if (fault == faults->codes + FAULT_CODES_MAX)
        return false;
    if (fault == end) {
        *fault = (struct fault){.code = code};
        faults->count++;
    }
    return fault->count++ == 0;
}

void faults_print(FILE *out, const struct faults *faults) {
    for (size_t i = 0; i < faults->count; i++)
        fprintf(out, "%s%llu %s", i > 0 ? ", " : "",
                (unsigned long long)faults->codes[i].count,
                dgram_err_name(faults->codes[i].code));
}

void faults_print_json(FILE *out, const struct faults *faults) {
    putc('{', out);
    for (size_t i = 0; i < faults->count; i++)
        fprintf(out, "%s\"%s\":%llu", i > 0 ? "," : "",
                dgram_err_name(faults->codes[i].code),
                (unsigned long long)faults->codes[i].count);
    putc('}', out);
}
