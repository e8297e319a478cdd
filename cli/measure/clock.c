#include "measure/clock.h"

uint64_t clock_now(void) {
    uv_timeval64_t now;

    if (uv_gettimeofday(&now) < 0 || now.tv_sec < 0)
        return 0;
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_usec * 1000u;
}

bool clock_has_arrival(const dgram_message *message) {
    return message->info != NULL &&
           (message->info->valid & DGRAM_INFO_TIMESTAMP) != 0;
}

uint64_t clock_arrival(const dgram_message *message, uint64_t now) {
    return clock_has_arrival(message) ? message->info->timestamp_ns : now;
}
