/* What recvmsg() returns from the error queue, with any control messages,
   truncated and doubled, and any name. Nothing outside of them is read, and the
   members are consistent. */
#include "fuzz.h"

#include "os/error_queue.h"

#define CONTROL_MAX 512

static bool is_address(const dgram_address *address) {
    return address->any.sa_family == AF_UNSPEC ||
           address->any.sa_family == AF_INET ||
           address->any.sa_family == AF_INET6;
}

static void check(const dgram_path_error *error) {
    CHECK(error->code < 0 && error->code >= INT16_MIN);
    CHECK(is_address(&error->to) && is_address(&error->reporter));
    CHECK(dgram_address_port(&error->reporter) == 0);
    if (error->local)
        CHECK(error->reporter.any.sa_family == AF_UNSPEC &&
              error->icmp_type == 0 && error->icmp_code == 0);
    CHECK(dgram_err_name(error->code) != NULL);
}

/* The control messages fill their memory, so that a sanitizer reports a read
   beyond them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes input = {data, size};
    size_t name_length = take(&input) % (sizeof(dgram_address) + 1);
    dgram_address name = {.any = {0}};
    struct msghdr header = {.msg_name = &name};
    dgram_path_error error;
    void *control;

    for (size_t i = 0; i < name_length; i++)
        ((uint8_t *)&name)[i] = take(&input);
    header.msg_namelen = (socklen_t)name_length;
    if (input.left > CONTROL_MAX)
        input.left = CONTROL_MAX;
    header.msg_controllen = input.left;
    control = malloc(input.left + 1);
    if (control == NULL)
        return 0;
    memcpy(control, input.at, input.left);
    header.msg_control = control;
    if (error_queue_parse(&header, &error))
        check(&error);
    free(control);
    return 0;
}
