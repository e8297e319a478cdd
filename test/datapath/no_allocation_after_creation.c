/* After dgram_datapath_create() neither the library's allocator nor malloc() is
   called, and destroying frees all memory. */
#include "memory.h"
#include "endpoint.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#define COUNT 128

static dgram_outgoing batch[COUNT];
static int status[COUNT];
static dgram_message messages[8];

static void exchange(struct endpoint *here, struct endpoint *there,
                     size_t size) {
    static unsigned char payload[1500];

    for (int i = 0; i < COUNT; i++)
        batch[i] = (dgram_outgoing){
            .payload = payload, .length = size, .to = &there->address};
    assert_int_equal(dgram_datapath_send(here->datapath, batch, COUNT, status),
                     COUNT);
    for (int at = 0; at < COUNT;)
        at += endpoint_receive(there, messages, 8);
    assert_int_equal(
        dgram_datapath_receive(there->datapath, &there->buffers, messages, 8),
        UV_EAGAIN);
}

/* Bytes that malloc() has given; musl does not tell. */
static size_t bytes_in_use(void) {
#if defined(__GLIBC__)
    return mallinfo2().uordblks;
#else
    return 0;
#endif
}

static void sending_and_receiving_allocate_nothing(void **state) {
    struct endpoint here, there;
    size_t before;
    int blocks;

    (void)state;
    memory_begin();
    endpoint_open(&here, DGRAM_UDP4, NULL);
    endpoint_open(&there, DGRAM_UDP4, NULL);
    assert_int_equal(memory.blocks, 2);
    blocks = memory.allocations;
    before = bytes_in_use();
    exchange(&here, &there, 64);
    exchange(&here, &there, 1200);
    exchange(&here, &there, 0);
    assert_int_equal(memory.allocations, blocks);
    assert_int_equal(bytes_in_use(), before);
    endpoint_close(&here);
    endpoint_close(&there);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

static void without_memory_there_is_no_datapath(void **state) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any};
    dgram_datapath *datapath;

    (void)state;
    memory_begin();
    memory.until_failure = 0;
    assert_int_equal(dgram_datapath_create(&options, &datapath), UV_ENOMEM);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sending_and_receiving_allocate_nothing),
        cmocka_unit_test(without_memory_there_is_no_datapath),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
