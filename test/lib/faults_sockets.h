/*
 * Sockets and datagrams under counted faults. Checks that each callback that is
 * owed is called once, and that each datagram that was sent arrives once.
 */
#ifndef TEST_FAULTS_SOCKETS_H
#define TEST_FAULTS_SOCKETS_H

#include "faults.h"

/* A socket whose events are counted. */
struct tracked {
    dgram_socket *socket; /* NULL: not made, or closed */
    dgram_listener listener;
    dgram_type type;
    int listening, connected, errors, closed;
    int error;           /* code of the latest error event */
    int connects_called; /* callbacks of connects */
    int connect_status;  /* of the latest */
    dgram_address where; /* on loopback, once bound */
};

/* Forgets the sockets and datagrams of the previous run. */
void tracking_begin(void);

/* Makes a socket. Returns false, without one, under a lasting fault. */
bool tracked_create(struct tracked *tracked, const dgram_options *options);
bool tracked_create_plain(struct tracked *tracked, dgram_type type);

/* Binds it to loopback and a free port, asynchronously or at once, and repeats
   what the fault made fail. `host` is the address or a name of loopback. */
bool tracked_bind(struct tracked *tracked, const char *host);
bool tracked_bind_sync(struct tracked *tracked);

/* Sets `where` to the address of the bound socket. */
bool tracked_find(struct tracked *tracked);

/* Connects it to the address of the other, or to the name with its port. */
bool tracked_connect(struct tracked *tracked, const struct tracked *to,
                     const char *name);

/* Closes all sockets, runs the loop to its end, and checks that the last event
   of each socket was its only `close`. */
void tracking_end(void);

/* ---- Datagrams --------------------------------------------------------- */

enum send_form {
    SEND_TO_ADDRESS,       /* dgram_send() to the address */
    SEND_TO_PEER,          /* dgram_send() to the peer */
    SEND_TO_NAME,          /* dgram_send_to() datagrams_host */
    SEND_PARTS,            /* dgram_sendv() of three parts */
    SEND_WITHOUT_CALLBACK, /* dgram_send() with NULL */
    SEND_NO_COPY,          /* dgram_send_batch() of one, DGRAM_NO_COPY */
    SEND_TRY,              /* dgram_try_send_batch() of one */
    SEND_WITH_INFO,        /* dgram_send_batch() of one, with information */
    SEND_NAME_WITH_INFO,   /* the same to the name datagrams_host */
    SEND_REPLY,            /* dgram_reply() */
};

/* Sends a numbered datagram of `size` bytes, at least 8. */
void datagrams_send(struct tracked *from, const struct tracked *to,
                    enum send_form form, size_t size);

/* The same for `count` of them in one dgram_send_batch(). */
void datagrams_send_batch(struct tracked *from, const struct tracked *to,
                          int count, size_t size, bool no_copy);

/* Waits for the callbacks of all sends, and repeats the sends that the fault
   made fail. Then every datagram must arrive once, in order and unchanged. */
void datagrams_settle(void);

extern const char *datagrams_host; /* the host of SEND_TO_NAME */

#endif
