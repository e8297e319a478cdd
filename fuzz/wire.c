/* The messages of primary and workers: what is read is written as the same
   bytes, and nothing else is read. */
#include "fuzz.h"

#include "cluster/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct share_message message;
    uint8_t again[SHARE_WIRE_SIZE];
    int result = share_wire_parse(data, size, &message);

    CHECK(result == 0 || result == UV_EPROTO);
    if (result != 0)
        return 0;
    CHECK(size == SHARE_WIRE_SIZE);
    CHECK(message.kind >= SHARE_HELLO && message.kind <= SHARE_STOP);
    share_wire_write(&message, again);
    CHECK(memcmp(again, data, SHARE_WIRE_SIZE) == 0);
    return 0;
}
