#include "ping/reporters.h"

#include <string.h>

#include "output/print.h"

void reporters_note(struct reporters *reporters, int code,
                    const dgram_path_error *error) {
    struct report report = {.code = code, .is_known = error != NULL};
    size_t i = 0;

    if (error != NULL)
        address_text(&error->reporter, report.who);
    while (i < reporters->count &&
           (reporters->reports[i].code != code ||
            reporters->reports[i].is_known != report.is_known ||
            strcmp(reporters->reports[i].who, report.who) != 0))
        i++;
    if (i == REPORTERS_MAX) {
        reporters->others++;
        return;
    }
    if (i == reporters->count)
        reporters->reports[reporters->count++] = report;
    reporters->reports[i].count++;
}

void reporters_print(FILE *out, const struct reporters *reporters) {
    for (size_t i = 0; i < reporters->count; i++) {
        const struct report *report = &reporters->reports[i];

        fprintf(out, "%s%llu %s", i > 0 ? ", " : "",
                (unsigned long long)report->count,
                dgram_err_name(report->code));
        if (report->is_known)
            fprintf(out, " from %s",
                    report->who[0] != '\0' ? report->who : "this host");
    }
    if (reporters->others > 0)
        fprintf(out, ", %llu from others",
                (unsigned long long)reporters->others);
}

/* The address of a link-local reporter ends with the name of an interface,
   which may be any bytes. */
static void print_reporter_json(FILE *out, const struct report *report) {
    if (!report->is_known)
        return;
    fputs("\"reporter\":", out);
    if (report->who[0] != '\0')
        print_json_string(out, (const unsigned char *)report->who,
                          strlen(report->who));
    else
        fputs("null", out);
    putc(',', out);
}

void reporters_print_json(FILE *out, const struct reporters *reporters) {
    putc('[', out);
    for (size_t i = 0; i < reporters->count; i++) {
        const struct report *report = &reporters->reports[i];

        fprintf(out, "%s{\"code\":\"%s\",", i > 0 ? "," : "",
                dgram_err_name(report->code));
        print_reporter_json(out, report);
        fprintf(out, "\"count\":%llu}", (unsigned long long)report->count);
    }
    putc(']', out);
}
