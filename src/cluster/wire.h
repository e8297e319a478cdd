/* The messages of primary and workers, in bytes: all of one size, so that a
   stream of them needs no lengths and no buffer that grows.

   Reading is strict: there is one way to write a message, and nothing else is
   read. Both ends are processes of one machine, and may be of two releases. */
#ifndef DGRAM_CLUSTER_WIRE_H
#define DGRAM_CLUSTER_WIRE_H

#include "namespace.h"

#include <stddef.h>
#include <stdint.h>

#include "dgram.h"

#define SHARE_WIRE_SIZE 64u /* bytes of a message */

enum share_kind {
    SHARE_HELLO = 1, /* worker: its first message */
    SHARE_BIND,      /* worker: wants a socket */
    SHARE_CLOSE,     /* worker: has closed one */
    SHARE_READY,     /* worker: does its work */
    SHARE_ANSWER,    /* primary: to a bind, with a descriptor if status is 0 */
    SHARE_STOP,      /* primary: end, please */
};

/* Flags. */
#define SHARE_SPLITS 1u        /* HELLO: cuts what GRO glued together */
#define SHARE_REUSE_ADDRESS 2u /* BIND */
#define SHARE_IPV6_ONLY 4u     /* BIND */
#define SHARE_FOR_NEXT 8u      /* CLOSE: a replacement may want the socket */

struct share_message {
    enum share_kind kind;
    uint32_t flags;
    uint64_t id;    /* BIND, CLOSE, ANSWER: of the bind, from 1; else 0 */
    int32_t status; /* ANSWER: 0 or a code; else 0 */
    uint32_t index; /* BIND: like ones before it; else 0 */
    dgram_address address; /* BIND: wanted; else of family AF_UNSPEC */
};

void share_wire_write(const struct share_message *message,
                      uint8_t out[SHARE_WIRE_SIZE]);

/* Reads what is exactly one message. UV_EPROTO for anything else, and then
 *out is not to be used. */
int share_wire_parse(const uint8_t *bytes, size_t size,
                     struct share_message *out);

#endif
