/* The messages between a primary and its workers, as bytes. All have the same
   size, so a stream of them needs no lengths and no growing buffer.

   Parsing is strict: each message has exactly one form, and everything else is
   an error. Both ends run on one host, but may be of different releases. */
#ifndef DGRAM_CLUSTER_PROTOCOL_H
#define DGRAM_CLUSTER_PROTOCOL_H

#include "namespace.h"

#include <stddef.h>
#include <stdint.h>

#include "dgram.h"

#define PROTOCOL_SIZE 64u /* bytes of a message */

enum protocol_kind {
    PROTOCOL_HELLO = 1, /* worker: its first message */
    PROTOCOL_BIND,      /* worker: requests a socket */
    PROTOCOL_CLOSE,     /* worker: has closed a socket */
    PROTOCOL_READY,     /* worker: dgram_worker_ready() */
    PROTOCOL_ANSWER,    /* primary: to BIND, with a descriptor if status is 0 */
    PROTOCOL_STOP,      /* primary: asks the worker to end */
};

/* Flags. */
#define PROTOCOL_SPLITS 1u /* HELLO: the worker splits coalesced datagrams */
#define PROTOCOL_REUSE_ADDRESS 2u /* BIND */
#define PROTOCOL_IPV6_ONLY 4u     /* BIND */
#define PROTOCOL_KEEP 8u          /* CLOSE: keep the socket for a replacement */

struct protocol_message {
    enum protocol_kind kind;
    uint32_t flags;
    uint64_t id;    /* BIND, CLOSE, ANSWER: of the bind, from 1; else 0 */
    int32_t status; /* ANSWER: 0 or an error; else 0 */
    uint32_t index; /* BIND: how many like it were made before; else 0 */
    dgram_address address; /* BIND: requested; else of family AF_UNSPEC */
};

void protocol_write(const struct protocol_message *message,
                    uint8_t out[PROTOCOL_SIZE]);

/* Parses exactly one message. Returns UV_EPROTO for anything else; *out is then
   undefined. */
int protocol_parse(const uint8_t *bytes, size_t size,
                   struct protocol_message *out);

#endif
