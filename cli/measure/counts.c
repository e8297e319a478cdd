#include "measure/counts.h"

#include "measure/order.h"
#include "measure/rate.h"

typedef unsigned long long number;

static void add_jitter(struct counts_sum *sum, uint64_t ns) {
    double mean = sum->jitters > 0 ? (double)sum->counts.jitter_ns : 0;

    if (ns == CONTROL_UNKNOWN)
        return;
    sum->jitters++;
    sum->counts.jitter_ns =
        (uint64_t)(mean + ((double)ns - mean) / (double)sum->jitters);
}

void counts_add(struct counts_sum *sum, const struct control_counts *counts) {
    struct control_counts *all = &sum->counts;

    all->datagrams += counts->datagrams;
    all->bytes += counts->bytes;
    all->lost += counts->lost;
    all->reordered += counts->reordered;
    all->duplicates += counts->duplicates;
    all->unstamped += counts->unstamped;
    if (counts->ns > all->ns)
        all->ns = counts->ns;
    if (counts->dropped != CONTROL_UNKNOWN &&
        (all->dropped == CONTROL_UNKNOWN || counts->dropped > all->dropped))
        all->dropped = counts->dropped;
    add_jitter(sum, counts->jitter_ns);
}

static struct rate rate_of(const struct control_counts *counts) {
    return (struct rate){
        .datagrams = counts->datagrams,
        .bytes = counts->bytes,
        .seconds = (double)counts->ns / 1e9,
    };
}

static double loss(const struct control_counts *counts) {
    return loss_percent((double)counts->lost, (double)counts->datagrams -
                                                  (double)counts->unstamped -
                                                  (double)counts->duplicates);
}

static double milliseconds(uint64_t ns) {
    return (double)ns / 1e6;
}

static void print_order(FILE *out, const struct control_counts *counts) {
    fprintf(out, ", %llu reordered, %llu duplicates", (number)counts->reordered,
            (number)counts->duplicates);
    if (counts->jitter_ns != CONTROL_UNKNOWN)
        fprintf(out, ", jitter %.3f ms", milliseconds(counts->jitter_ns));
    if (counts->unstamped > 0)
        fprintf(out, ", %llu without a number", (number)counts->unstamped);
}

void counts_print(FILE *out, const struct control_counts *counts,
                  struct counts_known known) {
    const struct rate rate = rate_of(counts);

    rate_print(out, &rate);
    if (known.check || known.sent > 0)
        fprintf(out, "; %llu lost (%.2f%%)", (number)counts->lost,
                loss(counts));
    if (known.check)
        print_order(out, counts);
    if (counts->dropped != CONTROL_UNKNOWN && counts->dropped > 0)
        fprintf(out, ", %llu dropped by the kernel", (number)counts->dropped);
}

void counts_print_json(FILE *out, const struct control_counts *counts,
                       struct counts_known known) {
    const struct rate rate = rate_of(counts);

    rate_print_json(out, &rate);
    if (known.check || known.sent > 0)
        fprintf(out, ",\"lost\":%llu,\"loss_percent\":%.3f",
                (number)counts->lost, loss(counts));
    if (known.check)
        fprintf(out,
                ",\"reordered\":%llu,\"duplicates\":%llu,\"unstamped\":%llu",
                (number)counts->reordered, (number)counts->duplicates,
                (number)counts->unstamped);
    if (known.check && counts->jitter_ns != CONTROL_UNKNOWN)
        fprintf(out, ",\"jitter_ms\":%.6f", milliseconds(counts->jitter_ns));
    if (counts->dropped != CONTROL_UNKNOWN)
        fprintf(out, ",\"dropped\":%llu", (number)counts->dropped);
}
