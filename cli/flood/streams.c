#include "flood/streams.h"
#include "measure/rate.h"

#include <stdlib.h>

bool streams_begin(struct streams *streams, unsigned count) {
    streams->all = calloc(count, sizeof *streams->all);
    streams->count = streams->all != NULL ? count : 0;
    return streams->all != NULL;
}

void streams_open(struct streams *streams, uint32_t id) {
    for (unsigned i = 0; i < streams->count; i++)
        stream_open(&streams->all[i], &streams->plan, i, id + i);
}

void streams_close(struct streams *streams) {
    for (unsigned i = 0; i < streams->count; i++)
        stream_close(&streams->all[i]);
}

void streams_end(struct streams *streams) {
    free(streams->all);
    streams->all = NULL;
    streams->count = 0;
}

struct stream *streams_take(struct streams *streams) {
    struct stream *stream = &streams->all[streams->next];

    streams->next = (streams->next + 1) % streams->count;
    return stream;
}

void streams_settle(struct streams *streams) {
    for (unsigned i = 0; i < streams->count; i++)
        stream_settle(&streams->all[i]);
}

bool streams_is_ready(const struct streams *streams) {
    for (unsigned i = 0; i < streams->count; i++) {
        if (stream_is_ready(&streams->all[i]))
            return true;
    }
    return false;
}

bool streams_runs(const struct streams *streams) {
    for (unsigned i = 0; i < streams->count; i++) {
        if (streams->all[i].runs)
            return true;
    }
    return false;
}

bool streams_fails_here(const struct streams *streams) {
    for (unsigned i = 0; i < streams->count; i++) {
        if (stream_fails_here(&streams->all[i]))
            return true;
    }
    return false;
}

uint64_t streams_accepted(const struct streams *streams) {
    uint64_t sum = 0;

    for (unsigned i = 0; i < streams->count; i++)
        sum += streams->all[i].accepted;
    return sum;
}

uint64_t streams_sent(const struct streams *streams) {
    uint64_t sum = 0;

    for (unsigned i = 0; i < streams->count; i++)
        sum += stream_sent(&streams->all[i]);
    return sum;
}

uint64_t streams_failed(const struct streams *streams) {
    uint64_t sum = 0;

    for (unsigned i = 0; i < streams->count; i++)
        sum += streams->all[i].failed;
    return sum;
}

static struct rate rate_of(const struct streams *streams,
                           const struct stream *stream, double seconds) {
    uint64_t sent = stream_sent(stream);

    return (struct rate){.datagrams = sent,
                         .bytes = sent * streams->plan.batch->size,
                         .seconds = seconds};
}

void streams_print(FILE *out, const struct streams *streams, double seconds) {
    for (unsigned i = 0; i < streams->count; i++) {
        const struct stream *stream = &streams->all[i];
        const struct rate rate = rate_of(streams, stream, seconds);

        fprintf(out, "stream %u", i + 1);
        if (stream->port > 0)
            fprintf(out, " from port %u", (unsigned)stream->port);
        fprintf(out, ": ");
        rate_print(out, &rate);
        if (stream->faults.count > 0) {
            fprintf(out, "; %llu failed; errors: ",
                    (unsigned long long)stream->failed);
            faults_print(out, &stream->faults);
        }
        if (stream->failure != 0)
            fprintf(out, "; ended by %s", dgram_err_name(stream->failure));
        putc('\n', out);
    }
}

static void print_json(FILE *out, const struct streams *streams,
                       const struct stream *stream, double seconds) {
    const struct rate rate = rate_of(streams, stream, seconds);

    fprintf(out, "{\"stream\":%u,\"port\":%u,", stream->index + 1,
            (unsigned)stream->port);
    if (streams->plan.stamps)
        fprintf(out, "\"id\":%lu,", (unsigned long)stream->id);
    rate_print_json(out, &rate);
    fprintf(out,
            ",\"failed\":%llu,\"errors\":", (unsigned long long)stream->failed);
    faults_print_json(out, &stream->faults);
    if (stream->failure != 0)
        fprintf(out, ",\"error\":\"%s\"", dgram_err_name(stream->failure));
    putc('}', out);
}

void streams_print_json(FILE *out, const struct streams *streams,
                        double seconds) {
    fprintf(out, "\"streams\":[");
    for (unsigned i = 0; i < streams->count; i++) {
        if (i > 0)
            putc(',', out);
        print_json(out, streams, &streams->all[i], seconds);
    }
    putc(']', out);
}
