/* The far end of a flood: a sink that serves. All streams send it questions,
   and begin and end together. */
#ifndef CLI_FLOOD_FAREND_H
#define CLI_FLOOD_FAREND_H

#include "flood/remote.h"
#include "measure/counts.h"
#include "measure/tally.h"
#include "measure/rate.h"

#define FAREND_SETTLE_MS 200 /* datagrams sent back may come this late */

struct farend_stream {
    struct farend *farend;
    struct remote remote;
    struct tally back; /* what was sent back */
    bool is_open;
};

enum farend_phase {
    FAREND_IDLE,
    FAREND_STARTING,
    FAREND_RUNNING,
    FAREND_ENDING,
    FAREND_SETTLING,
    FAREND_DONE,
};

struct farend {
    uv_loop_t *loop;
    bool check, back;       /* the datagrams are numbered; send some back */
    uint64_t size;          /* of those sent back */
    double rate, seconds;   /* of all streams; rate 0: no limit */
    void (*on_ready)(void); /* each stream runs, or has failed */
    void (*on_done)(void);  /* farend_counts() and farend_back() are complete */

    enum farend_phase phase;
    struct farend_stream *streams;
    unsigned count;
    uint64_t sent; /* by this end */
    uv_timer_t settle;
};

/* Makes `count` streams. Set the first members before. Returns 0 or a negative
   code. */
int farend_begin(struct farend *farend, unsigned count);

/* A stream is connected; its stamps have this session. It may be left out if it
   has failed. */
void farend_open(struct farend *farend, unsigned index, dgram_socket *socket,
                 const dgram_send_info *info, uint32_t stamps);

/* All streams are open or left out. on_ready() follows. */
void farend_start(struct farend *farend);

/* The socket of a stream has failed. Has no effect on others. */
void farend_leave(struct farend *farend, unsigned index);

/* Takes what a stream received. */
void farend_receive(struct farend *farend, unsigned index,
                    const dgram_message *messages, size_t count);

/* The stream has sent all of its datagrams; then all streams have. on_done()
   follows. */
void farend_finish_stream(struct farend *farend, unsigned index, uint64_t sent);
void farend_finish(struct farend *farend);

/* Closes the timers; nothing follows. After the loop, frees the memory. */
void farend_close(struct farend *farend);
void farend_free(struct farend *farend);

/* Returns why there are no results of a stream, or NULL. */
const char *farend_failure(const struct farend *farend);

/* Returns of how many streams there are no results. */
unsigned farend_failed(const struct farend *farend);

/* Whether the far end has answered at all. */
bool farend_answers(const struct farend *farend);

/* Whether at least one stream has results; before, whether one runs. */
bool farend_has_results(const struct farend *farend);

/* Returns what was sent back so far, without the time. */
struct rate farend_back_rate(const struct farend *farend);

/* Print the results: lines, or members of a JSON object. */
void farend_print(FILE *out, const struct farend *farend);
void farend_print_json(FILE *out, const struct farend *farend);

#endif
