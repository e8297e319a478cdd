/* The server of 'dgram sink --serve': it counts each flood, sends it its
   results, and sends datagrams back. Until a flood has shown that it receives
   at its address, the server only answers each question with a datagram of the
   same size. It stops sending back when the flood sends no more questions. */
#ifndef CLI_SINK_SERVE_H
#define CLI_SINK_SERVE_H

#include "session/session.h"
#include "sink/clients.h"

#define SERVE_SETTLE_MS 200     /* datagrams may come this late after END */
#define SERVE_VANISH_MS 10000   /* a stream silent for so long has ended */
#define SERVE_LINGER_MS 5000    /* results are kept: an answer may get lost */
#define SERVE_BACK_MS 2000      /* sends back for so long after each question */
#define SERVE_ANSWER_MS 5       /* between two answers to one stream */
#define SERVE_LAST_MS 1000      /* with floods_max, from the last to the end */
#define SERVE_BATCH_SIZE 65536u /* bytes in one call */
#define SERVE_STRANGERS_MAX 1000 /* answers a second without a token */

struct serve {
    struct session *session;
    uint64_t back_limit; /* bits per second; for all streams */
    uint64_t floods_max; /* stop after this many; 0: never */

    struct clients clients;
    uv_timer_t upkeep;  /* runs while there are streams */
    uint64_t upkeep_at; /* milliseconds; the latest */
    uv_timer_t last;    /* to the end of the session */
    uv_timer_t sends;   /* runs while datagrams are sent back */
    uint64_t floods;    /* done */
    uint64_t controls;  /* control datagrams that were received */
    uint64_t stranger_answers, strangers_since; /* in this second; ms */
    unsigned char *payloads;                    /* of a batch to send back */
    const struct client_stream *filled_for;     /* whose batch it was */
    int64_t budget;        /* bytes that may be sent back now */
    uint64_t budget_since; /* nanoseconds */
    size_t turn;           /* the stream that is next */
};

/* Allocates what it needs. Set the options before. Returns 0 or a negative
   code. */
int serve_begin(struct serve *serve);

/* Call it when the session has begun. */
void serve_start(struct serve *serve, struct session *session);

/* Takes a received datagram. Returns true for a control datagram, which is not
   to be counted. `now` and `arrival` are those of tally_note(). */
bool serve_receive(struct serve *serve, const dgram_message *message,
                   uint64_t now, uint64_t arrival);

/* Prints what the floods that still run have sent. Call it when the session
   stops, before the socket closes. */
void serve_stop(struct serve *serve);

/* Frees the memory, after the session. */
void serve_end(struct serve *serve);

/* The parts of it. */

/* Ends the streams that are settled or silent, and discards old ones. */
void serve_upkeep(uv_timer_t *timer);

/* Starts, continues and ends what a stream is sent back. */
void serve_back_ask(struct serve *serve, struct client_stream *stream,
                    const struct control_question *question);
void serve_back_stop(struct client_stream *stream);

/* Prints the line or the object of a flood whose streams are all done. */
void serve_print(const struct serve *serve, const struct client_flood *flood);

#endif
