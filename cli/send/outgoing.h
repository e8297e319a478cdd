/* The datagrams of dgram send on their way: taken from the payloads when they
   are due, and queued. The queue is bounded; input waits while it is full. */
#ifndef CLI_SEND_OUTGOING_H
#define CLI_SEND_OUTGOING_H

#include "send/pace.h"
#include "send/payloads.h"
#include "session/alarm.h"
#include "session/session.h"

struct outgoing {
    /* Set before outgoing_start(). */
    struct payloads payloads;
    uint64_t rate;           /* datagrams per second, or 0 */
    double interval, jitter; /* seconds, or 0 */
    struct session *session;
    dgram_address to;
    /* The piece `number` was not sent. `is_again`: in an earlier round it was
       tried, too. */
    void (*on_failure)(uint64_t number, bool is_again,
                       const dgram_error *error);
    void (*on_end)(void); /* everything was sent or has failed */

    uint64_t sent, failed; /* datagrams */
    uint64_t bytes;        /* of those that were sent */
    uint64_t tried;        /* datagrams, also those in the queue */
    uint64_t round_size;   /* of these, in the first round */
    uint64_t unsendable;   /* results in a row that are permanent errors */

    struct pace pace;
    struct alarm alarm;
    int queued;  /* datagrams whose callback has not run */
    bool at_end; /* everything is queued */
    bool holds;  /* `payload` is not queued yet */
    const char *payload;
    size_t length;
    bool waits; /* for input */
    uint64_t waits_since;
    bool has_ended; /* on_end was called */
};

/* A process has one. */
extern struct outgoing outgoing;

/* Checks --rate, --interval and --jitter. Returns 0, or prints an error and
   returns EXIT_USAGE. */
int outgoing_check(void);

/* Sends the first datagram, and then each when it is due. */
void outgoing_start(void);

/* Whether everything was sent or has failed. */
bool outgoing_has_ended(void);

/* Everything is sent once, but what is not queued yet is not sent again. */
void outgoing_repeat_no_more(void);

void outgoing_stop(void);

#endif
