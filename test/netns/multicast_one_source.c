/* A source-specific membership receives the joined source only. FAR sends from
   two addresses; see netns.h. */
#include "netns.h"

static void receives_one_source(const struct side *side) {
    const char *any = side->type == DGRAM_UDP6 ? "::" : "0.0.0.0";
    dgram_socket *receiver = new_bound_on(NEAR, any);
    dgram_socket *wanted = new_bound_on(FAR, side->far);
    dgram_socket *unwanted = new_bound_on(FAR, side->far2);
    dgram_address group = address_of(side->ssm_group, port_of(receiver));
    dgram_address direct = address_of(side->near, port_of(receiver));
    struct recorder recorder;

    record_events(&recorder, receiver);
    enter_host(FAR); /* the interfaces have their names there */
    assert_int_equal(dgram_set_multicast_interface(wanted, side->far_interface),
                     0);
    assert_int_equal(
        dgram_set_multicast_interface(unwanted, side->far_interface), 0);
    enter_host(NEAR);
    assert_int_equal(dgram_add_source_specific_membership(receiver, side->far,
                                                          side->ssm_group,
                                                          side->near_interface),
                     0);
    assert_int_equal(dgram_add_source_specific_membership(receiver, side->far,
                                                          side->ssm_group,
                                                          side->near_interface),
                     UV_EADDRNOTAVAIL);
    dgram_send(unwanted, "no", 2, &group, NULL, NULL);
    dgram_flush(unwanted);
    dgram_send(wanted, "yes", 3, &group, NULL, NULL);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "yes");

    assert_int_equal(
        dgram_drop_source_specific_membership(
            receiver, side->far, side->ssm_group, side->near_interface),
        0);
    assert_int_equal(
        dgram_drop_source_specific_membership(
            receiver, side->far, side->ssm_group, side->near_interface),
        UV_EINVAL);
    dgram_send(wanted, "late", 4, &group, NULL, NULL);
    dgram_send(wanted, "direct", 6, &direct, NULL, NULL);
    run_until(&recorder.messages, 2);
    assert_string_equal(recorder.message[1].payload, "direct");
    dgram_close(receiver);
    dgram_close(wanted);
    dgram_close(unwanted);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    receives_one_source(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    receives_one_source(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
