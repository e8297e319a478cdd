/* Control messages of recvmsg(): any bytes, truncated at any place. The parser
   reads no byte outside of them, and sets only what it says is valid. Messages
   of every kind, repeated, come from the corpus. Descriptors are closed, also
   those of a truncated message. */
#include "fuzz.h"

#include <stdbool.h>

#include "os/control_receive.h"

static void check(const dgram_receive_info *info, sa_family_t family) {
    CHECK((info->valid & ~(DGRAM_INFO_ALL | DGRAM_INFO_CREDENTIALS)) == 0);
    if ((info->valid & DGRAM_INFO_INTERFACE) != 0)
        CHECK(info->interface_index != 0);
    if ((info->valid & DGRAM_INFO_LOCAL) == 0)
        return;
    CHECK(info->local.any.sa_family == (family == AF_UNIX ? AF_INET : family) ||
          info->local.any.sa_family == AF_INET6);
    CHECK(info->reply_from.any.sa_family == info->local.any.sa_family);
    CHECK(dgram_address_port(&info->local) == 0);
    CHECK(dgram_address_port(&info->reply_from) == 0);
}

static bool closing;

int __real_close(int fd);
int __wrap_close(int fd);

/* What a message of a Unix socket says is a descriptor is one of ours. */
int __wrap_close(int fd) {
    CHECK(fd >= 0);
    return closing ? 0 : __real_close(fd);
}

/* The control messages fill their memory, so that a sanitizer reports a read
   beyond them. */
static void parse(const uint8_t *data, size_t size, sa_family_t family) {
    dgram_address from = {.any.sa_family = family};
    dgram_receive_info info;
    unsigned char *control = malloc(size > 0 ? size : 1);
    struct msghdr header = {.msg_control = control, .msg_controllen = size};

    CHECK(control != NULL);
    if (size > 0)
        memcpy(control, data, size);
    memset(&info, 0xa5, sizeof info);
    control_receive_parse(&header, &from, &info);
    check(&info, family);
    closing = true;
    control_receive_close_descriptors(&header);
    closing = false;
    free(control);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > CONTROL_RECEIVE_MAX)
        size = CONTROL_RECEIVE_MAX;
    parse(data, size, AF_INET);
    parse(data, size, AF_INET6);
    parse(data, size, AF_UNIX);
    for (size_t cut = 0; cut < size; cut += 3)
        parse(data, cut, AF_INET6);
    return 0;
}
