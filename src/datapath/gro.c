#include "datapath/gro.h"

#include "util/util.h"

uint32_t gro_count(const struct platform_in *in) {
    if (in->segment_size == 0 || in->length <= in->segment_size)
        return 1;
    return (in->length + in->segment_size - 1) / in->segment_size;
}

uint32_t gro_split(const struct platform_in *in, uint32_t first,
                   dgram_message *datagrams, size_t max) {
    uint32_t total = gro_count(in);
    uint32_t size = total > 1 ? in->segment_size : in->length;
    uint32_t count = (uint32_t)min_size(max, total - first);
    const unsigned char *payload = in->buffer + (size_t)first * size;

    for (uint32_t i = 0; i < count; i++, payload += size)
        datagrams[i] = (dgram_message){
            .payload = payload,
            .from = in->from,
            .length = size,
            .info = in->info,
        };
    if (first + count == total) {
        datagrams[count - 1].length = in->length - (total - 1) * size;
        datagrams[count - 1].flags = in->flags;
    }
    return count;
}
