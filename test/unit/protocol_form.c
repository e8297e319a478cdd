/* Each message that is written is parsed as the same message. Bytes of any
   other form are an error. */
#include "harness.h"

#include "cluster/protocol.h"

static uint32_t state_of_random = 1;

static uint8_t random_byte(void) {
    state_of_random = state_of_random * 1664525u + 1013904223u;
    return (uint8_t)(state_of_random >> 24);
}

static dgram_address address(const char *text, uint16_t port) {
    return address_of(text, port);
}

static int make_all(struct protocol_message *out) {
    int n = 0;

    out[n++] = (struct protocol_message){.kind = PROTOCOL_HELLO};
    out[n++] = (struct protocol_message){.kind = PROTOCOL_HELLO,
                                         .flags = PROTOCOL_SPLITS};
    out[n++] = (struct protocol_message){
        .kind = PROTOCOL_BIND, .id = 1, .address = address("127.0.0.1", 53)};
    out[n++] = (struct protocol_message){.kind = PROTOCOL_BIND,
                                         .id = UINT64_MAX,
                                         .index = UINT32_MAX,
                                         .flags = PROTOCOL_REUSE_ADDRESS |
                                                  PROTOCOL_IPV6_ONLY,
                                         .address = address("fe80::1", 65535)};
    out[n - 1].address.v6.sin6_scope_id = 0x01020304;
    out[n++] = (struct protocol_message){.kind = PROTOCOL_CLOSE, .id = 7};
    out[n++] = (struct protocol_message){
        .kind = PROTOCOL_CLOSE, .id = 7, .flags = PROTOCOL_KEEP};
    out[n++] = (struct protocol_message){.kind = PROTOCOL_READY};
    out[n++] = (struct protocol_message){.kind = PROTOCOL_ANSWER, .id = 9};
    out[n++] = (struct protocol_message){
        .kind = PROTOCOL_ANSWER, .id = 9, .status = UV_EADDRINUSE};
    out[n++] = (struct protocol_message){.kind = PROTOCOL_STOP};
    return n;
}

static void all_kinds_come_back(void **state) {
    struct protocol_message messages[16], read;
    uint8_t bytes[PROTOCOL_SIZE], again[PROTOCOL_SIZE];
    int count = make_all(messages);

    (void)state;
    for (int i = 0; i < count; i++) {
        protocol_write(&messages[i], bytes);
        assert_int_equal(protocol_parse(bytes, sizeof bytes, &read), 0);
        assert_int_equal(read.kind, messages[i].kind);
        assert_int_equal(read.flags, messages[i].flags);
        assert_true(read.id == messages[i].id);
        assert_int_equal(read.status, messages[i].status);
        assert_int_equal(read.index, messages[i].index);
        assert_int_equal(read.address.any.sa_family,
                         messages[i].address.any.sa_family);
        if (read.kind == PROTOCOL_BIND)
            assert_true(
                dgram_address_equal(&read.address, &messages[i].address));
        protocol_write(&read, again);
        assert_memory_equal(bytes, again, sizeof bytes);
    }
}

static void other_lengths_are_refused(void **state) {
    struct protocol_message messages[16], read;
    uint8_t bytes[2 * PROTOCOL_SIZE] = {0};

    (void)state;
    make_all(messages);
    protocol_write(&messages[2], bytes);
    for (size_t size = 0; size <= sizeof bytes; size++)
        assert_int_equal(protocol_parse(bytes, size, &read),
                         size == PROTOCOL_SIZE ? 0 : UV_EPROTO);
}

/* If bytes can be parsed, writing the message gives the same bytes. */
static int is_canonical(const uint8_t *bytes) {
    struct protocol_message read;
    uint8_t again[PROTOCOL_SIZE];

    if (protocol_parse(bytes, PROTOCOL_SIZE, &read) < 0)
        return 1;
    protocol_write(&read, again);
    return memcmp(bytes, again, PROTOCOL_SIZE) == 0;
}

static void changed_bytes_are_refused_or_mean_it(void **state) {
    struct protocol_message messages[16];
    uint8_t bytes[PROTOCOL_SIZE];
    int count = make_all(messages);

    (void)state;
    for (int i = 0; i < count; i++) {
        for (unsigned at = 0; at < PROTOCOL_SIZE; at++) {
            for (unsigned value = 0; value < 256; value++) {
                protocol_write(&messages[i], bytes);
                bytes[at] = (uint8_t)value;
                assert_true(is_canonical(bytes));
            }
        }
    }
}

static void noise_is_refused(void **state) {
    struct protocol_message messages[16], read;
    uint8_t bytes[PROTOCOL_SIZE];
    int count = make_all(messages);

    (void)state;
    for (int i = 0; i < 20000; i++) {
        protocol_write(&messages[i % count], bytes);
        for (int k = 0; k <= i % 5; k++)
            bytes[random_byte() % PROTOCOL_SIZE] = random_byte();
        assert_true(is_canonical(bytes));
        for (unsigned at = 0; at < PROTOCOL_SIZE; at++)
            bytes[at] = random_byte();
        assert_int_equal(protocol_parse(bytes, sizeof bytes, &read), UV_EPROTO);
    }
}

/* A kind must not have fields of other kinds. */
static void members_out_of_place_are_refused(void **state) {
    const struct protocol_message wrong[] = {
        {.kind = 0},
        {.kind = PROTOCOL_STOP + 1},
        {.kind = PROTOCOL_HELLO, .flags = PROTOCOL_REUSE_ADDRESS},
        {.kind = PROTOCOL_HELLO, .id = 1},
        {.kind = PROTOCOL_HELLO, .address = address("127.0.0.1", 1)},
        {.kind = PROTOCOL_BIND, .address = address("127.0.0.1", 1)},
        {.kind = PROTOCOL_BIND, .id = 1},
        {.kind = PROTOCOL_BIND,
         .id = 1,
         .flags = PROTOCOL_SPLITS,
         .address = address("127.0.0.1", 1)},
        {.kind = PROTOCOL_BIND,
         .id = 1,
         .status = -1,
         .address = address("127.0.0.1", 1)},
        {.kind = PROTOCOL_CLOSE},
        {.kind = PROTOCOL_CLOSE, .id = 1, .index = 1},
        {.kind = PROTOCOL_READY, .status = -1},
        {.kind = PROTOCOL_READY, .flags = PROTOCOL_SPLITS},
        {.kind = PROTOCOL_ANSWER},
        {.kind = PROTOCOL_ANSWER, .id = 1, .status = 1},
        {.kind = PROTOCOL_ANSWER, .id = 1, .status = INT32_MIN},
        {.kind = PROTOCOL_ANSWER, .id = 1, .status = -65536},
        {.kind = PROTOCOL_STOP, .flags = 1u << 31},
        {.kind = PROTOCOL_STOP, .flags = PROTOCOL_SPLITS},
    };
    struct protocol_message read;
    uint8_t bytes[PROTOCOL_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        protocol_write(&wrong[i], bytes);
        assert_int_equal(protocol_parse(bytes, sizeof bytes, &read), UV_EPROTO);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_come_back),
        cmocka_unit_test(other_lengths_are_refused),
        cmocka_unit_test(changed_bytes_are_refused_or_mean_it),
        cmocka_unit_test(noise_is_refused),
        cmocka_unit_test(members_out_of_place_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
