/* Of a source-specific group only the joined source is heard. FAR speaks from
   two addresses; see netns.h. */
#include "netns.h"

static void hears_one_source(const struct side *side) {
    const char *any = side->type == DGRAM_UDP6 ? "::" : "0.0.0.0";
    dgram_socket *hearer = bound_on(NEAR, any);
    dgram_socket *wanted = bound_on(FAR, side->far);
    dgram_socket *unwanted = bound_on(FAR, side->far2);
    dgram_address group = address_of(side->ssm_group, port_of(hearer));
    dgram_address direct = address_of(side->near, port_of(hearer));
    struct ear ear;

    listen_with(&ear, hearer);
    stand_on(FAR); /* its interfaces have their names there */
    assert_int_equal(dgram_set_multicast_interface(wanted, side->far_interface),
                     0);
    assert_int_equal(
        dgram_set_multicast_interface(unwanted, side->far_interface), 0);
    stand_on(NEAR);
    assert_int_equal(dgram_add_source_specific_membership(hearer, side->far,
                                                          side->ssm_group,
                                                          side->near_interface),
                     0);
    assert_int_equal(dgram_add_source_specific_membership(hearer, side->far,
                                                          side->ssm_group,
                                                          side->near_interface),
                     UV_EADDRNOTAVAIL);
    dgram_send(unwanted, "no", 2, &group, NULL, NULL);
    dgram_flush(unwanted);
    dgram_send(wanted, "yes", 3, &group, NULL, NULL);
    run_until(&ear.messages, 1);
    assert_string_equal(ear.message[0].payload, "yes");

    assert_int_equal(
        dgram_drop_source_specific_membership(
            hearer, side->far, side->ssm_group, side->near_interface),
        0);
    assert_int_equal(
        dgram_drop_source_specific_membership(
            hearer, side->far, side->ssm_group, side->near_interface),
        UV_EINVAL);
    dgram_send(wanted, "late", 4, &group, NULL, NULL);
    dgram_send(wanted, "direct", 6, &direct, NULL, NULL);
    run_until(&ear.messages, 2);
    assert_string_equal(ear.message[1].payload, "direct");
    dgram_close(hearer);
    dgram_close(wanted);
    dgram_close(unwanted);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    hears_one_source(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    hears_one_source(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    hosts_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
