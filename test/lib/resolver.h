/* A name resolver that answers as the test decides. */
#ifndef TEST_RESOLVER_H
#define TEST_RESOLVER_H

#include "harness.h"

struct resolver {
    int later;        /* the answer comes from resolver_answer() */
    int refusal;      /* what the lookup function returns, if not 0 */
    int status;       /* of the answer */
    const char *as;   /* the address answered; NULL: loopback */
    int close_inside; /* closes the socket before the answer */
    dgram_socket *socket;
    int asked, cancelled;
    dgram_lookup *lookup;           /* the latest question */
    dgram_type type;                /* its type */
    char host[DGRAM_HOST_TEXT_MAX]; /* its name */
};

/* A socket on test_loop that uses this resolver. */
dgram_socket *new_resolving(dgram_type type, struct resolver *resolver);

/* Its lookup function; `data` is the struct resolver. */
int resolver_ask(dgram_lookup *lookup, const char *host, dgram_type type,
                 void *data);

/* Answers the latest question. */
void resolver_answer(struct resolver *resolver);

/* A lookup function that never answers, and its cancel function. */
int resolver_silent(dgram_lookup *lookup, const char *host, dgram_type type,
                    void *data);
void resolver_forget(dgram_lookup *lookup, void *data);

#endif
