/* The layout, little-endian:

    0  magic "dgSh"       16  id          32  address family: 0, 4 or 6
    4  version            24  status      34  port
    6  kind               28  index       36  scope
    8  flags                              40  address, its rest 0
   12  0                                  56  0 */
#include "cluster/protocol.h"

#include <string.h>

#include "util/address.h"

#define MAGIC 0x68536764u
#define VERSION 1u
#define STATUS_MIN (-65536) /* errors of libuv and of the library are above */

/* Which fields a kind has. */
struct form {
    uint32_t flags;
    bool id, status, address;
};

static const struct form forms[] = {
    [PROTOCOL_HELLO] = {.flags = PROTOCOL_SPLITS},
    [PROTOCOL_BIND] = {.flags = PROTOCOL_REUSE_ADDRESS | PROTOCOL_IPV6_ONLY,
                       .id = true,
                       .address = true},
    [PROTOCOL_CLOSE] = {.flags = PROTOCOL_KEEP, .id = true},
    [PROTOCOL_READY] = {.flags = 0},
    [PROTOCOL_ANSWER] = {.id = true, .status = true},
    [PROTOCOL_STOP] = {.flags = 0},
};

static void put(uint8_t *out, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *bytes, unsigned size) {
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static void put_address(uint8_t *out, const dgram_address *address) {
    if (address->any.sa_family == AF_INET) {
        put(out, 4, 2);
        memcpy(out + 8, &address->v4.sin_addr, 4);
    } else {
        put(out, 6, 2);
        put(out + 4, address->v6.sin6_scope_id, 4);
        memcpy(out + 8, &address->v6.sin6_addr, 16);
    }
    put(out + 2, dgram_address_port(address), 2);
}

void protocol_write(const struct protocol_message *message,
                    uint8_t out[PROTOCOL_SIZE]) {
    memset(out, 0, PROTOCOL_SIZE);
    put(out, MAGIC, 4);
    put(out + 4, VERSION, 2);
    put(out + 6, (uint64_t)message->kind, 2);
    put(out + 8, message->flags, 4);
    put(out + 16, message->id, 8);
    put(out + 24, (uint32_t)message->status, 4);
    put(out + 28, message->index, 4);
    if (message->address.any.sa_family != AF_UNSPEC)
        put_address(out + 32, &message->address);
}

static bool all_zero(const uint8_t *bytes, size_t size) {
    while (size > 0) {
        if (bytes[--size] != 0)
            return false;
    }
    return true;
}

static int get_address(const uint8_t *bytes, dgram_address *out) {
    switch (get(bytes, 2)) {
    case 4:
        out->v4.sin_family = AF_INET;
        memcpy(&out->v4.sin_addr, bytes + 8, 4);
        if (!all_zero(bytes + 4, 4) || !all_zero(bytes + 12, 12))
            return UV_EPROTO;
        break;
    case 6:
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_scope_id = (uint32_t)get(bytes + 4, 4);
        memcpy(&out->v6.sin6_addr, bytes + 8, 16);
        break;
    default:
        return UV_EPROTO;
    }
    address_set_port(out, (uint16_t)get(bytes + 2, 2));
    return 0;
}

/* Whether only the fields are set that its kind has. */
static bool is_in_form(const struct protocol_message *message) {
    const struct form *form = &forms[message->kind];

    return (message->flags & ~form->flags) == 0 &&
           (message->id != 0) == form->id &&
           (form->status || message->status == 0) && message->status <= 0 &&
           message->status > STATUS_MIN &&
           (form->address || message->index == 0);
}

int protocol_parse(const uint8_t *bytes, size_t size,
                   struct protocol_message *out) {
    uint64_t kind;

    if (size != PROTOCOL_SIZE || get(bytes, 4) != MAGIC ||
        get(bytes + 4, 2) != VERSION || !all_zero(bytes + 12, 4) ||
        !all_zero(bytes + 56, 8))
        return UV_EPROTO;
    kind = get(bytes + 6, 2);
    if (kind < PROTOCOL_HELLO || kind > PROTOCOL_STOP)
        return UV_EPROTO;
    memset(out, 0, sizeof(*out));
    out->kind = (enum protocol_kind)kind;
    out->flags = (uint32_t)get(bytes + 8, 4);
    out->id = get(bytes + 16, 8);
    out->status = (int32_t)(uint32_t)get(bytes + 24, 4);
    out->index = (uint32_t)get(bytes + 28, 4);
    if (!is_in_form(out))
        return UV_EPROTO;
    if (forms[kind].address)
        return get_address(bytes + 32, &out->address);
    return all_zero(bytes + 32, 24) ? 0 : UV_EPROTO;
}
