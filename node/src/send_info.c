/* Information that single datagrams are sent with. JavaScript writes a row for
   each datagram that has some; it becomes a dgram_send_info of the core. */
#include "addon.h"

/* The fields of a row, as in lib/send_queue.js. */
enum {
    SET,       /* DGRAM_INFO_* */
    LOCAL,     /* index of the source address in addon->destinations */
    INTERFACE, /* index of the interface */
    TOS,
    TTL,
};

/* setupSendInfo(): returns the shared ArrayBuffer of the rows. */
napi_value send_info_setup(napi_env env, napi_callback_info info) {
    struct addon *addon;
    napi_value rows;

    (void)info;
    napi_get_instance_data(env, (void **)&addon);
    remember(addon, new_buffer(env, SEND_COUNT_MAX * sizeof(dgram_send_info),
                               (void **)&addon->send_infos));
    rows = new_buffer(env, SEND_COUNT_MAX * SEND_INFO_FIELDS * 4,
                      (void **)&addon->send_info_rows);
    remember(addon, rows);
    return rows;
}

const dgram_send_info *send_info_of(struct addon *addon, uint32_t i) {
    dgram_send_info *out = &addon->send_infos[i];
    const int32_t *row = &addon->send_info_rows[i * SEND_INFO_FIELDS];

    *out = (dgram_send_info){
        .set = (uint32_t)row[SET],
        .interface_index = (uint32_t)row[INTERFACE],
        .tos = (uint8_t)row[TOS],
        .ttl = (uint8_t)row[TTL],
    };
    if ((out->set & DGRAM_INFO_LOCAL) != 0)
        out->local =
            addon->destinations[(uint32_t)row[LOCAL] % DESTINATIONS_MAX];
    return out;
}
