/* A name resolver of the test's own, which answers as it is told to. */
#ifndef TEST_RESOLVER_H
#define TEST_RESOLVER_H

#include "harness.h"

struct resolver {
    int later;        /* leaves the answer to resolver_answer() */
    int refusal;      /* what the lookup function returns, if not 0 */
    int status;       /* what the answer says */
    const char *as;   /* the address answered; NULL: loopback */
    int close_inside; /* the function closes this socket before it answers */
    dgram_socket *socket;
    int asked, cancelled;
    dgram_lookup *lookup;           /* the latest question */
    dgram_type type;                /* its type */
    char host[DGRAM_HOST_TEXT_MAX]; /* its name */
};

/* A socket of the test's loop that asks the resolver. */
dgram_socket *new_resolving(dgram_type type, struct resolver *resolver);

/* Answers the latest question. */
void resolver_answer(struct resolver *resolver);

/* A lookup function that gives no answer, and what cancels it. */
int resolver_silent(dgram_lookup *lookup, const char *host, dgram_type type,
                    void *data);
void resolver_forget(dgram_lookup *lookup, void *data);

#endif
