#include "measure/stamp.h"

#include <string.h>

#include <uv.h>

#include "measure/bytes.h"

static const unsigned char magic[4] = {'d', 'g', 'r', 'm'};

uint32_t stamp_new_session(void) {
    return (uint32_t)(uv_hrtime() ^ (uint64_t)uv_os_getpid() << 16);
}

void stamp_write(unsigned char *bytes, const struct stamp *stamp) {
    memcpy(bytes, magic, sizeof magic);
    bytes_put(bytes + 4, stamp->session, 4);
    bytes_put(bytes + 8, stamp->number, 8);
    bytes_put(bytes + 16, stamp->time, 8);
}

bool stamp_read(const unsigned char *bytes, size_t length,
                struct stamp *stamp_out) {
    if (length < STAMP_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    stamp_out->session = (uint32_t)bytes_get(bytes + 4, 4);
    stamp_out->number = bytes_get(bytes + 8, 8);
    stamp_out->time = bytes_get(bytes + 16, 8);
    return true;
}
