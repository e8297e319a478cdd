/* Each message has its own sender, and of its information exactly what the
   program requested. The kernel may report more. */
#include "kernel.h"

#include "datapath/datapath.h"
#include "util/address.h"

#define MESSAGES 64
#define SIZE 512

static dgram_datapath *datapath;
static _Alignas(max_align_t) unsigned char memory[MESSAGES * SIZE];
static dgram_buffers buffers;
static dgram_message messages[MESSAGES];
static uint32_t number; /* of the next one, from 1 on */

static void put(struct platform_in *in) {
    dgram_address from = address_of("2001:db8::1", (uint16_t)number);

    from.v6.sin6_scope_id = number;
    assert_int_equal(in->from_size, ADDRESS_IP_SIZE);
    address_copy(in->from, &from);
    in->buffer[0] = (unsigned char)number;
    in->length = 1;
    in->segment_size = in->flags = 0;
    if (in->info != NULL) {
        in->info->valid = DGRAM_INFO_ALL;
        in->info->ttl = (uint8_t)number;
    }
    number++;
}

static void open_datapath(uint32_t receive_info) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {
        .size = sizeof options, .address = &any, .receive_info = receive_info};

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    memset(memory, 0xa5, sizeof memory); /* nothing is right by chance */
    buffers =
        (dgram_buffers){.memory = memory, .size = SIZE, .count = MESSAGES};
    kernel.receive = kernel_give_available;
    kernel.put = put;
}

static void receive(uint32_t count) {
    kernel.available = count;
    number = 1;
    assert_int_equal(
        dgram_datapath_receive(datapath, &buffers, messages, MESSAGES), count);
    for (uint32_t i = 0; i < count; i++) {
        const dgram_address *from = messages[i].from;

        assert_int_equal(*(const unsigned char *)messages[i].payload, i + 1);
        assert_int_equal(dgram_address_port(from), i + 1);
        assert_int_equal(from->v6.sin6_scope_id, i + 1);
    }
}

static void check_info(uint32_t count, uint32_t requested) {
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(messages[i].info->valid, requested);
        assert_int_equal(messages[i].info->ttl, i + 1);
    }
}

static void only_what_was_requested(void **state) {
    (void)state;
    open_datapath(DGRAM_INFO_LOCAL);
    receive(3);
    check_info(3, DGRAM_INFO_LOCAL);
    dgram_datapath_destroy(datapath);
}

/* The first system call requests a few messages, the second one the others. */
static void of_both_system_calls(void **state) {
    (void)state;
    open_datapath(DGRAM_INFO_LOCAL | DGRAM_INFO_TTL);
    receive(MESSAGES);
    check_info(MESSAGES, DGRAM_INFO_LOCAL | DGRAM_INFO_TTL);
    dgram_datapath_destroy(datapath);
}

static void none_without_a_request(void **state) {
    (void)state;
    open_datapath(0);
    receive(MESSAGES);
    for (int i = 0; i < MESSAGES; i++)
        assert_null(messages[i].info);
    dgram_datapath_destroy(datapath);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL_ALONE(only_what_was_requested),
        IN_KERNEL_ALONE(of_both_system_calls),
        IN_KERNEL_ALONE(none_without_a_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
