/*
 * Sockets and datagrams under counted faults: who was promised what, and
 * whether it came, once.
 */
#ifndef TEST_PARTY_H
#define TEST_PARTY_H

#include "faults.h"

/* A socket and what it was told. */
struct party {
    dgram_socket *socket; /* NULL: not made, or closed */
    dgram_listener listener;
    dgram_type type;
    int listening, connected, errors, closed;
    int error;           /* code of the latest error event */
    int connects_called; /* callbacks of connects */
    int connect_status;  /* of the latest */
    dgram_address where; /* on loopback, once bound */
};

/* Forgets all parties and mail of the run before. */
void parties_begin(void);

/* Makes a socket; false under a lasting fault, without one. */
bool party_create(struct party *party, const dgram_options *options);
bool party_create_plain(struct party *party, dgram_type type);

/* Binds it to loopback and a free port, asynchronously or at once, and tries
   again if that fails. The host is loopback, by its address or a name. */
bool party_bind(struct party *party, const char *host);
bool party_bind_sync(struct party *party);

/* Notes where the socket can be reached. */
bool party_find(struct party *party);

/* Connects it to where the other is bound, by its address, or by name. */
bool party_connect(struct party *party, const struct party *to,
                   const char *name);

/* Closes all sockets, runs the loop to its end, and checks that each was told
   of its close, once and last. */
void parties_end(void);

/* ---- Mail -------------------------------------------------------------- */

enum mail_way {
    MAIL_ADDRESS, /* dgram_send() to the address */
    MAIL_PEER,    /* dgram_send() to the peer */
    MAIL_NAME,    /* dgram_send_to() "localhost" or whatever party_name is */
    MAIL_PARTS,   /* dgram_sendv() of three parts */
    MAIL_SILENT,  /* without a callback */
    MAIL_LENT,    /* dgram_send_batch() of one, lent */
};

/* Sends a numbered datagram of `size` bytes, 8 or more. */
void mail_send(struct party *from, const struct party *to, enum mail_way way,
               size_t size);

/* The same for `count` of them in one dgram_send_batch(). */
void mail_send_batch(struct party *from, const struct party *to, int count,
                     size_t size, bool lent);

/* Waits for what the senders are told. What met the fault is sent again. Then
   everything that was sent must arrive: once, in order, with all its bytes. */
void mail_settle(void);

extern const char *mail_name; /* the host of MAIL_NAME */

#endif
