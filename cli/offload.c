#include "offload.h"

int offload_check(const char *verb, const struct offload *offload) {
    if (offload->off && offload->segments > 0)
        return usage_error(
            verb, "--no-offload and --segments cannot be used together");
    return 0;
}

void offload_set(const struct offload *offload, dgram_options *options) {
    options->offload = offload->off ? DGRAM_OFFLOAD_OFF : DGRAM_OFFLOAD_AUTO;
    options->segments_max = (uint32_t)offload->segments;
}
