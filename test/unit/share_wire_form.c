/* What is written is read again as it was; nothing else is read, whatever
   byte is changed. */
#include "harness.h"

#include "cluster/wire.h"

static uint32_t state_of_random = 1;

static uint8_t random_byte(void) {
    state_of_random = state_of_random * 1664525u + 1013904223u;
    return (uint8_t)(state_of_random >> 24);
}

static dgram_address address(const char *text, uint16_t port) {
    return address_of(text, port);
}

static int make_all(struct share_message *out) {
    int n = 0;

    out[n++] = (struct share_message){.kind = SHARE_HELLO};
    out[n++] =
        (struct share_message){.kind = SHARE_HELLO, .flags = SHARE_SPLITS};
    out[n++] = (struct share_message){
        .kind = SHARE_BIND, .id = 1, .address = address("127.0.0.1", 53)};
    out[n++] =
        (struct share_message){.kind = SHARE_BIND,
                               .id = UINT64_MAX,
                               .index = UINT32_MAX,
                               .flags = SHARE_REUSE_ADDRESS | SHARE_IPV6_ONLY,
                               .address = address("fe80::1", 65535)};
    out[n - 1].address.v6.sin6_scope_id = 0x01020304;
    out[n++] = (struct share_message){.kind = SHARE_CLOSE, .id = 7};
    out[n++] = (struct share_message){
        .kind = SHARE_CLOSE, .id = 7, .flags = SHARE_FOR_NEXT};
    out[n++] = (struct share_message){.kind = SHARE_READY};
    out[n++] = (struct share_message){.kind = SHARE_ANSWER, .id = 9};
    out[n++] = (struct share_message){
        .kind = SHARE_ANSWER, .id = 9, .status = UV_EADDRINUSE};
    out[n++] = (struct share_message){.kind = SHARE_STOP};
    return n;
}

static void all_kinds_come_back(void **state) {
    struct share_message messages[16], read;
    uint8_t bytes[SHARE_WIRE_SIZE], again[SHARE_WIRE_SIZE];
    int count = make_all(messages);

    (void)state;
    for (int i = 0; i < count; i++) {
        share_wire_write(&messages[i], bytes);
        assert_int_equal(share_wire_parse(bytes, sizeof bytes, &read), 0);
        assert_int_equal(read.kind, messages[i].kind);
        assert_int_equal(read.flags, messages[i].flags);
        assert_true(read.id == messages[i].id);
        assert_int_equal(read.status, messages[i].status);
        assert_int_equal(read.index, messages[i].index);
        assert_int_equal(read.address.any.sa_family,
                         messages[i].address.any.sa_family);
        if (read.kind == SHARE_BIND)
            assert_true(
                dgram_address_equal(&read.address, &messages[i].address));
        share_wire_write(&read, again);
        assert_memory_equal(bytes, again, sizeof bytes);
    }
}

static void other_lengths_are_refused(void **state) {
    struct share_message messages[16], read;
    uint8_t bytes[2 * SHARE_WIRE_SIZE] = {0};

    (void)state;
    make_all(messages);
    share_wire_write(&messages[2], bytes);
    for (size_t size = 0; size <= sizeof bytes; size++)
        assert_int_equal(share_wire_parse(bytes, size, &read),
                         size == SHARE_WIRE_SIZE ? 0 : UV_EPROTO);
}

/* Bytes that are read stand for one message: written, they are the same. */
static int is_canonical(const uint8_t *bytes) {
    struct share_message read;
    uint8_t again[SHARE_WIRE_SIZE];

    if (share_wire_parse(bytes, SHARE_WIRE_SIZE, &read) < 0)
        return 1;
    share_wire_write(&read, again);
    return memcmp(bytes, again, SHARE_WIRE_SIZE) == 0;
}

static void changed_bytes_are_refused_or_mean_it(void **state) {
    struct share_message messages[16];
    uint8_t bytes[SHARE_WIRE_SIZE];
    int count = make_all(messages);

    (void)state;
    for (int i = 0; i < count; i++) {
        for (unsigned at = 0; at < SHARE_WIRE_SIZE; at++) {
            for (unsigned value = 0; value < 256; value++) {
                share_wire_write(&messages[i], bytes);
                bytes[at] = (uint8_t)value;
                assert_true(is_canonical(bytes));
            }
        }
    }
}

static void noise_is_refused(void **state) {
    struct share_message messages[16], read;
    uint8_t bytes[SHARE_WIRE_SIZE];
    int count = make_all(messages);

    (void)state;
    for (int i = 0; i < 20000; i++) {
        share_wire_write(&messages[i % count], bytes);
        for (int k = 0; k <= i % 5; k++)
            bytes[random_byte() % SHARE_WIRE_SIZE] = random_byte();
        assert_true(is_canonical(bytes));
        for (unsigned at = 0; at < SHARE_WIRE_SIZE; at++)
            bytes[at] = random_byte();
        assert_int_equal(share_wire_parse(bytes, sizeof bytes, &read),
                         UV_EPROTO);
    }
}

/* What a kind does not have, it may not carry. */
static void members_out_of_place_are_refused(void **state) {
    const struct share_message wrong[] = {
        {.kind = 0},
        {.kind = SHARE_STOP + 1},
        {.kind = SHARE_HELLO, .flags = SHARE_REUSE_ADDRESS},
        {.kind = SHARE_HELLO, .id = 1},
        {.kind = SHARE_HELLO, .address = address("127.0.0.1", 1)},
        {.kind = SHARE_BIND, .address = address("127.0.0.1", 1)},
        {.kind = SHARE_BIND, .id = 1},
        {.kind = SHARE_BIND,
         .id = 1,
         .flags = SHARE_SPLITS,
         .address = address("127.0.0.1", 1)},
        {.kind = SHARE_BIND,
         .id = 1,
         .status = -1,
         .address = address("127.0.0.1", 1)},
        {.kind = SHARE_CLOSE},
        {.kind = SHARE_CLOSE, .id = 1, .index = 1},
        {.kind = SHARE_READY, .status = -1},
        {.kind = SHARE_READY, .flags = SHARE_SPLITS},
        {.kind = SHARE_ANSWER},
        {.kind = SHARE_ANSWER, .id = 1, .status = 1},
        {.kind = SHARE_ANSWER, .id = 1, .status = INT32_MIN},
        {.kind = SHARE_ANSWER, .id = 1, .status = -65536},
        {.kind = SHARE_STOP, .flags = 1u << 31},
        {.kind = SHARE_STOP, .flags = SHARE_SPLITS},
    };
    struct share_message read;
    uint8_t bytes[SHARE_WIRE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        share_wire_write(&wrong[i], bytes);
        assert_int_equal(share_wire_parse(bytes, sizeof bytes, &read),
                         UV_EPROTO);
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
