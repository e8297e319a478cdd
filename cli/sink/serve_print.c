/* The result of a flood, as a serving sink prints it. */
#include "args/common.h"
#include "measure/counts.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "sink/serve.h"
#include "measure/rate.h"

/* What the streams of a flood sum up to. */
struct sums {
    struct counts_sum received;
    struct counts_known known;
    struct rate back; /* sent back */
    bool has_back, is_gone;
};

static void add_back(struct sums *sums, const struct client_back *back) {
    double seconds = (double)(back->latest - back->started) / 1e9;

    if (back->started == 0)
        return;
    sums->has_back = true;
    sums->back.datagrams += back->sent;
    sums->back.bytes += back->sent * back->size;
    if (back->sent > 0 && seconds > sums->back.seconds)
        sums->back.seconds = seconds;
}

static struct sums sum_up(const struct serve *serve,
                          const struct client_flood *flood) {
    struct sums sums = {.received = COUNTS_NONE};

    for (size_t i = 0; i < serve->clients.count; i++) {
        const struct client_stream *stream = serve->clients.list[i];

        if (stream->flood != flood)
            continue;
        counts_add(&sums.received, &stream->counts);
        add_back(&sums, &stream->back);
        sums.known.check |= stream->check;
        sums.known.sent += stream->sent;
        sums.is_gone |= stream->is_gone;
    }
    return sums;
}

static void print_text(const struct sums *sums,
                       const struct client_flood *flood) {
    bool has_received = !sums->has_back || sums->known.sent > 0 ||
                        sums->received.counts.datagrams > 0;

    print_endpoint(output, &flood->address);
    if (flood->streams > 1)
        fprintf(output, " (%zu streams)", flood->streams);
    fputs(": ", output);
    if (has_received)
        counts_print(output, &sums->received.counts, sums->known);
    if (sums->has_back) {
        fputs(has_received ? "; sent back: " : "sent back: ", output);
        rate_print(output, &sums->back);
    }
    fputs(sums->is_gone ? "; it did not end\n" : "\n", output);
}

static void print_json(const struct sums *sums,
                       const struct client_flood *flood) {
    fputs("{\"event\":\"flood\",", output);
    print_address_json(output, &flood->address);
    fprintf(output, ",\"streams\":%zu,\"ended\":%s,\"sent\":%llu,",
            flood->streams, sums->is_gone ? "false" : "true",
            (unsigned long long)sums->known.sent);
    counts_print_json(output, &sums->received.counts, sums->known);
    if (sums->has_back) {
        fputs(",\"back\":{", output);
        rate_print_json(output, &sums->back);
        putc('}', output);
    }
    fputs("}\n", output);
}

void serve_print(const struct serve *serve, const struct client_flood *flood) {
    const struct sums sums = sum_up(serve, flood);

    live_clear();
    if (common.json)
        print_json(&sums, flood);
    else
        print_text(&sums, flood);
}
