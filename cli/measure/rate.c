#include "measure/rate.h"

#include <uv.h>

#include "output/term.h"

double rate_kpps(const struct rate *rate) {
    return rate->seconds > 0 ? (double)rate->datagrams / rate->seconds / 1000
                             : 0;
}

double rate_gbps(const struct rate *rate) {
    return rate->seconds > 0 ? (double)rate->bytes * 8 / rate->seconds / 1e9
                             : 0;
}

/* A slow rate has as many digits as a fast one. */
void rate_print(FILE *out, const struct rate *rate) {
    double kpps = rate_kpps(rate), gbps = rate_gbps(rate);

    fprintf(out, "%llu datagrams in %.2f s: %.*f kpps, %.3f %cbit/s",
            (unsigned long long)rate->datagrams, rate->seconds,
            kpps < 10 ? 3 : 1, kpps, gbps < 1 ? gbps * 1000 : gbps,
            gbps < 1 ? 'M' : 'G');
}

void rate_print_json(FILE *out, const struct rate *rate) {
    fprintf(out,
            "\"datagrams\":%llu,\"bytes\":%llu,\"seconds\":%.3f,"
            "\"kpps\":%.3f,\"gbps\":%.6f",
            (unsigned long long)rate->datagrams,
            (unsigned long long)rate->bytes, rate->seconds, rate_kpps(rate),
            rate_gbps(rate));
}

void rate_row_begin(struct rate_row *row) {
    *row = (struct rate_row){.started = uv_hrtime()};
    row->time = row->started;
}

void rate_row_end(struct rate_row *row) {
    row->printed = (struct rate){0};
    row->time = row->started;
}

void rate_row_draw(struct rate_row *row, const struct rate *total) {
    uint64_t now = uv_hrtime();
    struct rate rate = {
        .datagrams = total->datagrams - row->printed.datagrams,
        .bytes = total->bytes - row->printed.bytes,
        .seconds = (double)(now - row->time) / 1e9,
    };

    live_printf("%11.1f %13llu %12.3f %12.3f",
                (double)(now - row->started) / 1e9,
                (unsigned long long)total->datagrams, rate_kpps(&rate),
                rate_gbps(&rate) * 1000);
    row->printed = *total;
    row->time = now;
}
