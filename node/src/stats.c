/* The counts of a socket. */
#include "addon.h"

static double count(uint64_t value) {
    return value == DGRAM_STATS_UNKNOWN ? -1 : (double)value;
}

/* stats(handle, out): writes numbers to a Float64Array, in the order of
   lib/stats.js; -1: unknown. Returns 0 or a code. */
napi_value stats_get(napi_env env, napi_callback_info info) {
    dgram_stats stats = {.size = sizeof stats};
    napi_value argv[2];
    size_t argc = 2;
    struct handle *handle = handle_of(env, info, &argc, argv);
    void *data = NULL;
    double *out;
    int result;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    napi_get_typedarray_info(env, argv[1], NULL, NULL, &data, NULL, NULL);
    result = dgram_get_stats(handle->socket, &stats);
    if (data == NULL || result < 0)
        return number(env, result);
    out = data;
    *out++ = count(stats.datagrams_received);
    *out++ = count(stats.bytes_received);
    *out++ = count(stats.datagrams_sent);
    *out++ = count(stats.bytes_sent);
    *out++ = count(stats.send_calls);
    *out++ = count(stats.receive_calls);
    *out++ = count(stats.gso_messages);
    *out++ = count(stats.gro_messages);
    *out++ = count(stats.refused_messages);
    *out++ = count(stats.send_queue_peak);
    *out++ = count(stats.receive_drops);
    *out++ = count(stats.send_errors);
    *out++ = count(stats.receive_errors);
    return number(env, 0);
}
