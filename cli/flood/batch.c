#include "flood/batch.h"

#include <stdlib.h>

#include "measure/stamp.h"

#define BATCH_SIZE_MAX 65536u /* bytes */

bool batch_begin(struct batch *batch, size_t size,
                 const dgram_send_info *info) {
    batch->size = size;
    batch->count = size > 0 ? BATCH_SIZE_MAX / size : BATCH_MAX;
    if (batch->count > BATCH_MAX)
        batch->count = BATCH_MAX;
    batch->payloads = calloc(batch->count, size > 0 ? size : 1);
    if (batch->payloads == NULL)
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        batch->messages[i].payload = batch->payloads + i * size;
        batch->messages[i].length = size;
        batch->messages[i].info = info;
    }
    return true;
}

void batch_end(struct batch *batch) {
    free(batch->payloads);
    batch->payloads = NULL;
}

void batch_stamp(struct batch *batch, size_t count, uint32_t sender,
                 uint64_t number) {
    struct stamp stamp = {
        .session = sender, .number = number, .time = uv_hrtime()};

    for (size_t i = 0; i < count; i++) {
        stamp_write(batch->payloads + i * batch->size, &stamp);
        stamp.number++;
    }
}
