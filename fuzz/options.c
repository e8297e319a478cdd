/* The structs that callers fill: any contents are taken or refused, and what
   is taken can be used and closed. Nothing is sent. */
#include "fuzz.h"

#include <dgram.h>

static uv_loop_t loop;
static bool opened;

static int answer(dgram_lookup *lookup, const char *host, dgram_type type,
                  void *data) {
    (void)host;
    (void)type;
    (void)data;
    dgram_lookup_done(lookup, UV_EAI_NONAME, NULL);
    return 0;
}

static void fill_options(struct bytes *input, dgram_options *out) {
    uint8_t bits = take(input);

    *out = (dgram_options){
        .size = take(input) < 8 ? take_u32(input) : sizeof *out,
        .type = take(input) < 8 ? take(input)
                : bits & 1      ? 4
                                : 6,
        .reuse_address = bits & 2,
        .reuse_port = bits & 4,
        .ipv6_only = bits & 8,
        .receive_buffer_size = take_u32(input),
        .send_buffer_size = take_u32(input),
        .message_size_max = take_u32(input),
        .send_queue_size_max = take_u32(input),
        .lookup = answer,
    };
}

static void call_any(dgram_socket *s, struct bytes *input) {
    char text[DGRAM_HOST_TEXT_MAX], second[DGRAM_HOST_TEXT_MAX];
    dgram_address address;
    uint8_t choice = take(input);
    int value = (int)take_u32(input);

    take_line(input, text, sizeof text);
    take_line(input, second, sizeof second);
    switch (choice % 14) {
    case 0:
        dgram_bind_sync(s, "127.0.0.1", 0);
        break;
    case 1:
        dgram_bind(s, text, 0);
        break;
    case 2:
        dgram_set_ttl(s, value);
        break;
    case 3:
        dgram_set_multicast_ttl(s, value);
        break;
    case 4:
        dgram_set_receive_buffer_size(s, (uint32_t)value);
        break;
    case 5:
        dgram_set_send_buffer_size(s, (uint32_t)value);
        break;
    case 6:
        dgram_set_multicast_interface(s, text);
        break;
    case 7:
        dgram_add_membership(s, text, second);
        break;
    case 8:
        dgram_drop_membership(s, text, second[0] != '\0' ? second : NULL);
        break;
    case 9:
        dgram_add_source_specific_membership(s, text, second, NULL);
        break;
    case 10:
        dgram_get_local_address(s, &address);
        break;
    case 11:
        dgram_connect_sync(s, text, (uint16_t)value);
        break;
    case 12:
        dgram_disconnect(s);
        break;
    default:
        uv_run(&loop, UV_RUN_NOWAIT);
    }
}

/* `size` bytes of memory exist, as far as the library reads. */
static union {
    dgram_options options;
    dgram_bind_options bind;
    unsigned char buffer[4096];
} given;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes input = {data, size};
    dgram_socket *s = NULL;
    int result;

    if (!opened)
        CHECK(uv_loop_init(&loop) == 0);
    opened = true;
    memset(&given, 0, sizeof given);
    fill_options(&input, &given.options);
    result = dgram_create_with(&loop, &given.options, &s);
    CHECK((result == 0) == (s != NULL));
    if (s == NULL)
        return 0;
    if (take(&input) < 16) {
        memset(&given, 0, sizeof given);
        given.bind.size = take(&input);
        given.bind.fd = -(int)take(&input);
        dgram_bind_with(s, &given.bind);
    }
    while (input.left > 0)
        call_any(s, &input);
    CHECK(dgram_close(s) == 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK(!uv_loop_alive(&loop));
    return 0;
}
