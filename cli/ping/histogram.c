#include "ping/histogram.h"

#include <math.h>

#define BAR_WIDTH 40
#define BAR "########################################"
#define DIGITS_MAX 6

/* The smallest of 1, 2, 5, 10, 20, ... (and their tenths) that is enough. */
static double round_step(double enough) {
    double step = pow(10, floor(log10(enough)));

    while (step < enough)
        step *= step * 2 < enough ? 5 : 2;
    return step;
}

static double begin_of(const struct histogram *histogram, int row) {
    return histogram->first + row * histogram->step;
}

void histogram_fill(struct histogram *histogram, const struct times *times) {
    double least = times_share(times, 0), most = times_share(times, 0.95);
    double enough = fmax((most - least) / (HISTOGRAM_ROWS_MAX - 1), 0.001);

    *histogram = (struct histogram){.step = round_step(enough)};
    histogram->first = floor(least / histogram->step) * histogram->step;
    for (size_t i = 0; i < times->used; i++) {
        double offset = times_at(times, i) - histogram->first;
        int row = offset < HISTOGRAM_ROWS_MAX * histogram->step
                      ? (int)(offset / histogram->step)
                      : HISTOGRAM_ROWS_MAX;

        histogram->counts[row] += times->slots[i].count;
        if (row >= histogram->rows)
            histogram->rows = row + 1;
    }
}

static uint64_t greatest(const struct histogram *histogram) {
    uint64_t count = 0;

    for (int row = 0; row < histogram->rows; row++) {
        if (histogram->counts[row] > count)
            count = histogram->counts[row];
    }
    return count;
}

/* Decimals that distinguish one row from the next. */
static int digits_of(double step) {
    int digits = (int)ceil(-log10(step) - 1e-9);

    return digits < 0 ? 0 : digits > DIGITS_MAX ? DIGITS_MAX : digits;
}

void histogram_print(FILE *out, const struct histogram *histogram) {
    int digits = digits_of(histogram->step);
    double most = (double)greatest(histogram);

    for (int row = 0; row < histogram->rows; row++) {
        uint64_t count = histogram->counts[row];
        int bar = (int)ceil((double)count / most * BAR_WIDTH);

        fprintf(out, "%9.*f", digits, begin_of(histogram, row));
        if (row < HISTOGRAM_ROWS_MAX)
            fprintf(out, " -%9.*f ms", digits, begin_of(histogram, row + 1));
        else
            fprintf(out, " ms and more  ");
        fprintf(out, "  %-*.*s %llu\n", BAR_WIDTH, bar, BAR,
                (unsigned long long)count);
    }
}

void histogram_print_json(FILE *out, const struct histogram *histogram) {
    putc('[', out);
    for (int row = 0; row < histogram->rows; row++) {
        fprintf(out, "%s{\"from_ms\":%.3f,\"to_ms\":", row > 0 ? "," : "",
                begin_of(histogram, row));
        if (row < HISTOGRAM_ROWS_MAX)
            fprintf(out, "%.3f", begin_of(histogram, row + 1));
        else
            fputs("null", out);
        fprintf(out, ",\"count\":%llu}",
                (unsigned long long)histogram->counts[row]);
    }
    putc(']', out);
}
