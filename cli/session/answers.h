/* Answers to received datagrams: --echo and --reply TEXT. Each leaves from the
   address that was asked. */
#ifndef CLI_SESSION_ANSWERS_H
#define CLI_SESSION_ANSWERS_H

#include <dgram.h>

#include "args/endpoint.h"

struct answers {
    bool echo;
    const char *text; /* that of --reply, or NULL */
    bool is_hex;      /* the text is hex digits */
    /* That of the text, set by answers_begin(). */
    unsigned char *payload;
    size_t length;
};

enum answer {
    ANSWER_SENT,   /* or there is none to send */
    ANSWER_LOOP,   /* it was not sent: the datagram could be such an answer */
    ANSWER_NOBODY, /* the sender has no address, or port 0 */
    ANSWER_FAILED,
};

/* Checks the options and keeps the payload of the text. Returns 0, or prints an
   error and returns the exit status. */
int answers_begin(struct answers *answers, const char *verb, dgram_type type);

void answers_end(struct answers *answers);

/* Returns the dgram_options.receive_info that answers of a socket bound to the
   endpoint need. A socket bound to one address answers from that. */
uint32_t answers_info(const struct endpoint *endpoint);

/* Answers a datagram. Does not answer one that equals the text: two such
   commands, or one and an echo server, would answer each other forever as soon
   as one forged datagram has come. After ANSWER_FAILED dgram_last_error() has
   the reason. */
enum answer answers_send(const struct answers *answers, dgram_socket *socket,
                         const dgram_message *message);

#endif
