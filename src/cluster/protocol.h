/* The messages of primary and workers, in bytes: all of one size, so that a
   stream of them needs no lengths and no buffer that grows.

   Reading is strict: there is one way to write a message, and nothing else is
   read. Both ends are processes of one machine, and may be of two releases. */
#ifndef DGRAM_CLUSTER_PROTOCOL_H
#define DGRAM_CLUSTER_PROTOCOL_H

#include "namespace.h"

#include <stddef.h>
#include <stdint.h>

#include "dgram.h"

#define PROTOCOL_SIZE 64u /* bytes of a message */

enum protocol_kind {
    PROTOCOL_HELLO = 1, /* worker: its first message */
    PROTOCOL_BIND,      /* worker: wants a socket */
    PROTOCOL_CLOSE,     /* worker: has closed one */
    PROTOCOL_READY,     /* worker: does its work */
    PROTOCOL_ANSWER, /* primary: to a bind, with a descriptor if status is 0 */
    PROTOCOL_STOP,   /* primary: end, please */
};

/* Flags. */
#define PROTOCOL_SPLITS 1u        /* HELLO: cuts what GRO glued together */
#define PROTOCOL_REUSE_ADDRESS 2u /* BIND */
#define PROTOCOL_IPV6_ONLY 4u     /* BIND */
#define PROTOCOL_KEEP 8u          /* CLOSE: a replacement may want the socket */

struct protocol_message {
    enum protocol_kind kind;
    uint32_t flags;
    uint64_t id;    /* BIND, CLOSE, ANSWER: of the bind, from 1; else 0 */
    int32_t status; /* ANSWER: 0 or a code; else 0 */
    uint32_t index; /* BIND: like ones before it; else 0 */
    dgram_address address; /* BIND: wanted; else of family AF_UNSPEC */
};

void protocol_write(const struct protocol_message *message,
                    uint8_t out[PROTOCOL_SIZE]);

/* Reads what is exactly one message. UV_EPROTO for anything else, and then
 *out is not to be used. */
int protocol_parse(const uint8_t *bytes, size_t size,
                   struct protocol_message *out);

#endif
