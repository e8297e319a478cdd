/* All streams of a flood. */
#ifndef CLI_FLOOD_STREAMS_H
#define CLI_FLOOD_STREAMS_H

#include "flood/stream.h"

#define STREAMS_MAX 256 /* as many as 'dgram sink' distinguishes */

struct streams {
    struct stream *all;
    unsigned count;
    unsigned next; /* the one whose turn it is */
    struct stream_plan plan;
};

/* Returns false without memory. */
bool streams_begin(struct streams *streams, unsigned count);

/* Opens them, as the plan says. */
void streams_open(struct streams *streams, uint32_t id);

/* Closes them, and keeps what they have sent. */
void streams_close(struct streams *streams);
void streams_end(struct streams *streams);

/* Returns the next stream in the rotation. */
struct stream *streams_take(struct streams *streams);

/* stream_settle() for each. */
void streams_settle(struct streams *streams);

/* Return whether this is so for any of them. */
bool streams_is_ready(const struct streams *streams);
bool streams_runs(const struct streams *streams);
bool streams_fails_here(const struct streams *streams);

/* Return sums. */
uint64_t streams_accepted(const struct streams *streams);
uint64_t streams_sent(const struct streams *streams);
uint64_t streams_failed(const struct streams *streams);

/* Print the results of a run of this many seconds: a line for each, and the
   member "streams" of a JSON object. */
void streams_print(FILE *out, const struct streams *streams, double seconds);
void streams_print_json(FILE *out, const struct streams *streams,
                        double seconds);

#endif
