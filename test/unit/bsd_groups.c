/* On macOS and the BSDs, addresses in the requests for groups carry their
   length; without it the kernel refuses the request. */
#include "harness.h"

/* Linux has no such member. Here it is the padding of an IPv4 address. */
#define SIN6_LEN
#define sa_len sa_data[13]
#include "socket/group_requests.c"

static struct group_req request;
static struct group_source_req source_request;

static int set_option(dgram_fd fd, int level, int name, const void *value,
                      socklen_t size) {
    (void)fd;
    (void)level;
    (void)name;
    if (size == sizeof request)
        memcpy(&request, value, size);
    else if (size == sizeof source_request)
        memcpy(&source_request, value, size);
    else
        return UV_EINVAL;
    return 0;
}

static int length_in(const struct sockaddr_storage *address) {
    return ((const struct sockaddr *)address)->sa_len;
}

/* Joins by the index of an interface. */
static int join(const dgram_address *source) {
    const struct platform *before = platform;
    struct platform scripted = *platform;
    struct interface interface = {.index = 1};
    dgram_address group = address_of("232.1.1.1", 0);
    dgram_socket *s = new_socket(DGRAM_UDP4);
    int result;

    scripted.set_option = set_option;
    platform = &scripted;
    result = group_request(s, &group, source, &interface, true);
    platform = before;
    dgram_close(s);
    run_to_end();
    return result;
}

static void group_has_its_length(void **state) {
    (void)state;
    assert_int_equal(join(NULL), 0);
    assert_int_equal(length_in(&request.gr_group), sizeof(struct sockaddr_in));
}

static void source_has_its_length(void **state) {
    dgram_address source = address_of("127.0.0.1", 0);

    (void)state;
    assert_int_equal(join(&source), 0);
    assert_int_equal(length_in(&source_request.gsr_group),
                     sizeof(struct sockaddr_in));
    assert_int_equal(length_in(&source_request.gsr_source),
                     sizeof(struct sockaddr_in));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(group_has_its_length),
        IN_LOOP(source_has_its_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
