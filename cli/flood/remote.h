/* The questions of a flood's stream to a sink that serves: a state machine over
   its connected socket. Questions are repeated until they are answered, so
   lost, duplicated and reordered datagrams cause no errors. */
#ifndef CLI_FLOOD_REMOTE_H
#define CLI_FLOOD_REMOTE_H

#include <dgram.h>

#include "measure/control.h"

#define REMOTE_RETRY_MS 150     /* until an answer comes */
#define REMOTE_KEEP_MS 300      /* while the stream runs */
#define REMOTE_QUESTIONS_MAX 20 /* without an answer that leads on */

enum remote_state {
    REMOTE_ASKS, /* for a token */
    REMOTE_STARTS,
    REMOTE_RUNS,
    REMOTE_ENDS,
    REMOTE_DONE,   /* `answer` has the result */
    REMOTE_FAILED, /* `failure` says why */
};

struct remote {
    dgram_socket *socket;
    const dgram_send_info *info; /* of each question, or NULL */
    /* The request: the flood, the stream, the flags and so on. */
    struct control_question question;
    void (*on_change)(struct remote *remote); /* RUNS, DONE or FAILED */
    void *data;

    enum remote_state state;
    struct control_answer answer; /* the latest */
    bool is_answered;             /* there is one */
    unsigned questions;           /* asked in this state */
    uint64_t replaced;   /* milliseconds of the loop: asked with a new token */
    const char *failure; /* ends "no results of the far end: ..." */
    uv_timer_t timer;
};

/* Begins to ask. Set the first members before. The socket is connected. */
void remote_begin(struct remote *remote, uv_loop_t *loop);

/* Takes a datagram of the peer. Returns true for a control datagram. */
bool remote_receive(struct remote *remote, const unsigned char *bytes,
                    size_t length);

/* The stream has sent all of its datagrams, `sent`. DONE or FAILED follows, at
   once if it has failed before. */
void remote_end(struct remote *remote, uint64_t sent);

/* Its socket has failed: FAILED follows, unless it has ended. */
void remote_leave(struct remote *remote);

/* Closes the timer. Nothing follows. */
void remote_close(struct remote *remote);

#endif
