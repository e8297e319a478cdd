/* Reads messages as the primary and workers do. A valid message, written again,
   gives the same bytes. Invalid ones are refused. */
#include "fuzz.h"

#include "cluster/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct protocol_message message;
    uint8_t again[PROTOCOL_SIZE];
    int result = protocol_parse(data, size, &message);

    CHECK(result == 0 || result == UV_EPROTO);
    if (result != 0)
        return 0;
    CHECK(size == PROTOCOL_SIZE);
    CHECK(message.kind >= PROTOCOL_HELLO && message.kind <= PROTOCOL_STOP);
    protocol_write(&message, again);
    CHECK(memcmp(again, data, PROTOCOL_SIZE) == 0);
    return 0;
}
