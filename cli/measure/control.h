/* The control datagrams between a flood and a sink that serves. They use the
   port of the data. All have one size, so an answer is never longer than its
   question.

   The sink answers each question of the flood once. It answers a question
   without a valid token with TOKEN. The flood repeats the question with that
   token.

     HELLO requests a token, which later proves that the flood receives at its
     address. The answer is TOKEN.

     START makes the sink count this stream, and send back if requested. It is
     repeated to keep the stream running. The answer is RUNNING.

     END reports that the flood has sent all datagrams. The answer is RESULT, or
     RUNNING while datagrams may still be late.

   REFUSED may answer each of them: see enum control_reason. */
#ifndef CLI_MEASURE_CONTROL_H
#define CLI_MEASURE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_SIZE 144
#define CONTROL_VERSION 1
#define CONTROL_UNKNOWN UINT64_MAX /* a count that the sink does not have */

enum control_kind {
    CONTROL_HELLO = 1,
    CONTROL_START = 2,
    CONTROL_END = 3,
    CONTROL_ANSWERS = 128, /* answers are above, in every version */
    CONTROL_TOKEN = 129,
    CONTROL_RUNNING = 130,
    CONTROL_RESULT = 131,
    CONTROL_REFUSED = 132,
};

/* Why a sink refuses. */
enum control_reason {
    CONTROL_NONE,
    CONTROL_FULL,      /* it serves as many streams as it can */
    CONTROL_VERSIONS,  /* it does not support this version */
    CONTROL_FORGOTTEN, /* it does not know the stream that ends */
};

/* Flags. */
#define CONTROL_CHECK 1u /* datagrams have numbers, in both directions */
#define CONTROL_BACK 2u  /* send datagrams back */

/* The head of each control datagram. */
struct control_head {
    uint8_t version, kind;
    uint32_t number; /* of the question; the answer repeats it */
    uint64_t flood;  /* random; the same in all streams of a flood */
    uint16_t stream; /* from 0 */
    uint64_t token;  /* 0: none yet */
};

struct control_question {
    struct control_head head;
    unsigned flags;     /* CONTROL_CHECK, CONTROL_BACK */
    uint32_t stamps;    /* the session in the stamps of the stream */
    uint16_t back_size; /* bytes of each datagram to send back */
    uint64_t back_rate; /* datagrams per 1000 seconds, 0: no limit */
    uint64_t back_ms;   /* how long to send them */
    uint64_t sent;      /* END: datagrams of the stream */
};

/* What the sink received of a stream. */
struct control_counts {
    uint64_t datagrams, bytes;
    uint64_t ns; /* from the first to the latest datagram */
    uint64_t lost, reordered, duplicates, unstamped;
    uint64_t jitter_ns;
    uint64_t dropped; /* by the kernel, at the port, for any sender */
};

struct control_answer {
    struct control_head head;
    unsigned reason;     /* enum control_reason, or one of a later version */
    uint64_t back_sent;  /* datagrams sent back */
    uint64_t back_limit; /* bits per second that the sink sends at most */
    struct control_counts counts;
};

/* Write CONTROL_SIZE bytes. */
void control_write_question(unsigned char *bytes,
                            const struct control_question *question);
void control_write_answer(unsigned char *bytes,
                          const struct control_answer *answer);

/* Returns whether it is a control datagram, of any version. */
bool control_read_head(const unsigned char *bytes, size_t length,
                       struct control_head *head_out);

/* Return false if it is none of this version, or of the other direction. */
bool control_read_question(const unsigned char *bytes, size_t length,
                           struct control_question *question_out);
bool control_read_answer(const unsigned char *bytes, size_t length,
                         struct control_answer *answer_out);

#endif
