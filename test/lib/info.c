#include "info.h"

#include <time.h>

#include <net/if.h>

void set_tos_and_ttl(int fd, dgram_type type, int tos, int ttl) {
    bool v6 = type == DGRAM_UDP6;
    int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;

    assert_int_equal(
        setsockopt(fd, level, v6 ? IPV6_TCLASS : IP_TOS, &tos, sizeof tos), 0);
    assert_int_equal(setsockopt(fd, level, v6 ? IPV6_UNICAST_HOPS : IP_TTL,
                                &ttl, sizeof ttl),
                     0);
}

void expect_info(const dgram_receive_info *info, const dgram_address *local,
                 uint32_t interface_index, int tos, int ttl) {
    dgram_address expected = *local;
    int64_t age;

    assert_non_null(info);
    assert_int_equal(info->valid, DGRAM_INFO_ALL);
    expected.v4.sin_port = 0;
    assert_true(dgram_address_equal(&info->local, &expected));
    assert_int_equal(info->interface_index, interface_index);
    assert_int_equal(info->tos, tos);
    assert_int_equal(info->ttl, ttl);
    age = (int64_t)time(NULL) - (int64_t)(info->timestamp_ns / 1000000000u);
    assert_true(age >= -1 && age < 60);
}

uint32_t loopback_index(void) {
    uint32_t index = if_nametoindex("lo");

    return index != 0 ? index : if_nametoindex("lo0");
}

bool has_receive_info(void) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any,
                                            .receive_info = DGRAM_INFO_ALL};
    dgram_datapath *datapath;
    int result = dgram_datapath_create(&options, &datapath);

    if (result == 0)
        dgram_datapath_destroy(datapath);
    return result != UV_ENOTSUP;
}
